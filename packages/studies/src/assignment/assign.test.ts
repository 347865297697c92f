import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { classesOfCases } from "../cases/classes.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { readingsVisibleTo } from "../reading/reading-visibility.ts";
import {
  adjudicateReading,
  recordConsensus,
  resolveReadings,
} from "../reading/resolve-readings.ts";
import { submitReading } from "../reading/submit-reading.ts";
import type { Study } from "../study.ts";
import {
  addCases,
  imageId,
  type TestCase as PlannedCase,
  reading,
  SURGEONS,
  studyWithPeople,
} from "../test-people.ts";
import {
  assignCases,
  assignExternalTest,
  assignInternalTest,
  assignPreliminaryTraining,
  assignTraining,
} from "./assign.ts";
import { readTestSets } from "./tested-patients.ts";

/** Sizes that a hundred patients fill: 2 + 1 a class, 3 outside, 9/9 and 24/24 radiographs. */
const SMALL = [
  [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 2"],
  [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 1"],
  [/externalTestPatients = \d+/, "externalTestPatients = 3"],
  [/(\[splits\.preliminary\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 9\nnoFracture = 9"],
  [/(\[splits\.training\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 24\nnoFracture = 24"],
  [/tuningShare = [\d.]+/, "tuningShare = 0.25"],
] as const;

const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;

/** Ten patients of every fracture class and 20 without inside, five outside. */
function somePatients(): PlannedCase[] {
  const inside = CLASSES.flatMap((name) =>
    Array.from({ length: name === "no_fracture" ? 20 : 10 }, (_, index) => ({
      id: `${name} ${index}`,
      state: "agreed" as const,
      class: name,
      ambiguous: 0,
    })),
  );
  const outside = Array.from({ length: 5 }, (_, index) => ({
    id: `outside ${index}`,
    hospital: "b",
    state: "adjudicated" as const,
    class: CLASSES[index % 4],
    ambiguous: 1,
    views: ["ap", "lateral"] as const,
  }));
  return [...inside, ...outside];
}

async function smallStudy(context: Parameters<typeof studyWithPeople>[0]): Promise<Study> {
  const study = await studyWithPeople(context, SMALL);
  await addCases(study, somePatients());
  return study;
}

async function rowsOf(study: Study) {
  return study.database
    .selectFrom("assigned_images")
    .selectAll()
    .orderBy("assignment")
    .orderBy("image_sha256")
    .execute();
}

test("assignCases: the protocol's sizes, by patient, with the cases' states", async (context) => {
  const study = await smallStudy(context);
  await assignCases(study, { who: "me" });
  const rows = await rowsOf(study);
  const count = (assignment: string, fractured: boolean) =>
    rows.filter(
      (row) =>
        row.assignment === assignment && !row.case_id.startsWith("no_fracture") === fractured,
    ).length;
  assert.deepEqual(
    [count("preliminary training", true), count("preliminary training", false)],
    [9, 9],
  );
  // Eight patients of each kind train, and a quarter of each class is kept for tuning: one of three.
  assert.deepEqual(
    [
      count("training", true),
      count("tuning", true),
      count("training", false),
      count("tuning", false),
    ],
    [15, 9, 18, 6],
  );
  assert.deepEqual([count("internal test", true), count("internal test", false)], [27, 9]);
  assert.equal(rows.filter((row) => row.assignment === "external test").length, 6);
  for (const { case_id, assignment } of rows) {
    const { state } = await study.database
      .selectFrom("cases")
      .select("state")
      .where("id", "=", case_id)
      .executeTakeFirstOrThrow();
    if (assignment === "preliminary training") assert.match(state, /training$/);
    else assert.equal(state, assignment);
  }
  const { why } = await study.database
    .selectFrom("transitions")
    .select("why")
    .where("to_state", "=", "internal test")
    .where("why", "like", "%reserve")
    .executeTakeFirstOrThrow();
  assert.match(
    why,
    /^draw of seed 1: weber_[abc] 3, in reserve$|^draw of seed 1: no_fracture 3, in/,
  );
});

test("assignCases: the same seed draws the same, whatever order the cases came in", async (context) => {
  const [one, other] = [await smallStudy(context), await studyWithPeople(context, SMALL)];
  await addCases(other, somePatients().toReversed());
  await assignCases(one, { who: "me" });
  await assignCases(other, { who: "somebody else" });
  assert.deepEqual(await rowsOf(one), await rowsOf(other));
  const seeded = await studyWithPeople(context, [...SMALL, [/seed = 1/, "seed = 2"]]);
  await addCases(seeded, somePatients());
  await assignCases(seeded, { who: "me" });
  assert.notDeepEqual(await rowsOf(one), await rowsOf(seeded));
});

test("assignCases: a pool that is too small says all that it lacks, and assigns nothing", async (context) => {
  const study = await studyWithPeople(context, SMALL);
  await addCases(
    study,
    somePatients().filter(({ id }) => !/^weber_[ab] [2-9]|^outside [0-4]/.test(id)),
  );
  await assert.rejects(assignCases(study, { who: "me" }), (error: Error) => {
    assert.match(
      error.message,
      /patients of weber_a: 3 asked \(splits\.internalTestPatientsPerClass \+ splits\.internalTestReservePerClass\), 2 there; patients of weber_b: 3 asked/,
    );
    assert.match(error.message, /nothing was assigned/);
    assert.ok(!error.message.includes("weber_c"));
    return true;
  });
  assert.deepEqual(await rowsOf(study), []);
});

test("assignCases: a later step that fails takes the earlier ones back", async (context) => {
  const changes = [
    ...SMALL,
    [/fracture = 24\nnoFracture = 24/, "fracture = 24\nnoFracture = 240"],
  ] as const;
  const study = await studyWithPeople(context, changes);
  await addCases(study, somePatients());
  await assert.rejects(
    assignCases(study, { who: "me" }),
    /radiographs without a fracture for training: 240 asked \(splits\.training\.noFracture\), 51 there/,
  );
  for (const table of ["assigned_images", "patient_partitions", "test_patients"] as const) {
    assert.deepEqual(await study.database.selectFrom(table).selectAll().execute(), []);
  }
  const moved = await study.database
    .selectFrom("cases")
    .select("id")
    .where("state", "not in", ["agreed", "adjudicated"])
    .execute();
  assert.deepEqual(moved, []);
});

test("assignTraining: preferred radiographs come first, except those of test patients", async (context) => {
  const study = await smallStudy(context);
  await assignInternalTest(study, "me");
  await assignPreliminaryTraining(study, "me");
  const tested = await study.database
    .selectFrom("assigned_images")
    .select("image_sha256")
    .where("assignment", "=", "internal test")
    .execute();
  const free = somePatients()
    .filter(({ hospital }) => hospital === undefined)
    .map(({ id }) => imageId(id, "mortise"))
    .filter((image) => !tested.some(({ image_sha256 }) => image_sha256 === image));
  const preferred = [
    ...tested.map(({ image_sha256 }) => image_sha256).slice(0, 5),
    ...free.slice(0, 10),
  ];
  const counts = await assignTraining(study, { who: "me", preferred });
  assert.deepEqual(counts, { preferredTaken: 10, preferredInTests: 5 });
  const used = (await rowsOf(study))
    .filter(({ assignment }) => ["training", "tuning"].includes(assignment))
    .map(({ image_sha256 }) => image_sha256);
  assert.ok(free.slice(0, 10).every((image) => used.includes(image)));
  await assert.rejects(assignTraining(study, { who: "me" }), /a draw is never repeated/);
});

test("assignTraining: preliminary radiographs serve again unless that is refused", async (context) => {
  for (const reusePreliminary of [undefined, false]) {
    const study = await smallStudy(context);
    await assignPreliminaryTraining(study, "me");
    await assignTraining(study, { who: "me", reusePreliminary });
    const rows = await rowsOf(study);
    const preliminary = rows.filter((row) => row.assignment === "preliminary training");
    const twice = rows.filter(
      (row) =>
        row.assignment === "training" &&
        preliminary.some(({ image_sha256 }) => image_sha256 === row.image_sha256),
    );
    assert.equal(twice.length > 0, reusePreliminary === undefined);
  }
});

test("assignExternalTest: only cases with the views that it asks for", async (context) => {
  const study = await studyWithPeople(context, SMALL);
  await addCases(study, [
    ...somePatients()
      .filter(({ hospital }) => hospital === "b")
      .slice(0, 2),
    { id: "one view", hospital: "b", state: "agreed", class: "weber_a", views: ["ap"] },
  ]);
  await assert.rejects(
    assignExternalTest(study, "me"),
    /ap and lateral views: 3 asked \(splits\.externalTestPatients\), 2 there/,
  );
});

/** What SQL that goes around the functions above tries with a patient of the internal test. */
const intrusions: readonly (readonly [
  what: string,
  statement: (patient: string, caseId: string, image: string) => string,
])[] = [
  [
    "a second part",
    (patient) => `insert into patient_partitions values ('${patient}', 'training', '', '')`,
  ],
  [
    "a radiograph that trains",
    (patient, caseId, image) =>
      `insert into assigned_images values ('${image}', '${caseId}', '${patient}', 'training', 'training')`,
  ],
  [
    "a radiograph that trains and says that it tests",
    (patient, caseId, image) =>
      `insert into assigned_images values ('${image}', '${caseId}', '${patient}', 'training', 'internal test')`,
  ],
  [
    "another patient's name on it",
    (_, caseId, image) =>
      `insert into assigned_images values ('${image}', '${caseId}', (select min(patient_id) from patient_partitions where partition = 'training'), 'training', 'training')`,
  ],
  [
    "another case's name on it",
    (_, __, image) =>
      `insert into assigned_images select '${image}', case_id, patient_id, 'training', 'training' from assigned_images where assignment = 'training' limit 1`,
  ],
  [
    "to change the part",
    (patient) =>
      `update patient_partitions set partition = 'training' where patient_id = '${patient}'`,
  ],
  [
    "to take the part away",
    (patient) => `delete from patient_partitions where patient_id = '${patient}'`,
  ],
  [
    "to give the case to another patient",
    (_, caseId) =>
      `update cases set patient_id = (select min(patient_id) from patient_partitions where partition = 'training') where id = '${caseId}'`,
  ],
];
test("the database: refuses SQL that would put a patient into two parts", async (context) => {
  const study = await smallStudy(context);
  await assignCases(study, { who: "me" });
  const { patient_id, case_id, image_sha256 } = await study.database
    .selectFrom("assigned_images")
    .selectAll()
    .where("assignment", "=", "internal test")
    .executeTakeFirstOrThrow();
  const before = await rowsOf(study);
  for (const [what, statement] of intrusions) {
    const query = sql.raw(statement(patient_id, case_id, image_sha256));
    await assert.rejects(
      query.execute(study.database),
      /constraint failed|violates .* constraint/,
      what,
    );
  }
  assert.deepEqual(await rowsOf(study), before);
});

test("readTestSets: easy replaces the ambiguous by patients in reserve, as the surgeons read first", async (context) => {
  const study = await smallStudy(context);
  await assignInternalTest(study, "me");
  await assignExternalTest(study, "me");
  assert.deepEqual(await assignReaders(study, "reference"), { assigned: 15, withdrawn: 0 });
  const sampled = await study.database
    .selectFrom("test_patients")
    .selectAll()
    .where("partition", "=", "internal test")
    .orderBy("rank")
    .execute();
  const caseOf = (name: string, rank: number) =>
    sampled.find((one) => one.drawn_class === name && one.rank === rank)?.case_id ?? "";
  const ambiguous = [caseOf("weber_c", 0), caseOf("weber_a", 0), caseOf("weber_a", 2)];
  const leftOut = caseOf("weber_b", 1);
  const all = await study.database.selectFrom("test_patients").selectAll().execute();
  for (const { case_id, drawn_class } of all) {
    for (const surgeon of SURGEONS) {
      const differs = ambiguous.includes(case_id) && surgeon === SURGEONS[1];
      const said = case_id === leftOut ? "-cast" : differs ? "no_fracture" : drawn_class;
      await submitReading(study, reading(case_id, surgeon, said));
    }
  }
  await assert.rejects(
    submitReading(study, reading(leftOut, SURGEONS[0], "weber_a")),
    /takes no more readings/,
  );
  const seen = await readingsVisibleTo(study, {
    caseId: leftOut,
    panel: "reference",
    viewer: SURGEONS[0],
  });
  assert.equal(seen.others?.length, 2);
  const closed = await resolveReadings(study, { panel: "reference", who: "me" });
  assert.deepEqual(closed.disagreements.toSorted(), ambiguous.toSorted());
  const before = await readTestSets(study);
  assert.deepEqual(
    [before.internal.easy, before.internal.undecided.toSorted()],
    [null, ambiguous.toSorted()],
  );
  for (const caseId of ambiguous) {
    const id = sampled.find((one) => one.case_id === caseId)?.drawn_class ?? "";
    const consensus = {
      caseId,
      who: SURGEONS[2],
      decision: { kind: "class", id },
      why: "talked",
    } as const;
    await recordConsensus(study, consensus);
    await assert.rejects(recordConsensus(study, consensus), /there is no consensus to record/);
  }

  const { internal, external } = await readTestSets(study);
  const ids = (cases: readonly { readonly caseId: string }[] | null, name: string) =>
    cases?.filter(({ caseId }) => caseId.startsWith(name)).map(({ caseId }) => caseId);
  assert.equal(internal.difficult.length, 8);
  assert.deepEqual(
    ids(internal.difficult, "weber_c"),
    [0, 1].map((rank) => caseOf("weber_c", rank)),
  );
  assert.deepEqual(
    ids(internal.easy, "weber_c"),
    [1, 2].map((rank) => caseOf("weber_c", rank)),
  );
  // Left out by the panel: the next stands in, in both.
  for (const set of [internal.difficult, internal.easy]) {
    assert.deepEqual(
      ids(set, "weber_b"),
      [0, 2].map((rank) => caseOf("weber_b", rank)),
    );
  }
  // The only one in reserve is ambiguous itself.
  assert.deepEqual(ids(internal.easy, "weber_a"), [caseOf("weber_a", 1)]);
  assert.deepEqual(internal.missing, { weber_a: 1 });
  // The reserve of a class without an ambiguous patient stays in reserve.
  assert.equal(ids(internal.easy, "no_fracture")?.length, 2);
  assert.deepEqual([external.difficult.length, external.easy?.length], [3, 3]);
  await assert.rejects(
    adjudicateReading(study, {
      caseId: leftOut,
      who: "senior",
      decision: { kind: "class", id: "weber_a" },
      why: "no",
    }),
    /a reading is missing, or the case has its verdict/,
  );
});

test("classesOfCases: the panel's class holds for all it has read, in reserve too", async (context) => {
  const study = await smallStudy(context);
  const observed = await classesOfCases(study);
  await assignInternalTest(study, "me");
  await assignReaders(study, "reference");
  const rows = await study.database.selectFrom("test_patients").selectAll().execute();
  const last = rows.toSorted((a, b) => b.rank - a.rank)[0].case_id;
  for (const { case_id, drawn_class } of rows) {
    const said = case_id === last ? "weber_c" : case_id === rows[0].case_id ? "-cast" : drawn_class;
    for (const surgeon of SURGEONS) await submitReading(study, reading(case_id, surgeon, said));
  }
  await resolveReadings(study, { panel: "reference", who: "me" });
  const held = await classesOfCases(study);
  assert.deepEqual(held, new Map([...observed, [last, "weber_c"]]));
  assert.notEqual(observed.get(last), undefined);
});
