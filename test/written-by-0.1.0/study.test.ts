/** A study that 0.1.0 wrote: opened, read, and gone on with. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readRadiograph } from "@malleolus/data";
import {
  annotationAgreement,
  classesOfCases,
  closeStudy,
  cocoExport,
  explainCase,
  findHospital,
  imagePath,
  importDicom,
  listCases,
  openKeys,
  openStudy,
  readFlow,
  readingMatrix,
  readTestSets,
  readWorklist,
  resolveReadings,
  type Study,
  screenCases,
  submitReading,
} from "@malleolus/studies";
import { unpack } from "./unpack.ts";

const PASSPHRASE = "written by 0.1.0";
/** 0.1.0 graded a fracture's visibility by four words; the database is brought to three. */
const GRADES = new Map<unknown, string>([
  ["obvious", "easy"],
  ["visible", "easy"],
  ["subtle", "difficult"],
]);
const expected = JSON.parse(
  readFileSync(join(import.meta.dirname, "study.json"), "utf8"),
  (key, value) => (key === "visibility" ? (GRADES.get(value) ?? value) : value),
);

async function openWritten(context: {
  after(cleanUp: () => void | Promise<void>): void;
}): Promise<{ study: Study; folder: string }> {
  const folder = unpack(context, "study.tar.gz");
  const study = await openStudy(join(folder, "study"));
  context.after(() => closeStudy(study));
  return { study, folder };
}

/** As JSON has it. A field that a later version adds is no loss; one that is missing or other is. */
function assertHolds(actual: unknown, what: string): void {
  assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(actual)), expected[what]);
}

test("a study of 0.1.0: cases, readings, truths and exports are what they were", async (context) => {
  const { study } = await openWritten(context);
  assertHolds(await readFlow(study), "flow");
  assertHolds(await listCases(study), "cases");
  assertHolds([...(await classesOfCases(study))].toSorted(), "classes");
  assertHolds(await readWorklist(study, { queue: "curation", person: "observer-3" }), "worklist");
  const { caseId } = expected.explanation;
  assertHolds(await explainCase(study, caseId), "explanation");
  assertHolds(
    {
      curation: await readingMatrix(study, "curation"),
      reference: await readingMatrix(study, "reference"),
    },
    "readings",
  );
  assertHolds(await annotationAgreement(study), "annotationAgreement");
  assertHolds(await readTestSets(study), "tests");
  assertHolds((await cocoExport(study, "training")).dataset, "training");
  assertHolds((await cocoExport(study, "external test")).dataset, "externalTest");
});

test("a study of 0.1.0: annotations and truths have the three grades of visibility", async (context) => {
  const { study } = await openWritten(context);
  const graded = async (table: "annotations" | "image_truths") => {
    const rows = await study.database
      .selectFrom(table)
      .select(({ fn }) => ["visibility", fn.countAll<number>().as("count")])
      .groupBy("visibility")
      .execute();
    return Object.fromEntries(rows.map(({ visibility, count }) => [visibility, count]));
  };
  assert.deepEqual(
    { annotations: await graded("annotations"), truths: await graded("image_truths") },
    {
      annotations: { null: 6, easy: 6, difficult: 4 },
      truths: { null: 3, easy: 3, difficult: 2 },
    },
  );
});

test("a study of 0.1.0: its radiographs are found and read", async (context) => {
  const { study } = await openWritten(context);
  const rows = await study.database.selectFrom("images").select("sha256").execute();
  assert.equal(rows.length, 14);
  for (const { sha256 } of rows) {
    const { width, height } = await readRadiograph(imagePath(study.images, sha256));
    assert.ok([77, 78].includes(width) && height === 96, `${width} x ${height}`);
  }
});

test("a study of 0.1.0: its key file opens, and knows patients and files again", async (context) => {
  const { study, folder } = await openWritten(context);
  await assert.rejects(openKeys(study, "another"), { code: "passphrase" });
  const keys = await openKeys(study, PASSPHRASE);
  try {
    const outcomes: unknown[] = [];
    await importDicom(study, {
      paths: [join(folder, "archive", "dicom")],
      hospital: findHospital(study, "two"),
      keys,
      who: "importer",
      stop: new AbortController().signal,
      onEvent: (event) => outcomes.push(event.outcome === "refused" ? event.reason : event.outcome),
    });
    assert.deepEqual(outcomes, ["known", "known"]);
    const [{ patient }] = await listCases(study, { hospital: "two" });
    assert.equal(keys.entry(patient)?.patientId, "EP00001");
  } finally {
    keys.close();
  }
  assertHolds(await listCases(study), "cases");
});

test("a study of 0.1.0: it is screened again, and its open case is read to the end", async (context) => {
  const { study } = await openWritten(context);
  await screenCases(study, "screener", () => undefined);
  const [{ caseId }] = expected.worklist.entries;
  await submitReading(study, {
    caseId,
    panel: "curation",
    reader: "observer-3",
    decision: { kind: "class", id: "weber_a" },
  });
  assert.deepEqual(await resolveReadings(study, { panel: "curation", who: "closer" }), {
    agreed: 1,
    excludedByMajority: 0,
    disagreements: [],
  });
  const found = (await listCases(study)).find(({ id }) => id === caseId);
  assert.deepEqual([found?.state, found?.class], ["agreed", "weber_a"]);
});
