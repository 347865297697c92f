// Depthwise 3x3 convolutions with a dilation in float32, channels-last; see depthwise.cc.
#pragma once

#include <ATen/core/Tensor.h>

namespace malleolus {

struct DepthwiseGeometry {
  int64_t stride, padding, dilation;
};

/// Whether this way is there for such tensors, and the faster one.
bool depthwise_serves(const at::Tensor& input, const at::Tensor& weight, const DepthwiseGeometry& geometry);

/// Input [N, C, H, W], weight [C, 1, 3, 3], bias [C] or undefined.
at::Tensor depthwise_output(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                            const DepthwiseGeometry& geometry);

/// Gradient [N, C, H', W'] to that of an input of `sizes`.
at::Tensor depthwise_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, at::IntArrayRef sizes,
                                    const DepthwiseGeometry& geometry);

/// To that of the weight. [C, 1, 3, 3]
at::Tensor depthwise_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                     const DepthwiseGeometry& geometry);

}  // namespace malleolus
