import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import { evaluate, evaluationDefaults } from "./evaluate.ts";
import { falseFindings } from "./false-findings.ts";
import type { TestImage, TestPatient } from "./patient.ts";

const box: Box = [0, 0, 10, 10];
const elsewhere: Box = [20, 20, 30, 30];
const finding = (at: Box, score: number): Finding => ({
  class: "weber-b",
  score,
  box: at,
  polygons: [],
  areaMm2: null,
  lengthMm: null,
  calibration: "none",
});
const image = (id: string, findings: Finding[], truths: TestImage["truths"]): TestImage => ({
  id,
  view: "ap",
  width: 40,
  height: 40,
  findings,
  truths,
});
const truth = { class: "weber-b", box, polygons: [[0, 0, 10, 0, 10, 10, 0, 10]] };
const patients: TestPatient[] = [
  {
    id: "broken",
    class: "weber-b",
    ambiguous: null,
    images: [
      image("found", [finding(box, 0.9), finding(box, 0.8)], [truth]),
      image(
        "beside",
        [finding(elsewhere, 0.9), finding(elsewhere, 0.6), finding(elsewhere, 0.1)],
        [truth],
      ),
      image("unknown", [finding(elsewhere, 0.9)], null),
    ],
  },
  {
    id: "sound",
    class: "none",
    ambiguous: null,
    images: [
      image("shown in vain", [finding(box, 0.7)], []),
      image("faint", [finding(box, 0.2)], []),
      image("not annotated", [finding(box, 0.7)], null),
    ],
  },
];

test("falseFindings: findings on no fracture, and fractures shown where there are none", () => {
  const found = falseFindings(patients, "none", ["weber-b"], 0.5, 0.3);
  assert.deepEqual(
    found.map(({ image: id, falsePositives, falsePositiveRadiograph }) => [
      id,
      falsePositives,
      falsePositiveRadiograph,
    ]),
    [
      ["beside", 2, false],
      ["shown in vain", 1, true],
      ["not annotated", null, true],
    ],
  );
});

test("falseFindings: stand behind the figures of the evaluation", () => {
  const evaluation = evaluate(patients, {
    ...evaluationDefaults,
    classes: ["weber-b", "none"],
    noFractureClass: "none",
    resamples: 10,
  });
  const sum = evaluation.falseFindings.reduce((all, one) => all + (one.falsePositives ?? 0), 0);
  // Of four annotated radiographs.
  assert.equal(evaluation.falsePositives.perImage.value, sum / 4);
  assert.equal(
    evaluation.falsePositiveRadiographs.count,
    evaluation.falseFindings.filter(({ falsePositiveRadiograph }) => falsePositiveRadiograph)
      .length,
  );
});
