/**
 * The findings so far, one JSON object a line: an interrupted evaluation goes on from them. The first
 * line says what it was found with and where; a line that was cut is found again. Each line says of
 * which file its findings are, so that another image of the same name is not taken for it.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { SeenRadiograph } from "@malleolus/networks";
import { findingSchema, readJson } from "@malleolus/schema";
import { z } from "zod";
import { CliError } from "../errors.ts";

const headerSchema = z.strictObject({
  format: z.literal("malleolus-predictions-1"),
  annotationsSha256: z.string(),
  detectorSha256: z.string(),
  scoreThreshold: z.number(),
  dtype: z.string(),
});
export type PredictionHeader = Omit<z.infer<typeof headerSchema>, "format">;

const lineSchema = z.strictObject({
  /** The COCO file's id. */
  image: z.int(),
  /** SHA-256 of its file, in hexadecimal. Earlier versions did not write it. */
  imageSha256: z.string().optional(),
  findings: z.array(findingSchema),
  /** What the image head says of each class; absent without one, and before it was written. */
  shown: z.record(z.string(), z.number().min(0).max(1)).optional(),
});

export interface LoggedImage {
  readonly id: number;
  readonly path: string;
}

export interface PredictionLog {
  /** By image. */
  readonly seen: ReadonlyMap<number, SeenRadiograph>;
  append(image: LoggedImage, seen: SeenRadiograph): void;
  close(): void;
}

/** For an evaluation that keeps nothing. */
export function memoryLog(): PredictionLog {
  const seen = new Map<number, SeenRadiograph>();
  return {
    seen,
    append: ({ id }, found) => {
      seen.set(id, found);
    },
    close: () => undefined,
  };
}

/**
 * Where the detector has an image head, lines that do not say what it said, an earlier version's, are looked at again.
 *
 * @throws CliError `folder` where the file holds predictions of something else, or of other images.
 */
export function openPredictionLog(
  path: string,
  header: PredictionHeader,
  images: readonly LoggedImage[],
  hasImageHead: boolean,
): PredictionLog {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  const seen = new Map<number, SeenRadiograph>();
  if (first !== undefined) {
    checkSame(path, first, header);
    const hashes = new Map<number, string>();
    for (const [i, line] of lines.entries()) {
      const found = readJson(lineSchema, line, `${path}, line ${i + 2}`);
      if (hasImageHead && found.shown === undefined) continue;
      seen.set(found.image, { findings: found.findings, shown: found.shown ?? null });
      if (found.imageSha256 !== undefined) hashes.set(found.image, found.imageSha256);
    }
    checkSameImages(path, images, hashes);
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a");
  const write = (value: object) => writeSync(file, `${JSON.stringify(value)}\n`);
  ftruncateSync(file, Buffer.byteLength(whole));
  if (first === undefined) write({ format: "malleolus-predictions-1", ...header });
  return {
    seen,
    append({ id, path: imagePath }, found) {
      const { findings, shown } = found;
      const head = shown === null ? {} : { shown };
      write({ image: id, imageSha256: sha256(imagePath), findings, ...head });
      seen.set(id, found);
    },
    close: () => closeSync(file),
  };
}

const DIFFERENCES: readonly (readonly [key: keyof PredictionHeader, text: string])[] = [
  ["annotationsSha256", "another COCO file"],
  ["detectorSha256", "another checkpoint"],
  ["scoreThreshold", "another --threshold"],
  ["dtype", "another --dtype"],
];

function checkSame(path: string, line: string, header: PredictionHeader): void {
  const found = readJson(headerSchema, line, `${path}, line 1`);
  const other = DIFFERENCES.flatMap(([key, text]) => (found[key] === header[key] ? [] : [text]));
  if (other.length === 0) return;
  throw new CliError(
    "folder",
    `${path}: expected predictions of this evaluation, got those of ${other.join(", ")}; ` +
      "give another --out, or remove the file",
  );
}

function checkSameImages(
  path: string,
  images: readonly LoggedImage[],
  hashes: ReadonlyMap<number, string>,
): void {
  const other = images.filter(
    (image) => hashes.has(image.id) && hashes.get(image.id) !== sha256(image.path),
  );
  const [first] = other;
  if (first === undefined) return;
  throw new CliError(
    "folder",
    `${path}: expected predictions of these images, got those of others under ${other.length} of their ` +
      `names (${first.path}); give another --out, or remove the file`,
  );
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
