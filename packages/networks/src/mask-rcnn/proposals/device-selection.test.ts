/** The GPU's selection is made of LibTorch's operators: here it runs on the CPU, beside the CPU's own. */
import assert from "node:assert/strict";
import test from "node:test";
import { autocast, type DType, fromTypedArray, liveTensors, scope } from "@malleolus/torch";
import { assertClose, randomFrom } from "../../test-heads.ts";
import { anchorGenerator, type MapSize } from "./anchors.ts";
import { bestOfLevels } from "./candidates.ts";
import { selectOnDevice } from "./device-selection.ts";
import { type SelectionRule, selectProposals } from "./proposal-selection.ts";
import type { RpnPredictions } from "./rpn-head.ts";
import { waitsIn } from "./test-waits.ts";

const rule: SelectionRule = {
  preNms: 120,
  postNms: 1000,
  nmsThreshold: 0.7,
  minBoxSize: 0,
  boxWeights: [1, 1, 1, 1],
};

// The last level but one has no cells, the last a single one.
const maps: readonly MapSize[] = [
  [8, 12],
  [4, 6],
  [0, 3],
  [1, 1],
];
const anchors = anchorGenerator(
  { sizes: [[16], [32], [48], [64]], aspectRatios: [0.5, 1, 2], offset: 0 },
  [8, 16, 32, 64],
)(maps);
const sizes: readonly MapSize[] = [
  [64, 96],
  [50, 71],
  [33, 96],
];

interface Level {
  readonly count: number;
  /** [N * count] */
  readonly logits: Float32Array;
  /** [N * count * 4] */
  readonly deltas: Float32Array;
}

/** Logits between -4 and 4 and deltas between -1 and 1, for every anchor of every image. */
function randomLevels(): Level[] {
  const random = randomFrom(5)("predictions", 0);
  const numbers = (count: number, scale: number): Float32Array =>
    Float32Array.from({ length: count }, () => scale * (2 * random() - 1));
  return maps.map(([height, width]) => {
    const count = height * width * 3;
    const all = count * sizes.length;
    return { count, logits: numbers(all, 4), deltas: numbers(all * 4, 1) };
  });
}

function predictionsOf(levels: readonly Level[], dtype: DType = "float32"): RpnPredictions {
  const images = sizes.length;
  return {
    logits: levels.map(({ logits, count }) => fromTypedArray(logits, [images, count]).to(dtype)),
    deltas: levels.map(({ deltas, count }) => fromTypedArray(deltas, [images, count, 4]).to(dtype)),
  };
}

/** The boxes of every image, which must be alike in both ways. */
function assertAlike(
  levels: readonly Level[],
  own: Partial<SelectionRule> = {},
  dtype: DType = "float32",
): Float32Array[] {
  return scope(() => {
    const predictions = predictionsOf(levels, dtype);
    const ruled = { ...rule, ...own };
    const expected = selectProposals(predictions, anchors, sizes, ruled);
    const candidates = bestOfLevels(predictions, anchors, ruled.preNms);
    const got = selectOnDevice(candidates, anchors, sizes, ruled);
    assert.equal(got.length, sizes.length);
    got.forEach((boxes, image) => {
      assertClose(boxes, [...expected[image]], 1e-4, `image ${image}`);
    });
    return expected;
  });
}

const counts = (found: readonly Float32Array[]): number[] => found.map((boxes) => boxes.length / 4);

test("selectOnDevice: the CPU's proposals, of images of different sizes", () => {
  const levels = randomLevels();
  const looked = Math.min(levels[0].count, rule.preNms) + levels[1].count + levels[3].count;
  const found = assertAlike(levels);
  for (const count of counts(found)) assert.ok(count > 50 && count < looked, `${count}`);
  const [height, width] = sizes[1];
  found[1].forEach((value, i) => {
    assert.ok(value >= 0 && value <= (i % 2 === 0 ? width : height));
  });
});

test("selectOnDevice: the CPU's choice by every rule", () => {
  const levels = randomLevels();
  const all = counts(assertAlike(levels));
  assert.deepEqual(counts(assertAlike(levels, { postNms: 20 })), [20, 20, 20]);
  for (const own of [
    { preNms: 10 },
    { nmsThreshold: 0.3 },
    { nmsThreshold: 1 },
    { minBoxSize: 12 },
    { boxWeights: [10, 10, 5, 5] },
  ] as const) {
    assert.notDeepEqual(counts(assertAlike(levels, own)), all, JSON.stringify(own));
  }
});

test("selectOnDevice: a side of just the least size goes", () => {
  const levels = randomLevels().map((level) => ({ ...level, deltas: level.deltas.fill(0) }));
  const [below] = counts(assertAlike(levels, { minBoxSize: 15.99 }));
  const [at] = counts(assertAlike(levels, { minBoxSize: 16 }));
  assert.ok(at > 0 && at < below, `${at} of ${below}`);
});

test("selectOnDevice: equal logits in the CPU's order", () => {
  const levels = randomLevels().map((level) => ({
    ...level,
    logits: level.logits.map((logit) => Math.round(logit)),
  }));
  assertAlike(levels);
  assertAlike(levels, { postNms: 30 });
  const flat = levels.map((level) => ({ ...level, logits: level.logits.map(() => 0) }));
  assertAlike(flat, { postNms: 30 });
});

test("selectOnDevice: what is not finite is no proposal, and suppresses none", () => {
  const levels = randomLevels();
  const { NaN: none, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
  const clean = counts(assertAlike(levels));
  const poisons = [none, most, least];
  const [first] = levels;
  for (let i = 0; i < 60; i++) {
    first.logits[i * 7] = poisons[i % 3];
    first.deltas[i * 41] = poisons[(i + 1) % 3];
  }
  assert.notDeepEqual(counts(assertAlike(levels)), clean);
  // A size that shrinks to nothing is finite, and empty.
  const empty = levels.map((level) => ({
    ...level,
    deltas: level.deltas.map((delta, i) => (i % 4 < 2 ? delta : least)),
  }));
  assert.deepEqual(counts(assertAlike(empty)), [0, 0, 0]);
  // The best of all logits at a box that covers the image: it would leave little else.
  levels[1].deltas.fill(none, 0, 4);
  levels[1].logits[0] = 100;
  levels[3].logits.fill(none);
  assertAlike(levels, { nmsThreshold: 0.05 });
});

test("selectOnDevice: one image without proposals", () => {
  const levels = randomLevels();
  for (const { logits, count } of levels) logits.fill(Number.NaN, count, 2 * count);
  const [first, second, third] = counts(assertAlike(levels));
  assert.ok(first > 0 && third > 0);
  assert.equal(second, 0);
});

test("selectOnDevice: predictions in bfloat16, under autocast as in training", () => {
  autocast("bfloat16", () => assertAlike(randomLevels(), {}, "bfloat16"));
});

test("selectOnDevice: waits once, whatever the images", () => {
  scope(() => {
    const predictions = predictionsOf(randomLevels());
    const select = () =>
      selectOnDevice(bestOfLevels(predictions, anchors, rule.preNms), anchors, sizes, rule);
    assert.equal(waitsIn(select), 1);
    // The count does see what the CPU's way reads: three tensors, and what is left of each level.
    const onHost = () => selectProposals(predictions, anchors, sizes, rule);
    assert.equal(waitsIn(onHost), 3 + sizes.length * maps.length);
  });
});

test("selectOnDevice: leaves no tensor behind", () => {
  const before = liveTensors();
  assertAlike(randomLevels());
  assert.equal(liveTensors(), before);
});
