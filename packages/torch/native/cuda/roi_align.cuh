// RoIAlign on a GPU; what it computes stands in ../roi_align.cc, and it makes the same choices: the
// places of samples are rounded as there. Channels-last features, so that neighbouring threads read
// neighbouring channels; a thread pools kLanes of them for one bin, with one computation of the weights.
//
// The gradient's sums are exact: integers of 64 bits, in units that depend on the largest gradient.
// Many threads add to one pixel in an order that changes from run to run, and only integers give the
// same sum in any order. They keep some 40 bits of the largest value; float32 keeps 24.
#pragma once

#include "portable.cuh"

namespace malleolus::kernels {

constexpr int kLanes = 4;
// As in ../roi_align.cc. There a larger region is an error; here it gives NaN, since a kernel cannot throw.
constexpr float kMostSamples = 8192.0f;

/// Features [images, height, width, channels] and regions [regions, 5].
struct RoiAlignShape {
  Int images, channels, height, width;
  Int regions, pooled_height, pooled_width;
  float spatial_scale;
  int sampling_ratio;
  int aligned;
};

/// Bins of one region along one axis.
struct Axis {
  float start, bin;
  Int samples;
  Int size;
};

struct Region {
  Int image;
  Axis rows, columns;
};

/// False where the region cannot be sampled.
MALLEOLUS_ON_DEVICE bool set_axis(float from, float to, Int bins, Int size, const RoiAlignShape& shape, Axis* axis) {
  const float shift = shape.aligned ? 0.5f : 0.0f;
  const float start = from * shape.spatial_scale - shift;
  float length = to * shape.spatial_scale - shift - start;
  if (!shape.aligned && length < 1.0f) length = 1.0f;
  if (!is_finite(start) || !is_finite(length)) return false;
  axis->start = start;
  axis->bin = length / static_cast<float>(bins);
  axis->size = size;
  const float wanted = shape.sampling_ratio > 0 ? static_cast<float>(shape.sampling_ratio) : ceilf(axis->bin);
  if (wanted > kMostSamples) return false;
  axis->samples = wanted > 0.0f ? static_cast<Int>(wanted) : 0;
  return true;
}

MALLEOLUS_ON_DEVICE bool set_region(const float* roi, const RoiAlignShape& shape, Region* region) {
  if (!(roi[0] >= 0.0f && roi[0] < static_cast<float>(shape.images))) return false;
  region->image = static_cast<Int>(roi[0]);
  const bool columns = set_axis(roi[1], roi[3], shape.pooled_width, shape.width, shape, &region->columns);
  const bool rows = set_axis(roi[2], roi[4], shape.pooled_height, shape.height, shape, &region->rows);
  return columns && rows;
}

/// Calls visit(pixel, weight) for every pixel that one bin touches along an axis, from left to right. Samples give
/// shares to a pixel and its right neighbour; a pixel is visited when all that share in it are past.
template <typename Visit>
MALLEOLUS_ON_DEVICE void for_each_pixel(const Axis& axis, Int bin, const Visit& visit) {
  const float samples = static_cast<float>(axis.samples), share = 1.0f / samples;
  const float start = axis.start + static_cast<float>(bin) * axis.bin;
  Int pixel = 0;
  float own = 0.0f, next = 0.0f;
  for (Int i = 0; i <= axis.samples; ++i) {
    Int low = pixel + 2;  // after the last sample: past everything
    float fraction = 0.0f;
    if (i < axis.samples) {
      // From left to right also where a region's end lies before its start.
      const Int sample = axis.bin < 0.0f ? axis.samples - 1 - i : i;
      float at = start + (static_cast<float>(sample) + 0.5f) * axis.bin / samples;
      // Counts as zero; so does what is not a number.
      if (!(at >= -1.0f && at <= static_cast<float>(axis.size))) continue;
      if (at < 0.0f) at = 0.0f;
      low = static_cast<Int>(at);
      fraction = at - static_cast<float>(low);
      if (low >= axis.size - 1) {
        low = axis.size - 1;
        fraction = 0.0f;
      }
    }
    for (; pixel < low && own > 0.0f; ++pixel) {
      visit(pixel, own);
      own = next;
      next = 0.0f;
    }
    pixel = low;
    own += (1.0f - fraction) * share;
    next += fraction * share;
  }
}

/// A thread's part: one bin of one region, and of its channels the first and every `stride`-th after it.
struct Part {
  Int region, row_bin, column_bin, channel, stride;
};

MALLEOLUS_ON_DEVICE Int parts_of(const RoiAlignShape& shape) {
  return shape.regions * shape.pooled_height * shape.pooled_width * ((shape.channels + kLanes - 1) / kLanes);
}

MALLEOLUS_ON_DEVICE Part part_numbered(Int number, const RoiAlignShape& shape) {
  Part part;
  part.stride = (shape.channels + kLanes - 1) / kLanes;
  part.channel = number % part.stride;
  const Int bin = number / part.stride;
  part.column_bin = bin % shape.pooled_width;
  part.row_bin = bin / shape.pooled_width % shape.pooled_height;
  part.region = bin / shape.pooled_width / shape.pooled_height;
  return part;
}

/// Where a part's bin begins in [regions, pooled_height, pooled_width, channels].
MALLEOLUS_ON_DEVICE Int place_in_pooled(const Part& part, const RoiAlignShape& shape) {
  return ((part.region * shape.pooled_height + part.row_bin) * shape.pooled_width + part.column_bin) * shape.channels;
}

/// Calls visit(pixel, weight) for what a part's bin averages; `pixel` counts through all images.
template <typename Visit>
MALLEOLUS_ON_DEVICE void for_each_tap(const Region& region, const Part& part, const RoiAlignShape& shape,
                                      const Visit& visit) {
  for_each_pixel(region.rows, part.row_bin, [&](Int row, float row_weight) {
    const Int line = (region.image * shape.height + row) * shape.width;
    for_each_pixel(region.columns, part.column_bin,
                   [&](Int column, float weight) { visit(line + column, row_weight * weight); });
  });
}

// --- Forward ----------------------------------------------------------------------------------------

struct RoiAlignForward {
  RoiAlignShape shape;
  const void* features;
  const float* rois;
  void* pooled;
};

template <typename T>
MALLEOLUS_ON_DEVICE void roi_align_forward(const RoiAlignForward& of, Thread thread) {
  const RoiAlignShape& shape = of.shape;
  const T* features = static_cast<const T*>(of.features);
  for (Int i = thread.first; i < parts_of(shape); i += thread.step) {
    const Part part = part_numbered(i, shape);
    float sums[kLanes];
    Region region{};
    const bool sampled = set_region(of.rois + part.region * 5, shape, &region);
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] = sampled ? 0.0f : not_a_number();
    if (sampled) {
      for_each_tap(region, part, shape, [&](Int pixel, float weight) {
        const T* values = features + pixel * shape.channels;
        for (int lane = 0; lane < kLanes; ++lane) {
          const Int channel = part.channel + lane * part.stride;
          if (channel < shape.channels) sums[lane] = fmaf(weight, load(values[channel]), sums[lane]);
        }
      });
    }
    T* pooled = static_cast<T*>(of.pooled) + place_in_pooled(part, shape);
    for (int lane = 0; lane < kLanes; ++lane) {
      const Int channel = part.channel + lane * part.stride;
      if (channel < shape.channels) store(pooled + channel, sums[lane]);
    }
  }
}

MALLEOLUS_KERNEL(roi_align_forward_float32, RoiAlignForward, roi_align_forward<float>)
MALLEOLUS_KERNEL(roi_align_forward_bfloat16, RoiAlignForward, roi_align_forward<Bfloat16>)

// --- Backward: the unit of the sums, the sums, and the sums as numbers ----------------------------------

struct LargestMagnitude {
  const void* values;
  Int count;
  unsigned* largest;  // bits of a float; those of positive ones are ordered as they are
};

/// The largest of the finite magnitudes.
template <typename T>
MALLEOLUS_ON_DEVICE void largest_magnitude(const LargestMagnitude& of, Thread thread) {
  unsigned largest = 0;
  for (Int i = thread.first; i < of.count; i += thread.step) {
    const float value = load(static_cast<const T*>(of.values)[i]);
    const unsigned magnitude = bits_of_float(value) & 0x7fffffffu;
    if (is_finite(value) && magnitude > largest) largest = magnitude;
  }
  if (largest > 0) atomic_max(of.largest, largest);
}

MALLEOLUS_KERNEL(largest_magnitude_float32, LargestMagnitude, largest_magnitude<float>)
MALLEOLUS_KERNEL(largest_magnitude_bfloat16, LargestMagnitude, largest_magnitude<Bfloat16>)

// Finite sums stay within 2^60 on both sides; what is no number lifts a sum to 2^62, and above 2^61 for good.
constexpr int kSumBits = 60;
constexpr Int kMark = static_cast<Int>(1) << 62;

/// Sums count units of 2^-(what this gives). `headroom`: as many values as large may be added, as a power of two.
MALLEOLUS_ON_DEVICE int unit_exponent(unsigned largest, int headroom) {
  const int above = static_cast<int>(largest >> 23) - 126;  // the largest is less than 2^above
  const int exponent = kSumBits - headroom - above;
  return exponent > 126 ? 126 : exponent;
}

struct RoiAlignBackward {
  RoiAlignShape shape;
  const void* gradient;
  const float* rois;
  const unsigned* largest;
  int headroom;
  Int* sums;
};

template <typename T>
MALLEOLUS_ON_DEVICE void roi_align_backward(const RoiAlignBackward& of, Thread thread) {
  const RoiAlignShape& shape = of.shape;
  const float unit = power_of_two(unit_exponent(*of.largest, of.headroom));
  for (Int i = thread.first; i < parts_of(shape); i += thread.step) {
    const Part part = part_numbered(i, shape);
    Region region{};
    if (!set_region(of.rois + part.region * 5, shape, &region)) continue;
    const T* gradient = static_cast<const T*>(of.gradient) + place_in_pooled(part, shape);
    float values[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const Int channel = part.channel + lane * part.stride;
      values[lane] = channel < shape.channels ? load(gradient[channel]) : 0.0f;
    }
    for_each_tap(region, part, shape, [&](Int pixel, float weight) {
      Int* sums = of.sums + pixel * shape.channels;
      for (int lane = 0; lane < kLanes; ++lane) {
        const Int channel = part.channel + lane * part.stride;
        if (channel >= shape.channels) continue;
        const float share = weight * values[lane];
        if (is_finite(share)) atomic_add(sums + channel, round_to_int(share * unit));
        else atomic_max(sums + channel, kMark);
      }
    });
  }
}

MALLEOLUS_KERNEL(roi_align_backward_float32, RoiAlignBackward, roi_align_backward<float>)
MALLEOLUS_KERNEL(roi_align_backward_bfloat16, RoiAlignBackward, roi_align_backward<Bfloat16>)

struct SumsAsNumbers {
  const Int* sums;
  Int count;
  const unsigned* largest;
  int headroom;
  void* numbers;
};

template <typename T>
MALLEOLUS_ON_DEVICE void sums_as_numbers(const SumsAsNumbers& of, Thread thread) {
  const float unit = power_of_two(-unit_exponent(*of.largest, of.headroom));
  for (Int i = thread.first; i < of.count; i += thread.step) {
    const float number = of.sums[i] >= kMark / 2 ? not_a_number() : static_cast<float>(of.sums[i]) * unit;
    store(static_cast<T*>(of.numbers) + i, number);
  }
}

MALLEOLUS_KERNEL(sums_as_float32, SumsAsNumbers, sums_as_numbers<float>)
MALLEOLUS_KERNEL(sums_as_bfloat16, SumsAsNumbers, sums_as_numbers<Bfloat16>)

}  // namespace malleolus::kernels
