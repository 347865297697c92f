/** Files by patient: DICOM files by the patient they name, every other file by itself. */
import { DataError, readImageHeader } from "@malleolus/data";
import type { RadiographFile } from "../radiograph-files.ts";

export interface PatientFiles {
  /** Whom the files name; null for a file that names nobody. */
  readonly patient: string | null;
  readonly files: readonly RadiographFile[];
}

/**
 * In the order of each patient's first file. A file that cannot be read is by itself: whoever reads
 * it says why. With `areOne` all files are of one patient, whatever they say.
 */
export async function patientFiles(
  files: readonly RadiographFile[],
  areOne: boolean,
): Promise<PatientFiles[]> {
  if (areOne) return [{ patient: null, files }];
  const named = await Promise.all(
    files.map(async (file) => ({ file, patient: await patientOf(file) })),
  );
  const groups = Map.groupBy(named, ({ patient, file }) =>
    patient === null ? `file ${file.path}` : `patient ${patient}`,
  );
  return [...groups.values()].map((group) => ({
    patient: group[0].patient,
    files: group.map(({ file }) => file),
  }));
}

async function patientOf({ path }: RadiographFile): Promise<string | null> {
  try {
    const { patientId } = await readImageHeader(path);
    return patientId === "" ? null : patientId;
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
