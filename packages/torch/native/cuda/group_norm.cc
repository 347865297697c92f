// Group norm for tensors on a GPU, by LibTorch's own kernels: they want maps that are contiguous and of the weight's
// dtype, so that channels-last bfloat16 maps are converted there and back. Also registered as `simulated_*` for
// tensors on the CPU: for tests.
#include "../group_norm.h"

#include <torch/library.h>

namespace malleolus::cuda {

namespace {

using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

at::Tensor as_computed(const at::Tensor& map, const at::Tensor& weight) {
  return map.to(weight.scalar_type()).contiguous();
}

at::Tensor as_given(const at::Tensor& map, const at::Tensor& like) {
  const auto format = like.suggest_memory_format();
  return map.to(like.scalar_type()).contiguous(format == at::MemoryFormat::ChannelsLast ? format : at::MemoryFormat::Contiguous);
}

Three with_statistics(const at::Tensor& input, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                      double eps, bool relu) {
  const GroupNormShape shape = check_group_norm(input, groups, weight, bias, eps);
  auto [output, mean, rstd] = at::native_group_norm(as_computed(input, weight), weight.contiguous(), bias.contiguous(),
                                                    shape.images, shape.channels, shape.pixels, groups, eps);
  if (relu) output.relu_();
  return {as_given(output, input), mean, rstd};
}

at::Tensor group_norm(const at::Tensor& input, int64_t groups, const at::Tensor& weight, const at::Tensor& bias,
                      double eps, bool relu) {
  return std::get<0>(with_statistics(input, groups, weight, bias, eps, relu));
}

/// Where a norm's values are above 0, [N, C, H, W]. `x` is contiguous.
at::Tensor is_above_zero(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& mean,
                         const at::Tensor& rstd, const GroupNormShape& shape) {
  // Of each image and channel, as x * scale + shift.
  const auto by_group = [&](const at::Tensor& of) { return of.unsqueeze(2).expand({shape.images, shape.groups, shape.per_group()}); };
  const at::Tensor scale = (by_group(rstd) * weight.view({shape.groups, shape.per_group()})).view({shape.images, shape.channels, 1, 1});
  const at::Tensor shift = bias.view({1, shape.channels, 1, 1}) -
                           by_group(mean).reshape({shape.images, shape.channels, 1, 1}) * scale;
  return at::addcmul(shift, x, scale).gt(0);
}

Three backward(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
               const at::Tensor& mean, const at::Tensor& rstd, int64_t groups, bool relu) {
  const GroupNormShape shape = check_group_norm_backward(gradient, input, weight, bias, mean, rstd, groups);
  const at::Tensor x = as_computed(input, weight), w = weight.contiguous(), b = bias.contiguous();
  at::Tensor dy = as_computed(gradient, weight);
  if (relu) dy = dy * is_above_zero(x, w, b, mean, rstd, shape);
  auto [dx, dw, db] =
      at::native_group_norm_backward(dy, x, mean.contiguous(), rstd.contiguous(), w, shape.images, shape.channels,
                                     shape.pixels, groups, {true, true, true});
  return {as_given(dx, input), dw, db};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(malleolus, library) {
  library.def(
      "simulated_group_norm_with_statistics(Tensor input, int groups, Tensor weight, Tensor bias, float eps, "
      "bool relu) -> (Tensor, Tensor, Tensor)");
  library.def(
      "simulated_group_norm_backward(Tensor gradient, Tensor input, Tensor weight, Tensor bias, Tensor mean, "
      "Tensor rstd, int groups, bool relu) -> (Tensor, Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(malleolus, CUDA, library) {
  library.impl("group_norm", group_norm);
  library.impl("group_norm_with_statistics", with_statistics);
  library.impl("group_norm_backward", backward);
}

TORCH_LIBRARY_IMPL(malleolus, CPU, library) {
  library.impl("simulated_group_norm_with_statistics", with_statistics);
  library.impl("simulated_group_norm_backward", backward);
}

}  // namespace malleolus::cuda
