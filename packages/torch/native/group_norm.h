// What the implementations of group norm share: group_norm.cc on the CPU, cuda/group_norm.cc on a GPU.
#pragma once

#include <ATen/ATen.h>

namespace malleolus {

struct GroupNormShape {
  int64_t images, channels, pixels, groups;
  int64_t per_group() const { return channels / groups; }
};

/// The shape of the arguments of the operator; throws what is wrong with them.
GroupNormShape check_group_norm(const at::Tensor& input, int64_t groups, const at::Tensor& weight,
                                const at::Tensor& bias, double eps);
GroupNormShape check_group_norm_backward(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                                         const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& rstd,
                                         int64_t groups);

}  // namespace malleolus
