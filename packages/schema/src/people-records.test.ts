/** What readings, drawings and assignments refuse. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { annotationAdjudicationSchema, annotationSchema, widenedLineSchema } from "./annotation.ts";
import {
  assignedImageSchema,
  assignmentSchema,
  partitionOf,
  partitionSchema,
} from "./assignment.ts";
import { likeliestClass, prelabelSchema } from "./prelabel.ts";
import { readRecord } from "./read-json.ts";
import { adjudicationSchema, readingSchema } from "./reading.ts";

const image = "ab".repeat(32);
const outlines = [{ structure: "fracture", polygons: [[1, 2, 30, 2, 30, 40]] }];
const shape = { structure: "fibula", polygons: [[1, 2, 30, 2, 30, 40]], line: null, score: 0.9 };
const prelabel = {
  image,
  model: { sha256: "cd".repeat(32), name: "preliminary", version: "1" },
  isLowerLeg: true,
  shapes: [shape],
  probabilities: { weber_b: 0.8, none: 0.2 },
  flippedProbabilities: null,
  segmentation: { fractureProbability: 0.6, class: null },
  view: { value: "ap", probability: 0.9 },
  side: null,
};
const decision = { kind: "class", id: "weber_b" };

const records: readonly (readonly [
  name: string,
  schema: z.ZodType,
  good: object,
  changes: readonly (readonly [change: object, expected: RegExp])[],
])[] = [
  [
    "reading",
    readingSchema,
    { caseId: "1.2", panel: "curation", reader: "a", decision, note: "gap", seconds: 12.5 },
    [
      [{ decison: decision }, /unknown key "decison" \(did you mean "decision"\?\)/],
      [{ decision: { ...decision, kind: "guess" } }, /at decision\.kind/],
      [{ decision: { ...decision, why: "" } }, /at decision: unknown key "why"/],
      [{ panel: "jury" }, /at panel/],
      [{ note: "x".repeat(501) }, /at note/],
      [{ seconds: -1 }, /at seconds/],
    ],
  ],
  [
    "adjudication",
    adjudicationSchema,
    { caseId: "1.2", who: "s", decision, why: "low", ownView: decision },
    [
      [{ why: "" }, /at why/],
      [{ reader: "a" }, /unknown key "reader"/],
    ],
  ],
  [
    "annotation",
    annotationSchema,
    { image, annotator: "a", visibility: null, outlines, proposals: "never", startedFrom: 3 },
    [
      [{ visibility: "obvious" }, /at visibility/],
      [{ outlines: [...outlines, ...outlines] }, /every structure once/],
      [{ boxes: [] }, /unknown key "boxes"/],
      [
        { decisions: [{ of: "shape", prelabel: 1, is: "accepted" }] },
        /at decisions\[0\]\.structure/,
      ],
      [{ decisions: [{ of: "box", prelabel: 1, is: "accepted" }] }, /at decisions\[0\]\.of/],
    ],
  ],
  [
    "prelabel",
    prelabelSchema,
    prelabel,
    [
      [{ image: "AB".repeat(32) }, /SHA-256/],
      [{ annotator: "a" }, /unknown key "annotator"/],
      [{ isLowerLeg: false }, /no outline where no lower leg is seen, got 1/],
      [{ shapes: [shape, shape] }, /every structure once/],
      [{ probabilities: { weber_b: 0.7, none: 0.2 } }, /probabilities that sum to 1/],
      [{ model: { ...prelabel.model, sha256: "abc" } }, /SHA-256 of a model/],
    ],
  ],
  [
    "adjudicated annotation",
    annotationAdjudicationSchema,
    { image, who: "s", visibility: "difficult", outlines: [], why: "nothing to see" },
    [[{ why: "" }, /at why/]],
  ],
  [
    "line",
    widenedLineSchema,
    { points: [1, 2, 3, 4], widthMm: 3 },
    [
      [{ points: [1, 2] }, /at least 2 points/],
      [{ points: [1, 2, 3, 4, 5] }, /odd number/],
      [{ widthMm: 0 }, /at widthMm/],
    ],
  ],
  [
    "assigned image",
    assignedImageSchema,
    { image, caseId: "1.2", patient: "P1", assignment: "tuning" },
    [
      [{ assignment: "test" }, /at assignment/],
      [{ partition: "tuning" }, /unknown key "partition"/],
    ],
  ],
];
for (const [name, schema, good, changes] of records) {
  test(`readRecord: a whole ${name} passes, and what is wrong with others is said`, () => {
    assert.deepEqual(readRecord(schema, good, name), good);
    for (const [change, expected] of changes) {
      assert.throws(() => readRecord(schema, { ...good, ...change }, name), expected);
    }
  });
}

test("partitionOf: both trainings share their patients, everything else has its own", () => {
  const parts = assignmentSchema.options.map(partitionOf);
  assert.deepEqual(parts, ["training", ...partitionSchema.options]);
});

test("likeliestClass: the greatest probability, of equal ones the first", () => {
  assert.deepEqual(likeliestClass({ a: 0.2, b: 0.4, c: 0.4 }), { class: "b", probability: 0.4 });
});
