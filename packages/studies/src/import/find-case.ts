/** The case of an examination that a file of the hospital names. */
import { replaceUid } from "@malleolus/data";
import type { Hospital } from "@malleolus/schema";
import type { StudyDatabase } from "../database/open-database.ts";
import type { KeyFile } from "../keys/key-file.ts";
import { accessionHash } from "./accession.ts";

export interface NamedExamination {
  /** The original UID of the DICOM study; empty where it is not given. */
  readonly study: string;
  /** Ways to read the accession number, the likeliest first. */
  readonly accessions: readonly string[];
}

export interface FoundCase {
  readonly id: string;
  readonly patient_id: string;
}

/** None where the study has no case of it, or two. */
export async function findCase(
  database: StudyDatabase,
  { study, accessions }: NamedExamination,
  { hospital, keys }: { readonly hospital: Hospital; readonly keys: KeyFile },
): Promise<FoundCase | undefined> {
  const cases = database
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(["cases.id", "cases.patient_id"])
    .where("patients.hospital", "=", hospital.id);
  if (study !== "") {
    return cases.where("cases.id", "=", replaceUid(study, keys.secret)).executeTakeFirst();
  }
  for (const accession of accessions) {
    const hash = accessionHash(keys, hospital.id, accession);
    const found = await cases.where("cases.accession_hash", "=", hash).limit(2).execute();
    // Two cases with one number: neither may have the other's report.
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}
