/** roiAlign and nms against torchvision's numbers (tools/golden/torch_regions.py). */
import assert from "node:assert/strict";
import { readGolden, seededNumbers } from "./golden/test-golden.ts";
import { backward, cat, fromTypedArray, nms, roiAlign, type Tensor, tensor } from "./index.ts";
import { assertClose, tensorTest } from "./test-tensors.ts";

interface PooledCase {
  regions: number;
  height: number;
  width: number;
  scale: number;
  ratio: number;
  aligned: boolean;
  output: number[];
  gradient: number[];
}
const golden: { regions: number[][]; cases: PooledCase[] } = readGolden("roi-align.json");
const EXACT = { absolute: 1e-5 };

function regionsOf({ regions, scale }: PooledCase): Tensor {
  const rows = golden.regions.slice(0, regions);
  return tensor(rows.map(([image = 0, ...box]) => [image, ...box.map((value) => value / scale)]));
}

function pool(features: Tensor, regions: Tensor, of: PooledCase): Tensor {
  const { scale, height, width, ratio, aligned } = of;
  return roiAlign(features, regions, scale, height, width, { samplingRatio: ratio, aligned });
}

for (const expected of golden.cases) {
  const { height, width, scale, ratio, aligned } = expected;
  const title = `${height} x ${width} bins, scale ${scale}, sampling ratio ${ratio}, ${aligned ? "aligned" : "not aligned"}`;
  for (const memoryFormat of ["contiguous", "channelsLast"] as const) {
    tensorTest(`roiAlign: ${title}, ${memoryFormat}: output and gradient as torchvision's`, () => {
      const features = seededNumbers(40, 2, 2, 7, 8).to({ memoryFormat }).requiresGrad_();
      const output = pool(features, regionsOf(expected), expected);
      assert(output.isContiguous(memoryFormat), "the memory format of the input");
      assertClose(output, expected.output, EXACT, "output");
      backward(output, { gradients: [seededNumbers(41, ...output.shape)] });
      assert(features.grad !== null);
      assertClose(features.grad, expected.gradient, EXACT, "gradient");
    });
  }
  tensorTest(`roiAlign: ${title}: bfloat16 features are pooled in float32 and rounded once`, () => {
    const rounded = seededNumbers(40, 2, 2, 7, 8).to("bfloat16");
    const exact = pool(rounded.to("float32"), regionsOf(expected), expected);
    const features = rounded.clone().requiresGrad_();
    const output = pool(features, regionsOf(expected), expected);
    assert.equal(output.dtype, "bfloat16");
    assertClose(output, exact.to("bfloat16").toFloat32Array(), { absolute: 0, relative: 0 });
    assertClose(output, expected.output, { absolute: 0.02 }, "against torchvision's");
    backward(output, { gradients: [seededNumbers(41, ...output.shape).to("bfloat16")] });
    assert.equal(features.grad?.dtype, "bfloat16");
    const coarse = { absolute: 0.05, relative: 0.02 };
    assertClose(features.grad, expected.gradient, coarse, "gradient");
  });
}

tensorTest(
  "roiAlign: float64 features, strided and transposed ones give what contiguous float32 ones give",
  () => {
    for (const expected of golden.cases) {
      const contiguous = seededNumbers(40, 2, 2, 7, 8);
      const regions = regionsOf(expected);
      assertClose(pool(contiguous.to("float64"), regions, expected), expected.output, EXACT);
      const transposed = contiguous.transpose(2, 3).contiguous().transpose(2, 3);
      assertClose(pool(transposed, regions, expected), expected.output, EXACT);
      const wide = cat([contiguous, contiguous], { dim: 3 }).at("...", [0, 8]);
      assertClose(pool(wide, regions, expected), expected.output, EXACT);
      const strided = cat([regions, regions], { dim: 1 }).at("...", [0, 5]);
      assertClose(pool(contiguous, strided, expected), expected.output, EXACT);
    }
  },
);

tensorTest("roiAlign: no regions, and a batch of many channels", () => {
  const features = seededNumbers(42, 1, 70, 5, 5).requiresGrad_();
  const none = roiAlign(features, fromTypedArray(new Float32Array(0), [0, 5]), 1, 7, 7);
  assert.deepEqual(none.shape, [0, 70, 7, 7]);
  // Every channel is pooled by itself, so that the blocks of the gradient meet without a seam.
  const regions = tensor([[0, 0.5, 0.5, 4.5, 4.5]]);
  const output = roiAlign(features, regions, 1, 2, 2);
  backward(output.sum());
  const perChannel = features.grad?.sum({ dim: [0, 2, 3] }).toNumbers() ?? [];
  assertClose(perChannel, Array(70).fill(4), EXACT, "each bin's weights sum to 1");
});

interface SuppressedCase {
  seed: number;
  count: number;
  extent: number;
  grid: number;
  threshold: number;
  groups: number;
  scoreLevels: number;
  kept: number[];
}
const suppressed: SuppressedCase[] = readGolden("nms.json");

/** The generator's boxes: corners on a grid, so that overlaps meet thresholds exactly. */
function boxesOf({ seed, count, extent, grid }: SuppressedCase): Tensor {
  const unit = seededNumbers(seed, count, 4).add(1).div(2);
  const corner = unit.at("...", [0, 2]).mul(extent).div(grid).floor().mul(grid);
  const size = unit.at("...", [2, 4]).mul(extent / 3);
  const end = corner.add(size.div(grid).floor().mul(grid).add(grid));
  return cat([corner, end], { dim: 1 });
}

for (const expected of suppressed) {
  const { seed, count, grid, threshold, groups: groupCount, scoreLevels, kept } = expected;
  const extras = `${groupCount > 0 ? `, ${groupCount} groups` : ""}${scoreLevels > 0 ? ", equal scores" : ""}`;
  tensorTest(
    `nms: ${count} boxes on a grid of ${grid}, threshold ${threshold}${extras}, as torchvision's`,
    () => {
      let scores = seededNumbers(seed + 1, count);
      if (scoreLevels > 0) scores = scores.mul(scoreLevels).floor().div(scoreLevels);
      const groups =
        groupCount > 0
          ? seededNumbers(seed + 2, count)
              .add(1)
              .div(2)
              .mul(groupCount)
              .floor()
              .to("int64")
          : null;
      const result = nms(boxesOf(expected), scores, threshold, { groups });
      assert.equal(result.dtype, "int64");
      assert.deepEqual(result.toNumbers(), kept);
      assert(kept.length < count, "the case suppresses something");
    },
  );
}

tensorTest("nms: no boxes, boxes that only touch, NaN scores last", () => {
  const none = nms(fromTypedArray(new Float32Array(0), [0, 4]), tensor([]), 0.5);
  assert.deepEqual(none.shape, [0]);
  const touching = tensor([
    [0, 0, 2, 2],
    [2, 0, 4, 2],
    [0, 0, 2, 2],
  ]);
  assert.deepEqual(nms(touching, tensor([1, 2, 3]), 0).toNumbers(), [2, 1]);
  const apart = tensor([
    [0, 0, 1, 1],
    [5, 5, 6, 6],
    [9, 9, 10, 10],
  ]);
  assert.deepEqual(nms(apart, tensor([Number.NaN, 1, 2]), 0.5).toNumbers(), [2, 1, 0]);
});
