import assert from "node:assert/strict";
import { test } from "node:test";
import {
  divergence,
  entropyOf,
  narrownessOf,
  percentilesOf,
  type ScoredImage,
  segmentationDisagreement,
  signalsOf,
} from "./signals.ts";

function close(actual: number | null | undefined, expected: number): void {
  assert.ok(typeof actual === "number" && Math.abs(actual - expected) < 1e-9, `${actual}`);
}

test("entropyOf: 0 for one class, 1 for all alike, whatever their number", () => {
  close(entropyOf({ a: 1, b: 0, c: 0, d: 0 }), 0);
  close(entropyOf({ a: 0.25, b: 0.25, c: 0.25, d: 0.25 }), 1);
  close(entropyOf({ a: 0.5, b: 0.5, c: 0, d: 0 }), 0.5);
  close(entropyOf({ a: 0.5, b: 0.5 }), 1);
});

test("narrownessOf: 1 less the margin of the two likeliest", () => {
  close(narrownessOf({ a: 0.2, b: 0.5, c: 0.3 }), 0.8);
  close(narrownessOf({ a: 1 }), 0);
});

test("divergence: 0 for the same, 1 for what excludes one another, the same both ways", () => {
  close(divergence({ a: 0.3, b: 0.7 }, { a: 0.3, b: 0.7 }), 0);
  close(divergence({ a: 1, b: 0 }, { a: 0, b: 1 }), 1);
  const [one, other] = [
    { a: 0.9, b: 0.1 },
    { a: 0.5, b: 0.5 },
  ];
  close(divergence(one, other), divergence(other, one));
  // H(0.7, 0.3) less the mean of H(0.9, 0.1) and 1, in bits.
  close(divergence(one, other), 0.8812908992306927 - (0.4689955935892812 + 1) / 2);
});

test("segmentationDisagreement: of fractures, and of the Weber class where there is one", () => {
  const probabilities = { weber_a: 0.1, weber_b: 0.6, weber_c: 0.1, none: 0.2 };
  const differ = (fractureProbability: number, name: string | null) =>
    segmentationDisagreement(
      { probabilities, segmentation: { fractureProbability, class: name } },
      "none",
    );
  close(differ(0.8, null), 0);
  close(differ(0.1, null), 0.7);
  close(differ(0.8, "weber_b"), 0.8 * 0.4);
  close(differ(0.8, "weber_c"), 0.8 * 0.9);
  assert.equal(segmentationDisagreement({ probabilities, segmentation: null }, "none"), null);
});

function image(name: string, caseId: string, b: number, flipped: number | null): ScoredImage {
  const of = (p: number) => ({ weber_b: p, none: 1 - p });
  return {
    image: name,
    caseId,
    probabilities: of(b),
    flippedProbabilities: flipped === null ? null : of(flipped),
    segmentation: null,
  };
}

test("signalsOf: views are compared within their case, and what is missing is null", () => {
  const signals = signalsOf(
    [image("1", "x", 1, 0), image("2", "x", 0, null), image("3", "y", 0.5, 0.5)],
    "none",
  );
  assert.deepEqual(signals.get("1"), { uncertainty: 0, segmentation: null, views: 1, flip: 1 });
  assert.deepEqual(signals.get("2"), { uncertainty: 0, segmentation: null, views: 1, flip: null });
  assert.deepEqual(signals.get("3"), { uncertainty: 1, segmentation: null, views: null, flip: 0 });
});

test("percentilesOf: ties share the middle of their places, one alone is in the middle", () => {
  const figures = new Map([
    ["a", 3],
    ["b", 1],
    ["c", 1 + 1e-15],
    ["d", 9],
    ["e", 5],
  ]);
  assert.deepEqual(
    ["a", "b", "c", "d", "e"].map((name) => percentilesOf(figures).get(name)),
    [0.5, 0.125, 0.125, 1, 0.75],
  );
  assert.deepEqual([...percentilesOf(new Map([["a", 7]]))], [["a", 0.5]]);
});
