/** The cases behind a report: every patient once, in the order of each test, with what is shown beside the answer. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { evaluate, evaluationDefaults, type TestPatient } from "@malleolus/evaluation";
import { type Finding, readJson, reportedPatientSchema, reportHeadSchema } from "@malleolus/schema";
import { writeReportCases } from "./report-cases.ts";

const classes = ["weber_a", "weber_b", "no_fracture"];

function finding(name: string, score: number): Finding {
  return {
    class: name,
    score,
    box: [1, 1, 9, 9],
    polygons: [[1, 1, 9, 1, 9, 9]],
    areaMm2: null,
    lengthMm: null,
    calibration: "none",
  };
}

function patient(id: string, truth: string, findings: readonly Finding[]): TestPatient {
  const sha256 = id.padEnd(64, "0");
  const outline = { class: truth, box: [1, 1, 9, 9], polygons: [[1, 1, 9, 1, 9, 9]] } as const;
  return {
    id,
    class: truth,
    ambiguous: null,
    images: [
      {
        id: `${sha256.slice(0, 2)}/${sha256}.dcm`,
        view: "ap",
        width: 16,
        height: 16,
        findings,
        truths: [{ ...outline, polygons: [...outline.polygons] }],
      },
    ],
  };
}

test("writeReportCases: every patient once, in the tests' order, with the best few findings", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cases-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [a, b, c] = [
    patient("aa", "weber_a", [finding("weber_b", 0.1), finding("weber_a", 0.9)]),
    patient(
      "bb",
      "weber_b",
      [0.9, 0.8, 0.7, 0.6].map((score) => finding("weber_a", score)),
    ),
    patient("cc", "no_fracture", []),
  ];
  const settings = {
    ...evaluationDefaults,
    resamples: 20,
    classes,
    noFractureClass: "no_fracture",
    decision: null,
  };
  const [difficult, easy] = [
    [b, a],
    [a, c],
  ];
  // A later test may hold a patient to another truth; the first one's is shown.
  const otherwise = [{ ...a, class: "weber_b" }, c];
  const content = {
    title: "The tests",
    subtitle: "",
    generatedAt: "2026-01-31T09:00:00.000Z",
    tests: [
      { id: "internal-difficult", name: "Difficult", evaluation: evaluate(difficult, settings) },
      { id: "internal-easy", name: "Easy", evaluation: evaluate(otherwise, settings) },
    ],
  };
  const nobody = { difficult: [], easy: null, undecided: 0 };
  const path = writeReportCases(folder, content, {
    internal: { difficult, easy, undecided: 0 },
    external: nobody,
  });
  const [first, ...rest] = readFileSync(path, "utf8").trimEnd().split("\n");
  const head = readJson(reportHeadSchema, first, path);
  assert.deepEqual(
    head.tests.map(({ id, patients, right }) => [id, patients, right]),
    [
      ["internal-difficult", ["bb", "aa"], 1],
      ["internal-easy", ["aa", "cc"], 1],
    ],
  );
  const patients = rest.map((line) => readJson(reportedPatientSchema, line, path));
  assert.deepEqual(
    patients.map((one) => [one.patient, one.truth, one.called]),
    [
      ["bb", "weber_b", "weber_a"],
      ["aa", "weber_a", "weber_a"],
      ["cc", "no_fracture", "no_fracture"],
    ],
  );
  assert.equal(patients[0].images[0].image, "bb".padEnd(64, "0"));
  const scores = patients.map(({ images }) => images[0].findings.map(({ score }) => score));
  assert.deepEqual(scores, [[0.9, 0.8, 0.7], [0.9], []]);
  assert.equal(patients[1].images[0].truths?.[0].class, "weber_a");
});
