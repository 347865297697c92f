/**
 * One archive with all that a machine without a network needs: the program, npm's packages, Node, the addon as it is
 * built here, and Debian's packages with its libraries. `install.sh` in it installs it.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CliError } from "../errors.ts";
import { debianRelease, downloadPackages, packagesOf } from "./debian-packages.ts";
import { developmentPackages, LEFT_OUT, otherPlatforms, ROOT_FILES } from "./program-files.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const INSTALL = fileURLToPath(new URL("./install.sh", import.meta.url));
/** Where the launcher looks for an addon that was built elsewhere. */
const ADDON_FOLDER = "packages/torch/packed";

export interface Pack {
  /** What it installs on: `debian 12 amd64`. */
  readonly madeFor: string;
  readonly debianPackages: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Writes it whole or not at all.
 *
 * @throws CliError `device` where this machine is no Debian, or has not built what goes into it.
 */
export async function writePack(
  archive: string,
  addon: string,
  onProgress: (what: string) => void,
): Promise<Pack> {
  const madeFor = await debianRelease(readFileSync("/etc/os-release", "utf8"));
  requireFiles(["packages/web/dist/index.html", "node_modules/.malleolus-stamp"]);
  mkdirSync(dirname(archive), { recursive: true });
  const staged = mkdtempSync(join(dirname(archive), ".malleolus-pack-"));
  const part = join(staged, basename(archive));
  try {
    onProgress("Debian's packages");
    const names = await packagesOf([addon, process.execPath]);
    const debianPackages = await downloadPackages(names, join(staged, "debian"));
    writeFileSync(join(staged, "made-for"), `${madeFor}\n`);
    copyFileSync(INSTALL, join(staged, "install.sh"));
    stage(process.execPath, join(staged, "malleolus", nodePlace()));
    stage(addon, join(staged, "malleolus", ADDON_FOLDER, basename(addon)));
    await writeSums(staged);
    onProgress("the archive");
    await writeArchive(part, staged);
    const sha256 = await sha256Of(part);
    const { size } = statSync(part);
    renameSync(part, archive);
    return { madeFor, debianPackages, sizeBytes: size, sha256 };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** Where the launcher looks for a Node of its own, whatever the version of this one. */
function nodePlace(): string {
  const launcher = readFileSync(join(ROOT, "malleolus"), "utf8");
  const [, version] = /^NODE_VERSION=(\S+)$/m.exec(launcher) ?? [];
  if (version === undefined) throw new Error("internal: expected NODE_VERSION in the launcher");
  return `.tools/node-${version}/bin/node`;
}

function requireFiles(paths: readonly string[]): void {
  const absent = paths.find((path) => !existsSync(join(ROOT, path)));
  if (absent === undefined) return;
  throw new CliError(
    "device",
    `pack: expected ${absent}, got nothing; start it by ./malleolus, which makes it`,
  );
}

function stage(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Of all that is staged: the rest comes from this folder, and the archive's own hash is printed. */
async function writeSums(staged: string): Promise<void> {
  const files = readdirSync(staged, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(staged.length + 1))
    .toSorted();
  const sums: string[] = [];
  for (const file of files) sums.push(`${await sha256Of(join(staged, file))}  ${file}\n`);
  writeFileSync(join(staged, "SHA256SUMS"), sums.join(""));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** All in one folder, `malleolus-offline`; owned by root, in a fixed order. */
async function writeArchive(path: string, staged: string): Promise<void> {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const runtimes = globSync("node_modules/onnxruntime-node/bin/napi-v*/*/*", { cwd: ROOT });
  const leftOut = [
    ...LEFT_OUT,
    ...developmentPackages(lock),
    ...otherPlatforms(runtimes, process.platform, process.arch),
  ];
  // Names from the root begin with ./, those that are staged do not.
  const own = ROOT_FILES.filter((name) => existsSync(join(ROOT, name))).map((name) => `./${name}`);
  const stagedNames = readdirSync(staged).filter((name) => name !== basename(path));
  const prefix = "malleolus-offline";
  const written = run(
    "tar",
    [
      "--create",
      // Most of it is compressed already.
      "--use-compress-program=gzip -1",
      `--file=${path}`,
      "--sort=name",
      "--owner=root:0",
      "--group=root:0",
      "--mode=u+rwX,go+rX,go-w",
      `--transform=flags=rh;s,^\\./,${prefix}/malleolus/,`,
      `--transform=flags=rh;s,^\\([^/]*\\)\\(/\\|$\\),${prefix}/\\1\\2,;s,^${prefix}/${prefix}/,${prefix}/,`,
      ...leftOut.map((pattern) => `--exclude=./${pattern}`),
      "--exclude=*.test.ts",
      `--directory=${staged}`,
      ...stagedNames,
      `--directory=${ROOT}`,
      ...own,
      "./node_modules",
    ],
    { maxBuffer: 64 * 2 ** 20 },
  );
  await written.catch((cause: unknown) => {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
    const last = said.split("\n").at(-1) ?? "";
    throw new CliError("folder", `${path}: tar could not write it (${last}); try again`, { cause });
  });
}
