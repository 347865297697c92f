/** The facts that `malleolus inspect` shows of a file. */
import type { ImageRecord, ValueRange } from "@malleolus/schema";
import type { Display } from "./radiograph.ts";
import { readRadiograph } from "./read-radiograph.ts";

/**
 * A radiograph without its pixels: a plain object, ready for JSON. `malleolus inspect --json`
 * prints one for each file.
 */
export interface Inspection extends ImageRecord {
  readonly file: string;
  /** Of the values in the file. */
  readonly stored: ValueRange;
  /** Of the displayed values, 0 (black) to 1 (white). */
  readonly displayed: ValueRange;
  readonly display: Display;
  /** What of the file could not be taken as it stands. */
  readonly notes: readonly string[];
}

/**
 * Reads a file and describes it.
 *
 * @throws DataError as `readRadiograph`.
 */
export async function inspectRadiograph(path: string): Promise<Inspection> {
  const { pixels: _, ...described } = await readRadiograph(path);
  return { file: path, ...described };
}
