import assert from "node:assert/strict";
import test from "node:test";
import { type MatchRule, matchBoxes } from "./matching.ts";

const anchorRule: MatchRule = { background: 0.3, object: 0.7, lowQualityMatches: true };
const proposalRule: MatchRule = { background: 0.5, object: 0.5, lowQualityMatches: false };

function check(
  rule: MatchRule,
  boxes: readonly number[][],
  truths: readonly number[][],
  expected: { labels: number[]; truths: number[] },
): void {
  const found = matchBoxes(Float32Array.from(boxes.flat()), Float32Array.from(truths.flat()), rule);
  assert.deepEqual([...found.labels], expected.labels);
  assert.deepEqual([...found.truths], expected.truths);
}

test("matchBoxes: object from the upper threshold, background below the lower, ignored between", () => {
  const truth = [0, 0, 10, 10];
  const boxes = [
    [0, 0, 10, 10], // 1
    [0, 0, 7, 10], // 0.7, the threshold itself
    [0, 0, 6.9, 10],
    [0, 0, 3, 10], // 0.3
    [0, 0, 2.9, 10],
    [10, 0, 20, 10], // touches
  ];
  check(anchorRule, boxes, [truth], {
    labels: [1, 1, -1, -1, 0, 0],
    truths: [0, 0, 0, 0, 0, 0],
  });
  check(proposalRule, boxes, [truth], { labels: [1, 1, 1, 0, 0, 0], truths: [0, 0, 0, 0, 0, 0] });
});

test("matchBoxes: a truth without a good box takes all boxes that overlap it most", () => {
  const boxes = [
    [0, 0, 10, 10],
    [10, 0, 20, 10],
    [100, 100, 110, 110],
  ];
  // A third of the truth's union with either of the first two: a tie.
  check(anchorRule, boxes, [[5, 0, 15, 10]], { labels: [1, 1, 0], truths: [0, 0, 0] });
  check({ ...anchorRule, lowQualityMatches: false }, boxes, [[5, 0, 15, 10]], {
    labels: [-1, -1, 0],
    truths: [0, 0, 0],
  });
});

test("matchBoxes: a low-quality match belongs to the truth it overlaps most, as in Detectron2", () => {
  // The only box that overlaps the second truth overlaps the first one more.
  const truths = [
    [0, 0, 10, 10],
    [8, 0, 18, 10],
  ];
  check(anchorRule, [[0, 0, 11, 10]], truths, { labels: [1], truths: [0] });
});

test("matchBoxes: of truths that overlap a box equally the first counts", () => {
  const truth = [0, 0, 10, 10];
  check(anchorRule, [[0, 0, 10, 10]], [[50, 50, 60, 60], truth, truth], {
    labels: [1],
    truths: [1],
  });
});

test("matchBoxes: a truth that no box overlaps makes no box an object", () => {
  check(anchorRule, [[0, 0, 10, 10]], [[50, 50, 60, 60]], { labels: [0], truths: [0] });
  check(anchorRule, [[0, 0, 10, 10]], [[5, 5, 5, 5]], { labels: [0], truths: [0] });
});

test("matchBoxes: without truths all is background, without boxes nothing", () => {
  check(anchorRule, [[0, 0, 1, 1]], [], { labels: [0], truths: [0] });
  check({ ...anchorRule, background: 0 }, [[0, 0, 1, 1]], [], { labels: [0], truths: [0] });
  check(anchorRule, [], [[0, 0, 1, 1]], { labels: [], truths: [] });
});
