/**
 * Debian's packages with the libraries that some programs load, and all that these depend on: downloaded for a machine
 * that has none of them.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CliError } from "../errors.ts";

const run = promisify(execFile);
const LONGEST_OUTPUT = 64 * 2 ** 20;

/** `debian 12 amd64`: what an archive is for. @throws CliError `device` where this is no Debian. */
export async function debianRelease(osRelease: string): Promise<string> {
  const value = (name: string) =>
    new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  if (value("ID") !== "debian") {
    throw new CliError(
      "device",
      `pack: expected Debian, got ${value("ID") || "another system"}; pack it on a Debian of the release it is for`,
    );
  }
  const { stdout } = await run("dpkg", ["--print-architecture"]);
  return `debian ${value("VERSION_ID")} ${stdout.trim()}`;
}

/** By the packages that they are of, and without one. */
export interface LoadedLibraries {
  /** Names, sorted. */
  readonly packages: readonly string[];
  /** Paths, sorted, of libraries that no package has: those of pip's LibTorch, say. */
  readonly unowned: readonly string[];
}

/** All libraries that the programs load. @throws CliError `device` for one that is not here. */
export async function loadedLibraries(programs: readonly string[]): Promise<LoadedLibraries> {
  const libraries = new Set<string>();
  for (const program of programs) {
    for (const library of await librariesOf(program)) libraries.add(library);
  }
  const owners = await ownersOf([...libraries].flatMap(placesOf));
  const packages = new Set<string>();
  const unowned: string[] = [];
  for (const library of libraries) {
    const place = placesOf(library).find((path) => owners.has(path));
    const owner = owners.get(place ?? "");
    if (owner === undefined) unowned.push(library);
    else packages.add(owner);
  }
  return { packages: [...packages].toSorted(), unowned: unowned.toSorted() };
}

/** Names of the packages that the libraries are of, sorted. @throws CliError `device` for one that no package has. */
export async function packagesOf(programs: readonly string[]): Promise<readonly string[]> {
  const { packages, unowned } = await loadedLibraries(programs);
  if (unowned.length === 0) return packages;
  throw new CliError(
    "device",
    `${unowned[0]}: expected a library of Debian's, got one that no package has; unset LIBTORCH, so that the addon is ` +
      "built against libtorch-dev, and pack again",
  );
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program], { maxBuffer: LONGEST_OUTPUT });
  const absent = /^\s*(\S+) => not found$/m.exec(stdout)?.[1];
  if (absent !== undefined) {
    throw new CliError(
      "device",
      `${program}: expected all of its libraries here, got no ${absent}`,
    );
  }
  return [...stdout.matchAll(/ => (\/\S+) \(/g)].map(([, path]) => realpathSync(path));
}

/** dpkg knows a file by the name that it was installed under, with /usr before /lib or without. */
function placesOf(library: string): string[] {
  return [library, library.replace(/^\/usr\/lib/, "/lib"), `/usr${library}`];
}

/** By path, of those that a package has. All at once: dpkg reads its whole database each time. */
async function ownersOf(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // It says on standard output what it found, and ends with 1 where it did not find all.
  const stdout = await run("dpkg", ["--search", ...paths], { maxBuffer: LONGEST_OUTPUT }).then(
    (found) => found.stdout,
    (error: unknown) => (error instanceof Error && "stdout" in error ? String(error.stdout) : ""),
  );
  const lines = stdout.matchAll(/^([^:,\s]+)[^\n]*: (\/[^\n]+)$/gm);
  return new Map([...lines].map(([, name, path]) => [path, name]));
}

/**
 * Downloads them and all that they depend on into a folder, as if nothing were installed. Says how many files.
 *
 * @throws CliError `device` where apt cannot.
 */
export async function downloadPackages(names: readonly string[], folder: string): Promise<number> {
  mkdirSync(join(folder, "partial"), { recursive: true });
  const options = [
    "Dir::State::status=/dev/null",
    `Dir::Cache::archives=${folder}/`,
    "Debug::NoLocking=1",
    "APT::Sandbox::User=",
  ].flatMap((option) => ["-o", option]);
  const act = ["install", "--yes", "--download-only", "--no-install-recommends", ...names];
  try {
    await run("apt-get", [...options, ...act], { maxBuffer: LONGEST_OUTPUT });
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
    throw new CliError(
      "device",
      `apt-get could not download Debian's packages (${said.split("\n").at(-1) ?? ""}); run apt-get update and try again`,
      { cause },
    );
  }
  for (const left of ["partial", "lock"])
    rmSync(join(folder, left), { recursive: true, force: true });
  return readdirSync(folder).length;
}
