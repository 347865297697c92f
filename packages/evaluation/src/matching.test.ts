import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box, Polygon } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import { markedImage, matchFractures } from "./matching.ts";
import type { TestImage, TruthObject } from "./patient.ts";

const square = ([x1, y1, x2, y2]: Box): Polygon => [x1, y1, x2, y1, x2, y2, x1, y2];

function truth(name: string, box: Box): TruthObject {
  return { class: name, box, polygons: [square(box)] };
}

function finding(name: string, score: number, box: Box): Finding {
  const polygons = [[...square(box)]];
  return { class: name, score, box, polygons, areaMm2: null, lengthMm: null, calibration: "none" };
}

function matched(truths: readonly TruthObject[] | null, findings: readonly Finding[]) {
  const image: TestImage = { id: "i", view: "ap", width: 100, height: 80, findings, truths };
  return matchFractures(image, ["weber-a", "weber-b"], 0.5, 0.3).map(({ truth: one, found }) => ({
    truth: one.box[0],
    found: found && { score: found.finding.score, boxIou: found.boxIou, maskIou: found.maskIou },
  }));
}

const here: Box = [10, 10, 30, 20];

test("matchFractures: the best-scoring finding stands for the fracture, not the best-placed", () => {
  const findings = [
    finding("weber-a", 0.6, here),
    finding("weber-b", 0.9, [20, 10, 40, 20]),
    finding("none", 1, here),
    finding("tibia", 1, here),
  ];
  // 10 x 10 of 300 shared; the class plays no part.
  assert.deepEqual(matched([truth("weber-a", here)], findings), [
    { truth: 10, found: { score: 0.9, boxIou: 1 / 3, maskIou: 1 / 3 } },
  ]);
});

test("matchFractures: missed below the threshold, and where boxes only touch", () => {
  const missed = [{ truth: 10, found: null }];
  const truths = [truth("weber-a", here)];
  assert.deepEqual(matched(truths, []), missed);
  assert.deepEqual(matched(truths, [finding("weber-a", 0.49, here)]), missed);
  assert.deepEqual(matched(truths, [finding("weber-a", 0.9, [30, 10, 40, 20])]), missed);
  assert.equal(matched(truths, [finding("weber-a", 0.5, here)])[0].found?.boxIou, 1);
});

test("matchFractures: a finding that only touches a corner points at nothing", () => {
  // 200 square pixels there; 12 x 10 of them in a box of 24 x 20 share 120 of 560.
  const corner = finding("weber-a", 0.9, [18, 10, 42, 30]);
  assert.deepEqual(matched([truth("weber-a", here)], [corner]), [{ truth: 10, found: null }]);
  const well = finding("weber-a", 0.6, here);
  assert.equal(matched([truth("weber-a", here)], [corner, well])[0].found?.score, 0.6);
});

test("markedImage: what is found, what is found again, and what is a false positive", () => {
  const image: TestImage = {
    id: "i",
    view: "ap",
    width: 100,
    height: 80,
    truths: [truth("weber-a", here), truth("none", [50, 50, 70, 60])],
    findings: [
      finding("weber-a", 0.2, here),
      finding("weber-b", 0.9, here),
      finding("weber-a", 0.4, [50, 50, 70, 60]),
      finding("none", 0.8, [50, 50, 70, 60]),
    ],
  };
  assert.deepEqual(markedImage(image, "p", ["weber-a", "weber-b"], 0.3), {
    group: "p",
    objects: 1,
    marks: [
      { score: 0.9, is: "hit" },
      { score: 0.4, is: "false positive" },
      { score: 0.2, is: "repeat" },
    ],
  });
});

test("matchFractures: two fractures take two findings, each once", () => {
  const there: Box = [50, 10, 70, 20];
  const findings = [finding("weber-a", 0.7, there), finding("weber-a", 0.8, here)];
  const both = matched([truth("weber-b", there), truth("weber-a", here)], findings);
  assert.deepEqual(
    both.map((one) => [one.truth, one.found?.score]),
    [
      [50, 0.7],
      [10, 0.8],
    ],
  );
  const twice = [finding("weber-a", 0.7, here), finding("weber-a", 0.8, here)];
  assert.deepEqual(
    matched([truth("weber-b", there), truth("weber-a", here)], twice).map(
      (one) => one.found?.score,
    ),
    [undefined, 0.8],
  );
});

test("matchFractures: an intact bone is no fracture, an image without annotation has none", () => {
  assert.deepEqual(matched([truth("none", here)], [finding("weber-a", 0.9, here)]), []);
  assert.deepEqual(matched(null, [finding("weber-a", 0.9, here)]), []);
});
