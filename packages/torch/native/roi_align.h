// What the implementations of RoIAlign share: roi_align.cc on the CPU, cuda/roi_align.cc on a GPU.
#pragma once

#include <ATen/ATen.h>

namespace malleolus {

// A region so large that it needs more samples a bin is a mistake, and would take minutes.
constexpr int64_t kMostSamples = 8192;

struct Pooling {
  double spatial_scale;
  int64_t height, width;
  int64_t sampling_ratio;
  bool aligned;
};

/// Throws what is wrong with the arguments of the operator.
void check_roi_align(const at::Tensor& input, const at::Tensor& rois, const Pooling& pooling);

/// The pooling that the arguments describe; throws what is wrong with them.
Pooling check_roi_align_backward(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef input_shape,
                                 double spatial_scale, int64_t sampling_ratio, bool aligned);

}  // namespace malleolus
