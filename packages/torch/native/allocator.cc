// Memory of large tensors on the CPU, kept for the next tensor of about that size.
//
// A step of training makes and frees the same gigabytes as the one before. Given back to the system,
// every page of them is cleared and mapped anew: a sixth of the step's time, and more on virtual
// machines. So large blocks go onto shelves by size, and no more is held, lent and shelved together, than
// was ever in use at once and a little more; the block that has lain longest goes first. Small ones are
// the C library's business.
#include "allocator.h"

#include <sys/mman.h>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

namespace malleolus {

namespace {

constexpr size_t kLeastShelved = size_t{1} << 20;
constexpr size_t kPage = 4096, kHugePage = size_t{1} << 21;
// Blocks that begin at the same place of a page fight for the same lines of the cache.
constexpr size_t kStagger = 4096 + 64;
constexpr size_t kStaggers = 8;

/// What may lie on the shelves beside the most that was in use at once: a sixteenth of it, and where it is
/// little, up to a quarter, since blocks of the right sizes are fewer there.
size_t spare(size_t most) { return std::max(most / 16, std::min(most / 4, size_t{128} << 20)); }

/// Sizes rise in steps of an eighth of a power of two, so that at most an eighth of a block is idle.
size_t shelf_of(size_t bytes) {
  size_t step = kLeastShelved / 8;
  while (step * 16 < bytes) step *= 2;
  return (bytes + step - 1) / step * step;
}

size_t whole_pages(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

/// Memory from the system, past the C library, whose heap would be left with holes; where a huge page
/// fits, on huge pages. Null where there is none.
void* map_pages(size_t bytes) {
  const size_t wanted = whole_pages(bytes), slack = wanted < kHugePage ? 0 : kHugePage;
  void* found = mmap(nullptr, wanted + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (found == MAP_FAILED) return nullptr;
  if (slack == 0) return found;
  auto* begin = static_cast<char*>(found);
  const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  char* const aligned = begin + before;
  if (before > 0) munmap(begin, before);
  if (slack > before) munmap(aligned + wanted, slack - before);
#ifdef MADV_HUGEPAGE
  madvise(aligned, wanted, MADV_HUGEPAGE);
#endif
  return aligned;
}

class Shelves {
 public:
  void* take(size_t bytes) {
    const size_t size = shelf_of(bytes);
    const std::lock_guard<std::mutex> lock(mutex_);
    Block block = take_shelved(size);
    if (block.base == nullptr) block = make(size);
    in_use_ += block.size;
    most_in_use_ = std::max(most_in_use_, in_use_);
    trim();
    void* data = static_cast<char*>(block.base) + block.offset;
    lent_.emplace(data, block);
    return data;
  }

  /// False where the memory is not from here.
  bool put_back(void* data) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = lent_.find(data);
    if (found == lent_.end()) return false;
    Block block = found->second;
    lent_.erase(found);
    in_use_ -= block.size;
    block.order = ++order_;
    shelves_[block.size].push_back(block);
    shelved_ += block.size;
    trim();
    return true;
  }

 private:
  struct Block {
    void* base = nullptr;
    size_t size = 0, offset = 0;
    uint64_t order = 0;
  };

  /// The block that was put back last, from its own shelf or the next: it may still be in the cache.
  Block take_shelved(size_t size) {
    auto shelf = shelves_.lower_bound(size);
    if (shelf == shelves_.end() || shelf->first > size + size / 4) return {};
    const Block block = shelf->second.back();
    shelf->second.pop_back();
    if (shelf->second.empty()) shelves_.erase(shelf);
    shelved_ -= block.size;
    return block;
  }

  Block make(size_t size) {
    Block block;
    block.size = size;
    block.offset = (made_++ % kStaggers) * kStagger;
    // What lies on the shelves may be what is lacking.
    while ((block.base = map_pages(size + block.offset)) == nullptr) {
      TORCH_CHECK(shelved_ > 0, "not enough memory: ", size, " bytes could not be had");
      give_back_oldest();
    }
    return block;
  }

  /// A step in which shelves of the wrong sizes lie full while new blocks are made would need both.
  void trim() {
    while (shelved_ > 0 && in_use_ + shelved_ > most_in_use_ + spare(most_in_use_)) give_back_oldest();
  }

  void give_back_oldest() {
    auto oldest = shelves_.begin();
    for (auto shelf = shelves_.begin(); shelf != shelves_.end(); ++shelf) {
      if (shelf->second.front().order < oldest->second.front().order) oldest = shelf;
    }
    const Block block = oldest->second.front();
    oldest->second.pop_front();
    if (oldest->second.empty()) shelves_.erase(oldest);
    shelved_ -= block.size;
    munmap(block.base, whole_pages(block.size + block.offset));
  }

  std::mutex mutex_;
  std::map<size_t, std::deque<Block>> shelves_;
  std::unordered_map<void*, Block> lent_;
  size_t in_use_ = 0, most_in_use_ = 0, shelved_ = 0, made_ = 0;
  uint64_t order_ = 0;
};

Shelves& shelves() {
  // Never destroyed: tensors of other threads may outlive the statics.
  static auto* the_shelves = new Shelves;
  return *the_shelves;
}

void put_back(void* data) {
  if (data != nullptr && !shelves().put_back(data)) c10::free_cpu(data);
}

class ShelvingAllocator final : public c10::Allocator {
 public:
// LibTorch 2.3 took the const away and asked for copies.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
  c10::DataPtr allocate(size_t bytes) override { return make(bytes); }
  void copy_data(void* to, const void* from, size_t bytes) const override { std::memcpy(to, from, bytes); }
#else
  c10::DataPtr allocate(size_t bytes) const override { return make(bytes); }
#endif
  c10::DeleterFnPtr raw_deleter() const override { return &put_back; }

 private:
  static c10::DataPtr make(size_t bytes) {
    if (bytes < kLeastShelved) {
      void* data = c10::alloc_cpu(bytes);
      return {data, data, &c10::free_cpu, c10::Device(c10::DeviceType::CPU)};
    }
    void* data = shelves().take(bytes);
    return {data, data, &put_back, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void shelve_memory() {
  static auto* allocator = [] {
    auto* made = new ShelvingAllocator;
    c10::SetCPUAllocator(made, /*priority=*/1);
    return made;
  }();
  static_cast<void>(allocator);
}

}  // namespace malleolus
