/**
 * Archives for the benchmarks of the import: a few phantoms, each under the names and UIDs of as many
 * patients as are asked for. A variant is made by the study's own de-identification, with a key and a
 * pseudonym of its own, so it is a valid file of another image.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deidentify } from "@malleolus/data";
import { type Hospital, simulateStudy } from "@malleolus/phantom";
import {
  closeStudy,
  createStudy,
  type DicomImport,
  findHospital,
  type ImportCounts,
  importDicom,
  openKeys,
  openStudy,
  type Study,
} from "@malleolus/studies";

/** Every view of some patients: one patient after the other. */
export function phantomFiles(hospital: Hospital, patients: number): Uint8Array[][] {
  const classes = ["A", "B", "C", null] as const;
  return Array.from({ length: patients }, (_, number) => {
    const weberClass = classes[number % classes.length];
    const study = simulateStudy(hospital, "bench", number, { weberClass, exclusion: null });
    return study.images.map(({ file }) => file);
  });
}

/** Writes all views of the patients `from` to `to` into an empty folder; says how many files. */
export function writeVariants(
  folder: string,
  originals: readonly (readonly Uint8Array[])[],
  from: number,
  to: number,
): number {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for (let patient = from; patient < to; patient++) {
    const files = variantFiles(originals[patient % originals.length], patient);
    for (const [view, file] of files.entries()) {
      writeFileSync(join(folder, `${pseudonymOf(patient)}-${view}.dcm`), file);
      written++;
    }
  }
  return written;
}

/** All views of a patient. */
export function variantFiles(originals: readonly Uint8Array[], patient: number): Uint8Array[] {
  const pseudonym = pseudonymOf(patient);
  const key = createHash("sha256").update(`variant ${patient}`).digest();
  const plan = { pseudonym, key, shiftDays: -(patient % 1_000), burnedIn: "accept" } as const;
  return originals.map((original, view) => deidentify(original, plan, `${pseudonym}-${view}`));
}

function pseudonymOf(patient: number): string {
  return `P${String(patient).padStart(6, "0")}`;
}

export interface OpenStudy {
  importFolder(
    folder: string,
    onEvent?: NonNullable<DicomImport["onEvent"]>,
  ): Promise<ImportCounts>;
  close(): Promise<void>;
}

/** A new study in a folder, which takes phantoms: their files say that a marker is burned in. */
export async function newStudy(folder: string): Promise<OpenStudy> {
  const passphrase = "bench";
  await createStudy({ folder, name: "Bench", passphrase });
  const opened = await openStudy(folder);
  const configuration = {
    ...opened.configuration,
    deidentification: { burnedIn: "accept" },
  } as const;
  const study: Study = { ...opened, configuration };
  const keys = await openKeys(study, passphrase);
  const given = { keys, hospital: findHospital(study, undefined), who: "bench" };
  return {
    importFolder: (path, onEvent = () => undefined) =>
      importDicom(study, { ...given, paths: [path], onEvent }),
    async close() {
      keys.close();
      await closeStudy(study);
    },
  };
}
