/**
 * Where the tests find the real data, which lies outside the repository: in the directory of the
 * variable MALLEOLUS_DATA, or in `../shared/data` beside the repository.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Absolute path of a file or folder of the real data, or null where the data is absent. */
export function testDataPath(...parts: string[]): string | null {
  const beside = join(import.meta.dirname, "../../../../shared/data");
  const path = join(process.env.MALLEOLUS_DATA ?? beside, ...parts);
  return existsSync(path) ? path : null;
}

/** Option of a test that needs real data: skips it, and says why, where the data is absent. */
export function skipWithout(path: string | null): { skip: string | false } {
  return { skip: path === null ? "the real data is absent; set MALLEOLUS_DATA to it" : false };
}
