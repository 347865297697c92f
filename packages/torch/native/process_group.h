// Processes that compute one training together: LibTorch's own c10d, and what it is made of here.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace malleolus {

/// A collective that has begun. Its tensors stay alive as long as it does.
class Collective {
 public:
  virtual ~Collective() = default;
  /// Until it has ended in this process. @throws LostProcess where it cannot.
  virtual void wait() = 0;
};

enum class Reduction { sum, max };

/// The processes of a training, numbered from 0. All of them call the same collectives in the same order.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  /// In place, on the CPU: every process gets the same bits.
  virtual std::unique_ptr<Collective> all_reduce(at::Tensor tensor, Reduction reduction) = 0;
  /// In place, on the CPU: what process `from` holds.
  virtual std::unique_ptr<Collective> broadcast(at::Tensor tensor, int64_t from) = 0;
};

struct Meeting {
  int64_t rank = 0;
  int64_t size = 1;
  /// Where they meet: a file of this machine, or where that is empty a host and its port.
  std::string file;
  std::string host;
  int64_t port = 0;
  /// Whether this process keeps the meeting point at `host`.
  bool serves = false;
  /// Before every key, where others use the same meeting point.
  std::string prefix;
  /// The network interface on which the others reach this process, or where that is empty its address.
  std::string interface;
  std::string address;
  std::chrono::milliseconds timeout{0};
};

/// Another process is gone, or was silent for too long.
struct LostProcess : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What this build lacks for groups; null where it lacks nothing.
const char* missing_for_groups();

/// Meets the other processes. @throws LostProcess where they do not come in time.
std::shared_ptr<ProcessGroup> join_group(const Meeting& meeting);

}  // namespace malleolus
