// Group norm (Wu and He 2018) in one pass for the statistics and one for the values, in the
// layout and dtype that convolutions leave: LibTorch's wants [N, C, H, W] in memory, and in 1.13
// float32 as well, which costs more than the convolutions themselves.
//
//   input   [N, C, H, W]  float32, float64 or bfloat16, contiguous or channels-last
//   weight  [C], bias [C] float32 (float64 for float64)
//   output  dtype and memory format of the input
// y = (x - mean) * rstd * weight + bias, mean and variance over a group's channels and pixels
// (biased, as torch.nn.GroupNorm); with `relu`, negative values become 0, in the same passes. Sums are float32 over at most kBlock pixels and float64 above;
// each block sums differences from its first pixel, so that a mean far from 0 costs no precision.
// Blocks do not depend on the number of threads, so neither does the last bit.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "bfloat16_bits.h"
#include "group_norm.h"
#include "vector_targets.h"

namespace malleolus {

namespace {

constexpr int64_t kBlock = 512;

int64_t blocks_of(const GroupNormShape& shape) { return (shape.pixels + kBlock - 1) / kBlock; }

template <typename T>
using Accumulated = std::conditional_t<std::is_same_v<T, double>, double, float>;

/// To the nearest, ties to even; what is not a number stays one.
// Loops over the pixels of a block, kLanes channels at a time, so that what belongs to a channel
// stays in registers. A macro, because `target_clones` takes no templates; `LANES` is a constant
// where there are enough channels left, and the compiler then writes vectors.
constexpr int64_t kLanes = 32;

#define MALLEOLUS_FOR_LANES(BODY)                                        \
  int64_t first = 0;                                                     \
  for (; first + kLanes <= channels; first += kLanes) { BODY(kLanes) }   \
  for (; first < channels; ++first) { BODY(1) }

#define MALLEOLUS_ADD_MOMENTS(LANES)                                     \
  S m[LANES], s[LANES] = {}, q[LANES] = {};                              \
  for (int64_t c = 0; c < LANES; ++c) m[c] = shift[first + c];           \
  for (int64_t p = 0; p < pixels; ++p) {                                 \
    const T* at = x + p * channels + first;                              \
    for (int64_t c = 0; c < LANES; ++c) {                                \
      const S d = load(at[c]) - m[c];                                    \
      s[c] += d;                                                         \
      q[c] += d * d;                                                     \
    }                                                                    \
  }                                                                      \
  for (int64_t c = 0; c < LANES; ++c) {                                  \
    sum[first + c] = s[c];                                               \
    squares[first + c] = q[c];                                           \
  }

#define MALLEOLUS_SCALE_AND_SHIFT(LANES)                                 \
  S a[LANES], b[LANES];                                                  \
  for (int64_t c = 0; c < LANES; ++c) {                                  \
    a[c] = scale[first + c];                                             \
    b[c] = scale[channels + first + c];                                  \
  }                                                                      \
  for (int64_t p = 0; p < pixels; ++p) {                                 \
    const T* at = x + p * channels + first;                              \
    T* to = y + p * channels + first;                                    \
    for (int64_t c = 0; c < LANES; ++c) {                                \
      const S value = load(at[c]) * a[c] + b[c];                         \
      to[c] = store(value < least ? least : value);                      \
    }                                                                    \
  }

#define MALLEOLUS_ADD_GRADIENT_SUMS(LANES)                               \
  S mean[LANES], rstd[LANES], a[LANES], b[LANES], s[LANES] = {}, q[LANES] = {}; \
  for (int64_t c = 0; c < LANES; ++c) {                                  \
    mean[c] = of[first + c];                                             \
    rstd[c] = of[channels + first + c];                                  \
    a[c] = of[2 * channels + first + c];                                 \
    b[c] = of[3 * channels + first + c];                                 \
  }                                                                      \
  for (int64_t p = 0; p < pixels; ++p) {                                 \
    const int64_t at = p * channels + first;                             \
    for (int64_t c = 0; c < LANES; ++c) {                                \
      const S value = load(x[at + c]), above = load(dy[at + c]);         \
      const S g = value * a[c] + b[c] > least ? above : S(0);            \
      s[c] += g;                                                         \
      q[c] += g * ((value - mean[c]) * rstd[c]);                         \
    }                                                                    \
  }                                                                      \
  for (int64_t c = 0; c < LANES; ++c) {                                  \
    sum[first + c] = s[c];                                               \
    product[first + c] = q[c];                                           \
  }

#define MALLEOLUS_COMBINE_GRADIENT(LANES)                                \
  S slope[LANES], offset[LANES], a[LANES], b[LANES];                     \
  for (int64_t c = 0; c < LANES; ++c) {                                  \
    slope[c] = of[first + c];                                            \
    offset[c] = of[channels + first + c];                                \
    a[c] = of[2 * channels + first + c];                                 \
    b[c] = of[3 * channels + first + c];                                 \
  }                                                                      \
  for (int64_t p = 0; p < pixels; ++p) {                                 \
    const int64_t at = p * channels + first;                             \
    for (int64_t c = 0; c < LANES; ++c) {                                \
      const S value = load(x[at + c]), above = load(dy[at + c]);         \
      const S g = value * a[c] + b[c] > least ? above : S(0);            \
      dx[at + c] = store(g * a[c] + value * slope[c] + offset[c]);       \
    }                                                                    \
  }

/// `T` is what is stored, `S` what is computed with.
#define MALLEOLUS_GROUP_NORM_LOOPS(STORED, COMPUTED, LOAD, STORE)                                     \
  namespace STORED##_loops {                                                                          \
  using T = STORED;                                                                                   \
  using S = COMPUTED;                                                                                 \
  inline S load(T value) { return LOAD(value); }                                                      \
  inline T store(S value) { return STORE(value); }                                                    \
  MALLEOLUS_VECTOR_TARGETS                                                                            \
  void add_moments(const T* x, const S* shift, S* sum, S* squares, int64_t pixels, int64_t channels) { \
    MALLEOLUS_FOR_LANES(MALLEOLUS_ADD_MOMENTS)                                                        \
  }                                                                                                   \
  MALLEOLUS_VECTOR_TARGETS                                                                            \
  void scale_and_shift(const T* x, const S* scale, S least, T* y, int64_t pixels, int64_t channels) { \
    MALLEOLUS_FOR_LANES(MALLEOLUS_SCALE_AND_SHIFT)                                                    \
  }                                                                                                   \
  MALLEOLUS_VECTOR_TARGETS                                                                            \
  void add_gradient_sums(const T* dy, const T* x, const S* of, S least, S* sum, S* product,           \
                         int64_t pixels, int64_t channels) {                                          \
    MALLEOLUS_FOR_LANES(MALLEOLUS_ADD_GRADIENT_SUMS)                                                  \
  }                                                                                                   \
  MALLEOLUS_VECTOR_TARGETS                                                                            \
  void combine_gradient(const T* dy, const T* x, const S* of, S least, T* dx, int64_t pixels,         \
                        int64_t channels) {                                                           \
    MALLEOLUS_FOR_LANES(MALLEOLUS_COMBINE_GRADIENT)                                                   \
  }                                                                                                   \
  }                                                                                                   \
  using STORED##_loops::add_gradient_sums;                                                            \
  using STORED##_loops::add_moments;                                                                  \
  using STORED##_loops::combine_gradient;                                                             \
  using STORED##_loops::scale_and_shift;

#define MALLEOLUS_AS_IS(value) (value)
MALLEOLUS_GROUP_NORM_LOOPS(float, float, MALLEOLUS_AS_IS, MALLEOLUS_AS_IS)
MALLEOLUS_GROUP_NORM_LOOPS(double, double, MALLEOLUS_AS_IS, MALLEOLUS_AS_IS)
MALLEOLUS_GROUP_NORM_LOOPS(uint16_t, float, widen, narrow)

/// bfloat16 as the loops take it.
template <typename T>
using Stored = std::conditional_t<std::is_same_v<T, at::BFloat16>, uint16_t, T>;

template <typename T>
Stored<T>* stored(const at::Tensor& tensor) {
  return reinterpret_cast<Stored<T>*>(tensor.data_ptr<T>());
}

/// Calls body(image, block, first pixel, end pixel) for every block, in parallel.
template <typename Body>
void for_each_block(const GroupNormShape& shape, Body&& body) {
  const int64_t blocks = blocks_of(shape);
  at::parallel_for(0, shape.images * blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % blocks * kBlock;
      body(i / blocks, i % blocks, first, std::min(first + kBlock, shape.pixels));
    }
  });
}

/// The least value that a norm gives. Without ReLU no value is smaller, nor a NaN.
template <typename Sum>
Sum least_value(bool relu) {
  return relu ? Sum(0) : -std::numeric_limits<Sum>::infinity();
}

/// [2, channels]: what an image's channels are multiplied by, and what is added.
template <typename Sum>
void write_affine(double average, double inverse, const Sum* weight, const Sum* bias, int64_t first, int64_t end,
                  int64_t channels, Sum* affine) {
  for (int64_t c = first; c < end; ++c) {
    affine[c] = static_cast<Sum>(inverse * weight[c]);
    affine[channels + c] = static_cast<Sum>(bias[c] - average * inverse * weight[c]);
  }
}

template <typename T>
void forward_kernel(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias, at::Tensor& output,
                    at::Tensor& mean, at::Tensor& rstd, const GroupNormShape& shape, double eps, bool relu) {
  using Sum = Accumulated<T>;
  const int64_t channels = shape.channels, blocks = blocks_of(shape);
  const Stored<T>* x = stored<T>(input);
  Stored<T>* y = stored<T>(output);
  const Sum* w = weight.data_ptr<Sum>();
  const Sum* b = bias.data_ptr<Sum>();
  Sum* means = mean.data_ptr<Sum>();
  Sum* rstds = rstd.data_ptr<Sum>();

  // [images, blocks, 3, channels]: the block's first pixel, and sum and squares of what differs from it.
  std::vector<Sum> moments(static_cast<size_t>(shape.images * blocks * 3 * channels), 0);
  for_each_block(shape, [&](int64_t image, int64_t block, int64_t first, int64_t end) {
    Sum* shift = moments.data() + (image * blocks + block) * 3 * channels;
    const Stored<T>* pixel = x + (image * shape.pixels + first) * channels;
    for (int64_t c = 0; c < channels; ++c) shift[c] = static_cast<Sum>(reinterpret_cast<const T*>(pixel)[c]);
    add_moments(pixel, shift, shift + channels, shift + 2 * channels, end - first, channels);
  });

  // [images, 2, channels]: what a channel is multiplied by, and what is added.
  std::vector<Sum> affine(static_cast<size_t>(shape.images * 2 * channels));
  for (int64_t image = 0; image < shape.images; ++image) {
    for (int64_t group = 0; group < shape.groups; ++group) {
      double count = 0, average = 0, squares = 0;
      for (int64_t block = 0; block < blocks; ++block) {
        const auto size = static_cast<double>(std::min(kBlock, shape.pixels - block * kBlock));
        const Sum* of = moments.data() + (image * blocks + block) * 3 * channels;
        for (int64_t c = group * shape.per_group(); c < (group + 1) * shape.per_group(); ++c) {
          const double difference = of[channels + c] / size;
          const double own = of[c] + difference;
          const double own_squares = std::max(0.0, of[2 * channels + c] - size * difference * difference);
          const double apart = own - average, total = count + size;
          squares += own_squares + apart * apart * (count * size / total);
          average += apart * (size / total);
          count = total;
        }
      }
      const double inverse = 1 / std::sqrt(squares / count + eps);
      means[image * shape.groups + group] = static_cast<Sum>(average);
      rstds[image * shape.groups + group] = static_cast<Sum>(inverse);
      // As the backward pass knows them, so that both find the same values negative.
      const Sum kept_average = means[image * shape.groups + group], kept_inverse = rstds[image * shape.groups + group];
      write_affine<Sum>(kept_average, kept_inverse, w, b, group * shape.per_group(), (group + 1) * shape.per_group(),
                        channels, affine.data() + image * 2 * channels);
    }
  }
  for_each_block(shape, [&](int64_t image, int64_t, int64_t first, int64_t end) {
    const Sum* scale = affine.data() + image * 2 * channels;
    const int64_t at = (image * shape.pixels + first) * channels;
    scale_and_shift(x + at, scale, least_value<Sum>(relu), y + at, end - first, channels);
  });
}

template <typename T>
void backward_kernel(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                     const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& rstd,
                     at::Tensor& input_gradient, at::Tensor& weight_gradient, at::Tensor& bias_gradient,
                     const GroupNormShape& shape, bool relu) {
  using Sum = Accumulated<T>;
  const int64_t channels = shape.channels, blocks = blocks_of(shape);
  const Stored<T>* dy = stored<T>(gradient);
  const Stored<T>* x = stored<T>(input);
  Stored<T>* dx = stored<T>(input_gradient);
  const Sum* w = weight.data_ptr<Sum>();
  const Sum* shift = bias.data_ptr<Sum>();
  const Sum least = least_value<Sum>(relu);
  const Sum* means = mean.data_ptr<Sum>();
  const Sum* rstds = rstd.data_ptr<Sum>();

  // [images, 4, channels]: the group's mean and rstd at each of its channels, and the affine map.
  std::vector<Sum> statistics(static_cast<size_t>(shape.images * 4 * channels));
  for (int64_t image = 0; image < shape.images; ++image) {
    Sum* of = statistics.data() + image * 4 * channels;
    for (int64_t c = 0; c < channels; ++c) {
      const Sum average = means[image * shape.groups + c / shape.per_group()];
      const Sum inverse = rstds[image * shape.groups + c / shape.per_group()];
      of[c] = average;
      of[channels + c] = inverse;
      write_affine<Sum>(average, inverse, w, shift, c, c + 1, channels, of + 2 * channels);
    }
  }
  // [images, blocks, 2, channels]: sums of dy, and of dy times the normalised x.
  std::vector<Sum> sums(static_cast<size_t>(shape.images * blocks * 2 * channels), 0);
  for_each_block(shape, [&](int64_t image, int64_t block, int64_t first, int64_t end) {
    Sum* sum = sums.data() + (image * blocks + block) * 2 * channels;
    const Sum* of = statistics.data() + image * 4 * channels;
    const int64_t at = (image * shape.pixels + first) * channels;
    add_gradient_sums(dy + at, x + at, of, least, sum, sum + channels, end - first, channels);
  });

  // dx = rstd * (w dy - mean(w dy) - xhat * mean(w dy xhat)), as dy * scale + x * b + c0.
  // [images, 4, channels]: b, c0 and the affine map.
  std::vector<Sum> factors(static_cast<size_t>(shape.images * 4 * channels));
  std::vector<double> weight_sums(static_cast<size_t>(channels), 0), bias_sums(static_cast<size_t>(channels), 0);
  const double count = static_cast<double>(shape.per_group()) * static_cast<double>(shape.pixels);
  for (int64_t image = 0; image < shape.images; ++image) {
    Sum* of = factors.data() + image * 4 * channels;
    const Sum* affine = statistics.data() + image * 4 * channels + 2 * channels;
    std::copy(affine, affine + 2 * channels, of + 2 * channels);
    for (int64_t group = 0; group < shape.groups; ++group) {
      double plain = 0, product = 0;
      for (int64_t c = group * shape.per_group(); c < (group + 1) * shape.per_group(); ++c) {
        double of_plain = 0, of_product = 0;
        for (int64_t block = 0; block < blocks; ++block) {
          const Sum* sum = sums.data() + (image * blocks + block) * 2 * channels;
          of_plain += sum[c];
          of_product += sum[channels + c];
        }
        bias_sums[c] += of_plain;
        weight_sums[c] += of_product;
        plain += w[c] * of_plain;
        product += w[c] * of_product;
      }
      const double average = means[image * shape.groups + group], inverse = rstds[image * shape.groups + group];
      const double b = -inverse * inverse * product / count;
      for (int64_t c = group * shape.per_group(); c < (group + 1) * shape.per_group(); ++c) {
        of[c] = static_cast<Sum>(b);
        of[channels + c] = static_cast<Sum>(-b * average - inverse * plain / count);
      }
    }
  }
  for_each_block(shape, [&](int64_t image, int64_t, int64_t first, int64_t end) {
    const Sum* of = factors.data() + image * 4 * channels;
    const int64_t at = (image * shape.pixels + first) * channels;
    combine_gradient(dy + at, x + at, of, least, dx + at, end - first, channels);
  });
  std::copy(weight_sums.begin(), weight_sums.end(), weight_gradient.data_ptr<Sum>());
  std::copy(bias_sums.begin(), bias_sums.end(), bias_gradient.data_ptr<Sum>());
}

at::MemoryFormat format_of(const at::Tensor& tensor) {
  const auto format = tensor.suggest_memory_format();
  return format == at::MemoryFormat::ChannelsLast ? format : at::MemoryFormat::Contiguous;
}

using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

Three with_statistics_cpu(const at::Tensor& input, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                          double eps, bool relu) {
  const GroupNormShape shape = check_group_norm(input, groups, weight, bias, eps);
  const at::Tensor dense = input.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor scale = weight.contiguous(), shift = bias.contiguous();
  at::Tensor output = at::empty(input.sizes(), input.options(), at::MemoryFormat::ChannelsLast);
  at::Tensor mean = at::empty({shape.images, groups}, weight.options()), rstd = at::empty_like(mean);
  switch (input.scalar_type()) {
    case at::kFloat: forward_kernel<float>(dense, scale, shift, output, mean, rstd, shape, eps, relu); break;
    case at::kDouble: forward_kernel<double>(dense, scale, shift, output, mean, rstd, shape, eps, relu); break;
    default: forward_kernel<at::BFloat16>(dense, scale, shift, output, mean, rstd, shape, eps, relu);
  }
  return {output.contiguous(format_of(input)), mean, rstd};
}

at::Tensor group_norm_cpu(const at::Tensor& input, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                          double eps, bool relu) {
  return std::get<0>(with_statistics_cpu(input, groups, weight, bias, eps, relu));
}

Three backward_cpu(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                   const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& rstd, int64_t groups, bool relu) {
  const GroupNormShape shape = check_group_norm_backward(gradient, input, weight, bias, mean, rstd, groups);
  const auto last = at::MemoryFormat::ChannelsLast;
  const at::Tensor dy = gradient.contiguous(last), x = input.contiguous(last);
  const at::Tensor w = weight.contiguous(), b = bias.contiguous(), means = mean.contiguous(), rstds = rstd.contiguous();
  at::Tensor dx = at::empty(input.sizes(), input.options(), last);
  at::Tensor dw = at::empty_like(w), db = at::empty_like(w);
  switch (input.scalar_type()) {
    case at::kFloat: backward_kernel<float>(dy, x, w, b, means, rstds, dx, dw, db, shape, relu); break;
    case at::kDouble: backward_kernel<double>(dy, x, w, b, means, rstds, dx, dw, db, shape, relu); break;
    default: backward_kernel<at::BFloat16>(dy, x, w, b, means, rstds, dx, dw, db, shape, relu);
  }
  return {dx.contiguous(format_of(input)), dw, db};
}

class GroupNormFunction : public torch::autograd::Function<GroupNormFunction> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, int64_t groups,
                            const at::Tensor& weight, const at::Tensor& bias, double eps, bool relu) {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("malleolus::group_norm_with_statistics", "")
                               .typed<decltype(with_statistics_cpu)>();
    auto [output, mean, rstd] = op.call(input, groups, weight, bias, eps, relu);
    context->save_for_backward({input, weight, bias, mean, rstd});
    context->saved_data["groups"] = groups;
    context->saved_data["relu"] = relu;
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "channelsLastGroupNorm has no second derivative");
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("malleolus::group_norm_backward", "")
                               .typed<decltype(backward_cpu)>();
    const auto saved = context->get_saved_variables();
    auto [dx, dw, db] =
        op.call(gradients[0], saved[0], saved[1], saved[2], saved[3], saved[4], context->saved_data["groups"].toInt(),
                context->saved_data["relu"].toBool());
    return {dx, at::Tensor(), dw, db, at::Tensor(), at::Tensor()};
  }
};

at::Tensor group_norm_autograd(const at::Tensor& input, int64_t groups, const at::Tensor& weight,
                               const at::Tensor& bias, double eps, bool relu) {
  return GroupNormFunction::apply(input, groups, weight, bias, eps, relu);
}

GroupNormShape shape_of(const at::Tensor& input, int64_t groups) {
  TORCH_CHECK(input.dim() == 4 && input.numel() > 0, "expected an input [N, C, H, W] with pixels, got ", input.sizes());
  TORCH_CHECK(groups > 0 && input.size(1) % groups == 0, "expected a number of groups that divides ", input.size(1),
              " channels, got ", groups);
  return {input.size(0), input.size(1), input.size(2) * input.size(3), groups};
}

at::ScalarType parameter_type(const at::Tensor& input) {
  switch (input.scalar_type()) {
    case at::kFloat:
    case at::kBFloat16: return at::kFloat;
    case at::kDouble: return at::kDouble;
    default: TORCH_CHECK(false, "expected a float32, float64 or bfloat16 input, got ", input.scalar_type());
  }
}

void check_parameter(const char* name, const at::Tensor& tensor, const at::Tensor& input,
                     std::initializer_list<int64_t> sizes) {
  const at::IntArrayRef expected(sizes);
  TORCH_CHECK(tensor.sizes() == expected, "expected ", name, " of shape ", expected, ", got ", tensor.sizes());
  TORCH_CHECK(tensor.scalar_type() == parameter_type(input), "expected ", name, " in ", parameter_type(input),
              ", got ", tensor.scalar_type());
}

}  // namespace

GroupNormShape check_group_norm(const at::Tensor& input, int64_t groups, const at::Tensor& weight,
                                const at::Tensor& bias, double eps) {
  const GroupNormShape shape = shape_of(input, groups);
  check_parameter("a weight", weight, input, {shape.channels});
  check_parameter("a bias", bias, input, {shape.channels});
  TORCH_CHECK(std::isfinite(eps) && eps >= 0, "expected an eps of at least 0, got ", eps);
  return shape;
}

GroupNormShape check_group_norm_backward(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight,
                                         const at::Tensor& bias, const at::Tensor& mean, const at::Tensor& rstd,
                                         int64_t groups) {
  const GroupNormShape shape = shape_of(input, groups);
  TORCH_CHECK(gradient.sizes() == input.sizes() && gradient.scalar_type() == input.scalar_type(),
              "expected a gradient like the input, ", input.sizes(), ", got ", gradient.sizes());
  check_parameter("a weight", weight, input, {shape.channels});
  check_parameter("a bias", bias, input, {shape.channels});
  check_parameter("means", mean, input, {shape.images, groups});
  check_parameter("reciprocal deviations", rstd, input, {shape.images, groups});
  return shape;
}

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "group_norm(Tensor input, int groups, Tensor weight, Tensor bias, float eps=1e-05, "
      "bool relu=False) -> Tensor");
  library.def(
      "group_norm_with_statistics(Tensor input, int groups, Tensor weight, Tensor bias, float eps, bool relu) "
      "-> (Tensor, Tensor, Tensor)");
  library.def(
      "group_norm_backward(Tensor gradient, Tensor input, Tensor weight, Tensor bias, Tensor mean, Tensor rstd, "
      "int groups, bool relu) "
      "-> (Tensor, Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("group_norm", group_norm_cpu);
  library.impl("group_norm_with_statistics", with_statistics_cpu);
  library.impl("group_norm_backward", backward_cpu);
}

TORCH_LIBRARY_IMPL(malleolus, Autograd, library) { library.impl("group_norm", group_norm_autograd); }

}  // namespace malleolus
