// Non-maximum suppression on a GPU; what it computes stands in ../nms.cc, and overlaps are rounded as
// there. Boxes come sorted by falling score.
//
// All pairs are compared at once, 64 of them to a word of a mask; then one block goes through the
// boxes in groups of 64, as each kept box suppresses later ones. Nothing leaves the device.
#pragma once

#include "portable.cuh"

namespace malleolus::kernels {

constexpr int kWordBits = 64;

MALLEOLUS_ON_DEVICE Int words_for(Int count) { return (count + kWordBits - 1) / kWordBits; }

struct NmsMask {
  const float* boxes;  // [count, 4]
  const Int* groups;   // [count] or null
  Int count;
  float threshold;
  Bits* mask;  // [count, words]: of each box the later ones that it suppresses; earlier words stay unwritten
};

MALLEOLUS_ON_DEVICE float lesser(float a, float b) { return b < a ? b : a; }
MALLEOLUS_ON_DEVICE float greater(float a, float b) { return a < b ? b : a; }

MALLEOLUS_ON_DEVICE bool overlaps(const float* a, const float* b, float threshold) {
  const float width = lesser(a[2], b[2]) - greater(a[0], b[0]);
  const float height = lesser(a[3], b[3]) - greater(a[1], b[1]);
  const float shared = greater(width, 0.0f) * greater(height, 0.0f);
  const float own = (a[2] - a[0]) * (a[3] - a[1]), other = (b[2] - b[0]) * (b[3] - b[1]);
  return shared / (own + other - shared) > threshold;
}

MALLEOLUS_ON_DEVICE void set_nms_mask(const NmsMask& of, Thread thread) {
  const Int words = words_for(of.count);
  // Neighbouring threads have neighbouring boxes and one word: they read the same others.
  for (Int i = thread.first; i < of.count * words; i += thread.step) {
    const Int box = i % of.count, word = i / of.count;
    if (word < box / kWordBits) continue;
    const Int group = of.groups == nullptr ? 0 : of.groups[box];
    Bits bits = 0;
    for (int bit = 0; bit < kWordBits; ++bit) {
      const Int other = word * kWordBits + bit;
      if (other <= box || other >= of.count) continue;
      if (of.groups != nullptr && of.groups[other] != group) continue;
      if (overlaps(of.boxes + box * 4, of.boxes + other * 4, of.threshold)) bits |= static_cast<Bits>(1) << bit;
    }
    of.mask[box * words + word] = bits;
  }
}

MALLEOLUS_KERNEL(nms_mask, NmsMask, set_nms_mask)

struct NmsSelection {
  const Bits* mask;
  Int count;
  Bits* suppressed;  // [words], zeros at first
  Bits* kept;        // [words]
};

/// Of a group's boxes those that no kept one suppresses. `among`: for each the others of the group that it suppresses.
MALLEOLUS_ON_DEVICE Bits kept_of_group(Bits suppressed, const Bits* among, int boxes) {
  Bits kept = 0;
  for (int i = 0; i < boxes; ++i) {
    const Bits own = static_cast<Bits>(1) << i;
    if (suppressed & own) continue;
    kept |= own;
    suppressed |= among[i];
  }
  return kept;
}

/// What the kept boxes of a group suppress in a later word.
MALLEOLUS_ON_DEVICE Bits suppressed_by(Bits kept, const Bits* column, Int words, int boxes) {
  Bits suppressed = 0;
  MALLEOLUS_UNROLL
  for (int i = 0; i < boxes; ++i) {
    if ((kept >> i) & 1) suppressed |= column[i * words];
  }
  return suppressed;
}

MALLEOLUS_ON_DEVICE void select_by_nms(const NmsSelection& of, int threads) {
  MALLEOLUS_OF_BLOCK Bits among[kWordBits];
  MALLEOLUS_OF_BLOCK Bits kept;
  const Int words = words_for(of.count);
  for (Int group = 0; group < words; ++group) {
    const Int first = group * kWordBits;
    const int boxes = static_cast<int>(of.count - first < kWordBits ? of.count - first : kWordBits);
    const Bits* rows = of.mask + first * words;
    MALLEOLUS_EACH_THREAD(thread, threads, {
      for (int i = thread; i < boxes; i += threads) among[i] = rows[i * words + group];
    })
    MALLEOLUS_EACH_THREAD(thread, threads, {
      if (thread == 0) of.kept[group] = kept = kept_of_group(of.suppressed[group], among, boxes);
    })
    MALLEOLUS_EACH_THREAD(thread, threads, {
      for (Int word = group + 1 + thread; word < words; word += threads) {
        of.suppressed[word] |= suppressed_by(kept, rows + word, words, boxes);
      }
    })
  }
}

MALLEOLUS_BLOCK_KERNEL(nms_selection, NmsSelection, select_by_nms)

struct NmsFlags {
  const Bits* kept;
  const Int* order;  // [count], where each sorted box came from; null: the flags are for sorted boxes
  Int count;
  bool* flags;
};

MALLEOLUS_ON_DEVICE void set_nms_flags(const NmsFlags& of, Thread thread) {
  for (Int i = thread.first; i < of.count; i += thread.step) {
    of.flags[of.order == nullptr ? i : of.order[i]] = (of.kept[i / kWordBits] >> (i % kWordBits)) & 1;
  }
}

MALLEOLUS_KERNEL(nms_flags, NmsFlags, set_nms_flags)

}  // namespace malleolus::kernels
