// RoIAlign for tensors on a GPU (roi_align.cuh). Also registered as `simulated_*` for tensors on the CPU, where the
// same code runs its kernels thread by thread: for tests.
#include "../roi_align.h"

#include <torch/library.h>

#include <cmath>

#include "launch.h"
#include "roi_align.cuh"

namespace malleolus::cuda {

namespace {

static_assert(kernels::kMostSamples == static_cast<float>(kMostSamples));

// A thread that looks for the largest value writes once to a place that all write to.
constexpr int64_t kBlocksLooking = 256;

template <typename Arguments>
struct ByType {
  kernels::Kernel<Arguments> float32, bfloat16;

  const kernels::Kernel<Arguments>& of(at::ScalarType type) const {
    TORCH_CHECK(type == at::kFloat || type == at::kBFloat16, "expected float32 or bfloat16 on a GPU, got ", type);
    return type == at::kFloat ? float32 : bfloat16;
  }
};

constexpr ByType<kernels::RoiAlignForward> kForward{kernels::roi_align_forward_float32,
                                                    kernels::roi_align_forward_bfloat16};
constexpr ByType<kernels::LargestMagnitude> kLargest{kernels::largest_magnitude_float32,
                                                     kernels::largest_magnitude_bfloat16};
constexpr ByType<kernels::RoiAlignBackward> kBackward{kernels::roi_align_backward_float32,
                                                      kernels::roi_align_backward_bfloat16};
constexpr ByType<kernels::SumsAsNumbers> kAsNumbers{kernels::sums_as_float32, kernels::sums_as_bfloat16};

kernels::RoiAlignShape shape_of(at::IntArrayRef features, int64_t regions, const Pooling& pooling) {
  return {features[0],
          features[1],
          features[2],
          features[3],
          regions,
          pooling.height,
          pooling.width,
          static_cast<float>(pooling.spatial_scale),
          static_cast<int>(pooling.sampling_ratio),
          pooling.aligned ? 1 : 0};
}

at::MemoryFormat format_of(const at::Tensor& tensor) {
  const auto format = tensor.suggest_memory_format();
  return format == at::MemoryFormat::ChannelsLast ? format : at::MemoryFormat::Contiguous;
}

at::Tensor roi_align(const at::Tensor& input, const at::Tensor& rois, double spatial_scale, int64_t pooled_height,
                     int64_t pooled_width, int64_t sampling_ratio, bool aligned) {
  const Pooling pooling{spatial_scale, pooled_height, pooled_width, sampling_ratio, aligned};
  check_roi_align(input, rois, pooling);
  const auto& kernel = kForward.of(input.scalar_type());
  const at::Tensor features = input.contiguous(at::MemoryFormat::ChannelsLast), regions = rois.contiguous();
  const at::Tensor output = at::empty({rois.size(0), input.size(1), pooled_height, pooled_width}, input.options(),
                                      at::MemoryFormat::ChannelsLast);
  const auto shape = shape_of(input.sizes(), rois.size(0), pooling);
  launch(kernel, input.device(), kernels::parts_of(shape),
         kernels::RoiAlignForward{shape, features.data_ptr(), regions.data_ptr<float>(), output.data_ptr()});
  return output.contiguous(format_of(input));
}

at::Tensor roi_align_backward(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef input_shape,
                              double spatial_scale, int64_t sampling_ratio, bool aligned) {
  const Pooling pooling = check_roi_align_backward(gradient, rois, input_shape, spatial_scale, sampling_ratio, aligned);
  const auto type = gradient.scalar_type();
  const auto& kernel = kBackward.of(type);
  const auto device = gradient.device();
  const at::Tensor dense = gradient.contiguous(at::MemoryFormat::ChannelsLast), regions = rois.contiguous();
  const auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor sums = at::empty(input_shape, gradient.options().dtype(at::kLong), last).zero_();
  const at::Tensor result = at::empty(input_shape, gradient.options(), last);
  const at::Tensor largest = at::zeros({1}, gradient.options().dtype(at::kInt));
  auto* largest_bits = reinterpret_cast<unsigned*>(largest.data_ptr<int32_t>());
  auto* summed = reinterpret_cast<kernels::Int*>(sums.data_ptr<int64_t>());
  const auto shape = shape_of(input_shape, rois.size(0), pooling);
  // Every bin of every region may lie on one pixel; one power of two more for roundings.
  const auto bins = static_cast<double>(shape.regions * shape.pooled_height * shape.pooled_width);
  const int headroom = static_cast<int>(std::ceil(std::log2(std::max(bins, 1.0)))) + 1;

  launch(kLargest.of(type), device, dense.numel(),
         kernels::LargestMagnitude{dense.data_ptr(), dense.numel(), largest_bits}, kBlocksLooking);
  launch(kernel, device, kernels::parts_of(shape),
         kernels::RoiAlignBackward{shape, dense.data_ptr(), regions.data_ptr<float>(), largest_bits, headroom, summed});
  launch(kAsNumbers.of(type), device, sums.numel(),
         kernels::SumsAsNumbers{summed, sums.numel(), largest_bits, headroom, result.data_ptr()});
  return result;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "simulated_roi_align(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
      "int sampling_ratio=0, bool aligned=True) -> Tensor");
  library.def(
      "simulated_roi_align_backward(Tensor gradient, Tensor rois, int[] input_shape, float spatial_scale, "
      "int sampling_ratio, bool aligned) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CUDA, library) {
  library.impl("roi_align", roi_align);
  library.impl("roi_align_backward", roi_align_backward);
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("simulated_roi_align", roi_align);
  library.impl("simulated_roi_align_backward", roi_align_backward);
}

}  // namespace malleolus::cuda
