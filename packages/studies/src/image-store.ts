/**
 * De-identified originals by the hash of their bytes: `images/ab/abcdef….dcm` (or `.jpg`, `.png`, for
 * images that came with COCO annotations). A file is there whole or not at all, and the same bytes are
 * there once.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ImageRecord } from "@malleolus/schema";
import { writeWhole } from "./write-whole.ts";

type Format = ImageRecord["format"];

const EXTENSION: Readonly<Record<Format, string>> = { dicom: "dcm", jpeg: "jpg", png: "png" };
const STORED_NAME = /^([0-9a-f]{64})\.(?:dcm|jpg|png)$/;
const ASIDE_NAME = /^[0-9a-f]{64}\.(?:dcm|jpg|png)\.\d+\.tmp$/;

/** Longer than a job lasts, and than clocks of machines with one folder differ. */
const OLD_MS = 24 * 3600 * 1000;

/** Where an image of this hash lies in a store; its record says the format. */
export function imagePath(store: string, sha256: string, format: Format = "dicom"): string {
  return join(store, sha256.slice(0, 2), `${sha256}.${EXTENSION[format]}`);
}

/** Bytes that are on the disk beside their place in a store, and not in the store yet. */
export interface StagedImage {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly format: Format;
  readonly aside: string;
}

/**
 * Writes an image, given in parts, beside its place; on the disk when it returns. `writer` tells
 * those apart who may write the same image at the same time.
 */
export function stageImage(
  store: string,
  parts: readonly Uint8Array[],
  format: Format,
  writer: number,
): StagedImage {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const sha256 = hash.digest("hex");
  const path = imagePath(store, sha256, format);
  if (mkdirSync(dirname(path), { recursive: true }) !== undefined) flushFolder(store);
  const aside = `${path}.${writer}.tmp`;
  const handle = openSync(aside, "w");
  try {
    for (const part of parts) writeWhole(handle, part);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return { sha256, sizeBytes: parts.reduce((sum, { length }) => sum + length, 0), format, aside };
}

/** Puts an image that was written aside into the store, once or again; on the disk when it returns. */
export function commitStaged(store: string, { sha256, format, aside }: StagedImage): void {
  const path = imagePath(store, sha256, format);
  // A transaction that is done again has put it there already.
  if (existsSync(aside) || !existsSync(path)) renameSync(aside, path);
  flushFolder(dirname(path));
}

export function discardStaged({ aside }: StagedImage): void {
  rmSync(aside, { force: true });
}

export interface Orphan {
  /** Null for a file that was only half on its way. */
  readonly sha256: string | null;
  readonly path: string;
}

/** What an interrupted import left: files that are not `known`, and old ones beside their place. */
export function findOrphans(store: string, known: (sha256: string) => boolean): Orphan[] {
  if (!existsSync(store)) return [];
  const found: Orphan[] = [];
  for (const folder of readdirSync(store, { withFileTypes: true })) {
    if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue;
    for (const name of readdirSync(join(store, folder.name))) {
      const path = join(store, folder.name, name);
      const sha256 = STORED_NAME.exec(name)?.[1] ?? null;
      const isLeft = sha256 === null ? ASIDE_NAME.test(name) && isOld(path) : !known(sha256);
      if (isLeft) found.push({ sha256, path });
    }
  }
  return found;
}

/** A younger one may be in the hands of a worker, which stages a job's files without the lock of imports. */
function isOld(aside: string): boolean {
  const status = statSync(aside, { throwIfNoEntry: false });
  return status !== undefined && Date.now() - status.mtimeMs > OLD_MS;
}

/** A name is on the disk when its folder is. */
function flushFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
