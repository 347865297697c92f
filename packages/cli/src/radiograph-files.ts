/** The files that a command's arguments mean, and a name for what is made of each. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";

export interface RadiographFile {
  readonly path: string;
  /** Relative, unique among the files: `ankle.dcm`, or `patient-1/ankle.dcm` within a folder. */
  readonly name: string;
}

/**
 * Files as they are, folders as all the files below them by name, hidden ones left out. A folder that a
 * link leads back to is entered once. What cannot be read, a folder too, is kept: whoever reads it says
 * so.
 */
export function radiographFiles(paths: readonly string[]): RadiographFile[] {
  const taken = new Set<string>();
  return paths.flatMap((path) =>
    (isFolder(path) ? filesBelow(path) : [path]).map((file) => {
      const name = file === path ? basename(file) : relative(path, file);
      return { path: file, name: unique(name, taken) };
    }),
  );
}

function filesBelow(folder: string, entered = new Set<string>()): string[] {
  const entries = listFolder(folder, entered);
  if (entries === null) return [folder];
  return entries
    .filter((name) => !name.startsWith("."))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return isFolder(path) ? filesBelow(path, entered) : [path];
    });
}

/** Names in a folder; none where it was entered before, null where it cannot be listed. */
function listFolder(folder: string, entered: Set<string>): string[] | null {
  try {
    const real = realpathSync(folder);
    if (entered.has(real)) return [];
    entered.add(real);
    return readdirSync(real);
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // A link that leads nowhere, or to itself.
    return false;
  }
}

/** `a.png`, `a.png (2)`, … */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name} (${count})`;
  taken.add(free);
  return free;
}
