import assert from "node:assert/strict";
import { test } from "node:test";
import { fillOutlines } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import { parseDataSet } from "../data-set.ts";
import { segmentationFile } from "./segmentation.ts";
import { HEIGHT, testAnalysis, testFindings, WIDTH } from "./test-result-source.ts";

function segmentationOf(findings: readonly Finding[]) {
  const analysis = testAnalysis();
  const file = segmentationFile(analysis, analysis.sources[0], findings);
  assert.ok(file !== null);
  return parseDataSet(file, "segmentation");
}

/** Pixels of a frame, bit after bit as PS3.5 section 8.1.1 has them. */
function frameOf(attributes: ReturnType<typeof segmentationOf>, frame: number): number[] {
  const bytes = attributes.numbers("x7fe00010", 1);
  return Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const bit = frame * WIDTH * HEIGHT + i;
    return (bytes[bit >> 3] >> (bit & 7)) & 1;
  });
}

test("segmentationFile: a frame a finding, on the radiograph's own pixels, holes and all", () => {
  const written = segmentationOf(testFindings);
  assert.equal(written.decimal("x00280008"), testFindings.length);
  for (const [i, { polygons }] of testFindings.entries()) {
    const expected = fillOutlines(polygons, WIDTH, HEIGHT).data;
    assert.deepEqual(frameOf(written, i), [...expected]);
  }
  assert.equal(frameOf(written, 0)[12 * WIDTH + 13], 0);
});

test("segmentationFile: frames of an odd number of pixels follow one another without a gap", () => {
  const analysis = testAnalysis({
    2621456: { vr: "US", value: 3 },
    2621457: { vr: "US", value: 3 },
  });
  const square = (x: number): Finding => ({
    ...testFindings[1],
    polygons: [[x, 0, x + 1, 0, x + 1, 1, x, 1]],
  });
  const file = segmentationFile(analysis, analysis.sources[0], [square(0), square(1)]);
  assert.ok(file !== null);
  const bytes = parseDataSet(file, "odd").numbers("x7fe00010", 1);
  // Nine bits of the first frame, then those of the second, then zeros up to an even length.
  assert.deepEqual(bytes, [0b00000001, 0b00000100, 0, 0]);
});

test("segmentationFile: it has no place in space, as its radiograph has none", () => {
  const written = segmentationOf(testFindings);
  for (const tag of ["x00200052", "x00289110", "x00209116"]) {
    assert.equal(written.element(tag), null, tag);
  }
  const [shared] = written.items("x52009229");
  assert.equal(shared.element("x00289110"), null);
  for (const frame of written.items("x52009230")) assert.equal(frame.element("x00209113"), null);
});

test("segmentationFile: segments say what they are, what found them, and for what use", () => {
  const [first] = segmentationOf(testFindings).items("x00620002");
  assert.equal(first.text("x00620005"), "Finding 1: weber_b");
  assert.equal(
    first.text("x00620006"),
    "weber_b, score 0.875. Research use only, not a medical device",
  );
  assert.equal(first.text("x00620008"), "AUTOMATIC");
  const [algorithm] = first.items("x00620007");
  assert.equal(algorithm.text("x00660036"), "Malleolus detector");
  assert.match(algorithm.text("x00660032") ?? "", /^weights (ab){32}; score threshold 0.5; /);
});

test("segmentationFile: whether segments overlap is told", () => {
  assert.equal(segmentationOf(testFindings).text("x00620013"), "YES");
  assert.equal(segmentationOf(testFindings.slice(1)).text("x00620013"), "NO");
});

test("segmentationFile: findings without an outline make no segment, and no segments no object", () => {
  const [one, two] = testFindings;
  const analysis = testAnalysis();
  const bare = { ...one, polygons: [] };
  assert.equal(segmentationFile(analysis, analysis.sources[0], [bare]), null);
  const [segment] = segmentationOf([bare, two]).items("x00620002");
  // It keeps the name that the report gives it.
  assert.equal(segment.text("x00620020"), "Finding 2");
  assert.equal(segment.short("x00620004"), 1);
});
