import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "@malleolus/schema";
import {
  type ClassScores,
  imageScores,
  predictPatient,
  type ScoreRule,
  type ViewRule,
  viewRules,
} from "./patient-score.ts";

const options: ScoreRule = {
  classes: ["a", "b", "none"],
  noFractureClass: "none",
  rule: "sum",
  threshold: 0.5,
};

function finding(name: string, score: number): Finding {
  const where = { box: [0, 0, 1, 1] as const, polygons: [], areaMm2: null, lengthMm: null };
  return { class: name, score, ...where, calibration: "none" };
}

function predict(rule: ViewRule, views: readonly ClassScores[], threshold = 0.5) {
  return predictPatient(views, { ...options, rule, threshold });
}

test("imageScores: the highest of a class, 0 without any, other structures left out", () => {
  const findings = [
    finding("a", 0.2),
    finding("a", 0.7),
    finding("none", 0.1),
    finding("tibia", 1),
  ];
  assert.deepEqual(imageScores({ findings }, options.classes), { a: 0.7, b: 0, none: 0.1 });
});

test("imageScores: what the detector says of a class comes before its findings", () => {
  const classScores = { a: 0.5, b: 0.25, none: 0.9 };
  const findings = [finding("a", 0.75)];
  assert.deepEqual(imageScores({ findings, classScores }, options.classes), classScores);
});

/** A fracture that shows on the lateral alone, and two views that look intact. */
const lateralOnly = [
  { a: 0, b: 0.125, none: 0.75 },
  { a: 0, b: 0, none: 0.625 },
  { a: 0.25, b: 0.875, none: 0 },
];
const expectations: readonly [ViewRule, ClassScores, string][] = [
  ["sum", { a: 0.25, b: 1, none: 1.375 }, "none"],
  ["mean", { a: 0.25 / 3, b: 1 / 3, none: 1.375 / 3 }, "none"],
  ["max", { a: 0.25, b: 0.875, none: 0.75 }, "b"],
  ["noisy-or", { a: 0.25, b: 1 - 0.875 * 0.125, none: 1 - 0.25 * 0.375 }, "none"],
  ["any", { a: 0.25, b: 0.875, none: 0.125 }, "b"],
  ["all", { a: 0, b: 0, none: 1 }, "none"],
];
for (const [rule, scores, expected] of expectations) {
  test(`predictPatient: ${rule} of three views, by hand`, () => {
    const prediction = predict(rule, lateralOnly);
    assert.deepEqual(prediction.scores, scores);
    assert.equal(prediction.class, expected);
    assert.equal(prediction.undecided, null);
  });
}

test("predictPatient: any and all decide at their threshold, whatever no fracture scores", () => {
  const views = [
    { a: 0.3, b: 0, none: 0.9 },
    { a: 0.6, b: 0, none: 0.9 },
  ];
  for (const [rule, threshold, expected] of [
    ["any", 0.59, "a"],
    ["any", 0.61, "none"],
    ["all", 0.29, "a"],
    ["all", 0.31, "none"],
  ] as const) {
    assert.equal(predict(rule, views, threshold).class, expected, `${rule} at ${threshold}`);
  }
});

test("predictPatient: a tie with no fracture is none, a tie of two fractures is one; both are said", () => {
  for (const [views, expected] of [
    [[{ a: 0.5, b: 0, none: 0.5 }], ["none", "tie", 0]],
    [[{ a: 0.5, b: 0.5, none: 0.25 }], ["a", "tie", 0.25]],
    [[{ a: 0.5, b: 0.5, none: 0.5 }], ["none", "tie", 0]],
    // Equal sums: B was surer on one view.
    [
      [
        { a: 0.5, b: 0.75, none: 0 },
        { a: 0.5, b: 0.25, none: 0 },
      ],
      ["b", "tie", 1],
    ],
  ] as const) {
    const { class: name, undecided, fractureScore } = predict("sum", views);
    assert.deepEqual([name, undecided, fractureScore], expected);
  }
});

test("predictPatient: nothing found is no fracture and is said", () => {
  for (const views of [[], [{ a: 0, b: 0, none: 0 }]]) {
    for (const rule of ["sum", "mean", "max", "noisy-or"] as const) {
      const { class: name, undecided, fractureScore } = predict(rule, views);
      assert.deepEqual([name, undecided, fractureScore], ["none", "all zero", 0]);
    }
    // These two ask whether there is a fracture, and there is none.
    for (const rule of ["any", "all"] as const) {
      const { class: name, undecided, fractureScore } = predict(rule, views);
      assert.deepEqual([name, undecided, fractureScore], ["none", null, -1]);
    }
  }
});

test("predictPatient: the fracture score is above 0 exactly where a fracture is predicted", () => {
  const levels = [0, 0.25, 0.5, 0.75];
  const views = levels.flatMap((a) =>
    levels.flatMap((b) => levels.map((none) => ({ a, b, none }))),
  );
  for (const rule of viewRules) {
    for (const first of views) {
      for (const second of views) {
        const { class: name, fractureScore } = predict(rule, [first, second]);
        assert.equal(
          fractureScore > 0,
          name !== "none",
          `${rule} ${JSON.stringify([first, second])}`,
        );
      }
    }
  }
});
