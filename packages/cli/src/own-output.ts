/**
 * Which files `predict` wrote before, by what stands in them and not by their names: these it may replace,
 * and passes over where they lie among its inputs. Overlays carry a word in a text chunk of their own.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { CliError } from "./errors.ts";
import type { RadiographFile } from "./radiograph-files.ts";

/** The signature and the first chunk, the header: what follows is ours to choose. */
const HEADER_END = 33;
const MARK = markChunk("Software\0Malleolus overlay");

/** An overlay's PNG with the word that says so (PNG, third edition, 11.3.3). */
export function markOverlay(png: Uint8Array): Buffer {
  return Buffer.concat([png.subarray(0, HEADER_END), MARK, png.subarray(HEADER_END)]);
}

/** Whether a file is an overlay, or what `predict` says of one radiograph. */
export function isOwnOutput(path: string): boolean {
  return isOverlay(path) || isPrediction(path);
}

/**
 * @throws CliError `folder` where writing would replace a file that is not ours. `overlay` says
 *   whether overlays are written.
 */
export function requireRoom(
  files: readonly RadiographFile[],
  folder: string,
  overlay: boolean,
): void {
  const taken = files
    .flatMap(({ name }) => targetsOf(join(folder, name), overlay))
    .filter((path) => existsSync(path) && !isOwnOutput(path));
  if (taken.length === 0) return;
  const more = taken.length - 3;
  throw new CliError(
    "folder",
    `${folder}: expected room for what is found, got other files that would be replaced: ` +
      `${taken.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}; give another --out`,
  );
}

/** What is written beside one another for a radiograph. */
function targetsOf(path: string, overlay: boolean): string[] {
  return overlay ? [`${path}.json`, `${path}.png`] : [`${path}.json`];
}

function isOverlay(path: string): boolean {
  if (!isFile(path)) return false;
  const start = Buffer.alloc(HEADER_END + MARK.length);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return start.subarray(HEADER_END).equals(MARK);
}

/** More than findings take. */
const LARGEST_PREDICTION_BYTES = 1e8;

function isPrediction(path: string): boolean {
  if (!path.endsWith(".json") || !isFile(path)) return false;
  if (statSync(path).size > LARGEST_PREDICTION_BYTES) return false;
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return (
      typeof value === "object" &&
      value !== null &&
      ["file", "detector", "scoreThreshold", "findings"].every((key) => key in value)
    );
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function markChunk(text: string): Buffer {
  const body = Buffer.from(`tEXt${text}`, "latin1");
  const chunk = Buffer.alloc(4 + body.length + 4);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), 4 + body.length);
  return chunk;
}
