/**
 * What the tests of the reading room in a browser begin with: the pages as they are shipped, and a small
 * simulated study. `malleolus test` makes both once for all of their files and names the folder in
 * `MALLEOLUS_PREPARED_ROOM`; a file that is run by itself makes its own.
 */
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { internalHospital, mixedSpecs, withPitch, writeArchive } from "@malleolus/phantom";
import {
  ankleProtocol,
  assignReaders,
  closeStudy,
  createStudy,
  findHospital,
  importDicom,
  importReports,
  openKeys,
  openStudy,
  screenCases,
} from "@malleolus/studies";

export const OBSERVERS = ["observer-1", "observer-2", "observer-3"] as const;
export const ANNOTATORS = ["annotator-1", "annotator-2"] as const;
export const PASSPHRASE = "correct horse";

const PATIENTS_OF_A_CLASS = 1;
/** Coarse, so that simulating takes seconds. */
const PITCH_MM = 0.4;
const root = join(import.meta.dirname, "../..");
const made = process.env.MALLEOLUS_PREPARED_ROOM;

/** The built pages, in a folder that nobody changes. */
export async function preparedPages(folder: string): Promise<string> {
  if (made !== undefined) return join(made, PAGES);
  const own = join(folder, PAGES);
  await buildPages(own);
  return own;
}

/** A study of its own in this folder, closed; returns its folder. */
export async function preparedStudy(folder: string): Promise<string> {
  if (made === undefined) {
    await simulateStudy(folder);
  } else {
    for (const name of [STUDY, KEYS])
      cpSync(join(made, name), join(folder, name), { recursive: true });
  }
  return join(folder, STUDY);
}

const [PAGES, STUDY, KEYS] = ["pages", "study", "study.keys"] as const;

async function buildPages(outDir: string): Promise<void> {
  // Where the pages are there already, loading it would take longer than starting the server.
  const { build } = await import("vite");
  await build({
    root: join(root, "packages/web"),
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
}

async function simulateStudy(folder: string): Promise<void> {
  const archive = join(folder, "archive");
  await writeArchive({
    folder: archive,
    hospital: internalHospital,
    xrayUnit: withPitch(internalHospital.xrayUnit, PITCH_MM),
    seed: "reading room",
    specs: mixedSpecs(PATIENTS_OF_A_CLASS, 0),
    stop: new AbortController().signal,
    onStudy: () => {},
  });
  await createStudy({
    folder: join(folder, STUDY),
    name: "Simulated ankles",
    passphrase: PASSPHRASE,
    simulation: "reading room",
    protocol: ankleProtocol,
    participants: {
      hospitals: [{ id: "one", name: "Simulated Hospital", role: "internal", language: "en" }],
      observers: [
        ...OBSERVERS.map((id, i) => ({
          id,
          name: `Simulated Observer ${i + 1}`,
          roles: ["observer" as const],
        })),
        { id: "senior-1", name: "Simulated Senior", roles: ["senior"] },
        ...ANNOTATORS.map((id, i) => ({
          id,
          name: `Simulated Annotator ${i + 1}`,
          roles: ["annotator" as const],
        })),
      ],
    },
  });
  const study = await openStudy(join(folder, STUDY));
  const hospital = findHospital(study, "one");
  const keys = await openKeys(study, PASSPHRASE);
  try {
    await importDicom(study, {
      paths: [join(archive, "dicom")],
      hospital,
      keys,
      who: "test",
      stop: new AbortController().signal,
      onEvent: () => {},
    });
    await importReports(study, { path: join(archive, "reports.csv"), hospital, keys, who: "test" });
  } finally {
    keys.close();
  }
  await screenCases(study, "test", () => {});
  await assignReaders(study, "curation");
  await closeStudy(study);
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "";
  if (!existsSync(folder)) throw new Error(`usage: ${import.meta.filename} FOLDER`);
  await Promise.all([buildPages(join(folder, PAGES)), simulateStudy(folder)]);
}
