// Depthwise 3x3 and 5x5 convolutions in float32, channels-last; see depthwise.cc.
#pragma once

#include <ATen/core/Tensor.h>

namespace malleolus {

/// Of a kernel that is served.
constexpr int64_t kMostDepthwiseSide = 5;

struct DepthwiseGeometry {
  int64_t side, stride, padding, dilation;
};

/// What this way is there for, and the faster one.
struct DepthwiseServed {
  bool output, input_gradient, weight_gradient;
};

DepthwiseServed depthwise_served(const at::Tensor& input, const at::Tensor& weight, const DepthwiseGeometry& geometry);

/// Input [N, C, H, W], weight [C, 1, K, K], bias [C] or undefined.
at::Tensor depthwise_output(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                            const DepthwiseGeometry& geometry);

/// Whether the processor has what `depthwise_line` needs.
bool depthwise_lines_serve();

/// One row of an output, `width` cells of `channels`, from as many rows of `from_width` cells as the kernel has, null
/// where they lie outside; weights tap by tap [K * K, C], bias [C]. Values are cut to what lies between `least` and
/// `most`.
void depthwise_line(const DepthwiseGeometry& geometry, const float* const* rows, int64_t from_width,
                    const float* weights, const float* bias, int64_t channels, float least, float most, float* to,
                    int64_t width);

/// Gradient [N, C, H', W'] to that of an input of `sizes`.
at::Tensor depthwise_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, at::IntArrayRef sizes,
                                    const DepthwiseGeometry& geometry);

/// To that of the weight. [C, 1, K, K]
at::Tensor depthwise_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                     const DepthwiseGeometry& geometry);

}  // namespace malleolus
