#include "gradient_buckets.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "environment.h"

namespace malleolus {

/// Called by autograd behind the node that adds a gradient to its parameter's.
struct GradientBuckets::Hook : torch::autograd::FunctionPostHook {
  Hook(GradientBuckets& owner, size_t parameter) : owner(owner), parameter(parameter) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    owner.gradient_is_there(parameter);
    return outputs;
  }
  GradientBuckets& owner;
  size_t parameter;
};

struct GradientBuckets::Attached {
  /// LibTorch has changed what points to a node.
  decltype(torch::autograd::impl::grad_accumulator(at::Tensor())) node;
  uintptr_t key;
};

GradientBuckets::GradientBuckets(std::shared_ptr<ProcessGroup> group, std::vector<at::Tensor> parameters, int64_t bytes)
    : group_(std::move(group)), parameters_(std::move(parameters)), bucket_of_(parameters_.size()), seen_(parameters_.size()) {
  for (const auto& parameter : parameters_) {
    if (parameter.scalar_type() == at::kFloat && parameter.requires_grad() && parameter.is_leaf() &&
        parameter.is_non_overlapping_and_dense()) {
      continue;
    }
    throw ArgumentError(c10::str("expected float32 parameters that require a gradient, got one of shape ", parameter.sizes()));
  }
  Bucket open;
  for (size_t i = parameters_.size(); i-- > 0;) {
    open.members.push_back({i, at::Tensor()});
    open.elements += parameters_[i].numel();
    if (open.elements * 4 < bytes && i > 0) continue;
    close_bucket(std::move(open));
    open = Bucket();
  }
  for (size_t i = 0; i < parameters_.size(); ++i) {
    auto node = torch::autograd::impl::grad_accumulator(parameters_[i]);
    const uintptr_t key = node->add_post_hook(std::make_unique<Hook>(*this, i));
    attached_.push_back({std::move(node), key});
  }
}

GradientBuckets::~GradientBuckets() {
  for (const auto& [node, key] : attached_) node->del_post_hook(key);
}

void GradientBuckets::close_bucket(Bucket bucket) {
  const auto count = static_cast<int64_t>(bucket.members.size());
  bucket.flat = at::zeros({bucket.elements + count}, at::kFloat);
  int64_t at = 0;
  for (auto& member : bucket.members) {
    const auto& parameter = parameters_[member.parameter];
    member.place = bucket.flat.as_strided(parameter.sizes(), parameter.strides(), at);
    at += parameter.numel();
    bucket_of_[member.parameter] = buckets_.size();
  }
  buckets_.push_back(std::move(bucket));
}

void GradientBuckets::arm() {
  const std::lock_guard<std::mutex> lock(mutex_);
  armed_ = true;
  next_ = 0;
  overlapped_ = 0;
  std::fill(seen_.begin(), seen_.end(), false);
  for (auto& bucket : buckets_) bucket.missing = bucket.members.size();
}

void GradientBuckets::gradient_is_there(size_t parameter) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!armed_ || seen_[parameter]) return;
  seen_[parameter] = true;
  --buckets_[bucket_of_[parameter]].missing;
  launch_ready();
}

void GradientBuckets::launch_ready() {
  for (; next_ < buckets_.size() && buckets_[next_].missing == 0; ++next_) {
    launch(buckets_[next_]);
    ++overlapped_;
  }
}

void GradientBuckets::launch(Bucket& bucket) {
  const at::NoGradGuard guard;
  float* has = bucket.flat.data_ptr<float>() + bucket.elements;
  for (auto& [parameter, place] : bucket.members) {
    const at::Tensor gradient = parameters_[parameter].grad();
    *has++ = gradient.defined() ? 1.0f : 0.0f;
    if (gradient.defined()) {
      place.copy_(gradient);
    } else {
      place.zero_();
    }
  }
  bucket.under_way = group_->all_reduce(bucket.flat, Reduction::sum);
}

void GradientBuckets::finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!armed_) throw ArgumentError("internal: no backward pass was announced");
  armed_ = false;
  for (; next_ < buckets_.size(); ++next_) launch(buckets_[next_]);
  const at::NoGradGuard guard;
  for (auto& bucket : buckets_) {
    bucket.under_way->wait();
    bucket.under_way.reset();
    const float* has = bucket.flat.data_ptr<float>() + bucket.elements;
    for (auto& [index, place] : bucket.members) {
      const auto& parameter = parameters_[index];
      at::Tensor sum;
      if (*has++ > 0) sum = parameter.device().is_cpu() ? place : place.to(parameter.device());
      parameter.mutable_grad() = std::move(sum);
    }
  }
}

}  // namespace malleolus
