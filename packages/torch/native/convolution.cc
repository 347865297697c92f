// Convolution whose backward pass takes the faster of several ways to the same gradients.
//
// Shapes: input [N, C, H, W], weight [O, C, K, K], bias [O] or none, output [N, O, H', W'].
// Square kernel, stride and padding; one group, no dilation. Forward is LibTorch's own,
// but for these last.
//
// On the CPU, LibTorch's backward is slow in three places, by a factor of four to thirty:
//   - a 1x1 convolution with a stride (no vectorised kernel): the cells it reads are taken out first;
//   - any 1x1 convolution: channels-last it is a product of two matrices, and so are its gradients;
//   - the gradient of a large weight over a small map (res5): one product with the unfolded input.
// Where no gradient is asked for, 1x1 convolutions in float32 are pointwise.cc's products: LibTorch 1.13 unfolds
// their input where it has one thread.
// And 3x3 convolutions in float32 take winograd.cc's way, forward and backward, where it is the faster.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cstring>
#include <limits>

#include "autocast_casts.h"
#include "pointwise.h"
#include "winograd.h"

namespace malleolus {

namespace {

constexpr auto kLast = at::MemoryFormat::ChannelsLast;

// The unfolded input may have so many values: beyond, unfolding costs more than it saves.
constexpr int64_t kMostUnfolded = int64_t{1} << 23;

// Beyond, sizes overflow within LibTorch and the process ends.
constexpr int64_t kMostStride = int64_t{1} << 20;

using OptionalTensor = c10::optional<at::Tensor>;

struct Geometry {
  int64_t stride, padding;
};

at::Tensor plain_convolution(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                             const Geometry& geometry) {
  const auto [s, p] = geometry;
  if (winograd_serves(input, weight, s, p)) return winograd_convolution(input, weight, bias.value_or(at::Tensor()), p);
  return at::convolution(input, weight, bias, {s, s}, {p, p}, {1, 1}, false, {0, 0}, 1);
}

/// Every `stride`-th cell in both directions.
at::Tensor every(const at::Tensor& map, int64_t stride) {
  return map.slice(2, 0, c10::nullopt, stride).slice(3, 0, c10::nullopt, stride);
}

bool is_pointwise(const at::Tensor& weight, const Geometry& geometry) {
  return weight.size(2) == 1 && weight.size(3) == 1 && geometry.padding == 0;
}

/// Whether the ways of this file are the faster ones.
bool is_ours(const at::Tensor& input) {
  return input.device().is_cpu() && (input.scalar_type() == at::kFloat || input.scalar_type() == at::kBFloat16) &&
         input.numel() > 0;
}

/// What a 1x1 convolution reads: channels-last, in rows of one cell. [N, C, H', W']
at::Tensor cells_read(const at::Tensor& input, const Geometry& geometry) {
  const at::Tensor read = geometry.stride == 1 ? input : every(input, geometry.stride);
  return read.contiguous(kLast);
}

/// [N, C, H, W] as the matrix [N * H * W, C] that it is in memory.
at::Tensor as_rows(const at::Tensor& map) {
  return map.contiguous(kLast).permute({0, 2, 3, 1}).reshape({-1, map.size(1)});
}

/// The matrix [N * H * W, C] as a map like `like` but for its channels.
at::Tensor as_map(const at::Tensor& rows, const at::Tensor& like) {
  return rows.view({like.size(0), like.size(2), like.size(3), rows.size(1)}).permute({0, 3, 1, 2});
}

/// For every cell of the output the K * K * C values that it is computed from. [N * H' * W', K * K * C]
at::Tensor unfold(const at::Tensor& input, int64_t kernel, const Geometry& geometry, const at::Tensor& output) {
  const at::Tensor dense = input.contiguous(kLast);
  const int64_t images = input.size(0), channels = input.size(1), height = input.size(2), width = input.size(3);
  const int64_t rows = output.size(2), columns = output.size(3);
  at::Tensor unfolded = at::empty({images * rows * columns, kernel * kernel * channels}, input.options());
  const auto* from = static_cast<const char*>(dense.data_ptr());
  auto* to = static_cast<char*>(unfolded.data_ptr());
  const int64_t cell = channels * static_cast<int64_t>(input.element_size());
  at::parallel_for(0, images * rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      const int64_t image = line / rows, row = line % rows;
      char* place = to + line * columns * kernel * kernel * cell;
      for (int64_t column = 0; column < columns; ++column) {
        for (int64_t i = 0; i < kernel; ++i) {
          const int64_t y = row * geometry.stride - geometry.padding + i;
          for (int64_t j = 0; j < kernel; ++j, place += cell) {
            const int64_t x = column * geometry.stride - geometry.padding + j;
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            if (inside) std::memcpy(place, from + ((image * height + y) * width + x) * cell, cell);
            else std::memset(place, 0, cell);
          }
        }
      }
    }
  });
  return unfolded;
}

/// Whether the weight's gradient is better computed from the unfolded input.
bool is_unfolded(const at::Tensor& weight, const at::Tensor& gradient) {
  const int64_t cells = gradient.size(0) * gradient.size(2) * gradient.size(3);
  const int64_t values = weight.size(1) * weight.size(2) * weight.size(3);
  return weight.size(2) > 1 && weight.size(0) * weight.size(1) >= 512 * 512 && cells * values <= kMostUnfolded;
}

// Packing a weight costs what so many cells' products do, roughly, twenty times.
constexpr int64_t kLeastCells = 512;

bool is_product(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias, const Geometry& geometry) {
  const auto is_float = [](const at::Tensor& tensor) { return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat; };
  // A bias of another length is LibTorch's to refuse.
  const bool fits = !bias.has_value() || !bias->defined() ||
                    (is_float(*bias) && bias->dim() == 1 && bias->size(0) == weight.size(0));
  return is_pointwise(weight, geometry) && geometry.stride == 1 && is_float(input) && is_float(weight) && fits && panel_outputs() > 0 &&
         input.size(0) * input.size(2) * input.size(3) >= kLeastCells && weight.numel() > 0;
}

at::Tensor product_convolution(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias) {
  const int64_t outputs = weight.size(0), depth = weight.size(1);
  const at::Tensor dense = input.contiguous(kLast);
  const at::Tensor panels = pack_panels(weight);
  const bool shifted = bias.has_value() && bias->defined();
  const at::Tensor shift = pack_bias(shifted ? *bias : at::zeros({outputs}, weight.options()));
  const at::Tensor output = at::empty({input.size(0), outputs, input.size(2), input.size(3)}, input.options(), kLast);
  constexpr float kAny = std::numeric_limits<float>::infinity();
  const Product product{panels.data_ptr<float>(), shift.data_ptr<float>(), depth, outputs, -kAny, kAny};
  const float* const from = dense.data_ptr<float>();
  float* const to = output.data_ptr<float>();
  const int64_t cells = input.size(0) * input.size(2) * input.size(3);
  at::parallel_for(0, cells, kLeastCells, [&](int64_t begin, int64_t end) {
    multiply_rows(product, from + begin * depth, end - begin, nullptr, to + begin * outputs);
  });
  return output;
}

struct Gradients {
  at::Tensor input, weight, bias;
};

struct Wanted {
  bool input, weight, bias;
};

Gradients pointwise_gradients(const at::Tensor& gradient, const at::Tensor& read, const at::Tensor& weight,
                              at::IntArrayRef input_sizes, int64_t stride, const Wanted& wanted) {
  Gradients result;
  const at::Tensor rows = as_rows(gradient);
  const at::Tensor matrix = weight.reshape({weight.size(0), weight.size(1)});
  if (wanted.input) {
    const at::Tensor of_read = as_map(rows.mm(matrix), gradient);
    if (stride == 1) {
      result.input = of_read;
    } else {
      result.input = at::empty(input_sizes, gradient.options(), kLast).zero_();
      every(result.input, stride).copy_(of_read);
    }
  }
  if (wanted.weight) result.weight = rows.t().mm(as_rows(read)).view({weight.size(0), weight.size(1), 1, 1});
  if (wanted.bias) result.bias = rows.sum(at::IntArrayRef{0}, false, at::kFloat).to(gradient.scalar_type());
  return result;
}

at::Tensor weight_gradient_from_unfolded(const at::Tensor& gradient, const at::Tensor& input,
                                         const at::Tensor& weight, const Geometry& geometry) {
  const int64_t kernel = weight.size(2);
  const at::Tensor product = as_rows(gradient).t().mm(unfold(input, kernel, geometry, gradient));
  return product.view({weight.size(0), kernel, kernel, weight.size(1)}).permute({0, 3, 1, 2});
}

Gradients libtorch_gradients(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                             const Geometry& geometry, const Wanted& wanted) {
  if (!wanted.input && !wanted.weight && !wanted.bias) return {};
  const auto [s, p] = geometry;
  const std::vector<int64_t> bias_sizes{weight.size(0)};
  auto [of_input, of_weight, of_bias] = at::convolution_backward(
      gradient, input, weight, at::IntArrayRef(bias_sizes), at::IntArrayRef{s, s}, at::IntArrayRef{p, p},
      at::IntArrayRef{1, 1}, false, at::IntArrayRef{0, 0}, 1, {wanted.input, wanted.weight, wanted.bias});
  return {of_input, of_weight, of_bias};
}

Gradients winograd_gradients(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                             const Geometry& geometry, const Wanted& wanted) {
  Gradients result;
  if (wanted.input) result.input = winograd_input_gradient(gradient, weight, geometry.padding);
  if (wanted.weight) result.weight = winograd_weight_gradient(gradient, input, geometry.padding);
  if (wanted.bias) result.bias = as_rows(gradient).sum(at::IntArrayRef{0});
  return result;
}

Gradients gradients_of(const at::Tensor& gradient, const at::Tensor& kept, const at::Tensor& weight,
                       at::IntArrayRef input_sizes, const Geometry& geometry, Wanted wanted) {
  if (is_ours(kept) && is_pointwise(weight, geometry)) {
    return pointwise_gradients(gradient, kept, weight, input_sizes, geometry.stride, wanted);
  }
  if (winograd_serves(kept, weight, geometry.stride, geometry.padding)) {
    return winograd_gradients(gradient, kept, weight, geometry, wanted);
  }
  at::Tensor of_weight;
  if (wanted.weight && is_ours(kept) && is_unfolded(weight, gradient)) {
    of_weight = weight_gradient_from_unfolded(gradient, kept, weight, geometry);
    wanted.weight = false;
  }
  Gradients rest = libtorch_gradients(gradient, kept, weight, geometry, wanted);
  if (of_weight.defined()) rest.weight = of_weight;
  return rest;
}

class ConvolutionFunction : public torch::autograd::Function<ConvolutionFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input,
                            const at::Tensor& weight, const OptionalTensor& bias, int64_t stride, int64_t padding) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    const Geometry geometry{stride, padding};
    const bool pointwise = is_ours(input) && is_pointwise(weight, geometry);
    // Of a map that a stride thins out, what is read is a quarter.
    const at::Tensor kept = pointwise ? cells_read(input, geometry) : input;
    context->save_for_backward({kept, weight});
    context->saved_data["sizes"] = input.sizes();
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["input"] = input.requires_grad();
    context->saved_data["weight"] = weight.requires_grad();
    context->saved_data["bias"] = bias.has_value() && bias->defined() && bias->requires_grad();
    return pointwise ? plain_convolution(kept, weight, bias, {1, 0}) : plain_convolution(input, weight, bias, geometry);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "convolution has no second derivative: use conv2d");
    auto& data = context->saved_data;
    const auto saved = context->get_saved_variables();
    const auto sizes = data["sizes"].toIntVector();
    const Gradients found =
        gradients_of(gradients[0], saved[0], saved[1], sizes, {data["stride"].toInt(), data["padding"].toInt()},
                     {data["input"].toBool(), data["weight"].toBool(), data["bias"].toBool()});
    return {found.input, found.weight, found.bias, at::Tensor(), at::Tensor()};
  }
};

void check(const at::Tensor& input, const at::Tensor& weight, int64_t stride, int64_t padding) {
  TORCH_CHECK(input.dim() == 4, "expected an input [N, C, H, W], got ", input.sizes());
  TORCH_CHECK(weight.dim() == 4 && weight.size(2) == weight.size(3) && weight.size(1) == input.size(1),
              "expected a weight [O, ", input.size(1), ", K, K], got ", weight.sizes());
  TORCH_CHECK(stride > 0 && padding >= 0 && stride <= kMostStride && padding <= kMostStride,
              "expected a stride of at least 1 and a padding of at least 0 (both up to 2^20), got ", stride, " and ", padding);
}

at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias, int64_t stride,
                       int64_t padding) {
  check(input, weight, stride, padding);
  const Geometry geometry{stride, padding};
  if (stride > 1 && is_ours(input) && is_pointwise(weight, geometry)) {
    return plain_convolution(cells_read(input, geometry), weight, bias, {1, 0});
  }
  return plain_convolution(input, weight, bias, geometry);
}

at::Tensor convolution_autograd(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                                int64_t stride, int64_t padding) {
  check(input, weight, stride, padding);
  const bool is_recorded = at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() ||
                                                          (bias.has_value() && bias->requires_grad()));
  if (!is_recorded && is_product(input, weight, bias, {stride, padding})) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    return product_convolution(input, weight, bias);
  }
  return ConvolutionFunction::apply(input, weight, bias, stride, padding);
}

template <at::DeviceType device>
at::Tensor convolution_autocast(const at::Tensor& input, const at::Tensor& weight, const OptionalTensor& bias,
                                int64_t stride, int64_t padding) {
  const WithoutAutocast<device> guard;
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("malleolus::convolution", "")
                             .typed<decltype(convolution)>();
  const OptionalTensor cast_bias = bias.has_value() ? OptionalTensor(cast<device>(*bias)) : bias;
  return op.call(cast<device>(input), cast<device>(weight), cast_bias, stride, padding);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("convolution(Tensor input, Tensor weight, Tensor? bias=None, int stride=1, int padding=0) -> Tensor");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) { library.impl("convolution", convolution); }
TORCH_LIBRARY_IMPL(malleolus, CUDA, library) { library.impl("convolution", convolution); }
TORCH_LIBRARY_IMPL(malleolus, Autograd, library) { library.impl("convolution", convolution_autograd); }
TORCH_LIBRARY_IMPL(malleolus, AutocastCPU, library) { library.impl("convolution", convolution_autocast<at::kCPU>); }
TORCH_LIBRARY_IMPL(malleolus, AutocastCUDA, library) { library.impl("convolution", convolution_autocast<at::kCUDA>); }

}  // namespace malleolus
