import assert from "node:assert/strict";
import {
  autocast,
  call,
  conv2d,
  convTranspose2d,
  groupNorm,
  libtorchVersion,
  nms,
  ones,
  roiAlign,
  schemaOf,
  Tensor,
  tensor,
  zeros,
} from "./index.ts";
import { assertTorchError, tensorTest } from "./test-tensors.ts";

tensorTest("call: any operator by name, with its defaults, lists and several results", () => {
  const sorted = call("sort", tensor([3, 1, 2]));
  assert(Array.isArray(sorted));
  assert.deepEqual(
    sorted.map((part) => (part instanceof Tensor ? part.toNumbers() : part)),
    [
      [1, 2, 3],
      [1, 2, 0],
    ],
  );
  const joined = call("aten::cat", [ones([1]), zeros([2])], 0);
  assert(joined instanceof Tensor);
  assert.deepEqual(joined.toNumbers(), [1, 0, 0]);
  const x = ones([2]);
  assert.equal(call("aten::add_.Scalar", x, 2), x, "written into: the argument comes back");
  assert.deepEqual(x.toNumbers(), [3, 3]);
  assert.equal(call("aten::is_floating_point", x), true);
  assert.equal(call("aten::size.int", x, 0), 2);
  assert.match(schemaOf("relu"), /aten::relu\(Tensor self\) -> Tensor/);
});

tensorTest("call: unknown operators, counts and kinds are refused", () => {
  assertTorchError(() => call("aten::nothing"), "argument", /no operator "aten::nothing"/);
  assertTorchError(() => call("relu"), "argument", /relu: argument self: it is missing/);
  assertTorchError(() => call("relu", ones([1]), 1, 2), "argument", /at most 1 arguments, got 3/);
  assertTorchError(() => call("relu", 5), "argument", /self: expected a tensor/);
  assertTorchError(() => call("cat", ones([1])), "argument", /array of tensors/);
  assertTorchError(() => call("mean.dim", ones([2]), "x"), "argument", /list of integers/);
  assertTorchError(() => call("mean.dim", ones([2]), [0.5]), "argument", /integer/);
  assertTorchError(() => call("softmax.int", ones([2]), 0, "float13"), "argument", /dtype/);
});

tensorTest("call: operators that can end the process are refused with the reason", () => {
  const smallest = tensor(-(2n ** 63n));
  assertTorchError(() => call("floor_divide", smallest, tensor(-1n)), "operator", /refused.*-1/);
  assertTorchError(() => call("remainder.Tensor", smallest, tensor(-1n)), "operator", /refused/);
});

tensorTest("errors: operator, shapes and LibTorch's own sentence, without its C++ stack", () => {
  const error = assertTorchError(
    () => conv2d(ones([1, 1, 8, 8]), ones([4, 3, 3, 3])),
    "operator",
    /^conv2d: /,
    /expected input\[1, 1, 8, 8\] to have 3 channels/,
    /input \[1, 1, 8, 8\] float32, weight \[4, 3, 3, 3\] float32/,
  );
  assert.equal(error.operator, "aten::conv2d");
  assert.equal(error.name, "TorchError");
  assert(error instanceof Error && typeof error.stack === "string");
  assert.doesNotMatch(error.message, /Exception raised from|\.cpp|frame #/);
  const shapes = /The size of tensor a \(2\) must match the size of tensor b \(3\)/;
  assertTorchError(() => ones([2]).add(ones([3])), "operator", /^add: /, shapes);
});

tensorTest("errors: of our own operators", () => {
  const boxes = zeros([2, 4]);
  assertTorchError(
    () => nms(boxes, zeros([3]), 0.5),
    "operator",
    /nms: expected scores of shape \[2\]/,
  );
  assertTorchError(() => nms(boxes.to("float64"), zeros([2]), 0.5), "operator", /float32/);
  assertTorchError(() => nms(boxes, zeros([2]), 0.5, { groups: zeros([2]) }), "operator", /int64/);
  const features = ones([1, 1, 4, 4]);
  const pool = (regions: Tensor, scale = 1, height = 2, options = {}) =>
    roiAlign(features, regions, scale, height, 2, options);
  const region = tensor([[0, 0, 0, 3, 3]]);
  const cases: readonly [() => unknown, RegExp][] = [
    [() => pool(zeros([1, 4])), /shape \[K, 5\]/],
    [() => pool(region.to("float64")), /float32 rois/],
    [() => pool(tensor([[1, 0, 0, 3, 3]])), /image 1 of a batch of 1/],
    [() => pool(tensor([[-1, 0, 0, 3, 3]])), /image -1/],
    [() => pool(tensor([[1e30, 0, 0, 3, 3]])), /image 1e\+30/],
    [() => pool(tensor([[0, Number.NaN, 0, 3, 3]])), /not finite/],
    [() => pool(tensor([[0, 0, Number.POSITIVE_INFINITY, 3, 3]])), /not finite/],
    [() => pool(tensor([[0, -3e38, 0, 3e38, 3]])), /too large/],
    [() => pool(tensor([[0, -3e38, 0, 3e38, 3]]), 1, 2, { samplingRatio: 2 }), /too large/],
    [() => pool(tensor([[0, 0, 0, 1e9, 3]])), /more than can be sampled/],
    [() => pool(region, 0), /spatial scale/],
    [() => pool(region, Number.NaN), /spatial scale/],
    [() => pool(region, 1e300), /spatial scale/],
    [() => pool(region, 1, 0), /pooled size/],
    [() => pool(region, 1, 1e9), /pooled size/],
    [() => pool(region, 1, 2, { samplingRatio: -1 }), /sampling ratio/],
    [() => roiAlign(ones([1, 1, 0, 4]), region, 1, 2, 2), /with pixels/],
    [() => roiAlign(ones([4, 4]), region, 1, 2, 2), /\[N, C, H, W\]/],
    [() => roiAlign(features.to("float16"), region, 1, 2, 2), /float32, float64 or bfloat16/],
  ];
  for (const [body, pattern] of cases) assertTorchError(body, "operator", /^roi_align: /, pattern);
});

tensorTest(
  "guards: calls that would end the process on LibTorch 1.13 are refused everywhere",
  () => {
    const image = ones([1, 4, 4, 4]);
    const kernel = ones([4, 4, 3, 3]);
    for (const groups of [0, -1, 2 ** 42]) {
      assertTorchError(() => conv2d(image, kernel, { groups }), "argument", /conv2d: .*groups/);
      assertTorchError(() => convTranspose2d(image, kernel, { groups }), "argument", /groups/);
      assertTorchError(() => groupNorm(image, groups), "argument", /num_groups/);
    }
    assertTorchError(() => conv2d(image, kernel, { dilation: 2 ** 40 }), "argument", /dilation/);
    assertTorchError(() => conv2d(image, kernel, { stride: 0 }), "argument", /stride/);
    assertTorchError(() => conv2d(image, kernel, { padding: -1 }), "argument", /padding/);
  },
);

tensorTest(
  "convTranspose2d: in bfloat16 it is right or refused, never an ordinary convolution",
  () => {
    const image = ones([1, 4, 3, 3]);
    const kernel = ones([4, 4, 2, 2]);
    const exact = convTranspose2d(image, kernel, { stride: 2 });
    const inHalf = () =>
      convTranspose2d(image.to("bfloat16"), kernel.to("bfloat16"), { stride: 2 });
    if (libtorchVersion().startsWith("1.")) {
      assertTorchError(inHalf, "argument", /wrongly in bfloat16/);
      const lifted = autocast("bfloat16", inHalf);
      assert.deepEqual(lifted.toNumbers(), exact.toNumbers());
    } else {
      assert.deepEqual(inHalf().toNumbers(), exact.toNumbers());
    }
  },
);

tensorTest("sort: stable or not, by default", () => {
  assert.deepEqual(tensor([2, 3, 1]).sort()[0].toNumbers(), [1, 2, 3]);
  const [values, places] = tensor([2, 3, 2]).sort({ stable: true, descending: true });
  assert.deepEqual(values.toNumbers(), [3, 2, 2]);
  assert.deepEqual(places.toNumbers(), [1, 0, 2]);
});
