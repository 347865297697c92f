/**
 * What runs here and is no package of npm's: Node with what it is built of, the addon, LibTorch, and of Debian's packages
 * those whose libraries Node and the addon load.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { BillComponent } from "./bill-of-materials.ts";
import { debianRelease, packagesOf } from "./debian-packages.ts";

const run = promisify(execFile);
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

async function debianComponents(programs: readonly string[]): Promise<BillComponent[]> {
  const release = await debianRelease(readFileSync("/etc/os-release", "utf8")).catch(() => null);
  if (release === null) return [];
  // LibTorch may be one of pip's, which no package has.
  const names = await packagesOf(programs).catch(() => null);
  if (names === null) return [];
  const [, , architecture] = release.split(" ");
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

function named(type: BillComponent["type"], name: string, version: string): BillComponent {
  return { type, "bom-ref": `${name}@${version}`, name, version };
}

async function sha256Of(path: string) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { alg: "SHA-256", content: hash.digest("hex") } as const;
}
