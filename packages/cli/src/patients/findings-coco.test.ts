import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCoco } from "@malleolus/data";
import { decodeRuns, fillOutlines } from "@malleolus/geometry";
import type { Finding, Prediction } from "@malleolus/schema";
import { findingsCoco } from "./findings-coco.ts";

const holed: Finding = {
  class: "weber_b",
  score: 0.75,
  box: [2, 1, 8, 6],
  polygons: [
    [2, 1, 8, 1, 8, 6, 2, 6],
    [4, 2, 4, 4, 6, 4, 6, 2],
  ],
  areaMm2: null,
  lengthMm: null,
  calibration: "none",
};

const predictionOf = (file: string, findings: readonly Finding[]): Prediction => ({
  format: "malleolus-prediction-1",
  file,
  detector: "model.safetensors",
  scoreThreshold: 0.5,
  width: 12,
  height: 9,
  pixelSpacingMm: null,
  spacingSource: "none",
  findings,
  classScores: {},
  imageProbabilities: null,
  patient: null,
  answer: null,
});

test("findingsCoco: what is written reads as a COCO file, masks with their holes and all", () => {
  const files = [
    { name: "a.dcm", prediction: predictionOf("/in/a.dcm", []) },
    { name: "p/b.dcm", prediction: predictionOf("/in/p/b.dcm", [holed, { ...holed, score: 0.5 }]) },
  ];
  const text = findingsCoco(files, ["weber_a", "weber_b"]);
  const { images, categories, annotations } = parseCoco(text, "findings.json");
  assert.deepEqual(
    images.map(({ fileName, width, height }) => [fileName, width, height]),
    [
      ["a.dcm", 12, 9],
      ["p/b.dcm", 12, 9],
    ],
  );
  assert.deepEqual(
    categories.map(({ name }) => name),
    ["weber_a", "weber_b"],
  );
  const [first] = annotations;
  assert.deepEqual([first.imageId, first.categoryId, first.box], [2, 2, [2, 1, 8, 6]]);
  assert.ok(first.runs !== null);
  const mask = fillOutlines(holed.polygons, 12, 9);
  assert.deepEqual(decodeRuns(first.runs).data, mask.data);
  assert.equal(first.area, 26);
  const written: unknown = JSON.parse(text);
  assert.ok(typeof written === "object" && written !== null && "annotations" in written);
  assert.ok(Array.isArray(written.annotations));
  assert.deepEqual(
    written.annotations.map(({ score }) => score),
    [0.75, 0.5],
  );
});

test("findingsCoco: nothing found is a file without annotations", () => {
  const text = findingsCoco([{ name: "a", prediction: predictionOf("a", []) }], ["fracture"]);
  assert.deepEqual(parseCoco(text, "findings.json").annotations, []);
});
