/**
 * What runs here and is no package of npm's: Node with what it is built of, the addon, LibTorch, of Debian's packages
 * those whose libraries Node and the addon load, and libraries that they load from elsewhere.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { BillComponent } from "./bill-of-materials.ts";
import { debianRelease, loadedLibraries } from "./debian-packages.ts";

const run = promisify(execFile);
const OS_RELEASE = "/etc/os-release";
/** Of `process.versions` those that count interfaces, and are no programs. */
const INTERFACES = new Set(["node", "modules", "napi"]);

export interface NativeParts {
  readonly addon: string;
  readonly addonVersion: string;
  readonly libtorchVersion: string;
}

/** Of another system than Debian without its packages. */
export async function nativeComponents(given: NativeParts): Promise<BillComponent[]> {
  const { addon, addonVersion, libtorchVersion } = given;
  return [
    {
      ...named("platform", "node", process.versions.node),
      hashes: [await sha256Of(process.execPath)],
      components: Object.entries(process.versions).flatMap(([name, version]) =>
        // Some say no version of theirs.
        version === undefined || version === "" || INTERFACES.has(name)
          ? []
          : [{ ...named("library", name, version), "bom-ref": `node/${name}@${version}` }],
      ),
    },
    { ...named("library", basename(addon), addonVersion), hashes: [await sha256Of(addon)] },
    named("library", "libtorch", libtorchVersion),
    ...(await debianComponents([addon, process.execPath])),
  ];
}

/**
 * The packages with the libraries that these programs load, and the libraries that are no package's. None on another
 * system than Debian.
 *
 * @throws CliError `device` for a library that is not here.
 */
export async function debianComponents(
  programs: readonly string[],
  osRelease = OS_RELEASE,
): Promise<BillComponent[]> {
  const architecture = await architectureOfDebian(osRelease);
  if (architecture === null) return [];
  const { packages, unowned } = await loadedLibraries(programs);
  const files = unowned.map(async (path): Promise<BillComponent> => {
    const hashes = [await sha256Of(path)];
    return { type: "file", "bom-ref": `file${path}`, name: basename(path), hashes };
  });
  const components = await packageComponents(packages, architecture);
  return [...components, ...(await Promise.all(files))];
}

async function packageComponents(
  names: readonly string[],
  architecture: string,
): Promise<BillComponent[]> {
  // dpkg-query would take no name for all that is installed.
  if (names.length === 0) return [];
  const { stdout } = await run("dpkg-query", [
    "--show",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg fills it in.
    "--showformat=${Package} ${Version} ${Architecture}\n",
    ...names,
  ]);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , of]) => of === architecture || of === "all")
    .map(([name, version, of]) => ({
      ...named("library", name, version),
      "bom-ref": `deb/${name}@${version}`,
      purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${of}`,
    }));
}

/** Null on another system, and in an image that does not say which it is. */
async function architectureOfDebian(osRelease: string): Promise<string | null> {
  try {
    const [, , architecture] = (await debianRelease(readFileSync(osRelease, "utf8"))).split(" ");
    return architecture;
  } catch {
    return null;
  }
}

function named(type: BillComponent["type"], name: string, version: string): BillComponent {
  return { type, "bom-ref": `${name}@${version}`, name, version };
}

async function sha256Of(path: string) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { alg: "SHA-256", content: hash.digest("hex") } as const;
}
