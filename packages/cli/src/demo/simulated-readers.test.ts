/** Both panels read a small simulated hospital, through the study's own doors. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  adjudicationOf,
  consensusOf,
  externalHospital,
  mixedSpecs,
  type PhantomRecord,
  READER_ROLES,
  type ReadCase,
  type Reader,
  type Reading,
  readCase,
  samplePatient,
  withPitch,
  writeArchive,
} from "@malleolus/phantom";
import {
  ankleProtocol,
  assignExternalTest,
  closeStudy,
  createStudy,
  findHospital,
  importDicom,
  importReports,
  openKeys,
  openStudy,
  screenCases,
} from "@malleolus/studies";
import type { KnownImage } from "./known-cases.ts";
import { demoParticipants, demoPlan } from "./plan.ts";
import { classId, readAll } from "./simulated-readers.ts";

const PASSPHRASE = "simulated, and no secret";

const [senior] = readersOf("senior", 1);
const observers = readersOf("observer", 3);
const surgeons = readersOf("surgeon", 3);

test("readAll: what a senior and the surgeons decide is pooled, as the reasons say", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-readers-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const archive = join(folder, "archive");
  const stop = new AbortController().signal;
  const records = await writeArchive({
    folder: archive,
    hospital: externalHospital,
    xrayUnit: withPitch(externalHospital.xrayUnit, 1),
    seed: "readers",
    specs: mixedSpecs(1, 0),
    stop,
    onStudy: () => undefined,
  });
  assert(records !== null);
  const hard = records.map((record) => hardest(record) ?? record);
  await createStudy({
    folder: join(folder, "study"),
    name: "Simulated readers",
    passphrase: PASSPHRASE,
    simulation: "readers",
    protocol: {
      ...ankleProtocol,
      splits: { ...demoPlan.splits, externalTestPatients: records.length },
    },
    participants: demoParticipants,
  });
  const study = await openStudy(join(folder, "study"));
  context.after(() => closeStudy(study));

  const keys = await openKeys(study, PASSPHRASE);
  const hospital = findHospital(study, "two");
  const imageOf = new Map(
    hard.flatMap((record) =>
      record.images.map((image) => [join(archive, image.file), { record, image }] as const),
    ),
  );
  const known = new Map<string, KnownImage>();
  await importDicom(study, {
    paths: [join(archive, "dicom")],
    hospital,
    keys,
    who: "demo",
    stop,
    onEvent(event) {
      const image = imageOf.get(event.file);
      assert(event.outcome !== "refused" && image !== undefined);
      known.set(event.sha256, image);
    },
  });
  await importReports(study, { path: join(archive, "reports.csv"), hospital, keys, who: "demo" });
  keys.close();
  await screenCases(study, "demo");

  const onReading = () => undefined;
  await readAll({ study, known, panel: "curation", onReading });
  await assignExternalTest(study, "demo");
  await readAll({ study, known, panel: "reference", onReading });

  const images = await study.database.selectFrom("images").select(["sha256", "case_id"]).execute();
  const readOf = new Map(
    images.flatMap(({ sha256, case_id: id }) => {
      const image = known.get(sha256);
      return image === undefined ? [] : [[id, seen(image.record)] as const];
    }),
  );
  const verdicts = await study.database
    .selectFrom("verdicts")
    .select(["case_id", "panel", "how", "why", "decision_id"])
    .execute();
  const expected = {
    adjudicated: {
      why: "simulated: looked at the views alone, then weighed that with what the observers saw",
      decides: (read: ReadCase) => adjudicationOf(read, senior, observers, 1),
    },
    consensus: {
      why: "simulated: all 3 looked again at all views, and pooled what they saw",
      decides: (read: ReadCase) => consensusOf(read, surgeons, 2),
    },
  };
  for (const how of ["adjudicated", "consensus"] as const) {
    const own = verdicts.filter((verdict) => verdict.how === how);
    assert.ok(own.length > 1, `${own.length} are ${how}`);
    for (const { case_id: id, why, decision_id: decided } of own) {
      const read = readOf.get(id);
      assert(read !== undefined);
      assert.equal(why, expected[how].why);
      assert.equal(decided, answer(expected[how].decides(read)));
    }
  }
  const views = await study.database
    .selectFrom("readings")
    .select(["case_id", "decision_id"])
    .where("panel", "=", "senior")
    .execute();
  assert.equal(views.length, verdicts.filter(({ how }) => how === "adjudicated").length);
  for (const { case_id: id, decision_id: view } of views) {
    const read = readOf.get(id);
    assert(read !== undefined);
    assert.equal(view, answer(readCase(read, senior, 1)), "the senior's own view is not pooled");
  }
  const referred = verdicts.filter(({ panel }) => panel === "reference");
  assert.equal(referred.length, records.length);
});

function readersOf(role: keyof typeof READER_ROLES, count: number): Reader[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${role}-${i + 1}`,
    ...READER_ROLES[role],
  }));
}

/**
 * With a fracture that shows so well, and lies so high, that what is pooled is not what the senior or
 * one surgeon says alone; null where there is none. Of what was rendered, readers know just this.
 */
function hardest(record: PhantomRecord): PhantomRecord | null {
  const { fracture } = record;
  if (fracture === null) return null;
  for (let i = 0; i < 2_000; i++) {
    const [contrast, up] = [0.2 * 1.08 ** (i % 40), Math.floor(i / 40) - 25];
    const other: PhantomRecord = {
      ...record,
      fracture: {
        ...fracture,
        lowestMm: fracture.lowestMm + up,
        highestMm: fracture.highestMm + up,
      },
      images: record.images.map((image) => ({ ...image, contrast })),
    };
    const read = seen(other);
    const alone = (reader: Reader, look: number) => answer(readCase(read, reader, look));
    const differ = (people: readonly Reader[]) =>
      new Set(people.map((one) => alone(one, 1))).size > 1;
    const weighed = answer(adjudicationOf(read, senior, observers, 1));
    const pooled = answer(consensusOf(read, surgeons, 2));
    if (
      differ(observers) &&
      differ(surgeons) &&
      weighed !== alone(senior, 1) &&
      [1, 2].every((look) => alone(surgeons[0], look) !== pooled)
    )
      return other;
  }
  return null;
}

function seen({ patientSeed, spec, fracture, images }: PhantomRecord): ReadCase {
  return {
    patient: samplePatient(patientSeed, spec),
    fracture,
    contrasts: images.map(({ contrast }) => contrast ?? 0),
  };
}

function answer({ weberClass }: Reading): string {
  return classId(weberClass);
}
