/**
 * What was found so far, one JSON object a line, so that an evaluation that was interrupted goes on.
 * The first line says what it was found with and where; a line that was cut is found again.
 */
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
import { type Finding, findingSchema, readJson } from "@malleolus/schema";
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
  findings: z.array(findingSchema),
});

export interface PredictionLog {
  /** By image. */
  readonly findings: ReadonlyMap<number, readonly Finding[]>;
  append(image: number, findings: readonly Finding[]): void;
  close(): void;
}

/** For an evaluation that keeps nothing. */
export function memoryLog(): PredictionLog {
  const findings = new Map<number, readonly Finding[]>();
  return {
    findings,
    append: (image, found) => {
      findings.set(image, found);
    },
    close: () => undefined,
  };
}

/** Throws CliError `folder` where the file holds predictions of something else. */
export function openPredictionLog(path: string, header: PredictionHeader): PredictionLog {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first, ...lines] = whole.split("\n").slice(0, -1);
  const findings = new Map<number, readonly Finding[]>();
  if (first !== undefined) {
    checkSame(path, first, header);
    for (const [i, line] of lines.entries()) {
      const found = readJson(lineSchema, line, `${path}, line ${i + 2}`);
      findings.set(found.image, found.findings);
    }
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a");
  const write = (value: object) => writeSync(file, `${JSON.stringify(value)}\n`);
  ftruncateSync(file, Buffer.byteLength(whole));
  if (first === undefined) write({ format: "malleolus-predictions-1", ...header });
  return {
    findings,
    append(image, found) {
      write({ image, findings: found });
      findings.set(image, found);
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
