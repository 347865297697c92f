/**
 * Analyses of the radiographs of a study's tests, one JSON object a line: an interrupted report goes on
 * from them, and can be written again without its detector. The first line says by what.
 *
 * Lines of `predict --json` are read too: they name a file instead of an image, and no decision.
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
import { basename, dirname } from "node:path";
import {
  patientDecisionSchema,
  type RadiographAnalysis,
  radiographAnalysisSchema,
  readJson,
} from "@malleolus/schema";
import { z } from "zod";
import { CliError } from "../errors.ts";

const headerSchema = z.strictObject({
  format: z.literal("malleolus-study-predictions-1"),
  /** Of the detector's file, in hexadecimal. */
  detectorSha256: z.string(),
  dtype: z.string(),
  decision: patientDecisionSchema.nullable(),
});
export type AnalysesHeader = Omit<z.infer<typeof headerSchema>, "format">;

const lineSchema = radiographAnalysisSchema.extend({ image: z.string() });
const predictedSchema = z.object({ ...radiographAnalysisSchema.shape, file: z.string() });

export interface KeptAnalyses {
  /** By which detector; null where the file does not say. */
  readonly header: AnalysesHeader | null;
  /** By the SHA-256 of the study's image. */
  readonly analyses: ReadonlyMap<string, RadiographAnalysis>;
}

/** @throws SchemaError with the line that cannot be read. */
export function readAnalyses(path: string): KeptAnalyses {
  const analyses = new Map<string, RadiographAnalysis>();
  let header: AnalysesHeader | null = null;
  for (const [i, line] of readFileSync(path, "utf8").split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}, line ${i + 1}`;
    if (i === 0 && line.includes('"malleolus-study-predictions-1"')) {
      const { format: _format, ...told } = readJson(headerSchema, line, where);
      header = told;
      continue;
    }
    const { image, ...analysis } = line.includes('"file"')
      ? imageOfFile(readJson(predictedSchema, line, where))
      : readJson(lineSchema, line, where);
    analyses.set(image, analysis);
  }
  return { header, analyses };
}

/** The study's files are named for their hashes. */
function imageOfFile({ file, ...analysis }: z.infer<typeof predictedSchema>) {
  return { image: basename(file).replace(/\.[a-z]+$/, ""), ...analysis };
}

export interface AnalysesLog extends KeptAnalyses {
  append(image: string, analysis: RadiographAnalysis): void;
  close(): void;
}

/** @throws CliError `folder` where the file is of another detector. */
export function openAnalysesLog(path: string, header: AnalysesHeader): AnalysesLog {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  // A line that was cut is found again.
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [first] = whole.split("\n");
  const written = JSON.stringify({ format: "malleolus-study-predictions-1", ...header });
  if (whole !== "" && first !== written) {
    throw new CliError(
      "folder",
      `${path}: expected what this detector has found, got what another has (or another --dtype); ` +
        "give another --out, or remove the file",
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a");
  ftruncateSync(file, Buffer.byteLength(whole));
  if (whole === "") writeSync(file, `${written}\n`);
  const analyses = new Map(readAnalyses(path).analyses);
  return {
    header,
    analyses,
    append(image, analysis) {
      writeSync(file, `${JSON.stringify({ image, ...analysis })}\n`);
      analyses.set(image, analysis);
    },
    close: () => closeSync(file),
  };
}
