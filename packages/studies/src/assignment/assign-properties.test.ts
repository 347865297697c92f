/** What holds of every assignment, whatever the pool: real databases in memory, random studies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Protocol, partitionOf } from "@malleolus/schema";
import fc from "fast-check";
import { sql } from "kysely";
import { ankleProtocol } from "../configuration/ankle-protocol.ts";
import { openDatabase } from "../database/open-database.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { addCases, type TestCase } from "../test-people.ts";
import { assignCases } from "./assign.ts";

const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;
const VIEWS = [["ap", "mortise", "lateral"], ["ap", "lateral"], ["mortise"]] as const;

type Splits = Protocol["splits"];

const someCases = fc
  .array(
    fc.record({
      patient: fc.integer({ min: 0, max: 30 }),
      outside: fc.boolean(),
      class: fc.constantFrom(...CLASSES),
      state: fc.constantFrom("agreed", "adjudicated", "annotated"),
      views: fc.constantFrom(...VIEWS),
    }),
    { minLength: 20, maxLength: 60 },
  )
  .map((sampled): TestCase[] =>
    sampled.map(({ patient, outside, ...rest }, index) => ({
      id: `case ${index}`,
      patient: `${outside ? "outside" : "inside"} ${patient}`,
      hospital: outside ? "b" : "a",
      ...rest,
    })),
  );

const someSplits: fc.Arbitrary<Splits> = fc.record({
  seed: fc.integer({ min: 0, max: 9 }),
  preliminary: fc.record({ fracture: fc.nat(4), noFracture: fc.nat(3) }),
  training: fc.record({ fracture: fc.nat(8), noFracture: fc.nat(4) }),
  tuningShare: fc.constantFrom(0, 0.2, 0.5),
  internalTestPatientsPerClass: fc.nat(1),
  internalTestReservePerClass: fc.nat(1),
  externalTestPatients: fc.nat(4),
  externalTestViews: fc.constant(["ap" as const, "lateral" as const]),
});

async function studyOf(splits: Splits, cases: readonly TestCase[]): Promise<Study> {
  const study: Study = {
    folder: "",
    images: "",
    keyFile: "",
    protocol: { ...ankleProtocol, splits },
    configuration: {
      name: "random",
      protocol: "",
      storage: { database: "", images: "", keyFile: "" },
      deidentification: { burnedIn: "refuse" },
      hospitals: [
        { id: "a", name: "A", role: "internal" },
        { id: "b", name: "B", role: "external" },
      ],
      observers: [],
    },
    database: await openDatabase(":memory:"),
  };
  await addCases(study, cases);
  return study;
}

/** The whole of what was assigned, or the refusal, after which there is nothing. */
async function outcomeOf(study: Study, reusePreliminary?: boolean) {
  let refusal: string | null = null;
  try {
    await assignCases(study, { who: "me", reusePreliminary });
  } catch (error) {
    if (!(error instanceof StudyError) || error.code !== "assignment") throw error;
    refusal = error.message;
  }
  const { database } = study;
  const images = await database
    .selectFrom("assigned_images")
    .innerJoin("cases", "cases.id", "assigned_images.case_id")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(["image_sha256", "assignment", "cases.patient_id", "class", "state", "hospital"])
    .orderBy("assignment")
    .orderBy("image_sha256")
    .execute();
  const tested = await database
    .selectFrom("test_patients")
    .selectAll()
    .orderBy("patient_id")
    .execute();
  return { refusal, images, tested };
}

test("assignCases: no patient serves for two things but the trainings, and every size is met", async () => {
  const seen = { sampled: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(someSplits, someCases, fc.boolean(), async (splits, cases, reuse) => {
      const study = await studyOf(splits, cases);
      const { refusal, images, tested } = await outcomeOf(study, reuse);
      await study.database.destroy();
      if (refusal !== null) {
        seen.refused++;
        assert.match(refusal, /asked \(splits\./);
        assert.deepEqual([images, tested], [[], []]);
        return;
      }
      seen.sampled++;
      const parts = Map.groupBy(images, ({ patient_id }) => patient_id);
      for (const [patient, own] of parts) {
        const found = new Set(own.map(({ assignment }) => partitionOf(assignment)));
        assert.equal(found.size, 1, `${patient}: ${[...found].join(", ")}`);
      }
      for (const { hospital, assignment } of images) {
        assert.equal(hospital === "b", assignment === "external test");
      }
      const count = (names: readonly string[], fractured: boolean) =>
        images.filter(
          (one) => names.includes(one.assignment) && (one.class !== "no_fracture") === fractured,
        ).length;
      assert.equal(count(["preliminary training"], true), splits.preliminary.fracture);
      assert.equal(count(["preliminary training"], false), splits.preliminary.noFracture);
      assert.equal(count(["training", "tuning"], true), splits.training.fracture);
      assert.equal(count(["training", "tuning"], false), splits.training.noFracture);
      const perClass = splits.internalTestPatientsPerClass + splits.internalTestReservePerClass;
      for (const name of CLASSES) {
        const own = tested.filter(
          (one) => one.partition === "internal test" && one.drawn_class === name,
        );
        assert.deepEqual(
          own.map(({ rank }) => rank).toSorted(),
          Array.from({ length: perClass }, (_, rank) => rank),
        );
      }
      assert.equal(
        tested.filter(({ partition }) => partition === "external test").length,
        splits.externalTestPatients,
      );
    }),
    { numRuns: 150, seed: 3 },
  );
  // Neither side of the property is empty.
  assert.ok(seen.sampled > 20 && seen.refused > 20, JSON.stringify(seen));
});

test("assignCases: the same seed assigns the same, in whatever order the cases lie", async () => {
  await fc.assert(
    fc.asyncProperty(
      someSplits,
      someCases.chain((cases) =>
        fc.tuple(fc.constant(cases), fc.shuffledSubarray(cases, { minLength: cases.length })),
      ),
      async (splits, [cases, shuffled]) => {
        const [one, other] = [await studyOf(splits, cases), await studyOf(splits, shuffled)];
        assert.deepEqual(await outcomeOf(one), await outcomeOf(other));
        await one.database.destroy();
        await other.database.destroy();
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test("assignCases: whenever the database fails, nothing is assigned", async () => {
  const splits = {
    ...ankleProtocol.splits,
    preliminary: { fracture: 3, noFracture: 3 },
    training: { fracture: 9, noFracture: 6 },
    tuningShare: 0.4,
    internalTestPatientsPerClass: 1,
    internalTestReservePerClass: 1,
    externalTestPatients: 2,
  };
  const cases = Array.from({ length: 40 }, (_, index) => ({
    id: `case ${index}`,
    hospital: index < 36 ? "a" : "b",
    class: CLASSES[index % 4],
    state: "agreed" as const,
  }));
  const whole = await studyOf(splits, cases);
  await assignCases(whole, { who: "me" });
  const moves = await whole.database
    .selectFrom("transitions")
    .select("id")
    .where("to_state", "<>", "agreed")
    .execute();
  await whole.database.destroy();
  for (let fails = 0; fails < moves.length; fails++) {
    const study = await studyOf(splits, cases);
    await sql
      .raw(
        `create trigger fails before insert on transitions
         when (select count(*) from transitions) = ${cases.length + fails}
         begin select raise(abort, 'the disk is full'); end`,
      )
      .execute(study.database);
    await assert.rejects(assignCases(study, { who: "me" }), /the disk is full/);
    for (const table of ["assigned_images", "patient_partitions", "test_patients"] as const) {
      assert.deepEqual(await study.database.selectFrom(table).selectAll().execute(), []);
    }
    await study.database.destroy();
  }
});
