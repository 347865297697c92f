/**
 * Accession numbers: as spreadsheets write them, and how one finds its case without the study keeping
 * it.
 */
import type { KeyFile } from "../keys/key-file.ts";

/** Headings of columns, as `plainName` makes them. */
export const ACCESSION_COLUMNS = [
  "accession",
  "accessionnumber",
  "accessienummer",
  "onderzoeknummer",
] as const;
export const STUDY_COLUMNS = ["studyuid", "studyinstanceuid"] as const;

export function accessionHash(keys: KeyFile, hospital: string, accession: string): string {
  return keys.hash("accession", `${hospital}\0${accession}`);
}

/** Why a number cannot be used; null where it can. */
export function accessionProblem(written: string): string | null {
  return /^\d(?:[.,]\d+)?e\+?\d+$/i.test(written)
    ? "its accession number is in Excel's scientific form and has lost its digits; " +
        "export the column as text"
    : null;
}

/**
 * The number as it is written, then as it was before Excel: `="0012345"`, `'0012345` and `12345.0` are
 * how spreadsheets keep a number as it is, or not.
 */
export function accessionsOf(written: string): string[] {
  const plain = written
    .replace(/^="?(.*?)"?$/, "$1")
    .replace(/^['’]/, "")
    .replace(/^(\d+)[.,]0+$/, "$1")
    .trim();
  return [...new Set([written, plain])].filter((one) => one !== "");
}
