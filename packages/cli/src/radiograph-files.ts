/** The files that a command's arguments mean, and a name for what is made of each. */
import { readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";

export interface RadiographFile {
  readonly path: string;
  /** Relative, unique among the files: `ankle.dcm`, or `patient-1/ankle.dcm` within a folder. */
  readonly name: string;
}

/**
 * Files as they are, folders as all the files below them by name, hidden ones left out. A path that
 * does not exist is kept: whoever reads it says so.
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

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return isFolder(path) ? filesBelow(path) : [path];
    });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `a.png`, `a.png (2)`, … */
function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name} (${count})`;
  taken.add(free);
  return free;
}
