import assert from "node:assert/strict";
import test from "node:test";
import { scope, tensor, zeros } from "@malleolus/torch";
import { selectProposals } from "./proposal-selection.ts";

const rule = {
  preNms: 10,
  postNms: 10,
  nmsThreshold: 0.7,
  minBoxSize: 0,
  boxWeights: [1, 1, 1, 1],
} as const;

/** One image of 100 x 100; each level is a list of anchors with their logits. */
function select(
  levels: readonly { box: readonly number[]; logit: number }[][],
  most: { preNms?: number; postNms?: number } = {},
): number[][] {
  return scope(() => {
    const predictions = {
      logits: levels.map((anchors) => tensor([anchors.map(({ logit }) => logit)])),
      deltas: levels.map((anchors) => zeros([1, anchors.length, 4])),
    };
    const boxes = Float32Array.from(levels.flat().flatMap(({ box }) => [...box]));
    const levelStarts = levels.map((_, i) => levels.slice(0, i).flat().length);
    const [found] = selectProposals(predictions, { boxes, levelStarts }, [[100, 100]], {
      ...rule,
      ...most,
    });
    return Array.from({ length: found.length / 4 }, (_, i) => [
      ...found.subarray(i * 4, i * 4 + 4),
    ]);
  });
}

const small = [0, 0, 10, 10];
const other = [50, 50, 60, 60];
const third = [20, 20, 30, 30];

test("selectProposals: duplicates go within a level, and stay between levels", () => {
  const twice = [
    { box: small, logit: 1 },
    { box: [0, 0, 10, 9], logit: 2 },
  ];
  assert.deepEqual(select([twice]), [[0, 0, 10, 9]]);
  assert.deepEqual(select([twice.slice(0, 1), twice.slice(1)]), [[0, 0, 10, 9], small]);
});

test("selectProposals: of each level the best before, of the image the best after", () => {
  const levels = [
    [
      { box: small, logit: 1 },
      { box: other, logit: 3 },
    ],
    [{ box: third, logit: 2 }],
  ];
  assert.deepEqual(select(levels), [other, third, small]);
  assert.deepEqual(select(levels, { preNms: 1, postNms: 10 }), [other, third]);
  assert.deepEqual(select(levels, { preNms: 10, postNms: 1 }), [other]);
});

test("selectProposals: clips to the image, and drops what is then empty", () => {
  const anchors = [
    { box: [-5, 90, 20, 120], logit: 3 },
    { box: [100, 0, 120, 20], logit: 2 },
    { box: [-30, -30, -10, -10], logit: 1 },
  ];
  assert.deepEqual(select([anchors]), [[0, 90, 20, 100]]);
  assert.deepEqual(select([anchors.slice(1)]), []);
});
