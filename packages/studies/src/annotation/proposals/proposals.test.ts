import assert from "node:assert/strict";
import { test } from "node:test";
import type { Annotation, Prelabel, ProposalDecision } from "@malleolus/schema";
import { listCases } from "../../cases/list-cases.ts";
import { assignReaders } from "../../reading/assign-readers.ts";
import { disagreementVisibleTo, readingsVisibleTo } from "../../reading/reading-visibility.ts";
import { submitReading } from "../../reading/submit-reading.ts";
import type { Study } from "../../study.ts";
import { readWorklist } from "../../tasks/worklist.ts";
import {
  ANNOTATORS,
  addCases,
  imageId,
  OBSERVERS,
  reading,
  SURGEONS,
  studyWithPeople,
} from "../../test-people.ts";
import { annotationsVisibleTo } from "../annotation-visibility.ts";
import { assignAnnotators } from "../assign-annotators.ts";
import { submitAnnotation } from "../submit-annotation.ts";
import { armOf } from "./assistance-arms.ts";
import { proposalsVisibleTo, type SeenProposals } from "./proposal-visibility.ts";
import { imagesWithoutPrelabel, storeProposals } from "./store-proposals.ts";
import { MODEL, NEWER, prelabelOf, proposedShape } from "./test-prelabels.ts";

type Context = Parameters<typeof studyWithPeople>[0];

const AP = imageId("x", "ap");
const [ONE, TWO] = ANNOTATORS;
const PROBABILITIES = { weber_a: 0.1, weber_b: 0.6, weber_c: 0.2, no_fracture: 0.1 };
const FIBULA = proposedShape("fibula", 10, 10, 60, 200);
const FRACTURE = proposedShape("fracture", 20, 80, 50, 90);

/** A case of one view that is given to the annotators, with or without proposals. */
async function openedCase(context: Context, share = 0): Promise<Study> {
  const study = await studyWithPeople(context, [
    ["unassistedShare = 0.15", `unassistedShare = ${share}`],
  ]);
  await addCases(study, [{ id: "x", state: "agreed", class: "weber_b", views: ["ap"] }]);
  assert.equal(await assignAnnotators(study), 0);
  assert.equal(await assignAnnotators(study, ["x"]), 1);
  return study;
}

async function store(study: Study, ...changes: Partial<Prelabel>[]): Promise<readonly number[]> {
  const all = changes.map((change) => prelabelOf(AP, change));
  return (await storeProposals(study, all, "me")).ids;
}

function drawn(changes: Partial<Annotation>): Annotation {
  const outlines = [FIBULA, FRACTURE].map(({ structure, polygons }) => ({ structure, polygons }));
  return { image: AP, annotator: ONE, visibility: "easy", outlines, ...changes };
}

function on(
  prelabel: number,
  structure: string,
  is: ProposalDecision["is"],
): Extract<ProposalDecision, { of: "shape" }> {
  return { of: "shape", prelabel, structure, is };
}

function said(seen: SeenProposals | null) {
  return seen?.shapes.map(({ structure, model, decision }) => [
    structure,
    model.version,
    decision?.is ?? null,
  ]);
}

test("storeProposals: the same again changes nothing, another is kept beside it", async (context) => {
  const study = await openedCase(context);
  const record = prelabelOf(AP, { shapes: [FIBULA], probabilities: PROBABILITIES });
  assert.deepEqual(await imagesWithoutPrelabel(study, MODEL.sha256), [AP]);
  const first = await storeProposals(study, [record], "me");
  assert.deepEqual([first.stored, first.known], [1, 0]);
  const again = await storeProposals(study, [record], "me");
  assert.deepEqual(again, { ids: first.ids, stored: 0, known: 1 });
  assert.deepEqual(await imagesWithoutPrelabel(study, MODEL.sha256), []);
  const other = await storeProposals(study, [{ ...record, shapes: [FRACTURE] }], "me");
  assert.deepEqual(other.stored, 1);
  assert.equal((await study.database.selectFrom("prelabels").selectAll().execute()).length, 2);
});

const refused: readonly (readonly [string, Partial<Prelabel>, RegExp])[] = [
  ["an unknown structure", { shapes: [proposedShape("talus", 1, 1, 9, 9)] }, /got "talus"/],
  ["a shape beside the image", { shapes: [proposedShape("tibia", 300, 1, 320, 9)] }, /on its 200/],
  ["classes that are not the protocol's", { probabilities: { a: 0.5, b: 0.5 } }, /each of weber_a/],
  [
    "a geometry's class that is none",
    { segmentation: { fractureProbability: 0.5, class: "weber_d" } },
    /"weber_d"/,
  ],
  ["an image that is not there", { image: "0".repeat(64) }, /expected an image of the study/],
];
for (const [what, change, message] of refused) {
  test(`storeProposals: ${what} is refused, and nothing of the others is kept`, async (context) => {
    const study = await openedCase(context);
    const records = [prelabelOf(AP, { shapes: [FIBULA] }), prelabelOf(AP, change)];
    await assert.rejects(storeProposals(study, records, "me"), message);
    for (const table of ["prelabels", "models", "annotations"] as const) {
      assert.deepEqual(await study.database.selectFrom(table).selectAll().execute(), []);
    }
  });
}

test("storeProposals: a model keeps its name", async (context) => {
  const study = await openedCase(context);
  await store(study, {});
  const renamed = { model: { ...MODEL, version: "7" } };
  await assert.rejects(store(study, renamed), /expected it as preliminary 1/);
});

test("proposalsVisibleTo: a new model replaces what is undecided, and nothing else", async (context) => {
  const study = await openedCase(context);
  const question = { image: AP, viewer: ONE };
  assert.equal(await proposalsVisibleTo(study, question), null);
  const tibia = proposedShape("tibia", 100, 10, 150, 200);
  const [old] = await store(study, { shapes: [FIBULA, FRACTURE, tibia] });
  assert.deepEqual(said(await proposalsVisibleTo(study, question)), [
    ["fracture", "1", null],
    ["fibula", "1", null],
    ["tibia", "1", null],
  ]);
  await submitAnnotation(
    study,
    drawn({ decisions: [on(old, "fibula", "accepted"), on(old, "fracture", "accepted")] }),
  );
  const moved = proposedShape("fibula", 12, 10, 62, 200);
  await store(study, { model: NEWER, shapes: [moved], probabilities: PROBABILITIES });
  const after = await proposalsVisibleTo(study, question);
  // The new model outlines no tibia, and the one before is not offered any more.
  assert.deepEqual(said(after), [
    ["fracture", "1", "accepted"],
    ["fibula", "1", "accepted"],
  ]);
  assert.deepEqual(after?.shapes[1].polygons, FIBULA.polygons);
  assert.deepEqual(
    [after?.class?.class, after?.class?.probability, after?.class?.decision],
    ["weber_b", 0.6, null],
  );
  // The other annotator has decided on nothing.
  assert.deepEqual(said(await proposalsVisibleTo(study, { image: AP, viewer: TWO })), [
    ["fibula", "2", null],
  ]);
});

test("submitAnnotation: what became of each proposal is kept, and how far it was moved", async (context) => {
  const study = await openedCase(context);
  const [id] = await store(study, {
    shapes: [FIBULA, FRACTURE],
    probabilities: PROBABILITIES,
  });
  const mended = {
    structure: "fibula",
    polygons: proposedShape("fibula", 12, 10, 62, 200).polygons,
  };
  const outlines = [mended, { structure: "fracture", polygons: FRACTURE.polygons }];
  await submitAnnotation(
    study,
    drawn({
      outlines,
      startedFrom: id,
      proposals: "at once",
      decisions: [
        on(id, "fibula", "mended"),
        on(id, "fracture", "accepted"),
        { of: "class", prelabel: id, is: "mended", class: "weber_c" },
      ],
    }),
  );
  const rows = await study.database
    .selectFrom("proposal_decisions")
    .selectAll()
    .orderBy("id")
    .execute();
  const [fibula, fracture, class_] = rows;
  assert.deepEqual(
    [fracture.decision, fracture.overlap, fracture.distance_pixels, fracture.distance_mm],
    ["accepted", 1, 0, 0],
  );
  // Of 50 columns 48 are shared; the long sides were moved by two pixels of half a millimetre.
  assert.equal(fibula.overlap, 48 / 52);
  assert.ok(fibula.distance_pixels !== null && fibula.distance_mm !== null);
  assert.ok(fibula.distance_pixels > 1.5 && fibula.distance_pixels < 2);
  assert.ok(Math.abs(fibula.distance_mm - fibula.distance_pixels / 2) < 0.02);
  assert.deepEqual([class_.kind, class_.decision, class_.class], ["class", "mended", "weber_c"]);
  const seen = await proposalsVisibleTo(study, { image: AP, viewer: ONE });
  assert.deepEqual(seen?.class?.decision, {
    of: "class",
    prelabel: id,
    is: "mended",
    class: "weber_c",
  });
});

test("submitAnnotation: a fracture accepted as its open line", async (context) => {
  const study = await openedCase(context);
  const line = { points: [20, 85, 50, 85], widthMm: 5 };
  const [id] = await store(study, { shapes: [{ ...FRACTURE, line }] });
  const outlines = [{ structure: "fracture", polygons: [], lines: [line] }];
  await submitAnnotation(study, drawn({ outlines, decisions: [on(id, "fracture", "accepted")] }));
  const other = [{ structure: "fracture", polygons: [], lines: [{ ...line, widthMm: 6 }] }];
  const rejected = submitAnnotation(
    study,
    drawn({ outlines: other, decisions: [on(id, "fracture", "accepted")] }),
  );
  await assert.rejects(rejected, /fracture as it was proposed, since it is accepted/);
});

const contradictions: readonly (readonly [
  what: string,
  change: (prelabel: number) => Partial<Annotation>,
  message: RegExp,
])[] = [
  [
    "a proposal that was shown and left open",
    (id) => ({ proposals: "at once", decisions: [on(id, "fibula", "accepted")] }),
    /every proposal accepted, mended or rejected, got fracture left open/,
  ],
  [
    "an accepted shape that was changed",
    (id) => ({
      outlines: [
        { structure: "fracture", polygons: FRACTURE.polygons },
        { structure: "fibula", polygons: [[1, 1, 9, 1, 9, 9]] },
      ],
      decisions: [on(id, "fibula", "accepted")],
    }),
    /fibula as it was proposed/,
  ],
  [
    "a mended shape that is not drawn",
    (id) => ({
      outlines: [{ structure: "fracture", polygons: FRACTURE.polygons }],
      decisions: [on(id, "fibula", "mended")],
    }),
    /an outline of fibula, which is mended, got none/,
  ],
  [
    "a decision on what was not proposed",
    (id) => ({ decisions: [on(id, "tibia", "rejected")] }),
    /expected a proposal of it, got none of tibia/,
  ],
  [
    "a decision on another image's prelabel",
    () => ({ decisions: [on(99, "fibula", "rejected")] }),
    /a decision on a prelabel of it, got number 99/,
  ],
  [
    "a class accepted as another",
    (id) => ({ decisions: [{ of: "class", prelabel: id, is: "accepted", class: "weber_c" }] }),
    /weber_b, as it was proposed/,
  ],
  [
    "a class that the protocol does not have",
    (id) => ({ decisions: [{ of: "class", prelabel: id, is: "mended", class: "weber_d" }] }),
    /one of weber_a/,
  ],
];
for (const [what, change, message] of contradictions) {
  test(`submitAnnotation: ${what} is refused, and no annotation is kept`, async (context) => {
    const study = await openedCase(context);
    const [id] = await store(study, { shapes: [FIBULA, FRACTURE], probabilities: PROBABILITIES });
    await assert.rejects(submitAnnotation(study, drawn(change(id))), message);
    const rows = await study.database
      .selectFrom("annotations")
      .select("source")
      .where("source", "=", "person")
      .execute();
    assert.deepEqual(rows, []);
    assert.deepEqual(
      await study.database.selectFrom("proposal_decisions").selectAll().execute(),
      [],
    );
  });
}

test("assistance arms: a seeded share of the cases, settled once, and drawn without proposals", async (context) => {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: 400 }, (_, i) => `case-${i}`);
  await addCases(
    study,
    ids.map((id) => ({ id, state: "agreed", class: "weber_b", views: ["ap"] })),
  );
  await assignAnnotators(study, ids.slice(0, 200));
  await assignAnnotators(study, ids);
  const arms = await study.database
    .selectFrom("annotation_arms")
    .select(["case_id", "arm"])
    .execute();
  assert.equal(arms.length, 400);
  const without = arms.filter(({ arm }) => arm === "unassisted").map(({ case_id }) => case_id);
  // Four standard deviations of 400 draws of 15 %.
  assert.ok(without.length > 31 && without.length < 89, `${without.length}`);
  // The arm is a function of the seed and the case: a study of its own settles it alike.
  const twin = await studyWithPeople(context);
  await addCases(twin, [{ id: without[0], state: "agreed", class: "weber_b", views: ["ap"] }]);
  await assignAnnotators(twin, [without[0]]);
  assert.equal(await armOf(twin.database, without[0]), "unassisted");
});

test("a case drawn without proposals: nobody sees them, and no annotation may use them", async (context) => {
  const study = await openedCase(context, 1);
  const [id] = await store(study, { shapes: [FIBULA, FRACTURE], probabilities: PROBABILITIES });
  assert.equal(await proposalsVisibleTo(study, { image: AP, viewer: ONE }), null);
  assert.deepEqual((await annotationsVisibleTo(study, { image: AP, viewer: ONE })).prelabels, []);
  for (const change of [{ startedFrom: id }, { proposals: "at once" as const }]) {
    await assert.rejects(submitAnnotation(study, drawn(change)), /its case is drawn without/);
  }
  await submitAnnotation(study, drawn({ proposals: "never" }));
});

/** Everything that the study shows to one who reads a case blind, as text. */
async function shownToReaders(study: Study): Promise<string> {
  const shown: unknown[] = [];
  for (const viewer of OBSERVERS) {
    shown.push(await readingsVisibleTo(study, { caseId: "x", panel: "curation", viewer }));
    shown.push(await readWorklist(study, { queue: "curation", person: viewer }));
    shown.push(await readWorklist(study, { queue: "curation", person: viewer, done: true }));
  }
  for (const viewer of SURGEONS) {
    shown.push(await readingsVisibleTo(study, { caseId: "x", panel: "reference", viewer }));
    shown.push(await readWorklist(study, { queue: "reference", person: viewer }));
  }
  shown.push(await disagreementVisibleTo(study, { caseId: "x", viewer: "senior" }));
  shown.push(await listCases(study));
  return JSON.stringify(shown);
}

test("blinding: nothing that is shown to readers changes with proposals, and they may not ask", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", views: ["ap"] }]);
  await assignReaders(study, "curation");
  for (const [i, observer] of OBSERVERS.entries()) {
    await submitReading(study, reading("x", observer, i === 0 ? "weber_a" : "weber_b"));
  }
  const before = await shownToReaders(study);
  await store(study, { shapes: [FIBULA], probabilities: PROBABILITIES });
  assert.equal(await shownToReaders(study), before);
  assert.ok(!before.includes(MODEL.sha256));
  for (const viewer of [...OBSERVERS, ...SURGEONS, "senior"]) {
    await assert.rejects(proposalsVisibleTo(study, { image: AP, viewer }), /role "annotator"/);
    await assert.rejects(annotationsVisibleTo(study, { image: AP, viewer }), /role "annotator"/);
  }
});

test("blinding: an annotator who has still to read the case on the panel sees none of it", async (context) => {
  const study = await openedCase(context);
  await store(study, { shapes: [FIBULA], probabilities: PROBABILITIES });
  const question = { image: AP, viewer: ONE };
  assert.notEqual(await proposalsVisibleTo(study, question), null);
  // The same person in two roles, as malleolus.toml allows.
  const task = { case_id: "x", person: ONE, seat: 0, position: "0", done: 1 };
  await study.database
    .insertInto("tasks")
    .values({ ...task, queue: "reference" })
    .execute();
  assert.equal(await proposalsVisibleTo(study, question), null);
  assert.deepEqual((await annotationsVisibleTo(study, question)).prelabels, []);
  const verdict = {
    panel: "reference" as const,
    case_id: "x",
    revision: 1,
    decision_kind: "class" as const,
    decision_id: "weber_b",
    how: "agreed" as const,
    ambiguous: 0,
    at: "2026-01-01",
    who: "me",
    why: "all agree",
  };
  await study.database.insertInto("verdicts").values(verdict).execute();
  assert.notEqual(await proposalsVisibleTo(study, question), null);
});
