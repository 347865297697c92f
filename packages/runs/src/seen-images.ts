/**
 * The radiographs that a run has seen, by the SHA-256 of their files: `seen-images.json` beside the
 * recipe. By it an evaluation knows a radiograph again that the detector was trained on, whatever it is
 * called and wherever it lies. (A file that was written anew, by another export say, has another hash.)
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { causeText } from "@malleolus/errors";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import { RunError } from "./errors.ts";

const NAME = "seen-images.json";

const seenSchema = z.object({
  format: z.literal("malleolus-run-images-1"),
  /** Of the files that were trained on, by the weights that the run began with too. */
  training: z.array(z.string()),
  /** Of those by which the best checkpoint was chosen. */
  tuning: z.array(z.string()),
});

export interface SeenImages {
  /** SHA-256 of files, in hexadecimal. */
  readonly training: ReadonlySet<string>;
  readonly tuning: ReadonlySet<string>;
}

/**
 * Writes the record of a run, unless it is there: of the files that it trains on and of those by which
 * its best checkpoint is chosen. `before` is what its initial weights have seen.
 *
 * @throws RunError `image` for a radiograph that cannot be read, `run` where nothing can be written.
 */
export async function recordSeenImages(
  run: string,
  paths: { readonly training: readonly string[]; readonly tuning: readonly string[] },
  before: SeenImages | null,
): Promise<void> {
  if (existsSync(join(run, NAME))) return;
  const own = {
    training: new Set(await hashesOf(paths.training)),
    tuning: new Set(await hashesOf(paths.tuning)),
  };
  writeSeenImages(run, before === null ? [own] : [before, own]);
}

/**
 * Writes what any of several detectors has seen as the record of the detector in a folder.
 *
 * @throws RunError `run` where nothing can be written.
 */
export function writeSeenImages(folder: string, seen: readonly SeenImages[]): void {
  const path = join(folder, NAME);
  const record: z.infer<typeof seenSchema> = {
    format: "malleolus-run-images-1",
    training: sortedOf(...seen.map(({ training }) => training)),
    tuning: sortedOf(...seen.map(({ tuning }) => tuning)),
  };
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, `${JSON.stringify(record)}\n`, { flush: true });
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw new RunError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  }
}

/**
 * What the detector at `path` (a `model.safetensors`) has seen, from the record of the run that it lies
 * in; null where there is none: an earlier version's run, or a detector that was copied elsewhere.
 *
 * @throws SchemaError for a record that is damaged.
 */
export function readSeenImages(path: string): SeenImages | null {
  // RUN/model.safetensors, RUN/checkpoints/step-000123/model.safetensors.
  const folder = dirname(path);
  const found = [folder, dirname(dirname(folder))]
    .map((place) => join(place, NAME))
    .find((place) => existsSync(place));
  if (found === undefined) return null;
  const { training, tuning } = readJson(seenSchema, readFileSync(found, "utf8"), found);
  return { training: new Set(training), tuning: new Set(tuning) };
}

/** SHA-256 of a file, in hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function hashesOf(paths: readonly string[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const path of paths) {
    try {
      hashes.push(await fileSha256(path));
    } catch (cause) {
      throw new RunError("image", `${path}: cannot be read: ${causeText(cause)}`, { cause });
    }
  }
  return hashes;
}

function sortedOf(...parts: readonly Iterable<string>[]): string[] {
  return [...new Set(parts.flatMap((part) => [...part]))].toSorted();
}
