// 3x3 convolutions with a stride of 1 in a quarter of the multiplications; see winograd.cc.
#pragma once

#include <ATen/core/Tensor.h>

namespace malleolus {

/// Whether this way is there for such tensors, and the faster one.
bool winograd_serves(const at::Tensor& input, const at::Tensor& weight, int64_t stride, int64_t padding);

/// Input [N, C, H, W], weight [O, C, 3, 3], bias [O] or undefined.
at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                                int64_t padding);

/// Gradient [N, O, H', W'] to that of the input.
at::Tensor winograd_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, int64_t padding);

/// To that of the weight. [O, C, 3, 3], channels-last
at::Tensor winograd_weight_gradient(const at::Tensor& gradient, const at::Tensor& input, int64_t padding);

}  // namespace malleolus
