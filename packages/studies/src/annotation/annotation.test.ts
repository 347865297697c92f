import assert from "node:assert/strict";
import { test } from "node:test";
import { maskArea, maskIou, rasterizePolygons } from "@malleolus/geometry";
import {
  type Annotation,
  annotationSchema,
  type Outline,
  outlinesColumn,
  readRecord,
} from "@malleolus/schema";
import type { Study } from "../study.ts";
import { readWorklist } from "../tasks/worklist.ts";
import { ANNOTATORS, addCases, facts, imageId, studyWithPeople } from "../test-people.ts";
import {
  annotationAgreement,
  annotationDisagreementVisibleTo,
  annotationsVisibleTo,
} from "./annotation-visibility.ts";
import { assignAnnotators } from "./assign-annotators.ts";
import { agreementOf, outlinePolygons } from "./outline-polygons.ts";
import { storeProposals } from "./proposals/store-proposals.ts";
import { MODEL, prelabelOf } from "./proposals/test-prelabels.ts";
import { adjudicateAnnotation, resolveAnnotations } from "./resolve-annotations.ts";
import { submitAnnotation } from "./submit-annotation.ts";

/** A rectangle drawn as a structure. */
function outline(structure: string, x1: number, y1: number, x2: number, y2: number): Outline {
  return { structure, polygons: [[x1, y1, x2, y1, x2, y2, x1, y2]] };
}

const AP = imageId("x", "ap");
const LATERAL = imageId("x", "lateral");

function annotation(annotator: string, image: string, outlines: readonly Outline[]): Annotation {
  return { image, annotator, visibility: "easy", outlines: [...outlines] };
}

/** A case of two views, Weber B unless said otherwise, given to the annotators. */
async function openedCase(
  context: Parameters<typeof studyWithPeople>[0],
  name = "weber_b",
): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", state: "agreed", class: name, views: ["ap", "lateral"] }]);
  assert.equal(await assignAnnotators(study, ["x"]), 1);
  assert.equal(await assignAnnotators(study, ["x"]), 0);
  return study;
}

async function stateOf(study: Study): Promise<string> {
  const row = await study.database
    .selectFrom("cases")
    .select("state")
    .where("id", "=", "x")
    .executeTakeFirstOrThrow();
  return row.state;
}

test("resolveAnnotations: where both agree the first's annotation is the truth, and the case is annotated", async (context) => {
  const study = await openedCase(context);
  const [one, two] = ANNOTATORS;
  for (const image of [AP, LATERAL]) {
    await submitAnnotation(study, annotation(two, image, [outline("fracture", 50, 52, 70, 62)]));
  }
  await submitAnnotation(study, annotation(one, AP, [outline("fracture", 50, 50, 70, 60)]));
  assert.deepEqual(await resolveAnnotations(study, "me"), {
    resolved: 1,
    casesAnnotated: 0,
    disagreements: [],
  });
  assert.equal(await stateOf(study), "agreed");
  await submitAnnotation(study, annotation(one, LATERAL, [outline("fracture", 50, 50, 70, 60)]));
  assert.equal((await resolveAnnotations(study, "me")).casesAnnotated, 1);
  assert.equal(await stateOf(study), "annotated");
  const truth = await study.database.selectFrom("image_truths").selectAll().execute();
  assert.deepEqual(
    truth.map(({ outlines, how }) => [outlinesColumn.read(outlines, "truth"), how]),
    [AP, LATERAL].map(() => [[outline("fracture", 50, 50, 70, 60)], "agreed"]),
  );
  const [{ agreement }] = await annotationAgreement(study);
  // 20 x 8 pixels of 20 x 12.
  assert.deepEqual(agreement, [{ structure: "fracture", iou: 8 / 12 }]);
  const again = submitAnnotation(study, annotation(one, AP, [outline("fracture", 1, 1, 9, 9)]));
  await assert.rejects(again, /has its truth; it takes no more annotations/);
});

const differences: readonly (readonly [
  what: string,
  first: Partial<Annotation>,
  second: Partial<Annotation>,
])[] = [
  ["too little overlap", {}, { outlines: [outline("fracture", 60, 50, 80, 60)] }],
  [
    "a structure that one left out",
    { outlines: [outline("fracture", 50, 50, 70, 60), outline("tibia", 0, 0, 40, 40)] },
    {},
  ],
  ["what only one can see", {}, { visibility: "impossible", outlines: [] }],
];
for (const [what, first, second] of differences) {
  test(`resolveAnnotations: ${what} is for a senior`, async (context) => {
    const study = await openedCase(context);
    const base = annotation(ANNOTATORS[0], AP, [outline("fracture", 50, 50, 70, 60)]);
    await submitAnnotation(study, { ...base, ...first });
    await submitAnnotation(study, { ...base, annotator: ANNOTATORS[1], ...second });
    assert.deepEqual((await resolveAnnotations(study, "me")).disagreements, [AP]);
    const { annotations } = await annotationDisagreementVisibleTo(study, {
      image: AP,
      viewer: "senior",
    });
    assert.equal(annotations.length, 2);
    const decided = {
      image: AP,
      who: "senior",
      visibility: "difficult",
      outlines: [outline("fracture", 52, 50, 72, 60)],
      why: "the line goes on",
    } as const;
    const decision = { ...decided, outlines: [...decided.outlines] };
    await assert.rejects(
      adjudicateAnnotation(study, { ...decision, who: ANNOTATORS[0] }),
      /"senior"/,
    );
    await assert.rejects(
      adjudicateAnnotation(study, { ...decision, image: LATERAL }),
      /an annotation is missing/,
    );
    assert.equal(await adjudicateAnnotation(study, decision), false);
    const truth = await study.database
      .selectFrom("image_truths")
      .selectAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual(
      [
        truth.how,
        truth.who,
        truth.why,
        truth.visibility,
        outlinesColumn.read(truth.outlines, "truth"),
      ],
      ["adjudicated", "senior", "the line goes on", "difficult", decision.outlines],
    );
    await assert.rejects(adjudicateAnnotation(study, decision), /or the image has its truth/);
  });
}

test("annotationsVisibleTo: nothing of the other's until the truth; prelabels and the own revisions", async (context) => {
  const study = await openedCase(context);
  const [one, two] = ANNOTATORS;
  const line = {
    structure: "fracture",
    polygons: [],
    lines: [{ points: [10, 10, 30, 30], widthMm: 3 }],
  };
  const polygons = [[8, 12, 12, 8, 32, 28, 28, 32]];
  const fracture = { structure: "fracture", polygons, line: line.lines[0], score: 0.7 };
  const proposed = prelabelOf(AP, { shapes: [fracture] });
  const [prelabel] = (await storeProposals(study, [proposed], "me")).ids;
  await submitAnnotation(study, { ...annotation(one, AP, [line]), startedFrom: prelabel });
  await submitAnnotation(study, { ...annotation(one, AP, [line]), visibility: "difficult" });
  await submitAnnotation(study, annotation(two, AP, [line]));
  const seen = await annotationsVisibleTo(study, { image: AP, viewer: one });
  assert.deepEqual(
    seen.own.map(({ revision, visibility, startedFrom }) => [revision, visibility, startedFrom]),
    [
      [1, "easy", prelabel],
      [2, "difficult", null],
    ],
  );
  assert.deepEqual(
    seen.prelabels.map(({ author, outlines }) => [author, outlines]),
    [[MODEL.sha256, [{ structure: "fracture", polygons }]]],
  );
  assert.equal(seen.others, null);
  await resolveAnnotations(study, "me");
  const after = await annotationsVisibleTo(study, { image: AP, viewer: one });
  assert.deepEqual(
    after.others?.map(({ author }) => author),
    [two],
  );
  const wrong = { ...annotation(two, LATERAL, [line]), startedFrom: prelabel };
  await assert.rejects(submitAnnotation(study, wrong), /expected a prelabel of it, got number 1/);
});

test("readWorklist: a case is annotated by someone who has drawn all its images", async (context) => {
  const study = await openedCase(context);
  const question = { queue: "annotation", person: ANNOTATORS[0] } as const;
  const shape = [outline("fracture", 5, 5, 20, 9)];
  await submitAnnotation(study, annotation(ANNOTATORS[0], AP, shape));
  assert.equal((await readWorklist(study, question)).left, 1);
  await submitAnnotation(study, annotation(ANNOTATORS[0], LATERAL, shape));
  assert.deepEqual([(await readWorklist(study, question)).left], [0]);
});

const refusals: readonly (readonly [
  what: string,
  class_: string,
  change: Partial<Annotation>,
  expected: RegExp,
])[] = [
  [
    "an unknown structure",
    "weber_b",
    { outlines: [outline("talus", 1, 1, 9, 9)] },
    /fracture, fibula, tibia, no_fracture, got "talus"/,
  ],
  [
    "an outline beside the image",
    "weber_b",
    { outlines: [outline("fracture", 300, 1, 320, 9)] },
    /on its 200 x 240 pixels/,
  ],
  [
    "a fracture without visibility",
    "weber_b",
    { visibility: null },
    /expected the fracture's visibility/,
  ],
  [
    "an impossible fracture with an outline",
    "weber_b",
    { visibility: "impossible" },
    /impossible to see/,
  ],
  [
    "a visible fracture without an outline",
    "weber_b",
    { outlines: [] },
    /the outline of a fracture that is easy/,
  ],
  [
    "an intact bone in a fractured case",
    "weber_b",
    { outlines: [outline("no_fracture", 1, 1, 9, 9)] },
    /no outline of no_fracture/,
  ],
  ["a visibility without fracture", "no_fracture", {}, /no visibility of a fracture/],
  [
    "a fracture in a case without",
    "no_fracture",
    { visibility: null },
    /expected no fracture, since/,
  ],
  ["somebody else", "weber_b", { annotator: "senior" }, /role "annotator"/],
  [
    "an image that is not there",
    "weber_b",
    { image: "0".repeat(64) },
    /expected an image of the study/,
  ],
];
for (const [what, name, change, expected] of refusals) {
  test(`submitAnnotation: ${what} is refused`, async (context) => {
    const study = await openedCase(context, name);
    const base = annotation(ANNOTATORS[0], AP, [outline("fracture", 50, 50, 70, 60)]);
    await assert.rejects(submitAnnotation(study, { ...base, ...change }), expected);
    const rows = await study.database.selectFrom("annotations").selectAll().execute();
    assert.deepEqual(rows, []);
  });
}

test("annotationSchema: unknown keys and a structure twice are refused", () => {
  const good = annotation("a", AP, [outline("fibula", 1, 1, 9, 9)]);
  assert.deepEqual(readRecord(annotationSchema, good, "a"), good);
  const read = (change: object) => () => readRecord(annotationSchema, { ...good, ...change }, "a");
  assert.throws(read({ box: [1, 1, 9, 9] }), /unknown key "box"/);
  assert.throws(read({ outlines: [...good.outlines, ...good.outlines] }), /every structure once/);
  assert.throws(
    read({ outlines: [{ structure: "fibula", polygons: [] }] }),
    /at least one polygon/,
  );
  assert.throws(read({ image: "abc" }), /SHA-256/);
});

test("outlinePolygons: a line becomes a band of its width, also on pixels that are not square", () => {
  const record = { ...facts("ap"), pixelSpacingMm: [0.5, 0.25] } as const;
  const line = {
    structure: "fracture",
    polygons: [],
    lines: [{ points: [60, 100, 140, 100], widthMm: 20 }],
  };
  const band = rasterizePolygons(outlinePolygons(line, record), 200, 240);
  // 80 columns of 40 rows, and half a disc of 20 mm, 80 columns wide and 40 rows high, at each end.
  const expected = 80 * 40 + Math.PI * 40 * 20;
  const area = maskArea(band);
  assert.ok(Math.abs(area - expected) < 0.02 * expected, `${area} of ${expected}`);
  assert.deepEqual(
    [79, 80, 119, 120].map((y) => band.data[y * 200 + 100]),
    [0, 1, 1, 0],
  );
  assert.deepEqual(
    [18, 22, 177, 181].map((x) => band.data[100 * 200 + x]),
    [0, 1, 1, 0],
  );
});

/** Outlines that leave the image, and outlines whose bounds are no whole pixels. */
const pairs = [
  [
    [-20, 10.3, 33.7, 4, 60.2, 250, 12, 230],
    [0, 12, 35, 2, 64, 233.3, 9, 235],
  ],
  [
    [41.37, 50.61, 60.2, 52.9, 58.4, 71.7],
    [42.83, 51.4, 61.9, 50.3, 57.1, 70.2],
  ],
] as const;
for (const [one, other] of pairs) {
  test(`agreementOf: the overlap of the whole image's masks, from ${one[0]}, ${one[1]}`, () => {
    const [a, b] = [one, other].map((ring) => [{ structure: "fibula", polygons: [[...ring]] }]);
    const masks = [one, other].map((ring) => rasterizePolygons([ring], 200, 240));
    const iou = maskIou(masks[0], masks[1]);
    assert.ok(iou > 0.3 && iou < 0.99, `${iou}`);
    assert.deepEqual(agreementOf(a, b, facts("ap")), [{ structure: "fibula", iou }]);
  });
}
