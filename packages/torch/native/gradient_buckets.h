// Gradients of several processes, added up while the backward pass goes on.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <mutex>
#include <vector>

#include "process_group.h"

namespace malleolus {

/// Parameters in buckets, from the last one on, which the backward pass reaches first. As soon as a bucket's gradients
/// are all there, it is sent on its way; the order of buckets is the same in every process.
class GradientBuckets {
 public:
  /// Parameters are float32 leaves that require a gradient. A bucket is closed once it holds `bytes`.
  GradientBuckets(std::shared_ptr<ProcessGroup> group, std::vector<at::Tensor> parameters, int64_t bytes);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  /// The next backward pass is the one whose gradients are complete.
  void arm();
  /// Gives every parameter the sum of its gradients over all processes; none where no process has one.
  /// @throws LostProcess; gradients are then undefined.
  void finish();
  /// How many were under way before the backward pass had ended, the last time.
  int64_t overlapped() const { return overlapped_; }

 private:
  struct Hook;
  struct Member {
    size_t parameter;
    /// The parameter's part of the bucket, in its own layout.
    at::Tensor place;
  };
  struct Bucket {
    /// The gradients one behind the other, then for each member 1 where it has one. On the CPU.
    at::Tensor flat;
    int64_t elements = 0;
    std::vector<Member> members;
    size_t missing = 0;
    std::unique_ptr<Collective> under_way;
  };

  void close_bucket(Bucket bucket);
  void gradient_is_there(size_t parameter);
  void launch_ready();
  void launch(Bucket& bucket);

  std::shared_ptr<ProcessGroup> group_;
  std::vector<at::Tensor> parameters_;
  std::vector<Bucket> buckets_;
  std::vector<size_t> bucket_of_;
  std::vector<bool> seen_;
  /// Keeps the hooks' nodes alive, and knows the hooks again.
  struct Attached;
  std::vector<Attached> attached_;
  std::mutex mutex_;
  bool armed_ = false;
  size_t next_ = 0;
  int64_t overlapped_ = 0;
};

}  // namespace malleolus
