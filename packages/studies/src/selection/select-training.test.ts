import assert from "node:assert/strict";
import { test } from "node:test";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { MODEL, NEWER, prelabelOf } from "../annotation/proposals/test-prelabels.ts";
import { assignInternalTest, assignTraining } from "../assignment/assign.ts";
import { listCases } from "../cases/list-cases.ts";
import type { Study } from "../study.ts";
import { readWorklist } from "../tasks/worklist.ts";
import {
  ANNOTATORS,
  addCases,
  imageId,
  OBSERVERS,
  SURGEONS,
  studyWithPeople,
} from "../test-people.ts";
import { quotaOf, type SelectionRequest, selectTraining } from "./select-training.ts";
import { selectionBesidePool } from "./selection-beside-pool.ts";
import { selectionVisibleTo } from "./selection-visibility.ts";

type Context = Parameters<typeof studyWithPeople>[0];

const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;
const VIEWS = ["ap", "mortise", "lateral"] as const;

const REQUEST: SelectionRequest = {
  strategy: "hard",
  count: 14,
  balance: { fracture: 326, noFracture: 423 },
  hardest: 20,
  who: "coordinator",
};

/** So many patients of every class with three views; a test of two a class. */
async function readStudy(context: Context, patients = 6): Promise<Study> {
  const study = await studyWithPeople(context, [
    ["internalTestPatientsPerClass = 25", "internalTestPatientsPerClass = 2"],
    ["internalTestReservePerClass = 10", "internalTestReservePerClass = 0"],
    [/training = \{[^}]*\}|(?<=\[splits\.training\]\n)fracture = 326/, "fracture = 6"],
    ["noFracture = 423", "noFracture = 8"],
  ]);
  await addCases(
    study,
    CLASSES.flatMap((name) =>
      Array.from({ length: patients }, (_, i) => ({
        id: `${name}-${i}`,
        state: "agreed" as const,
        class: name,
        ambiguous: 0,
        views: VIEWS,
      })),
    ),
  );
  return study;
}

/** Harder with the patient's number; of a patient the lateral view is the hardest. */
async function prelabelAll(study: Study, model = MODEL, patients = 6): Promise<void> {
  const records = CLASSES.flatMap((name) =>
    Array.from({ length: patients }, (_, i) =>
      VIEWS.map((view, place) => {
        const sure = 1 - (i * 3 + place) / (3 * patients) / 2;
        const rest = (1 - sure) / 3;
        const probabilities = Object.fromEntries(
          CLASSES.map((one) => [one, one === name ? sure : rest]),
        );
        return prelabelOf(imageId(`${name}-${i}`, view), { model, probabilities });
      }),
    ).flat(),
  );
  await storeProposals(study, records, "me");
}

test("selectTraining: the balance asked for, no test patient, hard before easy, and reproducible", async (context) => {
  const study = await readStudy(context);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  const outcome = await selectTraining(study, REQUEST);
  assert.deepEqual(outcome.picked, { fracture: 6, noFracture: 8 });
  // Of four classes with six patients of three views, two patients a class are tested.
  assert.deepEqual(outcome.pool, { fracture: 36, noFracture: 12 });
  assert.equal(outcome.images.length, new Set(outcome.images).size);
  const tested = await study.database.selectFrom("test_patients").select("case_id").execute();
  const forbidden = new Set(
    tested.flatMap(({ case_id }) => VIEWS.map((view) => imageId(case_id, view))),
  );
  assert.equal(forbidden.size, 24);
  assert.deepEqual(
    outcome.images.filter((image) => forbidden.has(image)),
    [],
  );
  // Six radiographs with a fracture are of six patients: nobody is taken twice before everybody once.
  assert.equal(outcome.patients, 6 + 4);
  const again = await selectTraining(study, REQUEST);
  assert.deepEqual(again.images, outcome.images);
  assert.notEqual(again.id, outcome.id);
  const { splits } = study.protocol;
  assert.equal(outcome.seed, splits.seed);
  // The training takes exactly what was chosen.
  const { preferredTaken } = await assignTraining(study, { who: "me", preferred: outcome.images });
  assert.equal(preferredTaken, 14);
});

test("selectTraining: the hardest of the whole pool, and how many are test patients'", async (context) => {
  const study = await readStudy(context);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  const { hardest } = await selectTraining(study, REQUEST);
  assert.equal(hardest.images.length, 20);
  const parts = await study.database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .select("images.sha256")
    .execute();
  const tested = new Set(parts.map(({ sha256 }) => sha256));
  const inTests = hardest.images.filter((image) => tested.has(image)).length;
  assert.ok(inTests > 0, "the seed puts none of the hardest in the tests: choose other figures");
  assert.deepEqual(hardest.partitions, { "internal test": inTests });
  const { picks, purpose } = await selectionVisibleTo(study, {
    viewer: "coordinator",
    id: hardest.id,
  });
  assert.deepEqual([purpose, picks.map(({ image }) => image)], ["hardest", hardest.images]);
  assert.match(picks[0].reason, /the class is unsure/);
});

test("selectTraining: whatever the strategy and the seed, never a test or tuning patient", async (context) => {
  const study = await readStudy(context);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  const tuned = { patient_id: "patient of weber_b-0", partition: "tuning" as const };
  const tested = await study.database
    .selectFrom("patient_partitions")
    .select("patient_id")
    .execute();
  if (!tested.some(({ patient_id }) => patient_id === tuned.patient_id)) {
    const stamp = { at: "2026-01-01", who: "me" };
    await study.database
      .insertInto("patient_partitions")
      .values({ ...tuned, ...stamp })
      .execute();
  }
  const taken = await study.database
    .selectFrom("patient_partitions")
    .innerJoin("cases", "cases.patient_id", "patient_partitions.patient_id")
    .select("cases.id")
    .execute();
  const forbidden = new Set(taken.flatMap(({ id }) => VIEWS.map((view) => imageId(id, view))));
  for (const strategy of [
    "random",
    "uncertainty",
    "disagreement",
    "hard",
    "class-balanced",
  ] as const) {
    for (const seed of [1, 2, 3]) {
      const { images } = await selectTraining(study, {
        ...REQUEST,
        count: 40,
        seed,
        strategy,
        balance: { fracture: 3, noFracture: 1 },
      });
      assert.equal(images.length, 40);
      assert.deepEqual(
        images.filter((image) => forbidden.has(image)),
        [],
      );
    }
  }
});

const unready: readonly (readonly [
  what: string,
  prepare: (study: Study) => Promise<void>,
  message: RegExp,
])[] = [
  ["no case", async () => undefined, /got no case at all; run malleolus import dicom/],
  [
    "nothing screened",
    (study) => addCases(study, [{ id: "x", state: "imported" }]),
    /got cases that are not screened; run malleolus import reports and malleolus screen/,
  ],
  [
    "nothing read",
    (study) => addCases(study, [{ id: "x", state: "candidate fracture" }]),
    /got candidates that nobody has read; .*malleolus import readings/,
  ],
  [
    "nothing decided",
    (study) => addCases(study, [{ id: "x", state: "read" }]),
    /got cases on which the readers differ; have a senior/,
  ],
  [
    "no tests",
    (study) => addCases(study, [{ id: "x", state: "agreed", class: "weber_b" }]),
    /expected the tests to be drawn .*run malleolus assign tests/,
  ],
];
for (const [what, prepare, message] of unready) {
  test(`selectTraining: a study with ${what} says which step is missing`, async (context) => {
    const study = await studyWithPeople(context);
    await prepare(study);
    await assert.rejects(selectTraining(study, REQUEST), message);
  });
}

test("selectTraining: without scores, or with some missing, it names prelabel and keeps nothing", async (context) => {
  const study = await readStudy(context);
  await assignInternalTest(study, "me");
  await assert.rejects(selectTraining(study, REQUEST), /run malleolus prelabel first/);
  await storeProposals(study, [prelabelOf(imageId("weber_a-0", "ap"))], "me");
  await assert.rejects(
    selectTraining(study, REQUEST),
    /got none for 72 of 72; run malleolus prelabel/,
  );
  await prelabelAll(study, NEWER);
  await selectTraining(study, REQUEST);
  const old = { ...REQUEST, model: MODEL.sha256.slice(0, 8) };
  await assert.rejects(selectTraining(study, old), /preliminary 1 .*none for 72 of 72/);
  await assert.rejects(
    selectTraining(study, { ...REQUEST, model: "ffff" }),
    /beginning of one model/,
  );
  const kept = await study.database.selectFrom("selections").select("purpose").execute();
  assert.equal(kept.length, 2);
});

test("selectTraining: a pool that is too small says how many there are", async (context) => {
  const study = await readStudy(context);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  await assert.rejects(
    selectTraining(study, { ...REQUEST, count: 749 }),
    /--count 749.*with a fracture: 326 asked, 36 there; radiographs without a fracture: 423 asked, 12/,
  );
});

test("quotaOf: 749 by the paper's balance, and any other", () => {
  assert.deepEqual(quotaOf(749, { fracture: 326, noFracture: 423 }), {
    fracture: 326,
    noFracture: 423,
  });
  assert.deepEqual(quotaOf(9, { fracture: 1, noFracture: 1 }), { fracture: 5, noFracture: 4 });
  assert.deepEqual(quotaOf(10, { fracture: 0, noFracture: 1 }), { fracture: 0, noFracture: 10 });
});

test("selectionVisibleTo: nobody who reads, draws or decides may see it, and nothing else shows it", async (context) => {
  const study = await readStudy(context);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  const shown = async () =>
    JSON.stringify([
      await listCases(study, { limit: 1000 }),
      await Promise.all(
        [...OBSERVERS, ...SURGEONS, ...ANNOTATORS].flatMap((person) =>
          (["curation", "reference", "annotation"] as const).map((queue) =>
            readWorklist(study, { queue, person }),
          ),
        ),
      ),
    ]);
  const before = await shown();
  const { id } = await selectTraining(study, REQUEST);
  assert.equal(await shown(), before);
  assert.equal((await selectionVisibleTo(study, { viewer: "coordinator" })).id, id);
  for (const viewer of [...OBSERVERS, ...SURGEONS, ...ANNOTATORS, "senior", "SENIOR"]) {
    await assert.rejects(selectionVisibleTo(study, { viewer }), /someone who runs the study/);
    const own = selectTraining(study, { ...REQUEST, who: viewer });
    await assert.rejects(own, /someone who runs the study/);
  }
  await assert.rejects(
    selectionVisibleTo(study, { viewer: "coordinator", id: 99 }),
    /selection 99/,
  );
});

test("selectionBesidePool: all that could have been chosen, and for staff alone", async (context) => {
  const study = await readStudy(context);
  assert.equal(await selectionBesidePool(study, { viewer: "coordinator" }), null);
  await prelabelAll(study);
  await assignInternalTest(study, "me");
  const outcome = await selectTraining(study, REQUEST);
  const beside = await selectionBesidePool(study, { viewer: "coordinator" });
  assert.equal(beside?.selection.strategy, "hard");
  const all = beside?.radiographs ?? [];
  const picked = all.filter(({ rank }) => rank !== null);
  assert.equal(all.length, outcome.pool.fracture + outcome.pool.noFracture);
  assert.deepEqual(
    picked.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)).map(({ image }) => image),
    outcome.images,
  );
  assert.ok(picked.every(({ reason }) => reason !== null));
  assert.ok(all.every(({ rank, reason }) => (rank === null) === (reason === null)));
  // Who is drawn for tuning afterwards could be chosen, and stays in what was passed over.
  await assignTraining(study, { who: "me" });
  const later = await selectionBesidePool(study, { viewer: "coordinator" });
  assert.equal(later?.radiographs.length, all.length);
  // What came later, and the model has not looked at, is no part of it, and refuses nothing.
  await addCases(study, [{ id: "late", state: "agreed", class: "weber_a", views: VIEWS }]);
  const late = await selectionBesidePool(study, { viewer: "coordinator" });
  assert.equal(late?.radiographs.length, all.length);
  await assert.rejects(selectionBesidePool(study, { viewer: OBSERVERS[0] }), {
    code: "person",
  });
});
