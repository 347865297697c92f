// RoIAlign (He et al. 2017): the average of bilinear samples on a regular grid in every bin.
//
// Source of the convention: Detectron2's ROIAlignV2 and torchvision's roi_align. Shapes:
//   input  [N, C, H, W]  float32, float64 or bfloat16, contiguous or channels-last
//   rois   [K, 5]        float32: batch index, x1, y1, x2, y2 in image pixels
//   output [K, C, pooledHeight, pooledWidth], dtype and memory format of the input
// `aligned` shifts by half a pixel; sampling ratio 0 is adaptive, ceil(size / pooled) a bin.
//
// Bilinear weights are products, and so are sums of them over a grid: the average over a bin
// is sum_r sum_c wy[r] wx[c] f[r, c] over the pixels it touches, each read once instead of up
// to four times a sample. Channels-last makes f[r, c] a contiguous vector of C numbers. Sums
// are float32 (float64 for float64) whatever the features are; weights are float32.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <cstring>

#include "roi_align.h"
#include "bfloat16_bits.h"
#include "vector_targets.h"

namespace malleolus {

namespace {

/// For one axis of one region: the pixels that each bin touches, and their weights.
struct AxisWeights {
  std::vector<int64_t> first;    // [bins] first pixel of the bin
  std::vector<int64_t> offset;   // [bins + 1] where the bin's weights begin
  std::vector<float> weight;     // weights of consecutive pixels from `first` on

  // In float, as the reference computes: the number of samples and their places hang on roundings.
  void compute(float start, float end, int64_t bins, int64_t size, const Pooling& pooling) {
    float length = end - start;
    if (!pooling.aligned) length = std::max(length, 1.0f);
    TORCH_CHECK(std::isfinite(start) && std::isfinite(length), "a region's coordinates are too large");
    const float bin = length / static_cast<float>(bins);
    const float wanted = pooling.sampling_ratio > 0 ? static_cast<float>(pooling.sampling_ratio) : std::ceil(bin);
    TORCH_CHECK(wanted <= kMostSamples, "a region is ", length, " pixels long, more than can be sampled");
    const int64_t samples = static_cast<int64_t>(wanted);
    first.assign(bins, 0);
    offset.assign(bins + 1, 0);
    weight.clear();
    for (int64_t b = 0; b < bins; ++b) {
      offset[b] = static_cast<int64_t>(weight.size());
      add_bin(start + static_cast<float>(b) * bin, bin, samples, size, b);
    }
    offset[bins] = static_cast<int64_t>(weight.size());
  }

 private:
  void add_bin(float start, float bin, int64_t samples, int64_t size, int64_t index) {
    const float share = 1.0f / static_cast<float>(std::max<int64_t>(samples, 1));
    bool any = false;
    for (int64_t i = 0; i < samples; ++i) {
      // From left to right also where a region's end lies before its start.
      const int64_t s = bin < 0 ? samples - 1 - i : i;
      float at = start + (static_cast<float>(s) + 0.5f) * bin / static_cast<float>(samples);
      // Counts as zero, as in the reference; so does what is not a number.
      if (!(at >= -1.0f && at <= static_cast<float>(size))) continue;
      at = std::max(at, 0.0f);
      int64_t low = static_cast<int64_t>(at);
      float fraction = at - static_cast<float>(low);
      if (low >= size - 1) {
        low = size - 1;
        fraction = 0;
      }
      if (!any) {
        first[index] = low;
        any = true;
      }
      add(index, low, (1 - fraction) * share);
      if (fraction > 0) add(index, low + 1, fraction * share);
    }
  }

  void add(int64_t bin, int64_t pixel, float amount) {
    const auto place = static_cast<size_t>(offset[bin] + pixel - first[bin]);
    if (place >= weight.size()) weight.resize(place + 1, 0.0f);
    weight[place] += amount;
  }
};

struct Region {
  int64_t image;
  AxisWeights rows, columns;

  void compute(const float* roi, int64_t images, int64_t height, int64_t width, const Pooling& pooling) {
    for (int i = 0; i < 5; ++i) TORCH_CHECK(std::isfinite(roi[i]), "a region has a coordinate that is not finite");
    TORCH_CHECK(roi[0] >= 0 && roi[0] < static_cast<float>(images), "a region belongs to image ", roi[0],
                " of a batch of ", images);
    image = static_cast<int64_t>(roi[0]);
    const float shift = pooling.aligned ? 0.5f : 0.0f, scale = static_cast<float>(pooling.spatial_scale);
    columns.compute(roi[1] * scale - shift, roi[3] * scale - shift, pooling.width, width, pooling);
    rows.compute(roi[2] * scale - shift, roi[4] * scale - shift, pooling.height, height, pooling);
  }
};

MALLEOLUS_VECTOR_TARGETS
void add_scaled_float(float* sum, const float* values, float weight, int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum[i] += weight * values[i];
}

MALLEOLUS_VECTOR_TARGETS
void add_scaled_bfloat16(float* sum, const uint16_t* values, float weight, int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum[i] += weight * widen(values[i]);
}

void add_scaled(float* sum, const float* values, float weight, int64_t count) {
  add_scaled_float(sum, values, weight, count);
}
void add_scaled(float* sum, const at::BFloat16* values, float weight, int64_t count) {
  add_scaled_bfloat16(sum, reinterpret_cast<const uint16_t*>(values), weight, count);
}
void add_scaled(double* sum, const double* values, float weight, int64_t count) {
  for (int64_t i = 0; i < count; ++i) sum[i] += weight * values[i];
}

template <typename T>
using Accumulated = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// Calls visit(bin, pixel, weight) for every pixel of `region` that a bin touches.
template <typename Visit>
void for_each_tap(const Region& region, const Pooling& pooling, int64_t width, Visit&& visit) {
  for (int64_t ph = 0; ph < pooling.height; ++ph) {
    for (int64_t pw = 0; pw < pooling.width; ++pw) {
      const int64_t bin = ph * pooling.width + pw;
      for (int64_t r = region.rows.offset[ph]; r < region.rows.offset[ph + 1]; ++r) {
        const int64_t row = (region.rows.first[ph] + r - region.rows.offset[ph]) * width;
        for (int64_t c = region.columns.offset[pw]; c < region.columns.offset[pw + 1]; ++c) {
          visit(bin, row + region.columns.first[pw] + c - region.columns.offset[pw],
                region.rows.weight[r] * region.columns.weight[c]);
        }
      }
    }
  }
}

template <typename T>
void forward_kernel(const at::Tensor& input, const at::Tensor& rois, at::Tensor& output, const Pooling& pooling) {
  const int64_t images = input.size(0), channels = input.size(1), height = input.size(2), width = input.size(3);
  const int64_t bins = pooling.height * pooling.width;
  const T* features = input.data_ptr<T>();
  const float* roi = rois.data_ptr<float>();
  T* pooled = output.data_ptr<T>();
  at::parallel_for(0, rois.size(0), 1, [&](int64_t begin, int64_t end) {
    Region region;
    std::vector<Accumulated<T>> sums(static_cast<size_t>(bins * channels));
    for (int64_t k = begin; k < end; ++k) {
      region.compute(roi + k * 5, images, height, width, pooling);
      std::fill(sums.begin(), sums.end(), 0);
      const T* image = features + region.image * height * width * channels;
      for_each_tap(region, pooling, width, [&](int64_t bin, int64_t pixel, float weight) {
        add_scaled(sums.data() + bin * channels, image + pixel * channels, weight, channels);
      });
      std::copy(sums.begin(), sums.end(), pooled + k * bins * channels);
    }
  });
}

// Regions overlap, so threads share out the channels: nobody writes where another does, and
// the sum's order, hence its last bit, does not depend on the number of threads.
template <typename T>
void backward_kernel(const at::Tensor& gradient, const at::Tensor& rois, at::Tensor& sums, const Pooling& pooling) {
  using Sum = Accumulated<T>;
  const int64_t images = sums.size(0), channels = sums.size(1), height = sums.size(2), width = sums.size(3);
  const int64_t bins = pooling.height * pooling.width;
  const T* pooled = gradient.data_ptr<T>();
  const float* roi = rois.data_ptr<float>();
  Sum* features = sums.data_ptr<Sum>();
  constexpr int64_t kChannelBlock = 32;
  const int64_t blocks = (channels + kChannelBlock - 1) / kChannelBlock;
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kChannelBlock, count = std::min(end * kChannelBlock, channels) - first;
    Region region;
    for (int64_t k = 0; k < rois.size(0); ++k) {
      region.compute(roi + k * 5, images, height, width, pooling);
      Sum* image = features + region.image * height * width * channels + first;
      const T* bin_gradients = pooled + k * bins * channels + first;
      for_each_tap(region, pooling, width, [&](int64_t bin, int64_t pixel, float weight) {
        add_scaled(image + pixel * channels, bin_gradients + bin * channels, weight, count);
      });
    }
  });
}

at::MemoryFormat format_of(const at::Tensor& tensor) {
  const auto format = tensor.suggest_memory_format();
  return format == at::MemoryFormat::ChannelsLast ? format : at::MemoryFormat::Contiguous;
}

at::Tensor roi_align_cpu(const at::Tensor& input, const at::Tensor& rois, double spatial_scale, int64_t pooled_height,
                         int64_t pooled_width, int64_t sampling_ratio, bool aligned) {
  const Pooling pooling{spatial_scale, pooled_height, pooled_width, sampling_ratio, aligned};
  check_roi_align(input, rois, pooling);
  const auto format = format_of(input);
  const at::Tensor features = input.contiguous(at::MemoryFormat::ChannelsLast), regions = rois.contiguous();
  at::Tensor output = at::empty({rois.size(0), input.size(1), pooled_height, pooled_width}, input.options(),
                                at::MemoryFormat::ChannelsLast);
  switch (input.scalar_type()) {
    case at::kFloat: forward_kernel<float>(features, regions, output, pooling); break;
    case at::kDouble: forward_kernel<double>(features, regions, output, pooling); break;
    case at::kBFloat16: forward_kernel<at::BFloat16>(features, regions, output, pooling); break;
    default: TORCH_CHECK(false, "expected float32, float64 or bfloat16 features, got ", input.scalar_type());
  }
  return output.contiguous(format);
}

at::Tensor roi_align_backward_cpu(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef input_shape,
                                  double spatial_scale, int64_t sampling_ratio, bool aligned) {
  const Pooling pooling = check_roi_align_backward(gradient, rois, input_shape, spatial_scale, sampling_ratio, aligned);
  const at::Tensor dense = gradient.contiguous(at::MemoryFormat::ChannelsLast), regions = rois.contiguous();
  const auto sum_type = gradient.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  at::Tensor sums =
      at::empty(input_shape, gradient.options().dtype(sum_type), at::MemoryFormat::ChannelsLast).zero_();
  switch (gradient.scalar_type()) {
    case at::kFloat: backward_kernel<float>(dense, regions, sums, pooling); break;
    case at::kDouble: backward_kernel<double>(dense, regions, sums, pooling); break;
    case at::kBFloat16: backward_kernel<at::BFloat16>(dense, regions, sums, pooling); break;
    default: TORCH_CHECK(false, "expected a float32, float64 or bfloat16 gradient, got ", gradient.scalar_type());
  }
  return sums.to(gradient.scalar_type());
}

at::Tensor call_roi_align(const at::Tensor& input, const at::Tensor& rois, double spatial_scale, int64_t height,
                          int64_t width, int64_t sampling_ratio, bool aligned) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("malleolus::roi_align", "")
                             .typed<decltype(roi_align_cpu)>();
  return op.call(input, rois, spatial_scale, height, width, sampling_ratio, aligned);
}

at::Tensor call_roi_align_backward(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef shape,
                                   double spatial_scale, int64_t sampling_ratio, bool aligned) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("malleolus::roi_align_backward", "")
                             .typed<decltype(roi_align_backward_cpu)>();
  return op.call(gradient, rois, shape, spatial_scale, sampling_ratio, aligned);
}

class RoiAlignFunction : public torch::autograd::Function<RoiAlignFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& rois,
                            double spatial_scale, int64_t height, int64_t width, int64_t sampling_ratio,
                            bool aligned) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    context->save_for_backward({rois});
    context->saved_data["shape"] = input.sizes();
    context->saved_data["spatial_scale"] = spatial_scale;
    context->saved_data["sampling_ratio"] = sampling_ratio;
    context->saved_data["aligned"] = aligned;
    return call_roi_align(input, rois, spatial_scale, height, width, sampling_ratio, aligned);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto shape = context->saved_data["shape"].toIntVector();
    at::Tensor gradient = call_roi_align_backward(
        gradients[0], context->get_saved_variables()[0], shape, context->saved_data["spatial_scale"].toDouble(),
        context->saved_data["sampling_ratio"].toInt(), context->saved_data["aligned"].toBool());
    return {gradient, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// A second derivative would be missing without a word: autograd sees no operator it knows.
class RoiAlignBackwardFunction : public torch::autograd::Function<RoiAlignBackwardFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& gradient, const at::Tensor& rois,
                            at::IntArrayRef shape, double spatial_scale, int64_t sampling_ratio, bool aligned) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    return call_roi_align_backward(gradient, rois, shape, spatial_scale, sampling_ratio, aligned);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list&) {
    TORCH_CHECK(false, "roiAlign has no second derivative");
  }
};

at::Tensor roi_align_backward_autograd(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef shape,
                                       double spatial_scale, int64_t sampling_ratio, bool aligned) {
  return RoiAlignBackwardFunction::apply(gradient, rois, shape, spatial_scale, sampling_ratio, aligned);
}

at::Tensor roi_align_autograd(const at::Tensor& input, const at::Tensor& rois, double spatial_scale, int64_t height,
                              int64_t width, int64_t sampling_ratio, bool aligned) {
  return RoiAlignFunction::apply(input, rois, spatial_scale, height, width, sampling_ratio, aligned);
}

void check_regions(const at::Tensor& rois, const at::Device& device, const Pooling& pooling) {
  TORCH_CHECK(rois.dim() == 2 && rois.size(1) == 5, "expected rois of shape [K, 5], got ", rois.sizes());
  TORCH_CHECK(rois.scalar_type() == at::kFloat, "expected float32 rois, got ", rois.scalar_type());
  TORCH_CHECK(rois.device() == device, "expected rois on ", device, ", got ", rois.device());
  TORCH_CHECK(pooling.height > 0 && pooling.width > 0 && pooling.height <= 4096 && pooling.width <= 4096,
              "expected a pooled size of 1 to 4096, got ", pooling.height, " x ", pooling.width);
  const auto scale = static_cast<float>(pooling.spatial_scale);
  TORCH_CHECK(std::isfinite(scale) && scale > 0,
              "expected a positive spatial scale, got ", pooling.spatial_scale);
  TORCH_CHECK(pooling.sampling_ratio >= 0 && pooling.sampling_ratio <= kMostSamples,
              "expected a sampling ratio of 0 (adaptive) to ", kMostSamples, ", got ", pooling.sampling_ratio);
}

}  // namespace

void check_roi_align(const at::Tensor& input, const at::Tensor& rois, const Pooling& pooling) {
  TORCH_CHECK(input.dim() == 4, "expected an input of shape [N, C, H, W], got ", input.sizes());
  TORCH_CHECK(input.size(2) > 0 && input.size(3) > 0, "expected an input with pixels, got ", input.sizes());
  check_regions(rois, input.device(), pooling);
}

Pooling check_roi_align_backward(const at::Tensor& gradient, const at::Tensor& rois, at::IntArrayRef input_shape,
                                 double spatial_scale, int64_t sampling_ratio, bool aligned) {
  TORCH_CHECK(input_shape.size() == 4 && gradient.dim() == 4 && gradient.size(0) == rois.size(0) &&
                  gradient.size(1) == input_shape[1] && input_shape[2] > 0 && input_shape[3] > 0,
              "expected a gradient [K, C, h, w] of an input [N, C, H, W], got ", gradient.sizes(), " and ",
              input_shape);
  const Pooling pooling{spatial_scale, gradient.size(2), gradient.size(3), sampling_ratio, aligned};
  check_regions(rois, gradient.device(), pooling);
  return pooling;
}

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "roi_align(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width, "
      "int sampling_ratio=0, bool aligned=True) -> Tensor");
  library.def(
      "roi_align_backward(Tensor gradient, Tensor rois, int[] input_shape, float spatial_scale, "
      "int sampling_ratio, bool aligned) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("roi_align", roi_align_cpu);
  library.impl("roi_align_backward", roi_align_backward_cpu);
}

TORCH_LIBRARY_IMPL(malleolus, Autograd, library) {
  library.impl("roi_align", roi_align_autograd);
  library.impl("roi_align_backward", roi_align_backward_autograd);
}

}  // namespace malleolus
