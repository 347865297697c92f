/** Patients outside a detector's training, by the record of files that its run keeps. */
import { join } from "node:path";
import type { SeenImages } from "@malleolus/runs";
import { CliError } from "../errors.ts";
import type { PatientRadiographs } from "./patient-radiographs.ts";

export interface UnseenPatients {
  readonly patients: readonly PatientRadiographs[];
  /** Left out, because the detector was trained on a radiograph of theirs. */
  readonly seen: number;
}

export interface UnseenOptions {
  readonly patients: readonly PatientRadiographs[];
  /** Where their images lie. */
  readonly folder: string;
  /** What the detector's run says; null where it says nothing. */
  readonly record: SeenImages | null;
  /** Whether those that it was trained on are left out, or refused. */
  readonly heldOut: boolean;
  /** The SHA-256 of a file. */
  readonly hashOf: (path: string) => Promise<string>;
}

/**
 * @throws CliError `patients` for patients that were trained on, where they are not to be left out,
 *   and where they are but the run has no record of them.
 */
export async function unseenPatients(options: UnseenOptions): Promise<UnseenPatients> {
  const { patients, folder, record, heldOut, hashOf } = options;
  if (record === null) {
    if (!heldOut) return { patients, seen: 0 };
    throw new CliError(
      "patients",
      "--held-out: expected a run that says which radiographs it was trained on, got none beside the " +
        "detector; name the run's folder with --checkpoint, or give a file of tuning patients alone",
    );
  }
  const unseen: PatientRadiographs[] = [];
  for (const patient of patients) {
    const paths = patient.images.map(({ fileName }) => join(folder, fileName));
    const hashes = await Promise.all(paths.map(hashOf));
    if (!hashes.some((hash) => record.training.has(hash))) unseen.push(patient);
  }
  const seen = patients.length - unseen.length;
  if (seen > 0 && !heldOut) {
    throw new CliError(
      "patients",
      `expected patients that the detector has not seen, got ${seen} of ${patients.length} that it was ` +
        "trained on; take the others with --held-out",
    );
  }
  return { patients: unseen, seen };
}
