/** `malleolus evaluate`: a detector measured against a COCO file. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { checkFoundIou, evaluationDefaults, NO_FRACTURE } from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import type { Detector, Precision } from "@malleolus/networks";
import { fileSha256, findDetector, readSeenImages } from "@malleolus/runs";
import type { DetectionEvaluation, Finding, MeasureSettings } from "@malleolus/schema";
import { Command, Option } from "commander";
import type { PredictionLog } from "../coco-evaluation/prediction-log.ts";
import type { TruthImage, TruthSet } from "../coco-evaluation/truth-set.ts";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { fasterDtype } from "../dtype/choose-dtype.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { sayRemarks } from "../say-remarks.ts";
import { sayWhichDetector } from "../say-which-detector.ts";
import { share } from "../share.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { wholeNumber } from "../whole-number.ts";

interface EvaluateArguments {
  readonly coco: string;
  readonly images: string;
  readonly checkpoint: string;
  readonly out?: string;
  readonly threshold: number;
  readonly operatingScore: number;
  readonly foundIou: number;
  readonly notObjects: readonly string[];
  readonly by?: readonly string[];
  readonly resamples: number;
  readonly allowTrainingImages?: true;
  readonly dtype?: Precision;
  readonly limit?: number;
  readonly worst?: number;
  readonly threads?: number;
  readonly json?: true;
}

export const evaluateCommand: CommandFile = (output, finish) =>
  new Command("evaluate")
    .description("measure a detector against COCO annotations: average precision, recall, AUC")
    .requiredOption("--coco <file>", "COCO annotations with outlines")
    .requiredOption("--images <folder>", "where their images lie: DICOM, JPEG or PNG")
    .requiredOption("--checkpoint <path>", "a run's folder, or a model.safetensors")
    .option("--out <folder>", "keep predictions.jsonl, to go on from, and evaluation.json")
    .option("--threshold <score>", "lowest score of a finding, 0 to 1", share, 0.05)
    .option(
      "--operating-score <score>",
      "score from which a finding is shown, for sensitivity and false positives",
      share,
      evaluationDefaults.findingThreshold,
    )
    .option(
      "--found-iou <overlap>",
      "overlap of boxes from which an object counts as found",
      share,
      evaluationDefaults.foundIou,
    )
    .option(
      "--not-objects <classes>",
      "classes that are not to be found, separated by commas",
      names,
      [NO_FRACTURE],
    )
    .option(
      "--by <fields>",
      "fields of the images to form subgroups by (default: those with several values)",
      names,
    )
    .option("--resamples <number>", "resamples of the bootstrap", wholeNumber(100), 1000)
    .option("--allow-training-images", "evaluate on radiographs of the training, too")
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--limit <number>", "only the first images of the file", wholeNumber(1))
    .option(
      "--worst <number>",
      "mistakes of each kind to render into --out: worst/KIND-PLACE-IMAGE.png",
      wholeNumber(1),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--json", "one JSON object instead of a table")
    .addHelpText(
      "after",
      `
Given a run's folder, uses its best checkpoint if the run was validated, otherwise the latest. To use
another, name that checkpoint.

Average precision and recall of boxes and masks are COCO's, as pycocotools computes them. Findings
below --threshold do not count, so a higher threshold lowers the figures. The AUC separates images with
objects from images without by the detector's image head, or by their highest score where it has none.

An object is found when a finding of --operating-score or more overlaps its box with an IoU of
--found-iou or more, whatever its class. The table also gives sensitivity at 0.1, 0.2, 0.5 and 1 false
positives per radiograph. The bootstrap of the 95 % intervals samples images of one group together: the
image's key "group", else its "patient", else the image alone.

Radiographs of the detector's training are refused, by the hash of their files, if its run has a record
of them. Classes of --not-objects (an intact bone that stands for "no fracture") have figures of their own
and no part in the totals.

With --out, an interrupted evaluation goes on from the predictions it kept.

--worst renders the radiographs with objects that were missed or found with the lowest score (IoU of at
least --found-iou), and those with the highest-scoring false positives; dashed lines are the annotations.

Examples:
  ./malleolus evaluate --coco valid.json --images images --checkpoint runs/a
  ./malleolus evaluate --coco valid.json --images images --checkpoint runs/a --out a --json | jq .box
  ./malleolus evaluate --coco valid.json --images images --checkpoint runs/a --by region,hardware
  ./malleolus evaluate --coco valid.json --images images --checkpoint runs/a --out a --worst 10`,
    )
    .action(async (given: EvaluateArguments, command: Command) => {
      if (given.worst !== undefined && given.out === undefined) {
        command.error("error: --worst needs --out, a folder for its pictures");
      }
      const { readTruthSet } = await import("../coco-evaluation/truth-set.ts");
      const { describeEvaluation } = await import("../coco-evaluation/evaluation-text.ts");
      const set = await readTruthSet(given.coco, given.images, given.limit ?? null);
      sayRemarks(given.coco, set.remarks, output);
      const done = await evaluate(set, given, output);
      if (done === null) {
        finish(1);
        return;
      }
      const { evaluation, findings } = done;
      const text = JSON.stringify(evaluation);
      if (given.out !== undefined) {
        writeFileWhole(join(given.out, "evaluation.json"), `${text}\n`);
      }
      output.write(given.json ? `${text}\n` : describeEvaluation(evaluation));
      if (given.out !== undefined && given.worst !== undefined) {
        const { worstMistakes } = await import("../coco-evaluation/worst-mistakes.ts");
        const { renderMistakes } = await import("../coco-evaluation/render-mistakes.ts");
        const mistakes = worstMistakes(set, findings, given.worst, evaluation.settings);
        const say = (line: string) => output.writeError(`${line}\n`);
        await renderMistakes(mistakes, findings, set.classes, join(given.out, "worst"), say);
      }
    });

interface Evaluated {
  readonly evaluation: DetectionEvaluation;
  /** By image. */
  readonly findings: ReadonlyMap<number, readonly Finding[]>;
}

/** Null where it was interrupted. */
async function evaluate(
  set: TruthSet,
  given: EvaluateArguments,
  output: Output,
): Promise<Evaluated | null> {
  const { openDetector } = await import("@malleolus/networks");
  const { setThreads } = await import("@malleolus/torch");
  const { measure } = await import("../coco-evaluation/measure.ts");
  const { checkTrainingImages } = await import("../coco-evaluation/training-check.ts");
  const { memoryLog, openPredictionLog } = await import("../coco-evaluation/prediction-log.ts");
  if (given.threads !== undefined) setThreads(given.threads);
  const found = findDetector(given.checkpoint);
  const { path } = found;
  if (!given.json) sayWhichDetector(found, output);
  const dtype = given.dtype ?? (await fasterDtype(path, output));
  const detector = openDetector(path, { precision: dtype, scoreThreshold: given.threshold });
  try {
    checkClasses(detector.classes, set.classes, path, given.coco);
    const settings = settingsOf(set, given);
    const trainingImages = await checkTrainingImages(
      set.images,
      readSeenImages(path),
      given.allowTrainingImages ?? false,
      fileSha256,
    );
    const known = {
      annotationsSha256: set.annotationsSha256,
      detectorSha256: await fileSha256(path),
      scoreThreshold: given.threshold,
      dtype,
    };
    const log =
      given.out === undefined
        ? memoryLog()
        : openPredictionLog(
            join(given.out, "predictions.jsonl"),
            known,
            set.images,
            detector.hasImageHead,
          );
    try {
      if (!(await detectAll(set.images, detector, log, given, output))) return null;
      const evaluation: DetectionEvaluation = {
        format: "malleolus-evaluation-2",
        detector: path,
        annotations: given.coco,
        ...known,
        trainingImages,
        settings,
        ...measure(set, log.seen, settings),
      };
      const findings = new Map([...log.seen].map(([id, one]) => [id, one.findings]));
      return { evaluation, findings };
    } finally {
      log.close();
    }
  } finally {
    detector.close();
  }
}

/** Names with commas between them. */
function names(text: string): string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function settingsOf({ classes }: TruthSet, given: EvaluateArguments): MeasureSettings {
  checkFoundIou(given.foundIou, "--found-iou");
  const notObjects = given.notObjects.filter((name) => classes.includes(name));
  if (notObjects.length === classes.length) {
    throw new CliError(
      "evaluation",
      `--not-objects ${notObjects.join(",")}: expected a class of ${given.coco} that is left to find, ` +
        "got none; name fewer",
    );
  }
  return {
    operatingScore: given.operatingScore,
    foundIou: given.foundIou,
    notObjects,
    by: given.by ?? null,
    seed: evaluationDefaults.seed,
    resamples: given.resamples,
  };
}

/** False where it was interrupted. */
async function detectAll(
  images: readonly TruthImage[],
  detector: Detector,
  log: PredictionLog,
  given: EvaluateArguments,
  output: Output,
): Promise<boolean> {
  const { readRadiograph } = await import("@malleolus/data");
  const left = images.filter(({ id }) => !log.seen.has(id));
  const done = images.length - left.length;
  const progress = countProgress(output, "radiographs");
  const signals = stopOnSignals(() =>
    progress.say(
      given.out === undefined
        ? "ending after this radiograph; with --out it could go on"
        : "ending after this radiograph; the same command goes on",
    ),
  );
  try {
    for (const [i, image] of left.entries()) {
      const radiograph = await readRadiograph(image.path);
      checkSize(radiograph, image, given.coco);
      log.append(image, detector.see(radiograph));
      progress.show(done + i + 1, images.length);
      // Detection blocks the event loop: here it hears of signals.
      await setImmediate();
      if (signals.signal.aborted && i + 1 < left.length) return false;
    }
    return true;
  } finally {
    progress.end();
    signals.dispose();
  }
}

/** Whether the same names, in whatever order. */
function checkClasses(
  found: readonly string[],
  wanted: readonly string[],
  detector: string,
  coco: string,
): void {
  if (found.toSorted().join("\n") === wanted.toSorted().join("\n")) return;
  throw new CliError(
    "evaluation",
    `${detector}: expected a detector of ${coco}'s classes (${wanted.join(", ")}), got one of ` +
      `${found.join(", ")}; give a checkpoint that was trained on these classes`,
  );
}

function checkSize(
  found: { readonly width: number; readonly height: number },
  image: TruthImage,
  coco: string,
): void {
  if (found.width === image.width && found.height === image.height) return;
  throw new CliError(
    "evaluation",
    `${image.path}: expected ${image.width} x ${image.height} pixels, as ${coco} says, got ` +
      `${found.width} x ${found.height}; give the images that were annotated`,
  );
}
