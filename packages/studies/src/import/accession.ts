/** How a report finds its case without the study keeping an accession number. */
import type { KeyFile } from "../keys/key-file.ts";

export function accessionHash(keys: KeyFile, hospital: string, accession: string): string {
  return keys.hash("accession", `${hospital}\0${accession}`);
}
