/** Both panels read a small simulated hospital, through the study's own doors. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  adjudicationOf,
  consensusOf,
  drawPatient,
  externalHospital,
  READER_ROLES,
  type ReadCase,
  type Reader,
  type Reading,
  readCase,
  withPitch,
} from "@malleolus/data";
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
import type { PhantomRecord } from "../phantom/phantom-record.ts";
import { mixedWishes, writeArchive } from "../phantom/write-archive.ts";
import type { KnownImage } from "./known-cases.ts";
import { demoParticipants, demoPlan } from "./plan.ts";
import { classId, readAll } from "./simulated-readers.ts";

const PASSPHRASE = "simulated, and no secret";
const TESTED = 6;

test("readAll: what a senior and the surgeons decide is pooled, as the reasons say", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-readers-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const archive = join(folder, "archive");
  const stop = new AbortController().signal;
  const records = await writeArchive({
    folder: archive,
    hospital: externalHospital,
    room: withPitch(externalHospital.room, 1),
    seed: "readers",
    wishes: mixedWishes(2, 0),
    stop,
    onStudy: () => undefined,
  });
  assert(records !== null);
  await createStudy({
    folder: join(folder, "study"),
    name: "Simulated readers",
    passphrase: PASSPHRASE,
    simulation: "readers",
    protocol: {
      ...ankleProtocol,
      splits: { ...demoPlan.splits, externalTestPatients: TESTED },
    },
    participants: demoParticipants,
  });
  const study = await openStudy(join(folder, "study"));
  context.after(() => closeStudy(study));

  const keys = await openKeys(study, PASSPHRASE);
  const hospital = findHospital(study, "two");
  const imageOf = new Map(
    records.flatMap((record) =>
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
      decides: (read: ReadCase) =>
        adjudicationOf(read, readersOf("senior", 1)[0], readersOf("observer", 3), 1),
    },
    consensus: {
      why: "simulated: all 3 looked again at all views, and pooled what they saw",
      decides: (read: ReadCase) => consensusOf(read, readersOf("surgeon", 3), 2),
    },
  };
  for (const how of ["adjudicated", "consensus"] as const) {
    const own = verdicts.filter((verdict) => verdict.how === how);
    assert.ok(own.length > 0, `some are ${how}`);
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
  const [senior] = readersOf("senior", 1);
  assert.equal(views.length, verdicts.filter(({ how }) => how === "adjudicated").length);
  for (const { case_id: id, decision_id: view } of views) {
    const read = readOf.get(id);
    assert(read !== undefined);
    assert.equal(view, answer(readCase(read, senior, 1)), "the senior's own view is not pooled");
  }
  const referred = verdicts.filter(({ panel }) => panel === "reference");
  assert.equal(referred.length, TESTED);
});

function readersOf(role: keyof typeof READER_ROLES, count: number): Reader[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${role}-${i + 1}`,
    ...READER_ROLES[role],
  }));
}

function seen({ patientSeed, wish, fracture, images }: PhantomRecord): ReadCase {
  return {
    patient: drawPatient(patientSeed, wish),
    fracture,
    contrasts: images.map(({ contrast }) => contrast ?? 0),
  };
}

function answer({ weberClass }: Reading): string {
  return classId(weberClass);
}
