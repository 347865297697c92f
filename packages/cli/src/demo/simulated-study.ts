/**
 * A simulated study up to what a network is trained on: archives of two hospitals, imported, screened, read,
 * its tests drawn, proposed for and annotated. The demonstration goes on from there, and so does an
 * experiment that needs a study and no demonstration. A stage that is done is not done again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cocoText } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import type { ShippedPreliminary } from "@malleolus/networks";
import {
  externalHospital,
  type Hospital,
  internalHospital,
  mixedSpecs,
  type PhantomRecord,
  withPitch,
  writeArchive,
} from "@malleolus/phantom";
import {
  ankleProtocol,
  assignExternalTest,
  assignInternalTest,
  assignTraining,
  classesOfCases,
  closeStudy,
  cocoExport,
  createStudy,
  findHospital,
  importDicom,
  importReports,
  openKeys,
  openStudy,
  readFlow,
  type Study,
  screenCases,
} from "@malleolus/studies";
import { CliError } from "../errors.ts";
import type { DemoProgress } from "./demo-progress.ts";
import type { KnownImage, KnownImages } from "./known-cases.ts";
import { type DemoPlan, demoParticipants, type HospitalPlan } from "./plan.ts";
import { prelabelDemo, selectDemo } from "./prelabel-demo.ts";
import { annotateAll } from "./simulated-annotators.ts";
import { readAll } from "./simulated-readers.ts";
import type { Stages } from "./stages.ts";

/** A simulation's study has nobody to protect: its passphrase stands in the README. */
export const DEMO_PASSPHRASE = "demo";

export interface StudyToSimulate {
  readonly folder: string;
  readonly plan: DemoPlan;
  /** What proposes outlines and classes; null where nothing does. */
  readonly preliminary: ShippedPreliminary | null;
  readonly stages: Stages;
  readonly progress: DemoProgress;
  readonly stop: AbortSignal;
}

export interface SimulatedStudy {
  /** Open; who asked for it closes it. */
  readonly study: Study;
  readonly known: KnownImages;
}

/** Null where it was stopped before its end. */
export async function simulatedStudy(given: StudyToSimulate): Promise<SimulatedStudy | null> {
  const { folder, plan, stages, progress, stop } = given;
  const archives = [
    { hospital: internalHospital, of: plan.internal, id: "one" },
    { hospital: externalHospital, of: plan.external, id: "two" },
  ];
  const records = await stages.repeat("phantom", "simulating two hospitals", () =>
    simulate(folder, plan, archives, progress, stop),
  );
  if (records === null) return null;
  const study = await openOrCreate(join(folder, "study"), plan);
  let isWhole = false;
  try {
    const known = await stages.repeat("import", "importing their archives, de-identified", () =>
      importArchives(study, folder, archives, records, progress, stop),
    );
    if (known === null) return null;
    await readCases(study, known, stages, progress);
    if (given.preliminary !== null && (await propose(study, given.preliminary, given)) === null) {
      return null;
    }
    await annotateTraining(study, folder, known, stages, progress);
    await requireHospitals(study, archives);
    isWhole = true;
    return { study, known };
  } finally {
    if (!isWhole) await closeStudy(study);
  }
}

interface Archive {
  readonly hospital: Hospital;
  readonly of: HospitalPlan;
  /** In the study. */
  readonly id: string;
}

async function simulate(
  folder: string,
  { seed, pitchMm }: DemoPlan,
  archives: readonly Archive[],
  progress: DemoProgress,
  stop: AbortSignal,
): Promise<PhantomRecord[][] | null> {
  const specs = archives.map(({ of }) => mixedSpecs(of.perClass, of.excluded));
  const total = specs.reduce((sum, { length }) => sum + length, 0);
  const written: PhantomRecord[][] = [];
  for (const [i, { hospital }] of archives.entries()) {
    const before = written.reduce((sum, { length }) => sum + length, 0);
    const records = await writeArchive({
      folder: archiveFolder(folder, hospital),
      hospital,
      xrayUnit: withPitch(hospital.xrayUnit, pitchMm),
      seed,
      specs: specs[i],
      stop,
      onStudy: (done) => progress.count(before + done, total, "patients"),
    });
    if (records === null) return null;
    written.push(records);
  }
  return written;
}

function archiveFolder(folder: string, { key }: Hospital): string {
  return join(folder, "archive", key);
}

async function openOrCreate(folder: string, { seed, splits }: DemoPlan): Promise<Study> {
  if (!existsSync(join(folder, "malleolus.toml"))) {
    await createStudy({
      folder,
      name: "Simulated ankles",
      passphrase: DEMO_PASSPHRASE,
      simulation: seed,
      protocol: { ...ankleProtocol, splits },
      participants: demoParticipants,
    });
  }
  return openStudy(folder);
}

/** What is imported already is only looked up. */
async function importArchives(
  study: Study,
  folder: string,
  archives: readonly Archive[],
  records: readonly (readonly PhantomRecord[])[],
  progress: DemoProgress,
  stop: AbortSignal,
): Promise<KnownImages | null> {
  const keys = await openKeys(study, DEMO_PASSPHRASE);
  const known = new Map<string, KnownImage>();
  try {
    for (const [i, { hospital: simulated, id }] of archives.entries()) {
      const from = archiveFolder(folder, simulated);
      const imageOf = new Map(
        records[i].flatMap((record) =>
          record.images.map((image) => [join(from, image.file), { record, image }] as const),
        ),
      );
      const hospital = findHospital(study, id);
      const { stopped } = await importDicom(study, {
        paths: [join(from, "dicom")],
        hospital,
        keys,
        who: "demo",
        stop,
        onEvent(event) {
          progress.count(event.done, event.total, `files of ${hospital.name}`);
          const image = imageOf.get(event.file);
          if (event.outcome === "refused" || image === undefined) {
            const reason = event.outcome === "refused" ? event.reason : "no file of the archive";
            throw new Error(`internal: ${event.file} was not imported: ${reason}`);
          }
          known.set(event.sha256, image);
        },
      });
      if (stopped) return null;
      await importReports(study, { path: join(from, "reports.csv"), hospital, keys, who: "demo" });
    }
    return known;
  } finally {
    keys.close();
  }
}

/** From imported radiographs to tests: screened, read, drawn. */
async function readCases(
  study: Study,
  known: KnownImages,
  stages: Stages,
  progress: DemoProgress,
): Promise<void> {
  await stages.once("screen", "screening their reports", async () => {
    await screenCases(study, "demo", (done, total) => progress.count(done, total, "reports"));
  });
  const read = (panel: "curation" | "reference") =>
    readAll({
      study,
      known,
      panel,
      onReading: (done, total) => progress.count(done, total, "readings"),
    });
  await stages.once("read", "three observers read every case, a senior decides", () =>
    read("curation"),
  );
  await stages.once("assign tests", "drawing the patients of both tests", async () => {
    await assignInternalTest(study, "demo");
    await assignExternalTest(study, "demo");
  });
  await stages.once("read tests", "three surgeons read the tests, and talk", () =>
    read("reference"),
  );
}

/** Null where it was stopped. */
async function propose(
  study: Study,
  preliminary: ShippedPreliminary,
  { stages, progress, stop }: StudyToSimulate,
): Promise<true | null> {
  const seen = await stages.repeat("prelabel", "proposing outlines and classes", () =>
    prelabelDemo(study, preliminary, progress, stop),
  );
  if (seen === null) return null;
  await stages.once("select", "choosing what is worth an annotator's time", () =>
    selectDemo(study),
  );
  return true;
}

/** A training set: drawn, outlined, and written down. */
async function annotateTraining(
  study: Study,
  folder: string,
  known: KnownImages,
  stages: Stages,
  progress: DemoProgress,
): Promise<void> {
  await stages.once("assign training", "drawing the radiographs to train on", async () => {
    await assignTraining(study, { who: "demo" });
  });
  await stages.once("annotate", "two annotators outline bones and fractures", async () => {
    const classOf = await classesOfCases(study);
    await annotateAll({
      study,
      known,
      classOf,
      onAnnotation: (done, total) => progress.count(done, total, "drawings"),
    });
  });
  await stages.once("export", "writing what is trained on", async () => {
    const { dataset } = await cocoExport(study, "training");
    writeFileWhole(join(folder, "training.json"), cocoText(dataset));
  });
}

async function requireHospitals(study: Study, archives: readonly Archive[]): Promise<void> {
  const { hospitals } = await readFlow(study);
  if (hospitals.length === archives.length) return;
  throw new CliError(
    "study",
    `${study.folder}: expected the demonstration's hospitals, got ${hospitals.length} of others`,
  );
}
