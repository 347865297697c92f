// What the implementations of non-maximum suppression share: nms.cc on the CPU, cuda/nms.cc on a GPU.
#pragma once

#include <ATen/ATen.h>

namespace malleolus {

/// Throws what is wrong with the arguments of the operator.
void check_nms(const at::Tensor& boxes, const at::Tensor& scores, const c10::optional<at::Tensor>& groups);

/// A float is above a double exactly where it is above this float.
float largest_float_not_above(double value);

}  // namespace malleolus
