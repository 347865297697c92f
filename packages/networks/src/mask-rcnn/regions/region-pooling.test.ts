import assert from "node:assert/strict";
import test from "node:test";
import { detectron2Config } from "@malleolus/schema";
import { scope } from "@malleolus/torch";
import { assertClose, wave } from "../../test-heads.ts";
import { featureStrides } from "../features.ts";
import { arrangeRegions, poolRegions, selectRegions } from "./region-pooling.ts";

const { roi } = detectron2Config(["a"]);

const square = (side: number): number[] => [10, 10, 10 + side, 10 + side];

test("arrangeRegions: the level is floor(4 + log2(sqrt(area) / 224)), from p2 to p5", () => {
  const cases = [
    { side: 1, level: 2 },
    { side: 111, level: 2 },
    { side: 112, level: 3 },
    { side: 223, level: 3 },
    { side: 224, level: 4 },
    { side: 447, level: 4 },
    { side: 448, level: 5 },
    { side: 2000, level: 5 },
  ];
  for (const { side, level } of cases) {
    const { levelStarts } = arrangeRegions([Float32Array.from(square(side))], roi);
    const found = levelStarts.lastIndexOf(0, 3) + 2;
    assert.equal(found, level, `side ${side}`);
  }
  // A long thin box counts by its area: 28 x 448 is 112 x 112.
  const thin = arrangeRegions([Float32Array.of(0, 0, 28, 448)], roi);
  assert.deepEqual(thin.levelStarts, [0, 0, 1, 1, 1]);
});

test("arrangeRegions: by level, and each remembers where it came from", () => {
  const first = Float32Array.from([square(300), square(20)].flat());
  const second = Float32Array.from([square(30), square(500), square(250)].flat());
  const regions = arrangeRegions([first, second], roi);
  assert.deepEqual([...regions.images], [0, 1, 0, 1, 1]);
  assert.deepEqual([...regions.places], [1, 0, 0, 2, 1]);
  assert.deepEqual(regions.levelStarts, [0, 2, 2, 4, 5]);
  assertClose(regions.boxes.subarray(8, 12), square(300), 0);

  const some = selectRegions(regions, Int32Array.of(1, 3, 4));
  assert.deepEqual([...some.images], [1, 1, 1]);
  assert.deepEqual([...some.places], [0, 2, 1]);
  assert.deepEqual(some.levelStarts, [0, 1, 1, 2, 3]);
  assertClose(some.boxes.subarray(0, 4), square(30), 0);
  assert.deepEqual(selectRegions(regions, new Int32Array()).levelStarts, [0, 0, 0, 0, 0]);
});

test("poolRegions: a region of a linear ramp is the ramp at the centres of its cells", () => {
  scope(() => {
    // Value x + 10 y at the centre of each cell, in cells.
    const ramps = featureStrides.map((stride) => {
      const [height, width] = [512 / stride, 512 / stride];
      const ramp = wave([1, 1, height, width], 0, 0);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) ramp.setAt([0, 0, y, x], x + 0.5 + 10 * (y + 0.5));
      }
      return ramp;
    });
    for (const [side, stride] of [
      [40, 4],
      [120, 8],
      [240, 16],
      [460, 32],
    ]) {
      const regions = arrangeRegions([Float32Array.from(square(side))], roi);
      const pooled = poolRegions(ramps, regions, { pooledSize: 2, samplingRatio: 0 });
      const center = (cell: number): number => (10 + (side * (cell + 0.5)) / 2) / stride;
      const expected = [0, 1].flatMap((row) =>
        [0, 1].map((column) => center(column) + 10 * center(row)),
      );
      assertClose(pooled.toFloat32Array(), expected, 2e-3 * expected[3], `side ${side}`);
    }
  });
});

test("poolRegions: no region, no features", () => {
  scope(() => {
    const maps = featureStrides.map((stride) => wave([1, 3, 64 / stride, 64 / stride], 1, 1));
    const pooled = poolRegions(maps, arrangeRegions([new Float32Array()], roi), roi.box);
    assert.deepEqual(pooled.shape, [0, 3, 7, 7]);
  });
});
