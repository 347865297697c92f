// 3x3 convolutions in float32 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016).
//
// A tile of 4 x 4 outputs needs 6 x 6 inputs and 144 multiplications a pair of channels. Taken at six
// points in each direction, inputs and weights are multiplied value by value: 36. What is saved is paid
// for by transforming tiles, once a channel. Errors are about twice those of plain sums in float32: they
// are sums in another order, as LibTorch's are from processor to processor.
//
// Channels-last throughout, so a vector holds the same cell of neighbouring channels. A block of tiles
// is transformed, multiplied and transformed back by one thread while it lies in its cache; products
// are of small matrices, whose loops are in winograd_level.h. The weight's gradient is the adjoint,
// summed over tiles in their order; each thread has its own output channels. So no bit depends on the
// number of threads.
#include "winograd.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

namespace malleolus {

namespace {

constexpr auto kLast = at::MemoryFormat::ChannelsLast;
constexpr int64_t kTile = 4, kWindow = 6, kPoints = 36, kTaps = 9;
// A block of tiles at the points, in values: what a second-level cache holds, roughly. Multiples of
// every level's rows.
constexpr int64_t kBlockValues = 1 << 18, kLeastTiles = 24, kMostTiles = 96;
// Below, transforming costs what multiplying would.
constexpr int64_t kLeastChannels = 32, kLeastTilesServed = 32;

/// The loops of one level of instructions; what they do is said in winograd_level.h.
struct WinogradLevel {
  int64_t panel, rows, gradient_rows;
  void (*transform_input)(const float* const*, int64_t, float*, int64_t, int64_t);
  void (*transform_gradient)(const float* const*, int64_t, float*, int64_t, int64_t);
  void (*transform_output)(const float*, int64_t, int64_t, const float*, float* const*);
  void (*transform_weight)(const float*, int64_t, float*, int64_t);
  void (*transform_weight_gradient)(const float*, int64_t, int64_t, float*);
  void (*multiply)(const float*, const float*, int64_t, float*, int64_t);
  void (*add_product)(const float*, const float*, int64_t, float*, int64_t);
};

#if defined(__x86_64__) && defined(__GNUC__)
#define MALLEOLUS_HAS_WINOGRAD 1

namespace avx2 {
#define MALLEOLUS_TARGET __attribute__((target("avx2,fma")))
#define MALLEOLUS_WIDTH 8
#define MALLEOLUS_ROWS 6
#define MALLEOLUS_GRADIENT_ROWS 4
#include "winograd_level.h"
}  // namespace avx2

namespace avx512 {
#define MALLEOLUS_TARGET __attribute__((target("avx512f,avx2,fma")))
#define MALLEOLUS_WIDTH 16
#define MALLEOLUS_ROWS 12
#define MALLEOLUS_GRADIENT_ROWS 8
#include "winograd_level.h"
}  // namespace avx512

/// The best level that the processor has and both numbers of channels fit; null where there is none.
const WinogradLevel* level_for(int64_t channels, int64_t others) {
  static const bool has_avx512 = __builtin_cpu_supports("avx512f") != 0;
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const auto fits = [&](const WinogradLevel& level) { return channels % level.panel == 0 && others % level.panel == 0; };
  if (has_avx512 && fits(avx512::kLevel)) return &avx512::kLevel;
  if (has_avx2 && fits(avx2::kLevel)) return &avx2::kLevel;
  return nullptr;
}
#else
const WinogradLevel* level_for(int64_t, int64_t) { return nullptr; }
#endif

/// Maps of one batch: where the cells of a tile lie.
struct Map {
  float* data;
  int64_t height, width, channels;

  static Map of(const at::Tensor& tensor) {
    return {tensor.data_ptr<float>(), tensor.size(2), tensor.size(3), tensor.size(1)};
  }

  /// Null where it lies outside.
  float* cell(int64_t image, int64_t y, int64_t x) const {
    if (y < 0 || y >= height || x < 0 || x >= width) return nullptr;
    return data + ((image * height + y) * width + x) * channels;
  }
};

/// The tiles of an output [N, O, H', W'], row by row and image by image.
struct Tiles {
  int64_t images, rows, columns;

  static Tiles of(int64_t images, int64_t height, int64_t width) {
    return {images, (height + kTile - 1) / kTile, (width + kTile - 1) / kTile};
  }

  int64_t count() const { return images * rows * columns; }

  /// The cells from `-before` on, `side` in each direction, of the tile; `outside` where the map has none.
  void cells(int64_t tile, const Map& map, int64_t before, int64_t side, float* outside, float** to) const {
    const int64_t image = tile / (rows * columns), row = tile / columns % rows, column = tile % columns;
    for (int64_t i = 0; i < side; ++i) {
      for (int64_t j = 0; j < side; ++j) {
        float* found = map.cell(image, row * kTile - before + i, column * kTile - before + j);
        to[i * side + j] = found == nullptr ? outside : found;
      }
    }
  }
};

int64_t tiles_of_block(int64_t channels, int64_t others) {
  const int64_t fitting = kBlockValues / (kPoints * (channels + others));
  return std::clamp(fitting / kLeastTiles * kLeastTiles, kLeastTiles, kMostTiles);
}

/// Weights as a product reads them: for every value of the depth, all outputs.
struct Weights {
  const float* data;
  /// From tap to tap, negative where they are turned around, and from one value of the depth to the next.
  int64_t tap, depth_step;
  int64_t depth, outputs;
};

/// At the points. [36, outputs / panel, depth, panel]
at::Tensor weights_at_points(const Weights& weights, const WinogradLevel& level, const at::TensorOptions& options) {
  const int64_t panels = weights.outputs / level.panel, point = weights.depth * weights.outputs;
  at::Tensor result = at::empty({kPoints, panels, weights.depth, level.panel}, options);
  float* to = result.data_ptr<float>();
  at::parallel_for(0, panels * weights.depth, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t panel = i / weights.depth, k = i % weights.depth;
      level.transform_weight(weights.data + k * weights.depth_step + panel * level.panel, weights.tap,
                             to + i * level.panel, point);
    }
  });
  return result;
}

at::Tensor convolve(const at::Tensor& input, const Weights& weights, const at::Tensor& bias, int64_t padding) {
  const WinogradLevel& level = *level_for(weights.depth, weights.outputs);
  const int64_t channels = weights.depth, outputs = weights.outputs, panels = outputs / level.panel;
  const int64_t height = input.size(2) + 2 * padding - 2, width = input.size(3) + 2 * padding - 2;
  at::Tensor output = at::empty({input.size(0), outputs, height, width}, input.options(), kLast);
  const at::Tensor dense = input.contiguous(kLast);
  const at::Tensor at_points = weights_at_points(weights, level, input.options());
  const at::Tensor shift = bias.defined() ? bias.contiguous() : at::zeros({outputs}, input.options());
  const Map from = Map::of(dense), to = Map::of(output);
  const Tiles tiles = Tiles::of(input.size(0), height, width);
  const int64_t tiles_a_block = tiles_of_block(channels, outputs);
  const int64_t blocks = (tiles.count() + tiles_a_block - 1) / tiles_a_block;
  const int64_t input_point = tiles_a_block * channels, output_point = tiles_a_block * outputs;
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> outside(static_cast<size_t>(channels), 0.0f);
    // The last block's rows that are no tiles are multiplied, too, and dropped.
    std::vector<float> inputs(static_cast<size_t>(kPoints * input_point), 0.0f);
    const at::Tensor products = at::empty({kPoints, tiles_a_block, outputs}, shift.options());
    float* const product = products.data_ptr<float>();
    float* cells[kPoints];
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * tiles_a_block, count = std::min(tiles_a_block, tiles.count() - first);
      for (int64_t t = 0; t < count; ++t) {
        tiles.cells(first + t, from, padding, kWindow, outside.data(), cells);
        level.transform_input(cells, channels, inputs.data() + t * channels, input_point, level.panel);
      }
      for (int64_t i = 0; i < kPoints; ++i) {
        for (int64_t panel = 0; panel < panels; ++panel) {
          const float* weight = at_points.data_ptr<float>() + (i * panels + panel) * channels * level.panel;
          for (int64_t t = 0; t < count; t += level.rows) {
            level.multiply(inputs.data() + i * input_point + t * channels, weight, channels,
                           product + i * output_point + t * outputs + panel * level.panel, outputs);
          }
        }
      }
      for (int64_t t = 0; t < count; ++t) {
        tiles.cells(first + t, to, 0, kTile, nullptr, cells);
        level.transform_output(product + t * outputs, output_point, outputs, shift.data_ptr<float>(), cells);
      }
    }
  });
  return output;
}

}  // namespace

bool winograd_serves(const at::Tensor& input, const at::Tensor& weight, int64_t stride, int64_t padding) {
  if (!input.device().is_cpu() || input.scalar_type() != at::kFloat || weight.scalar_type() != at::kFloat) return false;
  if (weight.size(2) != 3 || stride != 1 || padding > 2) return false;
  const int64_t height = input.size(2) + 2 * padding - 2, width = input.size(3) + 2 * padding - 2;
  if (height < 1 || width < 1 || std::min(weight.size(0), weight.size(1)) < kLeastChannels) return false;
  return Tiles::of(input.size(0), height, width).count() >= kLeastTilesServed &&
         level_for(weight.size(0), weight.size(1)) != nullptr;
}

at::Tensor winograd_convolution(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                                int64_t padding) {
  const int64_t outputs = weight.size(0), channels = weight.size(1);
  const at::Tensor by_tap = weight.permute({2, 3, 1, 0}).contiguous();
  return convolve(input, {by_tap.data_ptr<float>(), channels * outputs, outputs, channels, outputs}, bias, padding);
}

at::Tensor winograd_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, int64_t padding) {
  const int64_t outputs = weight.size(0), channels = weight.size(1);
  const at::Tensor dense = weight.contiguous(kLast);
  const float* last_tap = dense.data_ptr<float>() + (kTaps - 1) * channels;
  return convolve(gradient, {last_tap, -channels, kTaps * channels, outputs, channels}, {}, 2 - padding);
}

at::Tensor winograd_weight_gradient(const at::Tensor& gradient, const at::Tensor& input, int64_t padding) {
  const int64_t outputs = gradient.size(1), channels = input.size(1);
  const WinogradLevel& level = *level_for(outputs, channels);
  const at::Tensor above = gradient.contiguous(kLast), below = input.contiguous(kLast);
  const Map of_output = Map::of(above), of_input = Map::of(below);
  const Tiles tiles = Tiles::of(input.size(0), gradient.size(2), gradient.size(3));
  const int64_t block = tiles_of_block(channels, outputs);
  at::Tensor sums = at::empty({kPoints, outputs, channels}, input.options());
  at::Tensor result = at::empty({outputs, kTaps, channels}, input.options());
  float* const sum = sums.data_ptr<float>();
  const int64_t panels = outputs / level.panel;
  const int64_t grain = (panels + at::get_num_threads() - 1) / at::get_num_threads();
  at::parallel_for(0, panels, grain, [&](int64_t begin, int64_t end) {
    const int64_t first_output = begin * level.panel, own = (end - begin) * level.panel;
    std::vector<float> outside(static_cast<size_t>(std::max(outputs, channels)), 0.0f);
    const at::Tensor inputs = at::empty({kPoints, block * channels}, below.options());
    const at::Tensor gradients = at::empty({kPoints, block * own}, below.options());
    float* const x = inputs.data_ptr<float>();
    float* const dy = gradients.data_ptr<float>();
    for (int64_t i = 0; i < kPoints; ++i) {
      std::fill_n(sum + (i * outputs + first_output) * channels, own * channels, 0.0f);
    }
    Map of_own = of_output;
    of_own.data += first_output;
    float* cells[kPoints];
    for (int64_t first = 0; first < tiles.count(); first += block) {
      const int64_t count = std::min(block, tiles.count() - first);
      for (int64_t t = 0; t < count; ++t) {
        tiles.cells(first + t, of_input, padding, kWindow, outside.data(), cells);
        level.transform_input(cells, channels, x + t * level.panel, block * channels, block * level.panel);
        tiles.cells(first + t, of_own, 0, kTile, outside.data(), cells);
        level.transform_gradient(cells, own, dy + t * level.panel, block * own, block * level.panel);
      }
      for (int64_t i = 0; i < kPoints; ++i) {
        for (int64_t c = 0; c < channels; c += level.panel) {
          const float* panel = x + i * block * channels + c * block;
          for (int64_t o = 0; o < own; o += level.gradient_rows) {
            const float* columns = dy + i * block * own + o / level.panel * level.panel * block + o % level.panel;
            level.add_product(columns, panel, count, sum + (i * outputs + first_output + o) * channels + c, channels);
          }
        }
      }
    }
    for (int64_t o = first_output; o < first_output + own; ++o) {
      level.transform_weight_gradient(sum + o * channels, outputs * channels, channels,
                                      result.data_ptr<float>() + o * kTaps * channels);
    }
  });
  return result.view({outputs, 3, 3, channels}).permute({0, 3, 1, 2});
}

}  // namespace malleolus
