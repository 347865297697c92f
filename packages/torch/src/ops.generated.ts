/**
 * GENERATED from ops.json by tools/generate-ops.ts: do not edit.
 *
 * Typed functions for LibTorch's operators and ours. A number is a float scalar unless every
 * tensor argument is integral; a bigint is always integral; factories default to float32.
 */
import {
  booleanOf,
  checkOptions,
  handleOf,
  handleOrNull,
  handlesOf,
  listOf,
  tensorOf,
  tensorsOf,
} from "./dispatch.ts";
import type { Device, DType, MemoryFormat } from "./dtype.ts";
import { native } from "./native.ts";
import { Tensor } from "./tensor.ts";

/** The full names, in the order of their numbers below. */
export const OPERATOR_NAMES: readonly string[] = [
  "aten::add.Tensor",
  "aten::add.Scalar",
  "aten::sub.Tensor",
  "aten::sub.Scalar",
  "aten::mul.Tensor",
  "aten::mul.Scalar",
  "aten::div.Tensor",
  "aten::div.Scalar",
  "aten::pow.Tensor_Scalar",
  "aten::maximum",
  "aten::minimum",
  "aten::neg",
  "aten::abs",
  "aten::sign",
  "aten::exp",
  "aten::log",
  "aten::log1p",
  "aten::log2",
  "aten::sqrt",
  "aten::rsqrt",
  "aten::square",
  "aten::reciprocal",
  "aten::floor",
  "aten::ceil",
  "aten::round",
  "aten::clamp",
  "aten::relu",
  "aten::sigmoid",
  "aten::tanh",
  "aten::isnan",
  "aten::isfinite",
  "aten::add_.Tensor",
  "aten::add_.Scalar",
  "aten::sub_.Tensor",
  "aten::sub_.Scalar",
  "aten::mul_.Tensor",
  "aten::mul_.Scalar",
  "aten::div_.Tensor",
  "aten::div_.Scalar",
  "aten::clamp_",
  "aten::relu_",
  "aten::hardtanh_",
  "aten::zero_",
  "aten::fill_.Scalar",
  "aten::copy_",
  "aten::normal_",
  "aten::uniform_",
  "aten::eq.Tensor",
  "aten::eq.Scalar",
  "aten::ne.Tensor",
  "aten::ne.Scalar",
  "aten::lt.Tensor",
  "aten::lt.Scalar",
  "aten::le.Tensor",
  "aten::le.Scalar",
  "aten::gt.Tensor",
  "aten::gt.Scalar",
  "aten::ge.Tensor",
  "aten::ge.Scalar",
  "aten::logical_and",
  "aten::logical_or",
  "aten::logical_not",
  "aten::where.self",
  "aten::masked_fill.Scalar",
  "aten::masked_select",
  "aten::sum.dim_IntList",
  "aten::mean.dim",
  "aten::amax",
  "aten::amin",
  "aten::std.correction",
  "aten::var.correction",
  "aten::any",
  "aten::all",
  "aten::max.dim",
  "aten::min.dim",
  "aten::argmax",
  "aten::argmin",
  "aten::cumsum",
  "aten::count_nonzero.dim_IntList",
  "aten::logsumexp",
  "aten::linalg_vector_norm",
  "aten::topk",
  "aten::sort.stable",
  "aten::allclose",
  "aten::equal",
  "aten::reshape",
  "aten::view",
  "aten::view_as",
  "aten::permute",
  "aten::transpose.int",
  "aten::squeeze.dim",
  "aten::unsqueeze",
  "aten::expand",
  "aten::flatten.using_ints",
  "aten::flip",
  "aten::repeat",
  "aten::repeat_interleave.self_int",
  "aten::cat",
  "aten::stack",
  "aten::split.Tensor",
  "aten::split_with_sizes",
  "aten::chunk",
  "aten::unbind.int",
  "aten::narrow",
  "aten::select.int",
  "aten::slice.Tensor",
  "aten::contiguous",
  "aten::clone",
  "aten::detach",
  "aten::index.Tensor",
  "aten::index_put_",
  "aten::index_select",
  "aten::index_add",
  "aten::index_copy",
  "aten::gather",
  "aten::scatter.src",
  "aten::scatter.value",
  "aten::nonzero",
  "aten::tril",
  "aten::constant_pad_nd",
  "aten::empty.memory_format",
  "aten::zeros",
  "aten::ones",
  "aten::full",
  "aten::arange.start_step",
  "aten::linspace",
  "aten::eye",
  "aten::rand",
  "aten::randn",
  "aten::randperm",
  "aten::empty_like",
  "aten::zeros_like",
  "aten::ones_like",
  "aten::full_like",
  "aten::matmul",
  "aten::mm",
  "aten::bmm",
  "aten::addmm",
  "aten::linear",
  "aten::conv2d",
  "aten::conv_transpose2d.input",
  "aten::max_pool2d",
  "aten::avg_pool2d",
  "aten::adaptive_avg_pool2d",
  "aten::upsample_nearest2d.vec",
  "aten::upsample_bilinear2d.vec",
  "aten::pixel_shuffle",
  "aten::grid_sampler_2d",
  "aten::batch_norm",
  "aten::group_norm",
  "aten::dropout",
  "aten::softmax.int",
  "aten::log_softmax.int",
  "aten::cross_entropy_loss",
  "aten::binary_cross_entropy_with_logits",
  "aten::smooth_l1_loss",
  "aten::l1_loss",
  "aten::nll_loss",
  "aten::_foreach_add_.List",
  "aten::_foreach_mul_.Scalar",
  "aten::_foreach_zero_",
  "aten::_foreach_norm.Scalar",
  "aten::_foreach_sqrt",
  "aten::_foreach_addcmul_.Scalar",
  "aten::_foreach_addcdiv_.Scalar",
  "aten::_foreach_div_.Scalar",
  "aten::_foreach_add_.Scalar",
  "malleolus::nms",
  "malleolus::nms_mask",
  "malleolus::roi_align",
  "malleolus::convolution",
  "malleolus::depthwise_convolution",
  "malleolus::fuses_blocks",
  "malleolus::pack_block",
  "malleolus::inverted_residual",
  "malleolus::scale_rows",
  "malleolus::add_relu_",
  "malleolus::group_norm",
  "malleolus::sgd_step_",
  "malleolus::adam_step_",
];

const ids: (number | undefined)[] = [];

/** The addon's number of an operator, looked up at its first call. */
function id(index: number): number {
  const known = ids[index];
  if (known !== undefined) return known;
  const number = native.resolve(OPERATOR_NAMES[index] ?? "");
  ids[index] = number;
  return number;
}

/**
 * `aten::add.Tensor`,
 * `aten::add.Scalar`
 */
export function add(
  self: Tensor,
  other: Tensor | number | bigint | boolean,
  options: { alpha?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "add");
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(1), handleOf(self, "add", "self"), other, options.alpha));
  }
  return tensorOf(
    native.invoke(
      id(0),
      handleOf(self, "add", "self"),
      handleOf(other, "add", "other"),
      options.alpha,
    ),
  );
}

/**
 * `aten::sub.Tensor`,
 * `aten::sub.Scalar`
 */
export function sub(
  self: Tensor,
  other: Tensor | number | bigint | boolean,
  options: { alpha?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "sub");
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(3), handleOf(self, "sub", "self"), other, options.alpha));
  }
  return tensorOf(
    native.invoke(
      id(2),
      handleOf(self, "sub", "self"),
      handleOf(other, "sub", "other"),
      options.alpha,
    ),
  );
}

/**
 * `aten::mul.Tensor`,
 * `aten::mul.Scalar`
 */
export function mul(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(5), handleOf(self, "mul", "self"), other));
  }
  return tensorOf(
    native.invoke(id(4), handleOf(self, "mul", "self"), handleOf(other, "mul", "other")),
  );
}

/**
 * `aten::div.Tensor`,
 * `aten::div.Scalar`
 */
export function div(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(7), handleOf(self, "div", "self"), other));
  }
  return tensorOf(
    native.invoke(id(6), handleOf(self, "div", "self"), handleOf(other, "div", "other")),
  );
}

/**
 * `aten::pow.Tensor_Scalar`
 */
export function pow(self: Tensor, exponent: number | bigint | boolean): Tensor {
  return tensorOf(native.invoke(id(8), handleOf(self, "pow", "self"), exponent));
}

/**
 * `aten::maximum`
 */
export function maximum(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(9), handleOf(self, "maximum", "self"), handleOf(other, "maximum", "other")),
  );
}

/**
 * `aten::minimum`
 */
export function minimum(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(10), handleOf(self, "minimum", "self"), handleOf(other, "minimum", "other")),
  );
}

/**
 * `aten::neg`
 */
export function neg(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(11), handleOf(self, "neg", "self")));
}

/**
 * `aten::abs`
 */
export function abs(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(12), handleOf(self, "abs", "self")));
}

/**
 * `aten::sign`
 */
export function sign(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(13), handleOf(self, "sign", "self")));
}

/**
 * `aten::exp`
 */
export function exp(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(14), handleOf(self, "exp", "self")));
}

/**
 * `aten::log`
 */
export function log(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(15), handleOf(self, "log", "self")));
}

/**
 * `aten::log1p`
 */
export function log1p(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(16), handleOf(self, "log1p", "self")));
}

/**
 * `aten::log2`
 */
export function log2(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(17), handleOf(self, "log2", "self")));
}

/**
 * `aten::sqrt`
 */
export function sqrt(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(18), handleOf(self, "sqrt", "self")));
}

/**
 * `aten::rsqrt`
 */
export function rsqrt(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(19), handleOf(self, "rsqrt", "self")));
}

/**
 * `aten::square`
 */
export function square(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(20), handleOf(self, "square", "self")));
}

/**
 * `aten::reciprocal`
 */
export function reciprocal(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(21), handleOf(self, "reciprocal", "self")));
}

/**
 * `aten::floor`
 */
export function floor(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(22), handleOf(self, "floor", "self")));
}

/**
 * `aten::ceil`
 */
export function ceil(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(23), handleOf(self, "ceil", "self")));
}

/**
 * `aten::round`
 */
export function round(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(24), handleOf(self, "round", "self")));
}

/**
 * `aten::clamp`
 */
export function clamp(
  self: Tensor,
  options: {
    min?: number | bigint | boolean | null | undefined;
    max?: number | bigint | boolean | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "clamp");
  return tensorOf(native.invoke(id(25), handleOf(self, "clamp", "self"), options.min, options.max));
}

/**
 * `aten::relu`
 */
export function relu(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(26), handleOf(self, "relu", "self")));
}

/**
 * `aten::sigmoid`
 */
export function sigmoid(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(27), handleOf(self, "sigmoid", "self")));
}

/**
 * `aten::tanh`
 */
export function tanh(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(28), handleOf(self, "tanh", "self")));
}

/**
 * `aten::isnan`
 */
export function isnan(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(29), handleOf(self, "isnan", "self")));
}

/**
 * `aten::isfinite`
 */
export function isfinite(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(30), handleOf(self, "isfinite", "self")));
}

/**
 * `aten::add_.Tensor`,
 * `aten::add_.Scalar`
 */
export function add_(
  self: Tensor,
  other: Tensor | number | bigint | boolean,
  options: { alpha?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "add_");
  if (!(other instanceof Tensor)) {
    native.invoke(id(32), handleOf(self, "add_", "self"), other, options.alpha);
    return self;
  }
  native.invoke(
    id(31),
    handleOf(self, "add_", "self"),
    handleOf(other, "add_", "other"),
    options.alpha,
  );
  return self;
}

/**
 * `aten::sub_.Tensor`,
 * `aten::sub_.Scalar`
 */
export function sub_(
  self: Tensor,
  other: Tensor | number | bigint | boolean,
  options: { alpha?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "sub_");
  if (!(other instanceof Tensor)) {
    native.invoke(id(34), handleOf(self, "sub_", "self"), other, options.alpha);
    return self;
  }
  native.invoke(
    id(33),
    handleOf(self, "sub_", "self"),
    handleOf(other, "sub_", "other"),
    options.alpha,
  );
  return self;
}

/**
 * `aten::mul_.Tensor`,
 * `aten::mul_.Scalar`
 */
export function mul_(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    native.invoke(id(36), handleOf(self, "mul_", "self"), other);
    return self;
  }
  native.invoke(id(35), handleOf(self, "mul_", "self"), handleOf(other, "mul_", "other"));
  return self;
}

/**
 * `aten::div_.Tensor`,
 * `aten::div_.Scalar`
 */
export function div_(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    native.invoke(id(38), handleOf(self, "div_", "self"), other);
    return self;
  }
  native.invoke(id(37), handleOf(self, "div_", "self"), handleOf(other, "div_", "other"));
  return self;
}

/**
 * `aten::clamp_`
 */
export function clamp_(
  self: Tensor,
  options: {
    min?: number | bigint | boolean | null | undefined;
    max?: number | bigint | boolean | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "clamp_");
  native.invoke(id(39), handleOf(self, "clamp_", "self"), options.min, options.max);
  return self;
}

/**
 * `aten::relu_`
 */
export function relu_(self: Tensor): Tensor {
  native.invoke(id(40), handleOf(self, "relu_", "self"));
  return self;
}

/**
 * `aten::hardtanh_`
 */
export function hardtanh_(
  self: Tensor,
  options: {
    minVal?: number | bigint | boolean | undefined;
    maxVal?: number | bigint | boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "hardtanh_");
  native.invoke(id(41), handleOf(self, "hardtanh_", "self"), options.minVal, options.maxVal);
  return self;
}

/**
 * `aten::zero_`
 */
export function zero_(self: Tensor): Tensor {
  native.invoke(id(42), handleOf(self, "zero_", "self"));
  return self;
}

/**
 * `aten::fill_.Scalar`
 */
export function fill_(self: Tensor, value: number | bigint | boolean): Tensor {
  native.invoke(id(43), handleOf(self, "fill_", "self"), value);
  return self;
}

/**
 * `aten::copy_`
 */
export function copy_(
  self: Tensor,
  src: Tensor,
  options: { nonBlocking?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "copy_");
  native.invoke(
    id(44),
    handleOf(self, "copy_", "self"),
    handleOf(src, "copy_", "src"),
    options.nonBlocking,
  );
  return self;
}

/**
 * `aten::normal_`
 */
export function normal_(
  self: Tensor,
  options: { mean?: number | undefined; std?: number | undefined } = {},
): Tensor {
  checkOptions(options, "normal_");
  native.invoke(id(45), handleOf(self, "normal_", "self"), options.mean, options.std);
  return self;
}

/**
 * `aten::uniform_`
 */
export function uniform_(
  self: Tensor,
  options: { from?: number | undefined; to?: number | undefined } = {},
): Tensor {
  checkOptions(options, "uniform_");
  native.invoke(id(46), handleOf(self, "uniform_", "self"), options.from, options.to);
  return self;
}

/**
 * `aten::eq.Tensor`,
 * `aten::eq.Scalar`
 */
export function eq(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(48), handleOf(self, "eq", "self"), other));
  }
  return tensorOf(
    native.invoke(id(47), handleOf(self, "eq", "self"), handleOf(other, "eq", "other")),
  );
}

/**
 * `aten::ne.Tensor`,
 * `aten::ne.Scalar`
 */
export function ne(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(50), handleOf(self, "ne", "self"), other));
  }
  return tensorOf(
    native.invoke(id(49), handleOf(self, "ne", "self"), handleOf(other, "ne", "other")),
  );
}

/**
 * `aten::lt.Tensor`,
 * `aten::lt.Scalar`
 */
export function lt(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(52), handleOf(self, "lt", "self"), other));
  }
  return tensorOf(
    native.invoke(id(51), handleOf(self, "lt", "self"), handleOf(other, "lt", "other")),
  );
}

/**
 * `aten::le.Tensor`,
 * `aten::le.Scalar`
 */
export function le(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(54), handleOf(self, "le", "self"), other));
  }
  return tensorOf(
    native.invoke(id(53), handleOf(self, "le", "self"), handleOf(other, "le", "other")),
  );
}

/**
 * `aten::gt.Tensor`,
 * `aten::gt.Scalar`
 */
export function gt(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(56), handleOf(self, "gt", "self"), other));
  }
  return tensorOf(
    native.invoke(id(55), handleOf(self, "gt", "self"), handleOf(other, "gt", "other")),
  );
}

/**
 * `aten::ge.Tensor`,
 * `aten::ge.Scalar`
 */
export function ge(self: Tensor, other: Tensor | number | bigint | boolean): Tensor {
  if (!(other instanceof Tensor)) {
    return tensorOf(native.invoke(id(58), handleOf(self, "ge", "self"), other));
  }
  return tensorOf(
    native.invoke(id(57), handleOf(self, "ge", "self"), handleOf(other, "ge", "other")),
  );
}

/**
 * `aten::logical_and`
 */
export function logicalAnd(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(59),
      handleOf(self, "logicalAnd", "self"),
      handleOf(other, "logicalAnd", "other"),
    ),
  );
}

/**
 * `aten::logical_or`
 */
export function logicalOr(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(60),
      handleOf(self, "logicalOr", "self"),
      handleOf(other, "logicalOr", "other"),
    ),
  );
}

/**
 * `aten::logical_not`
 */
export function logicalNot(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(61), handleOf(self, "logicalNot", "self")));
}

/**
 * `aten::where.self`
 */
export function where(condition: Tensor, self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(62),
      handleOf(condition, "where", "condition"),
      handleOf(self, "where", "self"),
      handleOf(other, "where", "other"),
    ),
  );
}

/**
 * `aten::masked_fill.Scalar`
 */
export function maskedFill(self: Tensor, mask: Tensor, value: number | bigint | boolean): Tensor {
  return tensorOf(
    native.invoke(
      id(63),
      handleOf(self, "maskedFill", "self"),
      handleOf(mask, "maskedFill", "mask"),
      value,
    ),
  );
}

/**
 * `aten::masked_select`
 */
export function maskedSelect(self: Tensor, mask: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(64),
      handleOf(self, "maskedSelect", "self"),
      handleOf(mask, "maskedSelect", "mask"),
    ),
  );
}

/**
 * `aten::sum.dim_IntList`
 */
export function sum(
  self: Tensor,
  options: {
    dim?: number | readonly number[] | null | undefined;
    keepdim?: boolean | undefined;
    dtype?: DType | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "sum");
  return tensorOf(
    native.invoke(
      id(65),
      handleOf(self, "sum", "self"),
      options.dim,
      options.keepdim,
      options.dtype,
    ),
  );
}

/**
 * `aten::mean.dim`
 */
export function mean(
  self: Tensor,
  options: {
    dim?: number | readonly number[] | null | undefined;
    keepdim?: boolean | undefined;
    dtype?: DType | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "mean");
  return tensorOf(
    native.invoke(
      id(66),
      handleOf(self, "mean", "self"),
      options.dim,
      options.keepdim,
      options.dtype,
    ),
  );
}

/**
 * `aten::amax`
 */
export function amax(
  self: Tensor,
  options: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "amax");
  return tensorOf(
    native.invoke(id(67), handleOf(self, "amax", "self"), options.dim, options.keepdim),
  );
}

/**
 * `aten::amin`
 */
export function amin(
  self: Tensor,
  options: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "amin");
  return tensorOf(
    native.invoke(id(68), handleOf(self, "amin", "self"), options.dim, options.keepdim),
  );
}

/**
 * `aten::std.correction`
 */
export function std(
  self: Tensor,
  options: {
    dim?: number | readonly number[] | null | undefined;
    correction?: number | null | undefined;
    keepdim?: boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "std");
  return tensorOf(
    native.invoke(
      id(69),
      handleOf(self, "std", "self"),
      options.dim,
      options.correction,
      options.keepdim,
    ),
  );
}

/**
 * `aten::var.correction`
 */
export function variance(
  self: Tensor,
  options: {
    dim?: number | readonly number[] | null | undefined;
    correction?: number | null | undefined;
    keepdim?: boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "variance");
  return tensorOf(
    native.invoke(
      id(70),
      handleOf(self, "variance", "self"),
      options.dim,
      options.correction,
      options.keepdim,
    ),
  );
}

/**
 * `aten::any`
 */
export function any(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(71), handleOf(self, "any", "self")));
}

/**
 * `aten::all`
 */
export function all(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(72), handleOf(self, "all", "self")));
}

/**
 * `aten::max.dim`
 */
export function max(
  self: Tensor,
  dim: number,
  options: { keepdim?: boolean | undefined } = {},
): [Tensor, Tensor] {
  checkOptions(options, "max");
  const results = listOf(
    native.invoke(id(73), handleOf(self, "max", "self"), dim, options.keepdim),
  );
  return [tensorOf(results[0]), tensorOf(results[1])];
}

/**
 * `aten::min.dim`
 */
export function min(
  self: Tensor,
  dim: number,
  options: { keepdim?: boolean | undefined } = {},
): [Tensor, Tensor] {
  checkOptions(options, "min");
  const results = listOf(
    native.invoke(id(74), handleOf(self, "min", "self"), dim, options.keepdim),
  );
  return [tensorOf(results[0]), tensorOf(results[1])];
}

/**
 * `aten::argmax`
 */
export function argmax(
  self: Tensor,
  options: { dim?: number | null | undefined; keepdim?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "argmax");
  return tensorOf(
    native.invoke(id(75), handleOf(self, "argmax", "self"), options.dim, options.keepdim),
  );
}

/**
 * `aten::argmin`
 */
export function argmin(
  self: Tensor,
  options: { dim?: number | null | undefined; keepdim?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "argmin");
  return tensorOf(
    native.invoke(id(76), handleOf(self, "argmin", "self"), options.dim, options.keepdim),
  );
}

/**
 * `aten::cumsum`
 */
export function cumsum(
  self: Tensor,
  dim: number,
  options: { dtype?: DType | null | undefined } = {},
): Tensor {
  checkOptions(options, "cumsum");
  return tensorOf(native.invoke(id(77), handleOf(self, "cumsum", "self"), dim, options.dtype));
}

/**
 * `aten::count_nonzero.dim_IntList`
 */
export function countNonzero(self: Tensor, dim: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(78), handleOf(self, "countNonzero", "self"), dim));
}

/**
 * `aten::logsumexp`
 */
export function logsumexp(
  self: Tensor,
  dim: number | readonly number[],
  options: { keepdim?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "logsumexp");
  return tensorOf(native.invoke(id(79), handleOf(self, "logsumexp", "self"), dim, options.keepdim));
}

/**
 * `aten::linalg_vector_norm`
 */
export function vectorNorm(
  self: Tensor,
  options: {
    ord?: number | bigint | boolean | undefined;
    dim?: number | readonly number[] | null | undefined;
    keepdim?: boolean | undefined;
    dtype?: DType | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "vectorNorm");
  return tensorOf(
    native.invoke(
      id(80),
      handleOf(self, "vectorNorm", "self"),
      options.ord,
      options.dim,
      options.keepdim,
      options.dtype,
    ),
  );
}

/**
 * `aten::topk`
 */
export function topk(
  self: Tensor,
  k: number,
  options: {
    dim?: number | undefined;
    largest?: boolean | undefined;
    sorted?: boolean | undefined;
  } = {},
): [Tensor, Tensor] {
  checkOptions(options, "topk");
  const results = listOf(
    native.invoke(
      id(81),
      handleOf(self, "topk", "self"),
      k,
      options.dim,
      options.largest,
      options.sorted,
    ),
  );
  return [tensorOf(results[0]), tensorOf(results[1])];
}

/**
 * `aten::sort.stable`
 */
export function sort(
  self: Tensor,
  options: {
    stable?: boolean | null | undefined;
    dim?: number | undefined;
    descending?: boolean | undefined;
  } = {},
): [Tensor, Tensor] {
  checkOptions(options, "sort");
  const results = listOf(
    native.invoke(
      id(82),
      handleOf(self, "sort", "self"),
      options.stable,
      options.dim,
      options.descending,
    ),
  );
  return [tensorOf(results[0]), tensorOf(results[1])];
}

/**
 * `aten::allclose`
 */
export function allclose(
  self: Tensor,
  other: Tensor,
  options: {
    rtol?: number | undefined;
    atol?: number | undefined;
    equalNan?: boolean | undefined;
  } = {},
): boolean {
  checkOptions(options, "allclose");
  return booleanOf(
    native.invoke(
      id(83),
      handleOf(self, "allclose", "self"),
      handleOf(other, "allclose", "other"),
      options.rtol,
      options.atol,
      options.equalNan,
    ),
  );
}

/**
 * `aten::equal`
 */
export function equal(self: Tensor, other: Tensor): boolean {
  return booleanOf(
    native.invoke(id(84), handleOf(self, "equal", "self"), handleOf(other, "equal", "other")),
  );
}

/**
 * `aten::reshape`
 */
export function reshape(self: Tensor, shape: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(85), handleOf(self, "reshape", "self"), shape));
}

/**
 * `aten::view`
 */
export function view(self: Tensor, size: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(86), handleOf(self, "view", "self"), size));
}

/**
 * `aten::view_as`
 */
export function viewAs(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(87), handleOf(self, "viewAs", "self"), handleOf(other, "viewAs", "other")),
  );
}

/**
 * `aten::permute`
 */
export function permute(self: Tensor, dims: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(88), handleOf(self, "permute", "self"), dims));
}

/**
 * `aten::transpose.int`
 */
export function transpose(self: Tensor, dim0: number, dim1: number): Tensor {
  return tensorOf(native.invoke(id(89), handleOf(self, "transpose", "self"), dim0, dim1));
}

/**
 * `aten::squeeze.dim`
 */
export function squeeze(self: Tensor, dim: number): Tensor {
  return tensorOf(native.invoke(id(90), handleOf(self, "squeeze", "self"), dim));
}

/**
 * `aten::unsqueeze`
 */
export function unsqueeze(self: Tensor, dim: number): Tensor {
  return tensorOf(native.invoke(id(91), handleOf(self, "unsqueeze", "self"), dim));
}

/**
 * `aten::expand`
 */
export function expand(
  self: Tensor,
  size: readonly number[],
  options: { implicit?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "expand");
  return tensorOf(native.invoke(id(92), handleOf(self, "expand", "self"), size, options.implicit));
}

/**
 * `aten::flatten.using_ints`
 */
export function flatten(
  self: Tensor,
  options: { startDim?: number | undefined; endDim?: number | undefined } = {},
): Tensor {
  checkOptions(options, "flatten");
  return tensorOf(
    native.invoke(id(93), handleOf(self, "flatten", "self"), options.startDim, options.endDim),
  );
}

/**
 * `aten::flip`
 */
export function flip(self: Tensor, dims: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(94), handleOf(self, "flip", "self"), dims));
}

/**
 * `aten::repeat`
 */
export function repeat(self: Tensor, repeats: readonly number[]): Tensor {
  return tensorOf(native.invoke(id(95), handleOf(self, "repeat", "self"), repeats));
}

/**
 * `aten::repeat_interleave.self_int`
 */
export function repeatInterleave(
  self: Tensor,
  repeats: number,
  options: { dim?: number | null | undefined; outputSize?: number | null | undefined } = {},
): Tensor {
  checkOptions(options, "repeatInterleave");
  return tensorOf(
    native.invoke(
      id(96),
      handleOf(self, "repeatInterleave", "self"),
      repeats,
      options.dim,
      options.outputSize,
    ),
  );
}

/**
 * `aten::cat`
 */
export function cat(
  tensors: readonly Tensor[],
  options: { dim?: number | undefined } = {},
): Tensor {
  checkOptions(options, "cat");
  return tensorOf(native.invoke(id(97), handlesOf(tensors, "cat", "tensors"), options.dim));
}

/**
 * `aten::stack`
 */
export function stack(
  tensors: readonly Tensor[],
  options: { dim?: number | undefined } = {},
): Tensor {
  checkOptions(options, "stack");
  return tensorOf(native.invoke(id(98), handlesOf(tensors, "stack", "tensors"), options.dim));
}

/**
 * `aten::split.Tensor`
 */
export function split(
  self: Tensor,
  splitSize: number,
  options: { dim?: number | undefined } = {},
): Tensor[] {
  checkOptions(options, "split");
  return tensorsOf(native.invoke(id(99), handleOf(self, "split", "self"), splitSize, options.dim));
}

/**
 * `aten::split_with_sizes`
 */
export function splitWithSizes(
  self: Tensor,
  splitSizes: readonly number[],
  options: { dim?: number | undefined } = {},
): Tensor[] {
  checkOptions(options, "splitWithSizes");
  return tensorsOf(
    native.invoke(id(100), handleOf(self, "splitWithSizes", "self"), splitSizes, options.dim),
  );
}

/**
 * `aten::chunk`
 */
export function chunk(
  self: Tensor,
  chunks: number,
  options: { dim?: number | undefined } = {},
): Tensor[] {
  checkOptions(options, "chunk");
  return tensorsOf(native.invoke(id(101), handleOf(self, "chunk", "self"), chunks, options.dim));
}

/**
 * `aten::unbind.int`
 */
export function unbind(self: Tensor, options: { dim?: number | undefined } = {}): Tensor[] {
  checkOptions(options, "unbind");
  return tensorsOf(native.invoke(id(102), handleOf(self, "unbind", "self"), options.dim));
}

/**
 * `aten::narrow`
 */
export function narrow(self: Tensor, dim: number, start: number, length: number): Tensor {
  return tensorOf(native.invoke(id(103), handleOf(self, "narrow", "self"), dim, start, length));
}

/**
 * `aten::select.int`
 */
export function select(self: Tensor, dim: number, index: number): Tensor {
  return tensorOf(native.invoke(id(104), handleOf(self, "select", "self"), dim, index));
}

/**
 * `aten::slice.Tensor`
 */
export function slice(
  self: Tensor,
  options: {
    dim?: number | undefined;
    start?: number | null | undefined;
    end?: number | null | undefined;
    step?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "slice");
  return tensorOf(
    native.invoke(
      id(105),
      handleOf(self, "slice", "self"),
      options.dim,
      options.start,
      options.end,
      options.step,
    ),
  );
}

/**
 * `aten::contiguous`
 */
export function contiguous(
  self: Tensor,
  options: { memoryFormat?: MemoryFormat | undefined } = {},
): Tensor {
  checkOptions(options, "contiguous");
  return tensorOf(
    native.invoke(id(106), handleOf(self, "contiguous", "self"), options.memoryFormat),
  );
}

/**
 * `aten::clone`
 */
export function clone(
  self: Tensor,
  options: { memoryFormat?: MemoryFormat | null | undefined } = {},
): Tensor {
  checkOptions(options, "clone");
  return tensorOf(native.invoke(id(107), handleOf(self, "clone", "self"), options.memoryFormat));
}

/**
 * `aten::detach`
 */
export function detach(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(108), handleOf(self, "detach", "self")));
}

/**
 * `aten::index.Tensor`
 */
export function index(self: Tensor, indices: readonly (Tensor | null)[]): Tensor {
  return tensorOf(
    native.invoke(id(109), handleOf(self, "index", "self"), handlesOf(indices, "index", "indices")),
  );
}

/**
 * `aten::index_put_`
 */
export function indexPut_(
  self: Tensor,
  indices: readonly (Tensor | null)[],
  values: Tensor,
  options: { accumulate?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "indexPut_");
  native.invoke(
    id(110),
    handleOf(self, "indexPut_", "self"),
    handlesOf(indices, "indexPut_", "indices"),
    handleOf(values, "indexPut_", "values"),
    options.accumulate,
  );
  return self;
}

/**
 * `aten::index_select`
 */
export function indexSelect(self: Tensor, dim: number, index: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(111),
      handleOf(self, "indexSelect", "self"),
      dim,
      handleOf(index, "indexSelect", "index"),
    ),
  );
}

/**
 * `aten::index_add`
 */
export function indexAdd(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "indexAdd");
  return tensorOf(
    native.invoke(
      id(112),
      handleOf(self, "indexAdd", "self"),
      dim,
      handleOf(index, "indexAdd", "index"),
      handleOf(source, "indexAdd", "source"),
      options.alpha,
    ),
  );
}

/**
 * `aten::index_copy`
 */
export function indexCopy(self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return tensorOf(
    native.invoke(
      id(113),
      handleOf(self, "indexCopy", "self"),
      dim,
      handleOf(index, "indexCopy", "index"),
      handleOf(source, "indexCopy", "source"),
    ),
  );
}

/**
 * `aten::gather`
 */
export function gather(
  self: Tensor,
  dim: number,
  index: Tensor,
  options: { sparseGrad?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "gather");
  return tensorOf(
    native.invoke(
      id(114),
      handleOf(self, "gather", "self"),
      dim,
      handleOf(index, "gather", "index"),
      options.sparseGrad,
    ),
  );
}

/**
 * `aten::scatter.src`,
 * `aten::scatter.value`
 */
export function scatter(
  self: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor | number | bigint | boolean,
): Tensor {
  if (!(src instanceof Tensor)) {
    return tensorOf(
      native.invoke(
        id(116),
        handleOf(self, "scatter", "self"),
        dim,
        handleOf(index, "scatter", "index"),
        src,
      ),
    );
  }
  return tensorOf(
    native.invoke(
      id(115),
      handleOf(self, "scatter", "self"),
      dim,
      handleOf(index, "scatter", "index"),
      handleOf(src, "scatter", "src"),
    ),
  );
}

/**
 * `aten::nonzero`
 */
export function nonzero(self: Tensor): Tensor {
  return tensorOf(native.invoke(id(117), handleOf(self, "nonzero", "self")));
}

/**
 * `aten::tril`
 */
export function tril(self: Tensor, options: { diagonal?: number | undefined } = {}): Tensor {
  checkOptions(options, "tril");
  return tensorOf(native.invoke(id(118), handleOf(self, "tril", "self"), options.diagonal));
}

/**
 * `aten::constant_pad_nd`
 */
export function pad(
  self: Tensor,
  pad: readonly number[],
  options: { value?: number | bigint | boolean | undefined } = {},
): Tensor {
  checkOptions(options, "pad");
  return tensorOf(native.invoke(id(119), handleOf(self, "pad", "self"), pad, options.value));
}

/**
 * `aten::empty.memory_format`
 */
export function empty(
  size: readonly number[],
  options: {
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
    memoryFormat?: MemoryFormat | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "empty");
  return tensorOf(
    native.invoke(
      id(120),
      size,
      options.dtype,
      undefined,
      options.device,
      undefined,
      options.memoryFormat,
    ),
  );
}

/**
 * `aten::zeros`
 */
export function zeros(
  size: readonly number[],
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "zeros");
  return tensorOf(native.invoke(id(121), size, options.dtype, undefined, options.device));
}

/**
 * `aten::ones`
 */
export function ones(
  size: readonly number[],
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "ones");
  return tensorOf(native.invoke(id(122), size, options.dtype, undefined, options.device));
}

/**
 * `aten::full`
 */
export function full(
  size: readonly number[],
  fillValue: number | bigint | boolean,
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "full");
  return tensorOf(
    native.invoke(id(123), size, fillValue, options.dtype, undefined, options.device),
  );
}

/**
 * `aten::arange.start_step`
 */
export function arange(
  start: number | bigint | boolean,
  end: number | bigint | boolean,
  options: {
    step?: number | bigint | boolean | undefined;
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "arange");
  return tensorOf(
    native.invoke(id(124), start, end, options.step, options.dtype, undefined, options.device),
  );
}

/**
 * `aten::linspace`
 */
export function linspace(
  start: number | bigint | boolean,
  end: number | bigint | boolean,
  steps: number,
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "linspace");
  return tensorOf(
    native.invoke(id(125), start, end, steps, options.dtype, undefined, options.device),
  );
}

/**
 * `aten::eye`
 */
export function eye(
  n: number,
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "eye");
  return tensorOf(native.invoke(id(126), n, options.dtype, undefined, options.device));
}

/**
 * `aten::rand`
 */
export function rand(
  size: readonly number[],
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "rand");
  return tensorOf(native.invoke(id(127), size, options.dtype, undefined, options.device));
}

/**
 * `aten::randn`
 */
export function randn(
  size: readonly number[],
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "randn");
  return tensorOf(native.invoke(id(128), size, options.dtype, undefined, options.device));
}

/**
 * `aten::randperm`
 */
export function randperm(
  n: number,
  options: { dtype?: DType | null | undefined; device?: Device | null | undefined } = {},
): Tensor {
  checkOptions(options, "randperm");
  return tensorOf(native.invoke(id(129), n, options.dtype, undefined, options.device));
}

/**
 * `aten::empty_like`
 */
export function emptyLike(
  self: Tensor,
  options: {
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
    memoryFormat?: MemoryFormat | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "emptyLike");
  return tensorOf(
    native.invoke(
      id(130),
      handleOf(self, "emptyLike", "self"),
      options.dtype,
      undefined,
      options.device,
      undefined,
      options.memoryFormat,
    ),
  );
}

/**
 * `aten::zeros_like`
 */
export function zerosLike(
  self: Tensor,
  options: {
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
    memoryFormat?: MemoryFormat | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "zerosLike");
  return tensorOf(
    native.invoke(
      id(131),
      handleOf(self, "zerosLike", "self"),
      options.dtype,
      undefined,
      options.device,
      undefined,
      options.memoryFormat,
    ),
  );
}

/**
 * `aten::ones_like`
 */
export function onesLike(
  self: Tensor,
  options: {
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
    memoryFormat?: MemoryFormat | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "onesLike");
  return tensorOf(
    native.invoke(
      id(132),
      handleOf(self, "onesLike", "self"),
      options.dtype,
      undefined,
      options.device,
      undefined,
      options.memoryFormat,
    ),
  );
}

/**
 * `aten::full_like`
 */
export function fullLike(
  self: Tensor,
  fillValue: number | bigint | boolean,
  options: {
    dtype?: DType | null | undefined;
    device?: Device | null | undefined;
    memoryFormat?: MemoryFormat | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "fullLike");
  return tensorOf(
    native.invoke(
      id(133),
      handleOf(self, "fullLike", "self"),
      fillValue,
      options.dtype,
      undefined,
      options.device,
      undefined,
      options.memoryFormat,
    ),
  );
}

/**
 * `aten::matmul`
 */
export function matmul(self: Tensor, other: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(134), handleOf(self, "matmul", "self"), handleOf(other, "matmul", "other")),
  );
}

/**
 * `aten::mm`
 */
export function mm(self: Tensor, mat2: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(135), handleOf(self, "mm", "self"), handleOf(mat2, "mm", "mat2")),
  );
}

/**
 * `aten::bmm`
 */
export function bmm(self: Tensor, mat2: Tensor): Tensor {
  return tensorOf(
    native.invoke(id(136), handleOf(self, "bmm", "self"), handleOf(mat2, "bmm", "mat2")),
  );
}

/**
 * `aten::addmm`
 */
export function addmm(
  self: Tensor,
  mat1: Tensor,
  mat2: Tensor,
  options: {
    beta?: number | bigint | boolean | undefined;
    alpha?: number | bigint | boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "addmm");
  return tensorOf(
    native.invoke(
      id(137),
      handleOf(self, "addmm", "self"),
      handleOf(mat1, "addmm", "mat1"),
      handleOf(mat2, "addmm", "mat2"),
      options.beta,
      options.alpha,
    ),
  );
}

/**
 * `aten::linear`
 */
export function linear(
  input: Tensor,
  weight: Tensor,
  options: { bias?: Tensor | null | undefined } = {},
): Tensor {
  checkOptions(options, "linear");
  return tensorOf(
    native.invoke(
      id(138),
      handleOf(input, "linear", "input"),
      handleOf(weight, "linear", "weight"),
      handleOrNull(options.bias, "linear", "bias"),
    ),
  );
}

/**
 * `aten::conv2d`
 */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  options: {
    bias?: Tensor | null | undefined;
    stride?: number | readonly number[] | undefined;
    padding?: number | readonly number[] | undefined;
    dilation?: number | readonly number[] | undefined;
    groups?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "conv2d");
  return tensorOf(
    native.invoke(
      id(139),
      handleOf(input, "conv2d", "input"),
      handleOf(weight, "conv2d", "weight"),
      handleOrNull(options.bias, "conv2d", "bias"),
      options.stride,
      options.padding,
      options.dilation,
      options.groups,
    ),
  );
}

/**
 * `aten::conv_transpose2d.input`
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  options: {
    bias?: Tensor | null | undefined;
    stride?: number | readonly number[] | undefined;
    padding?: number | readonly number[] | undefined;
    outputPadding?: number | readonly number[] | undefined;
    groups?: number | undefined;
    dilation?: number | readonly number[] | undefined;
  } = {},
): Tensor {
  checkOptions(options, "convTranspose2d");
  return tensorOf(
    native.invoke(
      id(140),
      handleOf(input, "convTranspose2d", "input"),
      handleOf(weight, "convTranspose2d", "weight"),
      handleOrNull(options.bias, "convTranspose2d", "bias"),
      options.stride,
      options.padding,
      options.outputPadding,
      options.groups,
      options.dilation,
    ),
  );
}

/**
 * `aten::max_pool2d`
 */
export function maxPool2d(
  self: Tensor,
  kernelSize: number | readonly number[],
  options: {
    stride?: number | readonly number[] | undefined;
    padding?: number | readonly number[] | undefined;
    dilation?: number | readonly number[] | undefined;
    ceilMode?: boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "maxPool2d");
  return tensorOf(
    native.invoke(
      id(141),
      handleOf(self, "maxPool2d", "self"),
      kernelSize,
      options.stride,
      options.padding,
      options.dilation,
      options.ceilMode,
    ),
  );
}

/**
 * `aten::avg_pool2d`
 */
export function avgPool2d(
  self: Tensor,
  kernelSize: number | readonly number[],
  options: {
    stride?: number | readonly number[] | undefined;
    padding?: number | readonly number[] | undefined;
    ceilMode?: boolean | undefined;
    countIncludePad?: boolean | undefined;
    divisorOverride?: number | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "avgPool2d");
  return tensorOf(
    native.invoke(
      id(142),
      handleOf(self, "avgPool2d", "self"),
      kernelSize,
      options.stride,
      options.padding,
      options.ceilMode,
      options.countIncludePad,
      options.divisorOverride,
    ),
  );
}

/**
 * `aten::adaptive_avg_pool2d`
 */
export function adaptiveAvgPool2d(self: Tensor, outputSize: number | readonly number[]): Tensor {
  return tensorOf(native.invoke(id(143), handleOf(self, "adaptiveAvgPool2d", "self"), outputSize));
}

/**
 * `aten::upsample_nearest2d.vec`
 */
export function upsampleNearest2d(
  input: Tensor,
  options: {
    outputSize?: readonly number[] | null | undefined;
    scaleFactors?: readonly number[] | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "upsampleNearest2d");
  return tensorOf(
    native.invoke(
      id(144),
      handleOf(input, "upsampleNearest2d", "input"),
      options.outputSize,
      options.scaleFactors,
    ),
  );
}

/**
 * `aten::upsample_bilinear2d.vec`
 */
export function upsampleBilinear2d(
  input: Tensor,
  alignCorners: boolean,
  options: {
    outputSize?: readonly number[] | null | undefined;
    scaleFactors?: readonly number[] | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "upsampleBilinear2d");
  return tensorOf(
    native.invoke(
      id(145),
      handleOf(input, "upsampleBilinear2d", "input"),
      options.outputSize,
      alignCorners,
      options.scaleFactors,
    ),
  );
}

/**
 * `aten::pixel_shuffle`
 */
export function pixelShuffle(self: Tensor, upscaleFactor: number): Tensor {
  return tensorOf(native.invoke(id(146), handleOf(self, "pixelShuffle", "self"), upscaleFactor));
}

/**
 * `aten::grid_sampler_2d`
 */
export function gridSampler2d(
  input: Tensor,
  grid: Tensor,
  interpolationMode: number,
  paddingMode: number,
  alignCorners: boolean,
): Tensor {
  return tensorOf(
    native.invoke(
      id(147),
      handleOf(input, "gridSampler2d", "input"),
      handleOf(grid, "gridSampler2d", "grid"),
      interpolationMode,
      paddingMode,
      alignCorners,
    ),
  );
}

/**
 * `aten::batch_norm`
 */
export function batchNorm(
  input: Tensor,
  training: boolean,
  momentum: number,
  eps: number,
  cudnnEnabled: boolean,
  options: {
    weight?: Tensor | null | undefined;
    bias?: Tensor | null | undefined;
    runningMean?: Tensor | null | undefined;
    runningVar?: Tensor | null | undefined;
  } = {},
): Tensor {
  checkOptions(options, "batchNorm");
  return tensorOf(
    native.invoke(
      id(148),
      handleOf(input, "batchNorm", "input"),
      handleOrNull(options.weight, "batchNorm", "weight"),
      handleOrNull(options.bias, "batchNorm", "bias"),
      handleOrNull(options.runningMean, "batchNorm", "runningMean"),
      handleOrNull(options.runningVar, "batchNorm", "runningVar"),
      training,
      momentum,
      eps,
      cudnnEnabled,
    ),
  );
}

/**
 * `aten::group_norm`
 */
export function groupNorm(
  input: Tensor,
  numGroups: number,
  options: {
    weight?: Tensor | null | undefined;
    bias?: Tensor | null | undefined;
    eps?: number | undefined;
    cudnnEnabled?: boolean | undefined;
  } = {},
): Tensor {
  checkOptions(options, "groupNorm");
  return tensorOf(
    native.invoke(
      id(149),
      handleOf(input, "groupNorm", "input"),
      numGroups,
      handleOrNull(options.weight, "groupNorm", "weight"),
      handleOrNull(options.bias, "groupNorm", "bias"),
      options.eps,
      options.cudnnEnabled,
    ),
  );
}

/**
 * `aten::dropout`
 */
export function dropout(input: Tensor, p: number, train: boolean): Tensor {
  return tensorOf(native.invoke(id(150), handleOf(input, "dropout", "input"), p, train));
}

/**
 * `aten::softmax.int`
 */
export function softmax(
  self: Tensor,
  dim: number,
  options: { dtype?: DType | null | undefined } = {},
): Tensor {
  checkOptions(options, "softmax");
  return tensorOf(native.invoke(id(151), handleOf(self, "softmax", "self"), dim, options.dtype));
}

/**
 * `aten::log_softmax.int`
 */
export function logSoftmax(
  self: Tensor,
  dim: number,
  options: { dtype?: DType | null | undefined } = {},
): Tensor {
  checkOptions(options, "logSoftmax");
  return tensorOf(native.invoke(id(152), handleOf(self, "logSoftmax", "self"), dim, options.dtype));
}

/**
 * `aten::cross_entropy_loss`
 */
export function crossEntropyLoss(
  self: Tensor,
  target: Tensor,
  options: {
    weight?: Tensor | null | undefined;
    reduction?: number | undefined;
    ignoreIndex?: number | undefined;
    labelSmoothing?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "crossEntropyLoss");
  return tensorOf(
    native.invoke(
      id(153),
      handleOf(self, "crossEntropyLoss", "self"),
      handleOf(target, "crossEntropyLoss", "target"),
      handleOrNull(options.weight, "crossEntropyLoss", "weight"),
      options.reduction,
      options.ignoreIndex,
      options.labelSmoothing,
    ),
  );
}

/**
 * `aten::binary_cross_entropy_with_logits`
 */
export function binaryCrossEntropyWithLogits(
  self: Tensor,
  target: Tensor,
  options: {
    weight?: Tensor | null | undefined;
    posWeight?: Tensor | null | undefined;
    reduction?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "binaryCrossEntropyWithLogits");
  return tensorOf(
    native.invoke(
      id(154),
      handleOf(self, "binaryCrossEntropyWithLogits", "self"),
      handleOf(target, "binaryCrossEntropyWithLogits", "target"),
      handleOrNull(options.weight, "binaryCrossEntropyWithLogits", "weight"),
      handleOrNull(options.posWeight, "binaryCrossEntropyWithLogits", "posWeight"),
      options.reduction,
    ),
  );
}

/**
 * `aten::smooth_l1_loss`
 */
export function smoothL1Loss(
  self: Tensor,
  target: Tensor,
  options: { reduction?: number | undefined; beta?: number | undefined } = {},
): Tensor {
  checkOptions(options, "smoothL1Loss");
  return tensorOf(
    native.invoke(
      id(155),
      handleOf(self, "smoothL1Loss", "self"),
      handleOf(target, "smoothL1Loss", "target"),
      options.reduction,
      options.beta,
    ),
  );
}

/**
 * `aten::l1_loss`
 */
export function l1Loss(
  self: Tensor,
  target: Tensor,
  options: { reduction?: number | undefined } = {},
): Tensor {
  checkOptions(options, "l1Loss");
  return tensorOf(
    native.invoke(
      id(156),
      handleOf(self, "l1Loss", "self"),
      handleOf(target, "l1Loss", "target"),
      options.reduction,
    ),
  );
}

/**
 * `aten::nll_loss`
 */
export function nllLoss(
  self: Tensor,
  target: Tensor,
  options: {
    weight?: Tensor | null | undefined;
    reduction?: number | undefined;
    ignoreIndex?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "nllLoss");
  return tensorOf(
    native.invoke(
      id(157),
      handleOf(self, "nllLoss", "self"),
      handleOf(target, "nllLoss", "target"),
      handleOrNull(options.weight, "nllLoss", "weight"),
      options.reduction,
      options.ignoreIndex,
    ),
  );
}

/**
 * `aten::_foreach_add_.List`
 */
export function foreachAdd_(
  self: readonly Tensor[],
  other: readonly Tensor[],
  options: { alpha?: number | bigint | boolean | undefined } = {},
): void {
  checkOptions(options, "foreachAdd_");
  native.invoke(
    id(158),
    handlesOf(self, "foreachAdd_", "self"),
    handlesOf(other, "foreachAdd_", "other"),
    options.alpha,
  );
}

/**
 * `aten::_foreach_mul_.Scalar`
 */
export function foreachMul_(self: readonly Tensor[], scalar: number | bigint | boolean): void {
  native.invoke(id(159), handlesOf(self, "foreachMul_", "self"), scalar);
}

/**
 * `aten::_foreach_zero_`
 */
export function foreachZero_(self: readonly Tensor[]): void {
  native.invoke(id(160), handlesOf(self, "foreachZero_", "self"));
}

/**
 * `aten::_foreach_norm.Scalar`
 */
export function foreachNorm(
  self: readonly Tensor[],
  options: { ord?: number | bigint | boolean | undefined } = {},
): Tensor[] {
  checkOptions(options, "foreachNorm");
  return tensorsOf(native.invoke(id(161), handlesOf(self, "foreachNorm", "self"), options.ord));
}

/**
 * `aten::_foreach_sqrt`
 */
export function foreachSqrt(self: readonly Tensor[]): Tensor[] {
  return tensorsOf(native.invoke(id(162), handlesOf(self, "foreachSqrt", "self")));
}

/**
 * `aten::_foreach_addcmul_.Scalar`
 */
export function foreachAddcmul_(
  self: readonly Tensor[],
  tensor1: readonly Tensor[],
  tensor2: readonly Tensor[],
  options: { value?: number | bigint | boolean | undefined } = {},
): void {
  checkOptions(options, "foreachAddcmul_");
  native.invoke(
    id(163),
    handlesOf(self, "foreachAddcmul_", "self"),
    handlesOf(tensor1, "foreachAddcmul_", "tensor1"),
    handlesOf(tensor2, "foreachAddcmul_", "tensor2"),
    options.value,
  );
}

/**
 * `aten::_foreach_addcdiv_.Scalar`
 */
export function foreachAddcdiv_(
  self: readonly Tensor[],
  tensor1: readonly Tensor[],
  tensor2: readonly Tensor[],
  options: { value?: number | bigint | boolean | undefined } = {},
): void {
  checkOptions(options, "foreachAddcdiv_");
  native.invoke(
    id(164),
    handlesOf(self, "foreachAddcdiv_", "self"),
    handlesOf(tensor1, "foreachAddcdiv_", "tensor1"),
    handlesOf(tensor2, "foreachAddcdiv_", "tensor2"),
    options.value,
  );
}

/**
 * `aten::_foreach_div_.Scalar`
 */
export function foreachDiv_(self: readonly Tensor[], scalar: number | bigint | boolean): void {
  native.invoke(id(165), handlesOf(self, "foreachDiv_", "self"), scalar);
}

/**
 * `aten::_foreach_add_.Scalar`
 */
export function foreachAddScalar_(
  self: readonly Tensor[],
  scalar: number | bigint | boolean,
): void {
  native.invoke(id(166), handlesOf(self, "foreachAddScalar_", "self"), scalar);
}

/**
 * `malleolus::nms`
 */
export function nms(
  boxes: Tensor,
  scores: Tensor,
  threshold: number,
  options: { groups?: Tensor | null | undefined } = {},
): Tensor {
  checkOptions(options, "nms");
  return tensorOf(
    native.invoke(
      id(167),
      handleOf(boxes, "nms", "boxes"),
      handleOf(scores, "nms", "scores"),
      threshold,
      handleOrNull(options.groups, "nms", "groups"),
    ),
  );
}

/**
 * `malleolus::nms_mask`
 */
export function nmsMask(
  boxes: Tensor,
  scores: Tensor,
  threshold: number,
  options: { groups?: Tensor | null | undefined } = {},
): Tensor {
  checkOptions(options, "nmsMask");
  return tensorOf(
    native.invoke(
      id(168),
      handleOf(boxes, "nmsMask", "boxes"),
      handleOf(scores, "nmsMask", "scores"),
      threshold,
      handleOrNull(options.groups, "nmsMask", "groups"),
    ),
  );
}

/**
 * `malleolus::roi_align`
 */
export function roiAlign(
  input: Tensor,
  rois: Tensor,
  spatialScale: number,
  pooledHeight: number,
  pooledWidth: number,
  options: { samplingRatio?: number | undefined; aligned?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "roiAlign");
  return tensorOf(
    native.invoke(
      id(169),
      handleOf(input, "roiAlign", "input"),
      handleOf(rois, "roiAlign", "rois"),
      spatialScale,
      pooledHeight,
      pooledWidth,
      options.samplingRatio,
      options.aligned,
    ),
  );
}

/**
 * `malleolus::convolution`
 */
export function convolution(
  input: Tensor,
  weight: Tensor,
  options: {
    bias?: Tensor | null | undefined;
    stride?: number | undefined;
    padding?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "convolution");
  return tensorOf(
    native.invoke(
      id(170),
      handleOf(input, "convolution", "input"),
      handleOf(weight, "convolution", "weight"),
      handleOrNull(options.bias, "convolution", "bias"),
      options.stride,
      options.padding,
    ),
  );
}

/**
 * `malleolus::depthwise_convolution`
 */
export function depthwiseConvolution(
  input: Tensor,
  weight: Tensor,
  options: {
    bias?: Tensor | null | undefined;
    stride?: number | undefined;
    padding?: number | undefined;
    dilation?: number | undefined;
  } = {},
): Tensor {
  checkOptions(options, "depthwiseConvolution");
  return tensorOf(
    native.invoke(
      id(171),
      handleOf(input, "depthwiseConvolution", "input"),
      handleOf(weight, "depthwiseConvolution", "weight"),
      handleOrNull(options.bias, "depthwiseConvolution", "bias"),
      options.stride,
      options.padding,
      options.dilation,
    ),
  );
}

/**
 * `malleolus::fuses_blocks`
 */
export function fusesBlocks(): boolean {
  return booleanOf(native.invoke(id(172)));
}

/**
 * `malleolus::pack_block`
 */
export function packBlock(
  depthwise: Tensor,
  depthwiseBias: Tensor,
  linear: Tensor,
  linearBias: Tensor,
  options: {
    expansion?: Tensor | null | undefined;
    expansionBias?: Tensor | null | undefined;
  } = {},
): [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor] {
  checkOptions(options, "packBlock");
  const results = listOf(
    native.invoke(
      id(173),
      handleOrNull(options.expansion, "packBlock", "expansion"),
      handleOrNull(options.expansionBias, "packBlock", "expansionBias"),
      handleOf(depthwise, "packBlock", "depthwise"),
      handleOf(depthwiseBias, "packBlock", "depthwiseBias"),
      handleOf(linear, "packBlock", "linear"),
      handleOf(linearBias, "packBlock", "linearBias"),
    ),
  );
  return [
    tensorOf(results[0]),
    tensorOf(results[1]),
    tensorOf(results[2]),
    tensorOf(results[3]),
    tensorOf(results[4]),
    tensorOf(results[5]),
  ];
}

/**
 * `malleolus::inverted_residual`
 */
export function invertedResidual(
  input: Tensor,
  expansion: Tensor,
  expansionBias: Tensor,
  taps: Tensor,
  depthwiseBias: Tensor,
  linear: Tensor,
  linearBias: Tensor,
  outputs: number,
  stride: number,
  dilation: number,
  same: boolean,
  residual: boolean,
  keepWide: boolean,
): [Tensor, Tensor] {
  const results = listOf(
    native.invoke(
      id(174),
      handleOf(input, "invertedResidual", "input"),
      handleOf(expansion, "invertedResidual", "expansion"),
      handleOf(expansionBias, "invertedResidual", "expansionBias"),
      handleOf(taps, "invertedResidual", "taps"),
      handleOf(depthwiseBias, "invertedResidual", "depthwiseBias"),
      handleOf(linear, "invertedResidual", "linear"),
      handleOf(linearBias, "invertedResidual", "linearBias"),
      outputs,
      stride,
      dilation,
      same,
      residual,
      keepWide,
    ),
  );
  return [tensorOf(results[0]), tensorOf(results[1])];
}

/**
 * `malleolus::scale_rows`
 */
export function scaleRows(
  weight: Tensor,
  scale: Tensor,
  options: { dtype?: DType | undefined } = {},
): Tensor {
  checkOptions(options, "scaleRows");
  return tensorOf(
    native.invoke(
      id(175),
      handleOf(weight, "scaleRows", "weight"),
      handleOf(scale, "scaleRows", "scale"),
      options.dtype,
    ),
  );
}

/**
 * `malleolus::add_relu_`
 */
export function addRelu_(self: Tensor, other: Tensor): Tensor {
  native.invoke(id(176), handleOf(self, "addRelu_", "self"), handleOf(other, "addRelu_", "other"));
  return self;
}

/**
 * `malleolus::group_norm`
 */
export function channelsLastGroupNorm(
  input: Tensor,
  groups: number,
  weight: Tensor,
  bias: Tensor,
  options: { eps?: number | undefined; relu?: boolean | undefined } = {},
): Tensor {
  checkOptions(options, "channelsLastGroupNorm");
  return tensorOf(
    native.invoke(
      id(177),
      handleOf(input, "channelsLastGroupNorm", "input"),
      groups,
      handleOf(weight, "channelsLastGroupNorm", "weight"),
      handleOf(bias, "channelsLastGroupNorm", "bias"),
      options.eps,
      options.relu,
    ),
  );
}

/**
 * `malleolus::sgd_step_`
 */
export function sgdStep_(
  parameters: readonly Tensor[],
  gradients: readonly Tensor[],
  velocities: readonly Tensor[],
  learningRate: number,
  momentum: number,
  weightDecay: number,
): void {
  native.invoke(
    id(178),
    handlesOf(parameters, "sgdStep_", "parameters"),
    handlesOf(gradients, "sgdStep_", "gradients"),
    handlesOf(velocities, "sgdStep_", "velocities"),
    learningRate,
    momentum,
    weightDecay,
  );
}

/**
 * `malleolus::adam_step_`
 */
export function adamStep_(
  parameters: readonly Tensor[],
  gradients: readonly Tensor[],
  means: readonly Tensor[],
  squares: readonly Tensor[],
  learningRate: number,
  beta1: number,
  beta2: number,
  eps: number,
  weightDecay: number,
  decoupled: boolean,
  step: number,
): void {
  native.invoke(
    id(179),
    handlesOf(parameters, "adamStep_", "parameters"),
    handlesOf(gradients, "adamStep_", "gradients"),
    handlesOf(means, "adamStep_", "means"),
    handlesOf(squares, "adamStep_", "squares"),
    learningRate,
    beta1,
    beta2,
    eps,
    weightDecay,
    decoupled,
    step,
  );
}

type Rest<F> = F extends (self: Tensor, ...args: infer A) => unknown ? A : never;

declare module "./tensor.ts" {
  interface Tensor {
    add(...args: Rest<typeof add>): ReturnType<typeof add>;
    sub(...args: Rest<typeof sub>): ReturnType<typeof sub>;
    mul(...args: Rest<typeof mul>): ReturnType<typeof mul>;
    div(...args: Rest<typeof div>): ReturnType<typeof div>;
    pow(...args: Rest<typeof pow>): ReturnType<typeof pow>;
    maximum(...args: Rest<typeof maximum>): ReturnType<typeof maximum>;
    minimum(...args: Rest<typeof minimum>): ReturnType<typeof minimum>;
    neg(...args: Rest<typeof neg>): ReturnType<typeof neg>;
    abs(...args: Rest<typeof abs>): ReturnType<typeof abs>;
    sign(...args: Rest<typeof sign>): ReturnType<typeof sign>;
    exp(...args: Rest<typeof exp>): ReturnType<typeof exp>;
    log(...args: Rest<typeof log>): ReturnType<typeof log>;
    log1p(...args: Rest<typeof log1p>): ReturnType<typeof log1p>;
    log2(...args: Rest<typeof log2>): ReturnType<typeof log2>;
    sqrt(...args: Rest<typeof sqrt>): ReturnType<typeof sqrt>;
    rsqrt(...args: Rest<typeof rsqrt>): ReturnType<typeof rsqrt>;
    square(...args: Rest<typeof square>): ReturnType<typeof square>;
    reciprocal(...args: Rest<typeof reciprocal>): ReturnType<typeof reciprocal>;
    floor(...args: Rest<typeof floor>): ReturnType<typeof floor>;
    ceil(...args: Rest<typeof ceil>): ReturnType<typeof ceil>;
    round(...args: Rest<typeof round>): ReturnType<typeof round>;
    clamp(...args: Rest<typeof clamp>): ReturnType<typeof clamp>;
    relu(...args: Rest<typeof relu>): ReturnType<typeof relu>;
    sigmoid(...args: Rest<typeof sigmoid>): ReturnType<typeof sigmoid>;
    tanh(...args: Rest<typeof tanh>): ReturnType<typeof tanh>;
    isnan(...args: Rest<typeof isnan>): ReturnType<typeof isnan>;
    isfinite(...args: Rest<typeof isfinite>): ReturnType<typeof isfinite>;
    add_(...args: Rest<typeof add_>): ReturnType<typeof add_>;
    sub_(...args: Rest<typeof sub_>): ReturnType<typeof sub_>;
    mul_(...args: Rest<typeof mul_>): ReturnType<typeof mul_>;
    div_(...args: Rest<typeof div_>): ReturnType<typeof div_>;
    clamp_(...args: Rest<typeof clamp_>): ReturnType<typeof clamp_>;
    relu_(...args: Rest<typeof relu_>): ReturnType<typeof relu_>;
    hardtanh_(...args: Rest<typeof hardtanh_>): ReturnType<typeof hardtanh_>;
    zero_(...args: Rest<typeof zero_>): ReturnType<typeof zero_>;
    fill_(...args: Rest<typeof fill_>): ReturnType<typeof fill_>;
    copy_(...args: Rest<typeof copy_>): ReturnType<typeof copy_>;
    normal_(...args: Rest<typeof normal_>): ReturnType<typeof normal_>;
    uniform_(...args: Rest<typeof uniform_>): ReturnType<typeof uniform_>;
    eq(...args: Rest<typeof eq>): ReturnType<typeof eq>;
    ne(...args: Rest<typeof ne>): ReturnType<typeof ne>;
    lt(...args: Rest<typeof lt>): ReturnType<typeof lt>;
    le(...args: Rest<typeof le>): ReturnType<typeof le>;
    gt(...args: Rest<typeof gt>): ReturnType<typeof gt>;
    ge(...args: Rest<typeof ge>): ReturnType<typeof ge>;
    logicalAnd(...args: Rest<typeof logicalAnd>): ReturnType<typeof logicalAnd>;
    logicalOr(...args: Rest<typeof logicalOr>): ReturnType<typeof logicalOr>;
    logicalNot(...args: Rest<typeof logicalNot>): ReturnType<typeof logicalNot>;
    maskedFill(...args: Rest<typeof maskedFill>): ReturnType<typeof maskedFill>;
    maskedSelect(...args: Rest<typeof maskedSelect>): ReturnType<typeof maskedSelect>;
    sum(...args: Rest<typeof sum>): ReturnType<typeof sum>;
    mean(...args: Rest<typeof mean>): ReturnType<typeof mean>;
    amax(...args: Rest<typeof amax>): ReturnType<typeof amax>;
    amin(...args: Rest<typeof amin>): ReturnType<typeof amin>;
    std(...args: Rest<typeof std>): ReturnType<typeof std>;
    variance(...args: Rest<typeof variance>): ReturnType<typeof variance>;
    any(...args: Rest<typeof any>): ReturnType<typeof any>;
    all(...args: Rest<typeof all>): ReturnType<typeof all>;
    max(...args: Rest<typeof max>): ReturnType<typeof max>;
    min(...args: Rest<typeof min>): ReturnType<typeof min>;
    argmax(...args: Rest<typeof argmax>): ReturnType<typeof argmax>;
    argmin(...args: Rest<typeof argmin>): ReturnType<typeof argmin>;
    cumsum(...args: Rest<typeof cumsum>): ReturnType<typeof cumsum>;
    countNonzero(...args: Rest<typeof countNonzero>): ReturnType<typeof countNonzero>;
    logsumexp(...args: Rest<typeof logsumexp>): ReturnType<typeof logsumexp>;
    vectorNorm(...args: Rest<typeof vectorNorm>): ReturnType<typeof vectorNorm>;
    topk(...args: Rest<typeof topk>): ReturnType<typeof topk>;
    sort(...args: Rest<typeof sort>): ReturnType<typeof sort>;
    allclose(...args: Rest<typeof allclose>): ReturnType<typeof allclose>;
    equal(...args: Rest<typeof equal>): ReturnType<typeof equal>;
    reshape(...args: Rest<typeof reshape>): ReturnType<typeof reshape>;
    view(...args: Rest<typeof view>): ReturnType<typeof view>;
    viewAs(...args: Rest<typeof viewAs>): ReturnType<typeof viewAs>;
    permute(...args: Rest<typeof permute>): ReturnType<typeof permute>;
    transpose(...args: Rest<typeof transpose>): ReturnType<typeof transpose>;
    squeeze(...args: Rest<typeof squeeze>): ReturnType<typeof squeeze>;
    unsqueeze(...args: Rest<typeof unsqueeze>): ReturnType<typeof unsqueeze>;
    expand(...args: Rest<typeof expand>): ReturnType<typeof expand>;
    flatten(...args: Rest<typeof flatten>): ReturnType<typeof flatten>;
    flip(...args: Rest<typeof flip>): ReturnType<typeof flip>;
    repeat(...args: Rest<typeof repeat>): ReturnType<typeof repeat>;
    repeatInterleave(...args: Rest<typeof repeatInterleave>): ReturnType<typeof repeatInterleave>;
    split(...args: Rest<typeof split>): ReturnType<typeof split>;
    splitWithSizes(...args: Rest<typeof splitWithSizes>): ReturnType<typeof splitWithSizes>;
    chunk(...args: Rest<typeof chunk>): ReturnType<typeof chunk>;
    unbind(...args: Rest<typeof unbind>): ReturnType<typeof unbind>;
    narrow(...args: Rest<typeof narrow>): ReturnType<typeof narrow>;
    select(...args: Rest<typeof select>): ReturnType<typeof select>;
    slice(...args: Rest<typeof slice>): ReturnType<typeof slice>;
    contiguous(...args: Rest<typeof contiguous>): ReturnType<typeof contiguous>;
    clone(...args: Rest<typeof clone>): ReturnType<typeof clone>;
    detach(...args: Rest<typeof detach>): ReturnType<typeof detach>;
    index(...args: Rest<typeof index>): ReturnType<typeof index>;
    indexPut_(...args: Rest<typeof indexPut_>): ReturnType<typeof indexPut_>;
    indexSelect(...args: Rest<typeof indexSelect>): ReturnType<typeof indexSelect>;
    indexAdd(...args: Rest<typeof indexAdd>): ReturnType<typeof indexAdd>;
    indexCopy(...args: Rest<typeof indexCopy>): ReturnType<typeof indexCopy>;
    gather(...args: Rest<typeof gather>): ReturnType<typeof gather>;
    scatter(...args: Rest<typeof scatter>): ReturnType<typeof scatter>;
    nonzero(...args: Rest<typeof nonzero>): ReturnType<typeof nonzero>;
    tril(...args: Rest<typeof tril>): ReturnType<typeof tril>;
    pad(...args: Rest<typeof pad>): ReturnType<typeof pad>;
    emptyLike(...args: Rest<typeof emptyLike>): ReturnType<typeof emptyLike>;
    zerosLike(...args: Rest<typeof zerosLike>): ReturnType<typeof zerosLike>;
    onesLike(...args: Rest<typeof onesLike>): ReturnType<typeof onesLike>;
    fullLike(...args: Rest<typeof fullLike>): ReturnType<typeof fullLike>;
    matmul(...args: Rest<typeof matmul>): ReturnType<typeof matmul>;
    mm(...args: Rest<typeof mm>): ReturnType<typeof mm>;
    bmm(...args: Rest<typeof bmm>): ReturnType<typeof bmm>;
    addmm(...args: Rest<typeof addmm>): ReturnType<typeof addmm>;
    maxPool2d(...args: Rest<typeof maxPool2d>): ReturnType<typeof maxPool2d>;
    avgPool2d(...args: Rest<typeof avgPool2d>): ReturnType<typeof avgPool2d>;
    adaptiveAvgPool2d(
      ...args: Rest<typeof adaptiveAvgPool2d>
    ): ReturnType<typeof adaptiveAvgPool2d>;
    pixelShuffle(...args: Rest<typeof pixelShuffle>): ReturnType<typeof pixelShuffle>;
    softmax(...args: Rest<typeof softmax>): ReturnType<typeof softmax>;
    logSoftmax(...args: Rest<typeof logSoftmax>): ReturnType<typeof logSoftmax>;
    crossEntropyLoss(...args: Rest<typeof crossEntropyLoss>): ReturnType<typeof crossEntropyLoss>;
    binaryCrossEntropyWithLogits(
      ...args: Rest<typeof binaryCrossEntropyWithLogits>
    ): ReturnType<typeof binaryCrossEntropyWithLogits>;
    smoothL1Loss(...args: Rest<typeof smoothL1Loss>): ReturnType<typeof smoothL1Loss>;
    l1Loss(...args: Rest<typeof l1Loss>): ReturnType<typeof l1Loss>;
    nllLoss(...args: Rest<typeof nllLoss>): ReturnType<typeof nllLoss>;
    addRelu_(...args: Rest<typeof addRelu_>): ReturnType<typeof addRelu_>;
  }
}

const METHODS = {
  add,
  sub,
  mul,
  div,
  pow,
  maximum,
  minimum,
  neg,
  abs,
  sign,
  exp,
  log,
  log1p,
  log2,
  sqrt,
  rsqrt,
  square,
  reciprocal,
  floor,
  ceil,
  round,
  clamp,
  relu,
  sigmoid,
  tanh,
  isnan,
  isfinite,
  add_,
  sub_,
  mul_,
  div_,
  clamp_,
  relu_,
  hardtanh_,
  zero_,
  fill_,
  copy_,
  normal_,
  uniform_,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  logicalAnd,
  logicalOr,
  logicalNot,
  maskedFill,
  maskedSelect,
  sum,
  mean,
  amax,
  amin,
  std,
  variance,
  any,
  all,
  max,
  min,
  argmax,
  argmin,
  cumsum,
  countNonzero,
  logsumexp,
  vectorNorm,
  topk,
  sort,
  allclose,
  equal,
  reshape,
  view,
  viewAs,
  permute,
  transpose,
  squeeze,
  unsqueeze,
  expand,
  flatten,
  flip,
  repeat,
  repeatInterleave,
  split,
  splitWithSizes,
  chunk,
  unbind,
  narrow,
  select,
  slice,
  contiguous,
  clone,
  detach,
  index,
  indexPut_,
  indexSelect,
  indexAdd,
  indexCopy,
  gather,
  scatter,
  nonzero,
  tril,
  pad,
  emptyLike,
  zerosLike,
  onesLike,
  fullLike,
  matmul,
  mm,
  bmm,
  addmm,
  maxPool2d,
  avgPool2d,
  adaptiveAvgPool2d,
  pixelShuffle,
  softmax,
  logSoftmax,
  crossEntropyLoss,
  binaryCrossEntropyWithLogits,
  smoothL1Loss,
  l1Loss,
  nllLoss,
  addRelu_,
};

for (const [name, operator] of Object.entries<(self: Tensor, ...args: never[]) => unknown>(
  METHODS,
)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...args: never[]) {
      return operator(this, ...args);
    },
  });
}
