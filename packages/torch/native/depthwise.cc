// Depthwise 3x3 and 5x5 convolutions in float32, channels-last: every channel by itself, so that a vector holds
// the same cell of neighbouring channels, and nothing is done but loading, multiplying and adding.
//
// What LibTorch computes as fast it computes: without a dilation the output, and the input's gradient of a kernel
// of 3x3. Its gradient of the weight takes up to twice as long there, and five to seven times of a kernel of 5x5,
// of which the input's gradient takes as long; with a dilation its gradients take six to thirty times as long, and
// at the rates of a pyramid its forward pass twenty times.
//
// A row is cut into runs of cells that see the same taps: at the border some lie outside, and with a wide
// dilation most. The gradient of the input is the same sum with other offsets; where there is a stride, a run
// is every stride-th cell, since its neighbours see other taps. The taps of a kernel of 5x5 without a dilation
// are windows of neighbours, and what several cells see is loaded once for all of them.
//
// The weight's gradient is summed over rows in parts whose number does not depend on that of threads, and
// the parts in their order. So no bit depends on the number of threads.
#include "depthwise.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <tuple>
#include <vector>

#include "autocast_casts.h"

namespace malleolus {

namespace {

constexpr auto kLast = at::MemoryFormat::ChannelsLast;
constexpr int64_t kMostSide = kMostDepthwiseSide, kMostTaps = kMostSide * kMostSide;
// Of the weight's gradient.
constexpr int64_t kParts = 16;
// Of a row that windows serve.
constexpr int64_t kLeastCells = 4;
// Values that are not cut.
constexpr float kAny = std::numeric_limits<float>::infinity();
// So many values of a map are worth a thread.
constexpr int64_t kGrainValues = 1 << 14;

// Beyond, sizes overflow within LibTorch and the process ends.
constexpr int64_t kMostStride = int64_t{1} << 20;

using OptionalTensor = c10::optional<at::Tensor>;

/// Where a tap reads for the first cell of a run, and its weights, one a channel.
struct Tap {
  const float* from;
  const float* weight;
};

/// Windows of neighbouring cells: for cell k of a row, tap t reads cell `first + k * step + t` of each of some rows of
/// `limit` cells, where there is such a cell.
struct Windows {
  int64_t first, step, limit, taps, count;
  std::array<const float*, kMostSide> rows;
  // Those of the leftmost tap of each row, one a channel; those of the next tap lie `weight_step` further.
  std::array<const float*, kMostSide> weights;
  int64_t weight_step;
};

/// Where a row of sums goes: to `cells` cells, `step` floats apart, each with the bias, and cut to what lies between
/// `least` and `most`.
struct Sums {
  const float* bias;
  int64_t channels;
  float* to;
  int64_t step, cells;
  float least, most;
};

/// The loops of one level of instructions; what they do is said in depthwise_level.h.
struct DepthwiseLevel {
  void (*gather)(const Tap*, int64_t, int64_t, const Sums&);
  void (*slide)(const Windows&, const Sums&);
  void (*scatter)(const float*, const float* const*, int64_t, int64_t, int64_t, int64_t, float* const*);
};

#if defined(__x86_64__) && defined(__GNUC__)
namespace avx2 {
#define MALLEOLUS_TARGET __attribute__((target("avx2,fma")))
#define MALLEOLUS_WIDTH 8
#include "depthwise_level.h"
}  // namespace avx2

namespace avx512 {
#define MALLEOLUS_TARGET __attribute__((target("avx512f,avx2,fma")))
#define MALLEOLUS_WIDTH 16
#include "depthwise_level.h"
}  // namespace avx512

/// The best level that the processor has; null where there is none.
const DepthwiseLevel* best_level() {
  static const DepthwiseLevel* const level = [] {
    if (__builtin_cpu_supports("avx512f")) return &avx512::kLevel;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2::kLevel;
    return static_cast<const DepthwiseLevel*>(nullptr);
  }();
  return level;
}
#else
const DepthwiseLevel* best_level() { return nullptr; }
#endif

/// Along one axis: cell k of a run reads cell `offset[i] + k * step` for tap i; none where it is absent.
struct Reads {
  std::array<int64_t, kMostSide> offset;
  std::array<bool, kMostSide> absent;
  int64_t side, step;
};

/// Cells `begin` to `end` of a run, which all see the same taps.
struct Run {
  int64_t begin, end;
  std::array<int64_t, kMostSide> taps;
  int64_t count;
};

/// Of `cells` cells that read from an axis of `limit` cells; those that see nothing, too.
std::vector<Run> runs_of(const Reads& reads, int64_t cells, int64_t limit) {
  std::vector<int64_t> cuts{0, cells};
  std::array<int64_t, kMostSide> first{}, last{};
  for (int64_t i = 0; i < reads.side; ++i) {
    if (reads.absent[i]) continue;
    // The least k with offset + k * step >= 0, and the least with offset + k * step >= limit.
    const auto reach = [&](int64_t bound) {
      const int64_t distance = bound - reads.offset[i];
      return std::clamp<int64_t>(distance <= 0 ? 0 : (distance + reads.step - 1) / reads.step, 0, cells);
    };
    first[i] = reach(0);
    last[i] = reach(limit);
    cuts.push_back(first[i]);
    cuts.push_back(last[i]);
  }
  std::sort(cuts.begin(), cuts.end());
  std::vector<Run> runs;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (cuts[i] == cuts[i + 1]) continue;
    Run run{cuts[i], cuts[i + 1], {}, 0};
    for (int64_t tap = 0; tap < reads.side; ++tap) {
      if (!reads.absent[tap] && first[tap] <= run.begin && run.end <= last[tap]) run.taps[run.count++] = tap;
    }
    runs.push_back(run);
  }
  return runs;
}

/// What outputs read of an input.
Reads forward_reads(const DepthwiseGeometry& geometry) {
  Reads reads{{}, {}, geometry.side, geometry.stride};
  for (int64_t i = 0; i < geometry.side; ++i) reads.offset[i] = i * geometry.dilation - geometry.padding;
  return reads;
}

/// What every stride-th cell of an input's gradient, from `phase` on, reads of the output's.
Reads backward_reads(const DepthwiseGeometry& geometry, int64_t phase) {
  Reads reads{{}, {}, geometry.side, 1};
  for (int64_t i = 0; i < geometry.side; ++i) {
    const int64_t distance = phase + geometry.padding - i * geometry.dilation;
    reads.absent[i] = distance % geometry.stride != 0;
    reads.offset[i] = reads.absent[i] ? 0 : distance / geometry.stride;
  }
  return reads;
}

/// Weights tap by tap: [K * K, C].
at::Tensor by_tap(const at::Tensor& weight) {
  return weight.reshape({weight.size(0), weight.size(2) * weight.size(3)}).t().contiguous();
}

/// How the cells of a row read a row of `limit` cells: all of them by windows, or by runs.
struct Columns {
  Reads reads;
  int64_t limit;
  // Taps from left to right; empty where there are runs.
  std::vector<int64_t> window;
  std::vector<Run> runs;
};

Columns columns_of(const DepthwiseGeometry& geometry, const Reads& reads, int64_t cells, int64_t limit) {
  Columns columns{reads, limit, {}, {}};
  if (geometry.side != 5 || geometry.dilation > 1 || geometry.stride > 2 || cells < kLeastCells) {
    columns.runs = runs_of(reads, cells, limit);
    return columns;
  }
  auto& window = columns.window;
  for (int64_t tap = 0; tap < reads.side; ++tap) {
    if (!reads.absent[tap]) window.push_back(tap);
  }
  std::sort(window.begin(), window.end(), [&](int64_t a, int64_t b) { return reads.offset[a] < reads.offset[b]; });
  return columns;
}

void slide_row(const Columns& columns, const float* const* rows, const float* weights, const Sums& sums) {
  const auto& [reads, limit, window, runs] = columns;
  const int64_t first = window[0];
  Windows windows{reads.offset[first], reads.step, limit, int64_t(window.size()), 0, {}, {}, 0};
  windows.weight_step = (window[1] - first) * sums.channels;
  for (int64_t i = 0; i < reads.side; ++i) {
    if (rows[i] == nullptr) continue;
    windows.rows[windows.count] = rows[i];
    windows.weights[windows.count++] = weights + (i * reads.side + first) * sums.channels;
  }
  best_level()->slide(windows, sums);
}

/// One row of sums over rows of an input, one for each row of taps, null where there is none; weights tap by tap.
void sum_row(const Columns& columns, const float* const* rows, const float* weights, const Sums& sums) {
  if (!columns.window.empty()) return slide_row(columns, rows, weights, sums);
  const Reads& reads = columns.reads;
  for (const Run& run : columns.runs) {
    Tap taps[kMostTaps];
    int64_t count = 0;
    for (int64_t i = 0; i < reads.side; ++i) {
      if (rows[i] == nullptr) continue;
      for (int64_t j = 0; j < run.count; ++j) {
        const int64_t tap = run.taps[j], column = reads.offset[tap] + run.begin * reads.step;
        taps[count++] = {rows[i] + column * sums.channels, weights + (i * reads.side + tap) * sums.channels};
      }
    }
    Sums part = sums;
    part.to += run.begin * sums.step;
    part.cells = run.end - run.begin;
    best_level()->gather(taps, count, reads.step * sums.channels, part);
  }
}

/// Fills `to` with sums over `from`: the rows and columns of both phases of `to` read as they say.
void gather_map(const at::Tensor& from, const at::Tensor& to, const at::Tensor& weights, const at::Tensor& bias,
                const DepthwiseGeometry& geometry, int64_t phases, const std::function<Reads(int64_t)>& reads_of) {
  const int64_t images = to.size(0), channels = to.size(1), height = to.size(2), width = to.size(3);
  const int64_t from_height = from.size(2), from_width = from.size(3);
  const float* const source = from.data_ptr<float>();
  const float* const weight = weights.data_ptr<float>();
  const float* const shift = bias.data_ptr<float>();
  float* const target = to.data_ptr<float>();
  const auto cells_of = [&](int64_t phase) { return (width - phase + phases - 1) / phases; };
  std::vector<Columns> columns;
  for (int64_t phase = 0; phase < phases; ++phase) {
    columns.push_back(columns_of(geometry, reads_of(phase), cells_of(phase), from_width));
  }
  const int64_t grain = std::max<int64_t>(1, kGrainValues / (width * channels));
  at::parallel_for(0, images * height, grain, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / height, y = line % height;
      const Reads& own = columns[y % phases].reads;
      const float* rows[kMostSide];
      for (int64_t i = 0; i < own.side; ++i) {
        const int64_t row = own.offset[i] + y / phases * own.step;
        const bool outside = own.absent[i] || row < 0 || row >= from_height;
        rows[i] = outside ? nullptr : source + (image * from_height + row) * from_width * channels;
      }
      for (int64_t phase = 0; phase < phases; ++phase) {
        float* const place = target + ((image * height + y) * width + phase) * channels;
        sum_row(columns[phase], rows, weight,
                {shift, channels, place, phases * channels, cells_of(phase), -kAny, kAny});
      }
    }
  });
}

}  // namespace

DepthwiseServed depthwise_served(const at::Tensor& input, const at::Tensor& weight, const DepthwiseGeometry& geometry) {
  const bool is_here = input.device().is_cpu() && input.scalar_type() == at::kFloat &&
                       weight.scalar_type() == at::kFloat && (geometry.side == 3 || geometry.side == 5) &&
                       input.numel() > 0 && best_level() != nullptr;
  const bool is_dilated = geometry.dilation > 1;
  return {is_here && is_dilated, is_here && (is_dilated || geometry.side == 5), is_here};
}

bool depthwise_lines_serve() { return best_level() != nullptr; }

void depthwise_line(const DepthwiseGeometry& geometry, const float* const* rows, int64_t from_width,
                    const float* weights, const float* bias, int64_t channels, float least, float most, float* to,
                    int64_t width) {
  sum_row(columns_of(geometry, forward_reads(geometry), width, from_width), rows, weights,
          {bias, channels, to, channels, width, least, most});
}

at::Tensor depthwise_output(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                            const DepthwiseGeometry& geometry) {
  const auto cells = [&](int64_t length) {
    return (length + 2 * geometry.padding - (geometry.side - 1) * geometry.dilation - 1) / geometry.stride + 1;
  };
  const at::Tensor output =
      at::empty({input.size(0), input.size(1), cells(input.size(2)), cells(input.size(3))}, input.options(), kLast);
  const at::Tensor shift = bias.defined() ? bias.to(at::kFloat).contiguous() : at::zeros({input.size(1)}, input.options());
  gather_map(input.contiguous(kLast), output, by_tap(weight), shift, geometry, 1,
             [&](int64_t) { return forward_reads(geometry); });
  return output;
}

at::Tensor depthwise_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, at::IntArrayRef sizes,
                                    const DepthwiseGeometry& geometry) {
  const at::Tensor result = at::empty(sizes, gradient.options(), kLast);
  const at::Tensor none = at::zeros({gradient.size(1)}, gradient.options());
  gather_map(gradient.contiguous(kLast), result, by_tap(weight), none, geometry, geometry.stride,
             [&](int64_t phase) { return backward_reads(geometry, phase); });
  return result;
}

at::Tensor depthwise_weight_gradient(const at::Tensor& gradient, const at::Tensor& input,
                                     const DepthwiseGeometry& geometry) {
  const DepthwiseLevel& level = *best_level();
  const at::Tensor above = gradient.contiguous(kLast), below = input.contiguous(kLast);
  const int64_t images = above.size(0), channels = above.size(1), height = above.size(2), width = above.size(3);
  const int64_t from_height = below.size(2), from_width = below.size(3);
  const Reads reads = forward_reads(geometry);
  const std::vector<Run> runs = runs_of(reads, width, from_width);
  const float* const up = above.data_ptr<float>();
  const float* const source = below.data_ptr<float>();
  const int64_t lines = images * height, parts = std::min(lines, kParts), side = geometry.side;
  const at::Tensor sums = at::zeros({parts, side * side, channels}, gradient.options());
  float* const all = sums.data_ptr<float>();
  at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      float* const own = all + part * side * side * channels;
      for (int64_t line = lines * part / parts; line < lines * (part + 1) / parts; ++line) {
        const int64_t image = line / height, y = line % height;
        for (int64_t i = 0; i < side; ++i) {
          const int64_t row = reads.offset[i] + y * reads.step;
          if (row < 0 || row >= from_height) continue;
          for (const Run& run : runs) {
            if (run.count == 0) continue;
            const float* from[kMostSide];
            float* to[kMostSide];
            for (int64_t j = 0; j < run.count; ++j) {
              const int64_t column = reads.offset[run.taps[j]] + run.begin * reads.step;
              from[j] = source + ((image * from_height + row) * from_width + column) * channels;
              to[j] = own + (i * side + run.taps[j]) * channels;
            }
            level.scatter(up + (line * width + run.begin) * channels, from, run.count, reads.step * channels, channels,
                          run.end - run.begin, to);
          }
        }
      }
    }
  });
  return sums.sum(at::IntArrayRef{0}).t().reshape({channels, 1, side, side});
}

namespace {

at::Tensor libtorch_convolution(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                                const DepthwiseGeometry& geometry) {
  const auto [side, s, p, d] = geometry;
  return at::convolution(input, weight, bias, {s, s}, {p, p}, {d, d}, false, {0, 0}, input.size(1));
}

at::Tensor plain_depthwise(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                           const DepthwiseGeometry& geometry) {
  return depthwise_served(input, weight, geometry).output
             ? depthwise_output(input, weight, bias.value_or(at::Tensor()), geometry)
             : libtorch_convolution(input, weight, bias, geometry);
}

class DepthwiseFunction : public torch::autograd::Function<DepthwiseFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& weight, const OptionalTensor& bias, int64_t stride, int64_t padding,
                            int64_t dilation) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    context->save_for_backward({input, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["dilation"] = dilation;
    context->saved_data["input"] = input.requires_grad();
    context->saved_data["weight"] = weight.requires_grad();
    context->saved_data["bias"] = bias.has_value() && bias->defined() && bias->requires_grad();
    return plain_depthwise(input, weight, bias, {weight.size(2), stride, padding, dilation});
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "depthwise_convolution has no second derivative: use conv2d");
    auto& data = context->saved_data;
    const auto saved = context->get_saved_variables();
    const at::Tensor &gradient = gradients[0], &input = saved[0], &weight = saved[1];
    const DepthwiseGeometry geometry{weight.size(2), data["stride"].toInt(), data["padding"].toInt(),
                                     data["dilation"].toInt()};
    const bool of_input = data["input"].toBool(), of_weight = data["weight"].toBool(), of_bias = data["bias"].toBool();
    at::Tensor found[3];
    const auto [output_served, input_served, weight_served] = depthwise_served(input, weight, geometry);
    // LibTorch finds the bias's gradient together with the weight's.
    const bool input_left = of_input && !input_served, weight_left = of_weight && !weight_served;
    const bool bias_left = of_bias && !weight_served;
    if (input_left || weight_left || bias_left) {
      const auto [side, s, p, d] = geometry;
      const std::vector<int64_t> bias_sizes{weight.size(0)};
      std::tie(found[0], found[1], found[2]) = at::convolution_backward(
          gradient, input, weight, at::IntArrayRef(bias_sizes), at::IntArrayRef{s, s}, at::IntArrayRef{p, p},
          at::IntArrayRef{d, d}, false, at::IntArrayRef{0, 0}, input.size(1), {input_left, weight_left, bias_left});
    }
    if (of_input && input_served) found[0] = depthwise_input_gradient(gradient, weight, input.sizes(), geometry);
    if (of_weight && weight_served) found[1] = depthwise_weight_gradient(gradient, input, geometry);
    if (of_bias && weight_served) found[2] = gradient.sum(at::IntArrayRef{0, 2, 3});
    return {found[0], found[1], found[2], at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

void check(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias, int64_t s, int64_t p,
           int64_t d) {
  TORCH_CHECK(input.dim() == 4, "expected an input [N, C, H, W], got ", input.sizes());
  TORCH_CHECK(weight.dim() == 4 && weight.size(2) == weight.size(3) && weight.size(1) == 1 &&
                  weight.size(0) == input.size(1),
              "expected a weight [", input.size(1), ", 1, K, K], got ", weight.sizes());
  TORCH_CHECK(s > 0 && p >= 0 && d > 0 && std::max({s, p, d}) <= kMostStride,
              "expected a stride and a dilation of at least 1 and a padding of at least 0 (all up to 2^20), got ", s,
              ", ", d, " and ", p);
  TORCH_CHECK(!bias.has_value() || !bias->defined() || (bias->dim() == 1 && bias->size(0) == weight.size(0)),
              "expected a bias [", weight.size(0), "]");
  const int64_t window = d * (weight.size(2) - 1) + 1;
  TORCH_CHECK(std::min(input.size(2), input.size(3)) + 2 * p >= window, "expected an input that holds the kernel, ",
              window, " cells, got ", input.sizes(), " padded by ", p);
}

at::Tensor depthwise_convolution(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                                 int64_t stride, int64_t padding, int64_t dilation) {
  check(input, weight, bias, stride, padding, dilation);
  return plain_depthwise(input, weight, bias, {weight.size(2), stride, padding, dilation});
}

at::Tensor depthwise_autograd(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                              int64_t stride, int64_t padding, int64_t dilation) {
  check(input, weight, bias, stride, padding, dilation);
  return DepthwiseFunction::apply(input, weight, bias, stride, padding, dilation);
}

template <at::DeviceType device>
at::Tensor depthwise_autocast(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                              int64_t stride, int64_t padding, int64_t dilation) {
  const WithoutAutocast<device> guard;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("malleolus::depthwise_convolution", "")
                             .typed<decltype(depthwise_convolution)>();
  const OptionalTensor cast_bias = bias.has_value() ? OptionalTensor(cast<device>(*bias)) : bias;
  return op.call(cast<device>(input), cast<device>(weight), cast_bias, stride, padding, dilation);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "depthwise_convolution(Tensor input, Tensor weight, Tensor? bias=None, int stride=1, int padding=0, "
      "int dilation=1) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) { library.impl("depthwise_convolution", depthwise_convolution); }
TORCH_LIBRARY_IMPL(malleolus, CUDA, library) { library.impl("depthwise_convolution", depthwise_convolution); }
TORCH_LIBRARY_IMPL(malleolus, Autograd, library) { library.impl("depthwise_convolution", depthwise_autograd); }
TORCH_LIBRARY_IMPL(malleolus, AutocastCPU, library) {
  library.impl("depthwise_convolution", depthwise_autocast<at::kCPU>);
}
TORCH_LIBRARY_IMPL(malleolus, AutocastCUDA, library) {
  library.impl("depthwise_convolution", depthwise_autocast<at::kCUDA>);
}

}  // namespace malleolus
