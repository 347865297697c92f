// MobileNetV2's block (Sandler et al. 2018) with its norms folded, in one pass, for what does not train: a wide map
// is a few rows that stay in the cache, where layer by layer it is written and read again four times.
//
//   pack_block(expansion, its bias, depthwise, its bias, linear, its bias) -> the six as the block reads them
//   inverted_residual(input [N, C, H, W], the six, outputs, stride, dilation, same, residual, keep_wide)
//     -> output [N, O, H', W'], and the wide map after the depthwise convolution [N, W, H', W'] where it is kept
//
// The depthwise convolution is of 3x3 or 5x5. H' and W' are H and W over the stride, rounded up: the border is as
// wide on all sides, or TensorFlow's ("same"), as little as gives that size, of which the left and the top have the
// smaller half.
//
// Float32, channels-last, on the CPU; expansion and its bias are missing where the block has none. Values of both
// wide maps are cut to 0 and 6. Rows of the expansion lie in a ring as long as the taps reach.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

#include "depthwise.h"
#include "pointwise.h"

namespace malleolus {

namespace {

constexpr auto kLast = at::MemoryFormat::ChannelsLast;
constexpr float kSix = 6, kAny = std::numeric_limits<float>::infinity();
// Cells of an output that are multiplied at a time: enough that a panel is worth fetching.
constexpr int64_t kLeastCells = 48;

using OptionalTensor = c10::optional<at::Tensor>;
using Packed = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor>;

bool is_given(const OptionalTensor& tensor) { return tensor.has_value() && tensor->defined(); }

bool is_fused_here() { return panel_outputs() > 0 && depthwise_lines_serve(); }

Packed pack_block(const OptionalTensor& expansion, const OptionalTensor& expansion_bias, const at::Tensor& depthwise,
                  const at::Tensor& depthwise_bias, const at::Tensor& linear, const at::Tensor& linear_bias) {
  TORCH_CHECK(is_given(expansion) == is_given(expansion_bias), "expected an expansion with a bias, or neither");
  TORCH_CHECK(depthwise.dim() == 4 && depthwise.size(1) == 1 && depthwise.size(2) == depthwise.size(3) &&
                  (depthwise.size(2) == 3 || depthwise.size(2) == 5),
              "expected a depthwise weight [W, 1, 3, 3] or [W, 1, 5, 5], got ", depthwise.sizes());
  const int64_t wide = depthwise.size(0), side = depthwise.size(2);
  TORCH_CHECK(linear.dim() == 4 && linear.size(1) == wide && linear.size(2) == 1 && linear.size(3) == 1,
              "expected a linear weight [O, ", wide, ", 1, 1], got ", linear.sizes());
  TORCH_CHECK(!is_given(expansion) || (expansion->dim() == 4 && expansion->size(0) == wide && expansion->size(2) == 1),
              "expected an expansion [", wide, ", C, 1, 1]");
  TORCH_CHECK(is_fused_here(), "expected a processor with AVX2; use convolutions one by one");
  const at::Tensor none = at::empty({0}, depthwise.options());
  return {is_given(expansion) ? pack_panels(*expansion) : none,
          is_given(expansion) ? pack_bias(*expansion_bias) : none,
          depthwise.reshape({wide, side * side}).t().contiguous(),
          depthwise_bias.contiguous(),
          pack_panels(linear),
          pack_bias(linear_bias)};
}

bool fuses_blocks() { return is_fused_here(); }

struct Map {
  int64_t height, width;
};

/// One image's block, by one thread.
struct BlockRun {
  // Its padding is the left border's.
  DepthwiseGeometry geometry;
  int64_t top;
  Map from, to;
  int64_t channels, wide, outputs;
  bool expands, residual;
  Product expansion, linear;
  const float* taps;
  const float* depthwise_bias;

  /// Rows from the first to the last that a row of the output sees.
  int64_t reach() const { return (geometry.side - 1) * geometry.dilation + 1; }
  int64_t rows_at_once() const { return std::max<int64_t>(1, (kLeastCells + to.width - 1) / to.width); }
  /// No more rows than there are: then none is ever replaced.
  int64_t ring_rows() const {
    return std::min(from.height, (rows_at_once() - 1) * geometry.stride + reach());
  }

  /// Rows `begin` to `end` of the output; `kept` is the wide map's or null.
  void rows(const float* input, int64_t begin, int64_t end, float* output, float* kept) const {
    const int64_t capacity = ring_rows(), at_once = rows_at_once(), row = from.width * wide;
    const at::Tensor ring = at::empty({expands ? capacity * row : 0}, at::kFloat);
    const at::Tensor narrow = at::empty({kept == nullptr ? at_once * to.width * wide : 0}, at::kFloat);
    float* const held = ring.data_ptr<float>();
    int64_t next = std::max<int64_t>(0, begin * geometry.stride - top);
    for (int64_t y = begin; y < end; y += at_once) {
      const int64_t count = std::min(at_once, end - y);
      const int64_t needed = std::min(from.height, (y + count - 1) * geometry.stride - top + reach());
      while (expands && next < needed) {
        const int64_t run = std::min(needed - next, capacity - next % capacity);
        multiply_rows(expansion, input + next * from.width * channels, run * from.width, nullptr,
                      held + next % capacity * row);
        next += run;
      }
      float* const seen = kept == nullptr ? narrow.data_ptr<float>() : kept + y * to.width * wide;
      for (int64_t i = 0; i < count; ++i) {
        const float* read[kMostDepthwiseSide];
        for (int64_t tap = 0; tap < geometry.side; ++tap) {
          const int64_t line = (y + i) * geometry.stride - top + tap * geometry.dilation;
          const bool inside = line >= 0 && line < from.height;
          read[tap] = !inside ? nullptr : expands ? held + line % capacity * row : input + line * row;
        }
        depthwise_line(geometry, read, from.width, taps, depthwise_bias, wide, 0, kSix, seen + i * to.width * wide,
                       to.width);
      }
      const int64_t place = y * to.width * outputs;
      multiply_rows(linear, seen, count * to.width, residual ? input + place : nullptr, output + place);
    }
  }
};

std::tuple<at::Tensor, at::Tensor> inverted_residual(
    const at::Tensor& input, const at::Tensor& expansion, const at::Tensor& expansion_bias, const at::Tensor& taps,
    const at::Tensor& depthwise_bias, const at::Tensor& linear, const at::Tensor& linear_bias, int64_t outputs,
    int64_t stride, int64_t dilation, bool same, bool residual, bool keep_wide) {
  TORCH_CHECK(is_fused_here(), "expected a processor with AVX2; use convolutions one by one");
  TORCH_CHECK(input.dim() == 4 && input.scalar_type() == at::kFloat && input.numel() > 0,
              "expected an input [N, C, H, W] in float32, got ", input.sizes(), " in ", input.scalar_type());
  TORCH_CHECK(stride > 0 && stride <= 2 && dilation > 0 && dilation <= 1 << 20,
              "expected a stride of 1 or 2 and a dilation of at least 1, got ", stride, " and ", dilation);
  const bool expands = expansion.numel() > 0;
  const int64_t channels = input.size(1), wide = taps.size(1), panel = panel_outputs();
  TORCH_CHECK(taps.dim() == 2 && (taps.size(0) == 9 || taps.size(0) == 25) && depthwise_bias.numel() == wide &&
                  linear.dim() == 3 && linear.size(1) == wide && linear.size(2) == panel &&
                  linear_bias.numel() == linear.size(0) * panel && outputs <= linear_bias.numel() &&
                  outputs > linear_bias.numel() - panel,
              "expected weights as pack_block makes them on this processor");
  TORCH_CHECK(expands ? expansion.dim() == 3 && expansion.size(1) == channels && expansion.size(2) == panel &&
                            expansion_bias.numel() == expansion.size(0) * panel && wide <= expansion_bias.numel()
                      : wide == channels,
              "expected an expansion of ", channels, " channels as pack_block makes it");
  TORCH_CHECK(!residual || (stride == 1 && outputs == channels), "expected a block that can be added to its input");
  for (const at::Tensor* each : {&expansion, &expansion_bias, &taps, &depthwise_bias, &linear, &linear_bias}) {
    TORCH_CHECK(each->is_contiguous() && each->scalar_type() == at::kFloat, "expected contiguous weights in float32");
    TORCH_CHECK(!(at::GradMode::is_enabled() && each->requires_grad()), "inverted_residual has no derivative");
  }
  TORCH_CHECK(!(at::GradMode::is_enabled() && input.requires_grad()), "inverted_residual has no derivative");
  const at::Tensor dense = input.contiguous(kLast);
  const Map from{input.size(2), input.size(3)};
  const Map to{(from.height - 1) / stride + 1, (from.width - 1) / stride + 1};
  const int64_t images = input.size(0);
  const at::Tensor output = at::empty({images, outputs, to.height, to.width}, input.options(), kLast);
  const at::Tensor kept =
      keep_wide ? at::empty({images, wide, to.height, to.width}, input.options(), kLast) : at::empty({0}, input.options());
  const int64_t side = taps.size(0) == 9 ? 3 : 5, reach = (side - 1) * dilation + 1;
  const auto border = [&](int64_t cells, int64_t length) {
    return same ? std::max<int64_t>(0, ((length - 1) * stride + reach - cells) / 2) : reach / 2;
  };
  const BlockRun block{{side, stride, border(from.width, to.width), dilation},
                       border(from.height, to.height),
                       from,
                       to,
                       channels,
                       wide,
                       outputs,
                       expands,
                       residual,
                       {expansion.data_ptr<float>(), expansion_bias.data_ptr<float>(), channels, wide, 0, kSix},
                       {linear.data_ptr<float>(), linear_bias.data_ptr<float>(), wide, outputs, -kAny, kAny},
                       taps.data_ptr<float>(),
                       depthwise_bias.data_ptr<float>()};
  const int64_t bands = std::min(to.height, (at::get_num_threads() + images - 1) / images);
  at::parallel_for(0, images * bands, 1, [&](int64_t first, int64_t last) {
    for (int64_t task = first; task < last; ++task) {
      const int64_t image = task / bands, band = task % bands;
      block.rows(dense.data_ptr<float>() + image * from.height * from.width * channels, to.height * band / bands,
                 to.height * (band + 1) / bands, output.data_ptr<float>() + image * to.height * to.width * outputs,
                 keep_wide ? kept.data_ptr<float>() + image * to.height * to.width * wide : nullptr);
    }
  });
  return {output, kept};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("fuses_blocks() -> bool", fuses_blocks);
  library.def(
      "pack_block(Tensor? expansion, Tensor? expansion_bias, Tensor depthwise, Tensor depthwise_bias, Tensor linear, "
      "Tensor linear_bias) -> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)");
  library.def(
      "inverted_residual(Tensor input, Tensor expansion, Tensor expansion_bias, Tensor taps, Tensor depthwise_bias, "
      "Tensor linear, Tensor linear_bias, int outputs, int stride, int dilation, bool same, bool residual, "
      "bool keep_wide) -> (Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("pack_block", pack_block);
  library.impl("inverted_residual", inverted_residual);
}

}  // namespace malleolus
