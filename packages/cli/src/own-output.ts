/**
 * Which files `predict` wrote before, by what stands in them and not by their names: these it may replace,
 * and passes over where they lie among its inputs. Overlays carry a word in a text chunk of their own.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { DataError, isResultObject, mayBeResultObject } from "@malleolus/data";
import { CliError } from "./errors.ts";
import { OBJECT_ENDINGS } from "./patients/object-endings.ts";
import type { RadiographFile } from "./radiograph-files.ts";

/** The signature and the first chunk, the header: what follows is ours to choose. */
const HEADER_END = 33;
const MARK = markChunk("Software\0Malleolus overlay");

/** An overlay's PNG with the word that says so (PNG, third edition, 11.3.3). */
export function markOverlay(png: Uint8Array): Buffer {
  return Buffer.concat([png.subarray(0, HEADER_END), MARK, png.subarray(HEADER_END)]);
}

/** Whether a file is an overlay, what `predict` says of one radiograph, or a DICOM object of a finding. */
export function isOwnOutput(path: string): boolean {
  return isOverlay(path) || isPrediction(path) || isObject(path);
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
  const targets = files.flatMap(({ name }) => targetsOf(join(folder, name), overlay));
  refuseTaken(targets, folder, "--out");
}

/**
 * @throws CliError `folder` as `requireRoom`, for the DICOM objects of radiographs.
 */
export function requireObjectRoom(files: readonly RadiographFile[], folder: string): void {
  const targets = files.flatMap(({ name }) =>
    Object.values(OBJECT_ENDINGS).map((ending) => join(folder, `${name}${ending}`)),
  );
  refuseTaken(targets, folder, "--dicom");
}

function refuseTaken(targets: readonly string[], folder: string, option: string): void {
  const taken = targets.filter((path) => existsSync(path) && !isOwnOutput(path));
  if (taken.length === 0) return;
  const more = taken.length - 3;
  throw new CliError(
    "folder",
    `${folder}: expected room for what is found, got other files that would be replaced: ` +
      `${taken.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}; give another ${option}`,
  );
}

/** What is written beside one another for a radiograph. */
function targetsOf(path: string, overlay: boolean): string[] {
  return overlay ? [`${path}.json`, `${path}.png`] : [`${path}.json`];
}

function isOverlay(path: string): boolean {
  if (!isFile(path)) return false;
  return beginningOf(path, HEADER_END + MARK.length)
    .subarray(HEADER_END)
    .equals(MARK);
}

/** Its first bytes; zeros behind the end of a shorter file. */
function beginningOf(path: string, bytes: number): Buffer {
  const start = Buffer.alloc(bytes);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return start;
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

/** Where the SOP class stands in a file that has one. */
const BEGINNING_BYTES = 1024;

function isObject(path: string): boolean {
  if (!isFile(path)) return false;
  // A radiograph may be large: it is read whole where its beginning leaves a doubt.
  if (!mayBeResultObject(beginningOf(path, BEGINNING_BYTES))) return false;
  try {
    return isResultObject(readFileSync(path), path);
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
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
