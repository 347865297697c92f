/** Draws that are made once, and what each records. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Study } from "../study.ts";
import { addCases, imageId, studyWithPeople, type TestCase } from "../test-people.ts";
import {
  ASSIGNMENT_STEPS,
  assignExternalTest,
  assignInternalTest,
  assignMissing,
  assignPreliminaryTraining,
  assignTraining,
} from "./assign.ts";

type Context = Parameters<typeof studyWithPeople>[0];
type Sizes = readonly [perClass: number, reserve: number, external: number, preliminary: number];

const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;

/** Twelve radiographs with and twelve without a fracture to train on, a quarter of the patients for tuning. */
async function studyOf(
  context: Context,
  [perClass, reserve, external, preliminary]: Sizes,
  cases: readonly TestCase[],
): Promise<Study> {
  const study = await studyWithPeople(context);
  const splits = {
    ...study.protocol.splits,
    preliminary: { fracture: preliminary, noFracture: preliminary },
    training: { fracture: 12, noFracture: 12 },
    tuningShare: 0.25,
    internalTestPatientsPerClass: perClass,
    internalTestReservePerClass: reserve,
    externalTestPatients: external,
  };
  await addCases(study, cases);
  return { ...study, protocol: { ...study.protocol, splits } };
}

const agreed = (id: string, name: string, more: Partial<TestCase> = {}): TestCase => ({
  id,
  state: "agreed",
  class: name,
  ambiguous: 0,
  ...more,
});

/** Six patients of each class inside, two outside. */
const POOL: readonly TestCase[] = [
  ...CLASSES.flatMap((name) =>
    Array.from({ length: 6 }, (_, place) => agreed(`${name} ${place}`, name)),
  ),
  ...[0, 1].map((place) => agreed(`outside ${place}`, "weber_a", { hospital: "b" })),
];

function countsOf({ database }: Study) {
  return database
    .selectFrom("assigned_images")
    .select(({ fn }) => ["assignment", fn.countAll<number>().as("images")])
    .groupBy("assignment")
    .orderBy("assignment")
    .execute();
}

async function whyOf({ database }: Study, to: TestCase["state"] & string): Promise<string[]> {
  const rows = await database
    .selectFrom("transitions")
    .select("why")
    .where("to_state", "=", to)
    .where("why", "!=", "test")
    .execute();
  return rows.map(({ why }) => why).toSorted();
}

test("assignMissing: what was not drawn yet, in the order of the steps, and the same call again nothing", async (context) => {
  const study = await studyOf(context, [1, 1, 2, 3], POOL);
  const all = ASSIGNMENT_STEPS.toReversed();
  const preferred = [imageId("weber_a 0", "ap"), imageId("outside 0", "ap")];
  const first = await assignMissing(study, all, { who: "me", preferred });
  assert.deepEqual(
    first.outcomes,
    ASSIGNMENT_STEPS.map((step) => ({ step, outcome: "drawn" })),
  );
  const { preferredTaken = 0, preferredInTests = 0 } = first.training ?? {};
  assert.equal(preferredTaken + preferredInTests, 2);
  const counts = await countsOf(study);
  const { training, tuning, ...rest } = Object.fromEntries(
    counts.map(({ assignment, images }) => [assignment, Number(images)]),
  );
  assert.deepEqual(rest, { "external test": 6, "internal test": 24, "preliminary training": 6 });
  assert.deepEqual([training + tuning, tuning > 0], [24, true]);
  assert.deepEqual(await assignMissing(study, all, { who: "me" }), {
    outcomes: ASSIGNMENT_STEPS.map((step) => ({ step, outcome: "drawn before" })),
    training: null,
  });
  assert.deepEqual(await countsOf(study), counts);
  // Who was drawn when is told by each case's history.
  assert.deepEqual(await whyOf(study, "external test"), ["draw of seed 1: 1", "draw of seed 1: 2"]);
  assert.deepEqual(
    await whyOf(study, "internal test"),
    CLASSES.flatMap((name) => [
      `draw of seed 1: ${name} 1`,
      `draw of seed 1: ${name} 2, in reserve`,
    ]).toSorted(),
  );
  assert.deepEqual(
    new Set(await whyOf(study, "training")),
    new Set(["draw of seed 1, preferred radiographs first"]),
  );
  assert.deepEqual(
    new Set(await whyOf(study, "preliminary training")),
    new Set(["draw of seed 1"]),
  );
});

test("assignMissing: a part of the steps, a protocol that asks for none, and a preliminary training that comes too late", async (context) => {
  const study = await studyOf(context, [0, 0, 0, 3], POOL);
  const { outcomes } = await assignMissing(study, ["training"], { who: "me" });
  assert.deepEqual(outcomes, [{ step: "training", outcome: "drawn" }]);
  assert.deepEqual(new Set(await whyOf(study, "training")), new Set(["draw of seed 1"]));
  const later = await assignMissing(study, ASSIGNMENT_STEPS, { who: "me" });
  assert.deepEqual(
    later.outcomes.map(({ outcome }) => outcome),
    ["none asked for", "none asked for", "too late", "drawn before"],
  );
  assert.equal(later.training, null);
  await assert.rejects(assignPreliminaryTraining(study, "me"), {
    code: "assignment",
    message: /^training has already been drawn/,
  });
});

test("assignMissing: one step that falls short takes the others with it, and all that is missing is said", async (context) => {
  const study = await studyOf(context, [3, 3, 3, 3], POOL);
  await assert.rejects(assignMissing(study, ASSIGNMENT_STEPS, { who: "me" }), (error: Error) => {
    assert.match(error.message, /patients of an external hospital .*: 3 asked .*, 2 there/);
    assert.match(error.message, /radiographs with a fracture for training: 12 asked .*, 0 there/);
    return true;
  });
  assert.deepEqual(await countsOf(study), []);
});

test("draws: a pool of just the size suffices, of complete examinations alone for the tests", async (context) => {
  const only = { views: ["ap"] } as const;
  const exact = [
    ...CLASSES.map((name) => agreed(`whole ${name}`, name)),
    ...CLASSES.map((name) => agreed(`one view ${name}`, name, only)),
    agreed("outside", "weber_a", { hospital: "b", views: ["ap", "lateral"] }),
    agreed("outside, one view", "weber_a", { hospital: "b", ...only }),
  ];
  const study = await studyOf(context, [1, 0, 1, 1], exact);
  await assignInternalTest(study, "me");
  await assignExternalTest(study, "me");
  const drawn = await study.database.selectFrom("test_patients").select("case_id").execute();
  assert.deepEqual(
    drawn.map(({ case_id }) => case_id).toSorted(),
    ["outside", ...CLASSES.map((name) => `whole ${name}`)].toSorted(),
  );
  // What is left of the classes is one radiograph each.
  await assignPreliminaryTraining(study, "me");
  assert.equal((await whyOf(study, "preliminary training")).length, 2);
});

test("assignTraining: a radiograph on which the fracture cannot be seen is not learned from", async (context) => {
  const study = await studyOf(context, [0, 0, 0, 0], POOL.slice(0, 24));
  const unseen = imageId("weber_a 0", "ap");
  const drawing = {
    image_sha256: unseen,
    source: "person",
    author: "annotator-1",
    revision: 1,
    outlines: "[]",
    at: "2026-01-01T00:00:00.000Z",
  } as const;
  const { id } = await study.database
    .insertInto("annotations")
    .values(drawing)
    .returning("id")
    .executeTakeFirstOrThrow();
  await study.database
    .insertInto("image_truths")
    .values({
      image_sha256: unseen,
      visibility: "impossible",
      outlines: "[]",
      how: "single annotator",
      agreement: "[]",
      first_annotation: id,
      at: drawing.at,
      who: "senior",
      why: "test",
    })
    .execute();
  const preferred = [unseen, imageId("weber_a 0", "lateral")];
  const { preferredTaken } = await assignTraining(study, { who: "me", preferred });
  assert.equal(preferredTaken, 1);
});
