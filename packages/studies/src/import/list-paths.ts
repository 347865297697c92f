/**
 * The paths below what a person points at. Links are followed; a folder is entered once, by whatever
 * way, so that a link to a folder around it ends somewhere.
 */
import { readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import { StudyError } from "../errors.ts";

export interface ListedPath {
  readonly path: string;
  /** Why it cannot be read; null for a file. */
  readonly trouble: StudyError | null;
}

/** All at once; else as `walkPaths`. */
export function listPaths(paths: readonly string[]): ListedPath[] {
  return [...walkPaths(paths)];
}

/**
 * Paths of files, in the order of their names, hidden ones left out; one by one, so that an archive of any size can be
 * walked.
 *
 * @throws StudyError `source` where one that was given does not exist, before there is any, or there is no file at all.
 */
export function* walkPaths(paths: readonly string[]): Generator<ListedPath> {
  for (const path of paths) {
    if (statOf(path) !== null) continue;
    throw new StudyError(
      "source",
      `${path}: expected a file or a folder to import, got none; check the path`,
    );
  }
  const entered = new Set<string>();
  let isEmpty = true;
  for (const path of paths) {
    for (const listed of pathsAt(path, entered)) {
      isEmpty = false;
      yield listed;
    }
  }
  if (!isEmpty) return;
  const where = paths.join(", ");
  throw new StudyError("source", `${where}: expected files to import, got an empty folder`);
}

function* pathsAt(path: string, entered: Set<string>): Generator<ListedPath> {
  const status = statOf(path);
  if (status instanceof StudyError) yield { path, trouble: status };
  else if (status === null) yield troubled(path, "a link to nowhere");
  else if (status.isDirectory()) {
    const identity = `${status.dev}:${status.ino}`;
    if (entered.has(identity)) return;
    entered.add(identity);
    yield* pathsIn(path, entered);
  } else yield status.isFile() ? { path, trouble: null } : troubled(path, kindOf(status));
}

function* pathsIn(folder: string, entered: Set<string>): Generator<ListedPath> {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    yield troubled(folder, `a folder that cannot be read (${causeText(cause)})`);
    return;
  }
  const shown = names.filter((name) => !name.startsWith(".")).sort((a, b) => (a < b ? -1 : 1));
  for (const name of shown) yield* pathsAt(join(folder, name), entered);
}

/** Null without such a file, an error if the system refuses to say. */
function statOf(path: string): Stats | StudyError | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (cause) {
    return troubled(path, `something that cannot be read (${causeText(cause)})`).trouble;
  }
}

function kindOf(status: Stats): string {
  if (status.isFIFO()) return "a pipe";
  return status.isSocket() ? "a socket" : "a device";
}

function troubled(path: string, got: string): ListedPath {
  return { path, trouble: new StudyError("source", `${path}: expected a file, got ${got}`) };
}
