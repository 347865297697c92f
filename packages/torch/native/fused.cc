// Steps of a residual network that LibTorch makes in several passes over memory, in one each.
//
//   scale_rows(weight [O, ...], scale [O]) -> weight times its row's scale, in autocast's dtype: how a
//     fixed norm goes into the convolution before it. Weight and scale float32.
//   add_relu_(sum, other) -> sum becomes max(sum + other, 0): where a block's branches meet.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "autocast_casts.h"
#include "bfloat16_bits.h"
#include "vector_targets.h"

namespace malleolus {

namespace {

// Values a thread takes at a time: enough to outweigh the handing over.
constexpr int64_t kChunk = 1 << 15;

MALLEOLUS_VECTOR_TARGETS
void scale_floats(float* to, const float* from, float scale, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = from[i] * scale;
}

MALLEOLUS_VECTOR_TARGETS
void scale_narrowed(uint16_t* to, const float* from, float scale, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = narrow(from[i] * scale);
}

MALLEOLUS_VECTOR_TARGETS
void scale_widened(float* to, const uint16_t* from, float scale, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = widen(from[i]) * scale;
}

MALLEOLUS_VECTOR_TARGETS
float product_of_floats(const float* a, const float* b, int64_t count) {
  float sums[16] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int64_t lane = 0; lane < 16; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

MALLEOLUS_VECTOR_TARGETS
float product_with_narrow(const uint16_t* a, const float* b, int64_t count) {
  float sums[16] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int64_t lane = 0; lane < 16; ++lane) sums[lane] += widen(a[i + lane]) * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += widen(a[i]) * b[i];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

MALLEOLUS_VECTOR_TARGETS
void add_relu_floats(float* sum, const float* other, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float value = sum[i] + other[i];
    // Also what is no number goes through, as in LibTorch's relu.
    sum[i] = value < 0 ? 0 : value;
  }
}

MALLEOLUS_VECTOR_TARGETS
void add_relu_narrow(uint16_t* sum, const uint16_t* other, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float value = widen(sum[i]) + widen(other[i]);
    sum[i] = narrow(value < 0 ? 0 : value);
  }
}

uint16_t* bits_of(const at::Tensor& tensor) { return static_cast<uint16_t*>(tensor.data_ptr()); }
float* floats_of(const at::Tensor& tensor) { return static_cast<float*>(tensor.data_ptr()); }

void check_scaling(const at::Tensor& weight, const at::Tensor& scale) {
  TORCH_CHECK(weight.dim() >= 1 && scale.dim() == 1 && scale.size(0) == weight.size(0),
              "expected a weight [O, ...] and a scale [O], got ", weight.sizes(), " and ", scale.sizes());
  TORCH_CHECK(weight.scalar_type() == at::kFloat && scale.scalar_type() == at::kFloat,
              "expected a weight and a scale in float32, got ", weight.scalar_type(), " and ", scale.scalar_type());
}

at::Tensor as_column(const at::Tensor& scale, const at::Tensor& weight) {
  std::vector<int64_t> sizes(static_cast<size_t>(weight.dim()), 1);
  sizes[0] = -1;
  return scale.reshape(sizes);
}

/// Rows that follow each other in memory, whatever the order within them.
bool has_dense_rows(const at::Tensor& weight) {
  return weight.is_non_overlapping_and_dense() && weight.numel() > 0 &&
         weight.stride(0) * weight.size(0) == weight.numel();
}

at::Tensor scale_rows_anywhere(const at::Tensor& weight, const at::Tensor& scale, at::ScalarType dtype) {
  check_scaling(weight, scale);
  return weight.mul(as_column(scale, weight)).to(dtype);
}

at::Tensor scale_rows_cpu(const at::Tensor& weight, const at::Tensor& scale, at::ScalarType dtype) {
  check_scaling(weight, scale);
  if (!has_dense_rows(weight) || (dtype != at::kFloat && dtype != at::kBFloat16)) {
    return scale_rows_anywhere(weight, scale, dtype);
  }
  at::Tensor result = at::empty_like(weight, weight.options().dtype(dtype));
  if (result.strides() != weight.strides()) return scale_rows_anywhere(weight, scale, dtype);
  const at::Tensor scales = scale.contiguous();
  const int64_t row = weight.stride(0);
  at::parallel_for(0, weight.size(0), std::max<int64_t>(1, kChunk / row), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const float* from = floats_of(weight) + o * row;
      const float by = floats_of(scales)[o];
      if (dtype == at::kFloat) scale_floats(floats_of(result) + o * row, from, by, row);
      else scale_narrowed(bits_of(result) + o * row, from, by, row);
    }
  });
  return result;
}

using Two = std::tuple<at::Tensor, at::Tensor>;

Two scale_rows_backward_anywhere(const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& scale,
                                 bool of_scale) {
  const at::Tensor exact = gradient.to(at::kFloat);
  return {exact.mul(as_column(scale, weight)),
          of_scale ? exact.mul(weight).reshape({weight.size(0), weight.numel() / std::max<int64_t>(1, weight.size(0))}).sum(1) : at::Tensor()};
}

Two scale_rows_backward(const at::Tensor& gradient, const at::Tensor& weight, const at::Tensor& scale, bool of_scale) {
  const auto dtype = gradient.scalar_type();
  if (!weight.device().is_cpu() || !has_dense_rows(weight) || gradient.strides() != weight.strides() ||
      (dtype != at::kFloat && dtype != at::kBFloat16)) {
    return scale_rows_backward_anywhere(gradient, weight, scale, of_scale);
  }
  at::Tensor of_weight = at::empty_like(weight);
  at::Tensor sums = of_scale ? at::empty({weight.size(0)}, scale.options()) : at::Tensor();
  const at::Tensor scales = scale.contiguous();
  const int64_t row = weight.stride(0);
  at::parallel_for(0, weight.size(0), std::max<int64_t>(1, kChunk / row), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      const float by = floats_of(scales)[o];
      float* to = floats_of(of_weight) + o * row;
      const float* value = floats_of(weight) + o * row;
      if (dtype == at::kFloat) {
        scale_floats(to, floats_of(gradient) + o * row, by, row);
        if (of_scale) floats_of(sums)[o] = product_of_floats(floats_of(gradient) + o * row, value, row);
      } else {
        scale_widened(to, bits_of(gradient) + o * row, by, row);
        if (of_scale) floats_of(sums)[o] = product_with_narrow(bits_of(gradient) + o * row, value, row);
      }
    }
  });
  return {of_weight, sums};
}

using ScaleRows = at::Tensor(const at::Tensor&, const at::Tensor&, at::ScalarType);

at::Tensor call_scale_rows(const at::Tensor& weight, const at::Tensor& scale, at::ScalarType dtype) {
  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("malleolus::scale_rows", "").typed<ScaleRows>();
  return op.call(weight, scale, dtype);
}

class ScaleRowsFunction : public torch::autograd::Function<ScaleRowsFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& weight,
                            const at::Tensor& scale, at::ScalarType dtype) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    context->save_for_backward({weight, scale});
    context->saved_data["scale"] = scale.requires_grad();
    return call_scale_rows(weight, scale, dtype);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "scaleRows has no second derivative");
    const auto saved = context->get_saved_variables();
    auto [of_weight, of_scale] =
        scale_rows_backward(gradients[0], saved[0], saved[1], context->saved_data["scale"].toBool());
    return {of_weight, of_scale, at::Tensor()};
  }
};

at::Tensor scale_rows_autograd(const at::Tensor& weight, const at::Tensor& scale, at::ScalarType dtype) {
  return ScaleRowsFunction::apply(weight, scale, dtype);
}

void check_sum(const at::Tensor& sum, const at::Tensor& other) {
  TORCH_CHECK(sum.sizes() == other.sizes() && sum.scalar_type() == other.scalar_type(),
              "expected two tensors alike, got ", sum.sizes(), " ", sum.scalar_type(), " and ", other.sizes(), " ",
              other.scalar_type());
}

at::Tensor& add_relu_cpu_(at::Tensor& sum, const at::Tensor& other) {
  check_sum(sum, other);
  const auto dtype = sum.scalar_type();
  const bool dense = sum.is_non_overlapping_and_dense() && sum.strides() == other.strides();
  if (!dense || (dtype != at::kFloat && dtype != at::kBFloat16)) return sum.add_(other).relu_();
  at::parallel_for(0, sum.numel(), kChunk, [&](int64_t begin, int64_t end) {
    if (dtype == at::kFloat) add_relu_floats(floats_of(sum) + begin, floats_of(other) + begin, end - begin);
    else add_relu_narrow(bits_of(sum) + begin, bits_of(other) + begin, end - begin);
  });
  return sum;
}

at::Tensor& add_relu_cuda_(at::Tensor& sum, const at::Tensor& other) {
  check_sum(sum, other);
  return sum.add_(other).relu_();
}

class AddReluFunction : public torch::autograd::Function<AddReluFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, at::Tensor sum, const at::Tensor& other) {
    {
      at::AutoDispatchBelowADInplaceOrView below_autograd;
      static const auto op = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("malleolus::add_relu_", "")
                                 .typed<decltype(add_relu_cpu_)>();
      op.call(sum, other);
    }
    context->mark_dirty({sum});
    context->save_for_backward({sum});
    return sum;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor gradient = at::threshold_backward(gradients[0], saved[0], 0);
    return {gradient, gradient};
  }
};

at::Tensor& add_relu_autograd_(at::Tensor& sum, const at::Tensor& other) {
  check_sum(sum, other);
  AddReluFunction::apply(sum, other);
  return sum;
}

template <at::DeviceType device>
at::Tensor scale_rows_autocast(const at::Tensor& weight, const at::Tensor& scale, at::ScalarType) {
  const WithoutAutocast<device> guard;
  return call_scale_rows(weight, scale, autocast_type(device));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def("scale_rows(Tensor weight, Tensor scale, ScalarType dtype=float) -> Tensor");
  library.def("add_relu_(Tensor(a!) self, Tensor other) -> Tensor(a!)");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("scale_rows", scale_rows_cpu);
  library.impl("add_relu_", add_relu_cpu_);
}
TORCH_LIBRARY_IMPL(malleolus, CUDA, library) {
  library.impl("scale_rows", scale_rows_anywhere);
  library.impl("add_relu_", add_relu_cuda_);
}
TORCH_LIBRARY_IMPL(malleolus, Autograd, library) {
  library.impl("scale_rows", scale_rows_autograd);
  library.impl("add_relu_", add_relu_autograd_);
}
TORCH_LIBRARY_IMPL(malleolus, AutocastCPU, library) { library.impl("scale_rows", scale_rows_autocast<at::kCPU>); }
TORCH_LIBRARY_IMPL(malleolus, AutocastCUDA, library) { library.impl("scale_rows", scale_rows_autocast<at::kCUDA>); }

}  // namespace malleolus
