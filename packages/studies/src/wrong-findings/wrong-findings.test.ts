/**
 * Findings of a model that are marked wrong: each case goes to the annotators and to training, once; a patient of a
 * test never does, before or afterwards.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { emptyAnnotation, type Prelabel } from "@malleolus/schema";
import {
  annotationDraftOf,
  submitAnnotationDraft,
} from "../annotation/annotating/annotator-draft.ts";
import {
  type AnnotatorTask,
  annotatorWorklist,
  findAnnotatorTask,
} from "../annotation/annotating/annotator-tasks.ts";
import { openReturnOf } from "../annotation/annotating/returned-cases.ts";
import { findImage } from "../annotation/find-image.ts";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { resolveAnnotations } from "../annotation/resolve-annotations.ts";
import { assignInternalTest, assignTraining } from "../assignment/assign.ts";
import { wrongFindingsMigration } from "../database/migrations/014-wrong-findings.ts";
import type { Study } from "../study.ts";
import { ANNOTATORS, addCases, imageId, studyWithPeople } from "../test-people.ts";
import { markWrong } from "./mark-wrong.ts";
import { casesWithFindings, modelFindings, wrongFindingRounds } from "./model-findings.ts";

const CASES = Array.from({ length: 12 }, (_, i) => `case-${String(i + 1).padStart(2, "0")}`);
const [annotator] = ANNOTATORS;

function prelabelOf(id: string): Prelabel {
  const polygons = [[10, 10, 40, 10, 40, 40]];
  return {
    image: imageId(id, "ap"),
    model: { sha256: "c0".repeat(32), name: "model", version: "1" },
    isLowerLeg: true,
    shapes: [
      { structure: "fibula", polygons, line: null, score: 0.9 },
      { structure: "fracture", polygons, line: null, score: 0.7 },
    ],
    probabilities: null,
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: null,
  };
}

/** Four classes of three patients: one of each in the test, and what is left in training or the pool. */
async function room(context: TestContext): Promise<Study> {
  const study = await studyWithPeople(context, [
    [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 1"],
    [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 0"],
    [/externalTestPatients = \d+/, "externalTestPatients = 0"],
    [/tuningShare = [\d.]+/, "tuningShare = 0"],
  ]);
  Object.assign(study.protocol.splits, {
    training: { fracture: 1, noFracture: 0 },
    preliminary: { fracture: 0, noFracture: 0 },
  });
  // Nobody has offers to decide on.
  Object.assign(study.protocol.annotation, { unassistedShare: 1 });
  const classes = study.protocol.classes.map(({ id }) => id);
  await addCases(study, [
    ...CASES.map((id, i) => ({
      id,
      state: "agreed" as const,
      class: classes[i % classes.length],
    })),
    { id: "unread" },
  ]);
  await storeProposals(study, [...CASES, "unread"].map(prelabelOf), "test");
  return study;
}

const mark = (study: Study, caseId: string, more: object = {}) =>
  markWrong(study, {
    caseId,
    image: imageId(caseId, "ap"),
    structure: "fracture",
    wrong: "nothing there",
    note: "Only a growth plate.",
    round: "First look",
    who: "ada",
    ...more,
  });

async function assignmentsOf({ database }: Study, caseId: string) {
  const rows = await database
    .selectFrom("assigned_images")
    .select(["image_sha256", "assignment"])
    .where("case_id", "=", caseId)
    .execute();
  return rows.map(({ image_sha256: image, assignment }) => ({ image, assignment }));
}

test("markWrong: the case is drawn and trained on, once, and counts in its round", async (context) => {
  const study = await room(context);
  await assert.rejects(mark(study, "case-01"), /Training is not drawn yet/);
  await assignInternalTest(study, "test");
  await assignTraining(study, { who: "test" });
  const [first] = await freeCases(study);
  assert.equal(await mark(study, first), "given out");
  assert.deepEqual(await assignmentsOf(study, first), [
    { image: imageId(first, "ap"), assignment: "training" },
  ]);
  const question = { status: "left", search: undefined, limit: 10 } as const;
  assert.equal((await annotatorWorklist(study, annotator, question)).entries.length, 1);
  await assert.rejects(mark(study, first), /marked already, in round First look/);
  assert.equal(await mark(study, first, { structure: "fibula" }), "to be drawn already");
  assert.deepEqual(await wrongFindingRounds(study), [{ name: "First look", cases: 1, done: 0 }]);
  const found = await modelFindings(study, first);
  assert.deepEqual(
    found.map(({ structure, marked }) => [structure, marked?.wrong]),
    [
      ["fibula", "nothing there"],
      ["fracture", "nothing there"],
    ],
  );
  await assert.rejects(mark(study, first, { structure: "tibia" }), /found something else since/);
  await assert.rejects(mark(study, "unread"), /none can be marked/);
});

test("markWrong: what was submitted comes back with the note, and what has its truth is left alone", async (context) => {
  const study = await room(context);
  await assignInternalTest(study, "test");
  await assignTraining(study, { who: "test" });
  const [first] = await freeCases(study);
  await mark(study, first);
  const tasks = await Promise.all(ANNOTATORS.map((person) => submit(study, person, first)));
  const note = "The line is a vessel.";
  assert.equal(await mark(study, first, { structure: "fibula", note }), "given back");
  for (const task of tasks) {
    assert.equal((await openReturnOf(study, { ...task, done: false }))?.reason, note);
  }
  for (const person of ANNOTATORS) await submit(study, person, first);
  assert.deepEqual(await wrongFindingRounds(study), [{ name: "First look", cases: 1, done: 1 }]);
  await resolveAnnotations(study, "test");
  await assert.rejects(mark(study, first), /has its truth already/);
});

test("markWrong: a patient of a test is refused and not shown, and one who was marked is in no test's pool", async (context) => {
  const study = await room(context);
  await assignInternalTest(study, "test");
  await assignTraining(study, { who: "test" });
  const tested = await study.database.selectFrom("test_patients").select("case_id").execute();
  assert.equal(tested.length, 4);
  const shown = (await casesWithFindings(study)).map(({ id }) => id);
  for (const { case_id } of tested) {
    assert.ok(!shown.includes(case_id));
    await assert.rejects(modelFindings(study, case_id), /none can be marked/);
    await assert.rejects(mark(study, case_id), /This patient is of a test/);
    assert.deepEqual(
      (await assignmentsOf(study, case_id)).map(({ assignment }) => assignment),
      ["internal test", "internal test", "internal test"],
    );
  }
  const [first] = await freeCases(study);
  await mark(study, first);
  const part = await study.database
    .selectFrom("patient_partitions")
    .select("partition")
    .where("patient_id", "=", `patient of ${first}`)
    .execute();
  assert.deepEqual(
    part.map(({ partition }) => partition),
    ["training"],
  );
});

test("wrongFindingsMigration: what an earlier version called a correction is a wrong finding", async (context) => {
  const study = await room(context);
  await assignInternalTest(study, "test");
  await assignTraining(study, { who: "test" });
  const [first] = await freeCases(study);
  await mark(study, first);
  const { schema } = study.database;
  await schema.alterTable("wrong_findings").renameTo("corrections").execute();
  await wrongFindingsMigration.up(study.database);
  assert.deepEqual(await wrongFindingRounds(study), [{ name: "First look", cases: 1, done: 0 }]);
});

/** The same outlines by everybody, so that they agree. */
async function submit(study: Study, person: string, caseId: string): Promise<AnnotatorTask> {
  const { entries } = await annotatorWorklist(study, person, {
    status: "left",
    search: undefined,
    limit: 10,
  });
  const task = await findAnnotatorTask(study, person, entries[0].code);
  const images = (["ap", "mortise", "lateral"] as const).map((view) => imageId(caseId, view));
  const { class: held } = await findImage(study.database, images[0]);
  const isSound = held === study.protocol.noFractureClass;
  const shapes = images.flatMap((image, place) =>
    ["fibula", isSound ? (held ?? "") : "fracture"].map((structure, order) => ({
      id: `${place}-${structure}`,
      image,
      structure,
      form: "polygon" as const,
      points: [10, 10, 40, 10, 40, 40],
      widthMm: null,
      order,
      locked: false,
      doubtful: false,
      parents: [],
      offer: null,
    })),
  );
  const visibility = isSound ? {} : Object.fromEntries(images.map((one) => [one, "easy" as const]));
  const before = await annotationDraftOf(study, task);
  await submitAnnotationDraft(study, task, {
    version: before?.version ?? 0,
    content: { ...emptyAnnotation, shapes, visibility },
  });
  return task;
}

/** Cases of nobody's part yet. */
async function freeCases(study: Study): Promise<string[]> {
  const all = await casesWithFindings(study);
  const taken = await study.database.selectFrom("assigned_images").select("case_id").execute();
  const ids = new Set(taken.map(({ case_id }) => case_id));
  return all.map(({ id }) => id).filter((id) => !ids.has(id));
}
