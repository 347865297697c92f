/**
 * For every operator in ops.json one call that must succeed, in the order of its schema. An
 * operator without a line here is called with ones of [2, 3] for tensors, and small numbers.
 */
import { type Argument, arange, ones, packBlock, tensor } from "./index.ts";
import type { OperatorArgument } from "./native.ts";

export type Sample = Argument;

const image = () => arange(0, 96).reshape([2, 3, 4, 4]);
const matrix = () => ones([2, 3]);
const labels = () => tensor([0n, 1n]);
const flags = () =>
  tensor([
    [true, false, true],
    [false, true, false],
  ]);
const region = () => tensor([[0, 0, 0, 3, 3]]);

const samples: Readonly<Record<string, () => readonly Sample[]>> = {
  "aten::clamp": () => [matrix(), 0],
  "aten::clamp_": () => [matrix(), 0],
  "aten::where.self": () => [flags(), matrix(), matrix()],
  "aten::masked_fill.Scalar": () => [matrix(), flags(), 1],
  "aten::masked_select": () => [matrix(), flags()],
  "aten::reshape": () => [matrix(), [3, 2]],
  "aten::view": () => [matrix(), [3, 2]],
  "aten::permute": () => [matrix(), [1, 0]],
  "aten::transpose.int": () => [matrix(), 0, 1],
  "aten::expand": () => [ones([2, 1]), [2, 5]],
  "aten::flip": () => [matrix(), [0]],
  "aten::repeat": () => [matrix(), [2, 2]],
  "aten::repeat_interleave.self_int": () => [matrix(), 2],
  "aten::topk": () => [matrix(), 1],
  "aten::split.Tensor": () => [matrix(), 1],
  "aten::split_with_sizes": () => [matrix(), [1, 1]],
  "aten::chunk": () => [matrix(), 2],
  "aten::narrow": () => [matrix(), 0, 0, 1],
  "aten::slice.Tensor": () => [matrix(), 0, 0, 1],
  "aten::index.Tensor": () => [matrix(), [labels(), null]],
  "aten::index_put_": () => [matrix(), [labels()], ones([3])],
  "aten::index_select": () => [matrix(), 0, labels()],
  "aten::index_add": () => [matrix(), 0, labels(), matrix()],
  "aten::index_copy": () => [matrix(), 0, labels(), matrix()],
  "aten::gather": () => [matrix(), 0, tensor([[0n, 1n, 0n]])],
  "aten::scatter.src": () => [matrix(), 0, tensor([[0n, 1n, 0n]]), matrix()],
  "aten::scatter.value": () => [matrix(), 0, tensor([[0n, 1n, 0n]]), 5],
  "aten::constant_pad_nd": () => [image(), [1, 1, 0, 2], 7],
  "aten::empty.memory_format": () => [[2, 3]],
  "aten::zeros": () => [[2, 3]],
  "aten::ones": () => [[2, 3]],
  "aten::full": () => [[2, 3], 4],
  "aten::arange.start_step": () => [0, 6, 2],
  "aten::linspace": () => [0, 1, 5],
  "aten::rand": () => [[2, 3]],
  "aten::randn": () => [[2, 3]],
  "aten::randperm": () => [6],
  "aten::eye": () => [3],
  "aten::matmul": () => [matrix(), ones([3, 2])],
  "aten::mm": () => [matrix(), ones([3, 2])],
  "aten::bmm": () => [ones([2, 3, 4]), ones([2, 4, 3])],
  "aten::addmm": () => [ones([2, 2]), matrix(), ones([3, 2])],
  "aten::conv2d": () => [image(), ones([6, 3, 3, 3]), ones([6])],
  "aten::conv_transpose2d.input": () => [image(), ones([3, 2, 2, 2]), ones([2]), [2, 2]],
  "aten::max_pool2d": () => [image(), [2, 2]],
  "aten::avg_pool2d": () => [image(), [2, 2]],
  "aten::adaptive_avg_pool2d": () => [image(), [2, 2]],
  "aten::upsample_nearest2d.vec": () => [image(), [8, 8], null],
  "aten::upsample_bilinear2d.vec": () => [image(), null, false, [2, 2]],
  "aten::pixel_shuffle": () => [ones([1, 4, 2, 2]), 2],
  "aten::grid_sampler_2d": () => [image(), ones([2, 5, 5, 2]), 0, 0, false],
  "aten::batch_norm": () => [
    image(),
    ones([3]),
    ones([3]),
    ones([3]),
    ones([3]),
    true,
    0.1,
    1e-5,
    false,
  ],
  "aten::group_norm": () => [image(), 3, ones([3]), ones([3])],
  "aten::dropout": () => [matrix(), 0.5, true],
  "aten::cross_entropy_loss": () => [matrix(), labels()],
  "aten::nll_loss": () => [matrix(), labels()],
  "aten::squeeze.dim": () => [ones([2, 1]), 1],
  "malleolus::nms": () => [
    tensor([
      [0, 0, 2, 2],
      [0, 0, 2, 1],
    ]),
    tensor([1, 2]),
    0.5,
    labels(),
  ],
  "malleolus::nms_mask": () => [
    tensor([
      [0, 0, 2, 2],
      [0, 0, 2, 1],
    ]),
    tensor([1, 2]),
    0.5,
    labels(),
  ],
  "malleolus::group_norm": () => [image(), 3, ones([3]), ones([3])],
  "malleolus::sgd_step_": () => [[matrix()], [matrix()], [matrix()], 0.1, 0.9, 0],
  "malleolus::adam_step_": () => [
    ...[0, 1, 2, 3].map(() => [matrix()]),
    ...[0.1, 0.9, 0.999, 1e-8, 0, false, 1],
  ],
  "malleolus::convolution": () => [image(), ones([4, 3, 3, 3]), ones([4]), 1, 1],
  "malleolus::depthwise_convolution": () => [image(), ones([3, 1, 3, 3]), ones([3]), 1, 2, 2],
  "malleolus::pack_block": () => [
    ...[null, null],
    ...[ones([3, 1, 3, 3]), ones([3]), ones([2, 3, 1, 1]), ones([2])],
  ],
  "malleolus::inverted_residual": () => {
    const packed = packBlock(ones([3, 1, 3, 3]), ones([3]), ones([2, 3, 1, 1]), ones([2]));
    return [image(), ...packed, 2, 1, 1, false, false, false];
  },
  "malleolus::scale_rows": () => [matrix(), ones([2])],
  "malleolus::roi_align": () => [image(), region(), 1, 2, 2, 0, true],
};

/** The arguments of one call that must succeed. */
export function sampleCall(name: string, args: readonly OperatorArgument[]): readonly Sample[] {
  const own = samples[name];
  if (own !== undefined) return own();
  return args.filter(({ hasDefault, nullable }) => !hasDefault && !nullable).map(sampleOf);
}

function sampleOf({ kind, name }: OperatorArgument): Sample {
  switch (kind) {
    case "tensor":
      return matrix();
    case "tensors":
      return [matrix(), matrix()];
    case "ints":
      return [0];
    case "int":
      return 0;
    case "bool":
      return false;
    case "scalar":
    case "float":
      return 1;
    default:
      throw new Error(`add a line to test-sample-calls.ts for ${name}, a ${kind}`);
  }
}
