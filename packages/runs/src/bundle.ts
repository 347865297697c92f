/**
 * A bundle: a folder with the networks that are used together and `bundle.json`, which says what they are.
 * It is written beside its place and then named, and nothing of it is used whose hash is not the manifest's.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { causeText } from "@malleolus/errors";
import {
  type Bundle,
  type BundledNetwork,
  bundleSchema,
  readJson,
  SchemaError,
} from "@malleolus/schema";
import { RunError } from "./errors.ts";
import { type FoundDetector, findDetector } from "./find-detector.ts";
import { fileSha256 } from "./seen-images.ts";

const MANIFEST = "bundle.json";

export interface BundleRequest extends Pick<Bundle, "name" | "version" | "writtenBy"> {
  readonly folder: string;
  /** The files to copy, each a network's `model.safetensors`. */
  readonly networks: readonly { readonly network: BundledNetwork; readonly path: string }[];
}

export interface OpenedBundle {
  readonly manifest: Bundle;
  /** Where each network lies. */
  readonly paths: ReadonlyMap<BundledNetwork, string>;
}

/** Whether a folder calls itself a bundle. */
export function isBundle(folder: string): boolean {
  return existsSync(join(folder, MANIFEST));
}

/** @throws RunError `run` where something lies in the folder's place, or it cannot be written. */
export async function writeBundle({ folder, networks, ...about }: BundleRequest): Promise<Bundle> {
  if (existsSync(folder)) {
    throw new RunError(
      "run",
      `${folder}: expected nothing there yet, got a file or folder; give the bundle another place`,
    );
  }
  const aside = `${folder}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(aside);
    const members: Bundle["members"][number][] = [];
    for (const { network, path } of networks) {
      const file = `${network}.safetensors`;
      copyFileSync(path, join(aside, file));
      members.push({ network, file, sha256: await fileSha256(join(aside, file)) });
    }
    const manifest = bundleSchema.parse({ format: "malleolus-bundle-1", ...about, members });
    writeFileSync(join(aside, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    renameSync(aside, folder);
    return manifest;
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw new RunError("run", `${folder}: the bundle cannot be written: ${causeText(cause)}`, {
      cause,
    });
  }
}

/**
 * Opens a bundle after a look at every byte.
 *
 * @throws RunError `run` where it is none, a network is missing, or one is not the manifest's.
 */
export async function openBundle(folder: string): Promise<OpenedBundle> {
  const manifest = readManifest(folder);
  const paths = new Map<BundledNetwork, string>();
  for (const { network, file, sha256 } of manifest.members) {
    const path = join(folder, file);
    if (!existsSync(path)) {
      throw new RunError(
        "run",
        `${path}: expected the bundle's ${network}, got nothing; copy the bundle again, whole`,
      );
    }
    const got = await fileSha256(path);
    if (got !== sha256) {
      throw new RunError(
        "run",
        `${path}: expected the ${network} that the bundle was made of (${sha256.slice(0, 12)}), got ` +
          `another file (${got.slice(0, 12)}); copy the bundle again, or make a new one`,
      );
    }
    paths.set(network, path);
  }
  return { manifest, paths };
}

/** @throws RunError `run` for a bundle without this network. */
export function networkOf({ manifest, paths }: OpenedBundle, network: BundledNetwork): string {
  const path = paths.get(network);
  if (path !== undefined) return path;
  const has = manifest.members.map((member) => member.network).join(" and ");
  throw new RunError(
    "run",
    `bundle ${manifest.name} ${manifest.version}: expected a ${network} network, got only ${has}; ` +
      "make a bundle that has one",
  );
}

/**
 * The network that a path means: a bundle's, else as `findDetector` finds it.
 *
 * @throws RunError `run` as `openBundle`, `networkOf` and `findDetector`.
 */
export async function findNetwork(path: string, network: BundledNetwork): Promise<FoundDetector> {
  if (!isBundle(path)) return findDetector(path);
  return { path: networkOf(await openBundle(path), network), chosen: null };
}

function readManifest(folder: string): Bundle {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) {
    throw new RunError(
      "run",
      `${folder}: expected a bundle with ${MANIFEST}, got none; give a folder that malleolus bundle wrote`,
    );
  }
  try {
    return readJson(bundleSchema, readFileSync(path, "utf8"), path);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new RunError("run", `${cause.message}; copy the bundle again, or make a new one`, {
      cause,
    });
  }
}
