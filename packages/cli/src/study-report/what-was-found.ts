/**
 * Where a report's findings come from: a detector, whose words are kept as they come, or a file of what
 * was found before, for which LibTorch is not loaded.
 */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { readImageHeader, readRadiograph } from "@malleolus/data";
import type { Provenance, ReportContent } from "@malleolus/evaluation";
import { SIMULATED_MANUFACTURER } from "@malleolus/phantom";
import { fileSha256, readRun, readSeenImages, type SeenImages } from "@malleolus/runs";
import type { PatientDecision, RadiographAnalysis } from "@malleolus/schema";
import { readTestSets, type Study } from "@malleolus/studies";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import type { KnownRadiograph } from "../patients/patient-radiographs.ts";
import { openAnalysesLog, readAnalyses } from "./kept-analyses.ts";
import { dataHashes } from "./study-provenance.ts";
import { testedPatients } from "./tested-patients.ts";

export interface FindingSource {
  /** Where the report goes: as asked for, else a folder of the study that is named for what was found. */
  readonly folder: string;
  readonly decision: PatientDecision | null;
  readonly detector: Provenance["detector"];
  /** The run's folder; null where none is known. */
  readonly run: string | null;
  /** What the run says that it has seen; null where it does not say. */
  readonly seen: SeenImages | null;
  /** What looked, in a sentence. */
  readonly description: string;
  readonly software: ReportContent["software"];
  readonly training: ReportContent["training"];
  analyze(image: KnownRadiograph): Promise<RadiographAnalysis>;
  /** By what the tests' radiographs were simulated; null where they are real. */
  simulated(): Promise<ReportContent["simulated"]>;
  close(): void;
}

export interface FindingOptions {
  readonly out?: string;
  readonly checkpoint?: string;
  readonly predictions?: string;
  readonly run?: string;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly json?: true;
}

export async function whatWasFound(
  study: Study,
  given: FindingOptions,
  output: Output,
): Promise<FindingSource> {
  const source =
    given.predictions === undefined
      ? await detectorSource(study, given, output)
      : await predictionsSource(study, given.predictions, given);
  return { ...source, simulated: () => simulatedBy(study) };
}

type Source = Omit<FindingSource, "simulated">;

async function predictionsSource(
  study: Study,
  path: string,
  { out, run }: FindingOptions,
): Promise<Source> {
  const { header, analyses } = readAnalyses(path);
  const detector = header === null ? null : { sha256: header.detectorSha256, dtype: header.dtype };
  const identity = detector ?? (await fileSha256(path));
  return {
    folder: out ?? (await reportFolder(study, identity)),
    decision: header?.decision ?? null,
    detector,
    run: run ?? null,
    seen: run === undefined ? null : readSeenImages(join(run, "model.safetensors")),
    description: `What ${basename(path)} says of the radiographs of the tests.`,
    software: [],
    training: trainingOf(run),
    async analyze({ fileName }) {
      const found = analyses.get(hashOf(fileName));
      if (found !== undefined) return found;
      throw new CliError(
        "evaluation",
        `${path}: expected a line for every radiograph of the tests, got none for ${fileName}; ` +
          "malleolus export writes the tests' radiographs, on which to predict",
      );
    },
    close: () => undefined,
  };
}

async function detectorSource(
  study: Study,
  given: FindingOptions,
  output: Output,
): Promise<Source> {
  const { openDetector } = await import("@malleolus/networks");
  const { libtorchVersion, setThreads } = await import("@malleolus/torch");
  const { chooseDetectionDtype, sayDtype } = await import("../dtype/choose-dtype.ts");
  const { LEAST_SCORE } = await import("../patients/least-score.ts");
  const { chooseDetector } = await import("../choose-detector.ts");
  if (given.threads !== undefined) setThreads(given.threads);
  const path = await chooseDetector(given.checkpoint, given.json === true, output);
  const choice = given.dtype === undefined ? await chooseDetectionDtype(path) : null;
  if (choice !== null && !given.json) sayDtype(choice, output);
  const dtype = given.dtype ?? choice?.dtype ?? "float32";
  const detector = openDetector(path, { precision: dtype, scoreThreshold: LEAST_SCORE });
  try {
    const classes = study.protocol.classes.map(({ id }) => id);
    if (detector.classes.toSorted().join() !== classes.toSorted().join()) {
      throw new CliError(
        "evaluation",
        `${path}: expected a detector of the study's classes (${classes.join(", ")}), got one of ` +
          `${detector.classes.join(", ")}; train one on what malleolus export writes`,
      );
    }
    const { decision } = detector;
    const detectorSha256 = await fileSha256(path);
    const folder = given.out ?? (await reportFolder(study, { sha256: detectorSha256, dtype }));
    const log = openAnalysesLog(join(folder, "predictions.jsonl"), {
      detectorSha256,
      dtype,
      decision,
    });
    return {
      folder,
      decision,
      detector: { sha256: detectorSha256, dtype },
      run: isRun(given.checkpoint) ? given.checkpoint : null,
      seen: readSeenImages(path),
      description: `What a detector finds (sha256 ${detectorSha256.slice(0, 12)}, computed in ${dtype}).`,
      software: [{ name: "LibTorch", version: libtorchVersion() }],
      training: trainingOf(given.checkpoint),
      async analyze({ fileName }) {
        const image = hashOf(fileName);
        const known = log.analyses.get(image);
        if (known !== undefined) return known;
        const analysis = detector.analyze(await readRadiograph(join(study.images, fileName)));
        log.append(image, analysis);
        return analysis;
      },
      close() {
        log.close();
        detector.close();
      },
    };
  } catch (error) {
    detector.close();
    throw error;
  }
}

/** A file of the study is named for its hash. */
function hashOf(fileName: string): string {
  return basename(fileName).replace(/\.[a-z]+$/, "");
}

/**
 * `reports/<id>` in the study's folder. The id is of what is reported, the tests and what was found by, so
 * that the same command goes on where it was interrupted, and another detector overwrites nothing.
 */
async function reportFolder(study: Study, found: unknown): Promise<string> {
  const tests = (await dataHashes(study)).filter(({ set }) => set.endsWith("test"));
  const id = createHash("sha256")
    .update(JSON.stringify([tests, found]))
    .digest("hex");
  return join(study.folder, "reports", id.slice(0, 12));
}

function isRun(checkpoint: string | undefined): checkpoint is string {
  if (checkpoint === undefined || !existsSync(join(checkpoint, "recipe.json"))) return false;
  return statSync(checkpoint).isDirectory();
}

/** Where it is a run's folder. */
function trainingOf(run: string | undefined): ReportContent["training"] {
  if (!isRun(run)) return null;
  const { recipe, losses, summary } = readRun(run);
  return {
    description: `By the recipe "${recipe.name}", in ${summary.steps} of ${summary.stepsPlanned} steps.`,
    points: losses,
  };
}

/** By what the first radiograph of a test says of its maker. */
async function simulatedBy(study: Study): Promise<ReportContent["simulated"]> {
  const sets = await readTestSets(study);
  for (const [test, { difficult }] of [
    ["internal test", sets.internal],
    ["external test", sets.external],
  ] as const) {
    const [first] = await testedPatients(study, test, difficult.slice(0, 1));
    const image = first?.images[0];
    if (image === undefined) continue;
    const { manufacturer } = await readImageHeader(join(study.images, image.fileName));
    return manufacturer === SIMULATED_MANUFACTURER ? { version: null, seed: null } : null;
  }
  return null;
}
