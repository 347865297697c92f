/** `malleolus predict`: a detector's findings on radiographs, and the class of each patient. */
import { existsSync } from "node:fs";
import { writeFileWhole } from "@malleolus/host";
import type { PatientDecision, Prediction } from "@malleolus/schema";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { ENGINES, type EngineName } from "../engine/engine.ts";
import { CliError } from "../errors.ts";
import { describeFailure, isForeseen } from "../failure.ts";
import type { PredictedFile } from "../patients/findings-coco.ts";
import { radiographFiles } from "../radiograph-files.ts";
import { innerShare, share } from "../share.ts";
import { wholeNumber } from "../whole-number.ts";

interface PredictArguments {
  readonly checkpoint?: string;
  readonly out?: string;
  readonly dicom?: string;
  readonly coco?: string;
  readonly threshold?: number;
  readonly errorRate?: number;
  readonly prevalence?: number;
  readonly onePatient?: true;
  readonly overlay: boolean;
  readonly engine: EngineName;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly json?: true;
}

export const predictCommand: CommandFile = (output, finish) =>
  new Command("predict")
    .description("find fractures on radiographs, and decide the class of each patient")
    .argument("<file or folder...>", "DICOM, JPEG or PNG files, or folders of them")
    .option(
      "--checkpoint <path>",
      "a run's folder, a model.safetensors (the one that comes with the project), or its export to ONNX",
    )
    .option("--out <folder>", "write NAME.json and NAME.png, an overlay, for each file")
    .option("--no-overlay", "write no overlays")
    .option("--dicom <folder>", "write DICOM objects of what is found on DICOM files")
    .option("--coco <file>", "write all that is found as one COCO file, with scores")
    .option(
      "--threshold <score>",
      "lowest score of a finding, 0 to 1 (default: the detector's decision, else 0.5)",
      share,
    )
    .option(
      "--prevalence <share>",
      "share of your patients with a fracture (default: as calibrated)",
      share,
    )
    .option(
      "--error-rate <share>",
      "name all classes that cannot be excluded at this rate of errors, 0.1 say",
      innerShare,
    )
    .option("--one-patient", "all files belong to one patient, whatever they say")
    .addOption(
      new Option("--engine <name>", "what runs the network; onnx needs no LibTorch")
        .choices(ENGINES)
        .default("libtorch"),
    )
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--json", "one JSON object a file, each on a line of its own")
    .addHelpText(
      "after",
      `
Without --checkpoint, predict uses the detector that comes with the project. It has seen simulated ankles
only: its findings on a real radiograph mean nothing. Given a run's folder,
predict uses its best checkpoint if the run was validated, otherwise
the latest. To use another, name that checkpoint.

A calibrated detector (malleolus calibrate) decides a patient's class from all their radiographs, with
probabilities; DICOM files that name the same patient belong together. Its findings agree with the class: a
patient without a fracture has none. The probabilities hold at the prevalence of the calibration; with
--prevalence 0.15 they hold where one ankle in seven is broken. With --error-rate 0.1 the answer also names every
class that cannot be excluded: of each class's patients at most one in ten has a truth that is not named.

With --engine onnx, ONNX Runtime runs the same network on a machine without LibTorch, and finds the same; a
file that malleolus export --onnx wrote is read by it alone.

--dicom writes, for an archive and its viewers, NAME.segmentation.dcm, NAME.presentation.dcm and
NAME.picture.dcm for each DICOM file, and NAME.report.dcm for each study, by the name of its first file. The
same analysis makes the same objects again, docs/objects.md says what is in them.

Boxes and outlines are in pixels of the stored image, lengths and areas in millimetres, or null if the
file has no pixel spacing. A file that cannot be read is named, the others are examined, and the exit code
is 1. --out and --dicom replace earlier output of predict and nothing else; predict skips such files among
its inputs.
Research use only: not a medical device.

Examples:
  ./malleolus predict --out findings archive/external/dicom/EP00001
  ./malleolus predict --checkpoint runs/a --out findings ankle.dcm
  ./malleolus predict --checkpoint runs/a --dicom objects archive/external/dicom/EP00001
  ./malleolus predict --checkpoint runs/a --json --threshold 0.05 study | jq .findings`,
    )
    .action(async (paths: string[], given: PredictArguments) => {
      const { chooseDetector } = await import("../choose-detector.ts");
      const path = await chooseDetector(given.checkpoint, given.json === true, output);
      const { isOwnOutput, requireObjectRoom, requireRoom } = await import("../own-output.ts");
      const { LEAST_SCORE } = await import("../patients/least-score.ts");
      const { openEngine } = await import("../engine/open-engine.ts");
      const { patientFiles } = await import("../patients/patient-files.ts");
      const { atPrevalence } = await import("@malleolus/evaluation");
      const { predictPatient, sentenceOf } = await import("../patients/predict-patient.ts");
      const { radiographNotes } = await import("../radiograph-notes.ts");
      const listed = radiographFiles(paths);
      const files = listed.filter((file) => !isOwnOutput(file.path));
      if (files.length < listed.length) {
        const count = listed.length - files.length;
        output.writeError(`passed over: ${count} files that predict wrote before\n`);
      }
      if (files.length === 0) {
        throw new CliError(
          "folder",
          `${paths.join(", ")}: expected radiographs, got none; check the path`,
        );
      }
      if (given.out !== undefined) requireRoom(files, given.out, given.overlay);
      if (given.dicom !== undefined) requireObjectRoom(files, given.dicom);
      if (given.coco !== undefined) requireNew(given.coco);
      const notes = radiographNotes();
      const detector = await openEngine(given.engine, path, {
        dtype: given.dtype,
        threads: given.threads,
        scoreThreshold: Math.min(LEAST_SCORE, given.threshold ?? LEAST_SCORE),
        isQuiet: given.json === true,
        output,
      });
      try {
        const decision = decisionAt(detector.decision, given.prevalence, path, atPrevalence);
        if (given.errorRate !== undefined) requireSets(decision, path);
        const onFailure = (error: unknown) => {
          if (!isForeseen(error)) throw error;
          output.writeError(`malleolus: ${describeFailure(error)}\n`);
          finish(1);
        };
        const { objectWriter } = await import("../patients/result-objects.ts");
        const writeObjects =
          given.dicom === undefined
            ? null
            : await objectWriter({
                folder: given.dicom,
                detectorFile: path,
                detector,
                isThresholdGiven: given.threshold !== undefined,
              });
        const all: PredictedFile[] = [];
        for (const group of await patientFiles(files, given.onePatient ?? false)) {
          const predictions = await predictPatient({
            ...group,
            detector,
            decision,
            detectorFile: path,
            threshold: given.threshold ?? null,
            errorRate: given.errorRate ?? null,
            out: given.out ?? null,
            overlay: given.overlay,
            onRead: (file, radiograph) => notes.see(file.path, radiograph),
            onFailure,
          });
          const predicted = predictions.flatMap((prediction) => {
            const file = group.files.find(({ path }) => path === prediction.file);
            return file === undefined ? [] : [{ name: file.name, prediction }];
          });
          all.push(...predicted);
          await writeObjects?.(predicted).catch(onFailure);
          output.write(
            given.json
              ? predictions.map((one) => `${JSON.stringify(one)}\n`).join("")
              : describePatient(predictions, sentenceOf),
          );
        }
        if (given.coco !== undefined) {
          const { findingsCoco } = await import("../patients/findings-coco.ts");
          writeFileWhole(given.coco, findingsCoco(all, detector.classes));
        }
      } finally {
        await detector.close();
      }
      const remarks = notes.all();
      if (remarks.length > 0) output.writeError(`note: ${remarks.join(". ")}.\n`);
    });

/** A file of all findings cannot be told from another COCO file: none is replaced. */
function requireNew(path: string): void {
  if (!existsSync(path)) return;
  throw new CliError(
    "folder",
    `--coco: ${path} exists; name another file, or remove it if it is not needed`,
  );
}

/** The detector's decision, at the prevalence that was asked for. */
function decisionAt(
  decision: PatientDecision | null,
  prevalence: number | undefined,
  path: string,
  at: (decision: PatientDecision, prevalence: number) => PatientDecision,
): PatientDecision | null {
  if (prevalence === undefined) return decision;
  if (decision !== null) return at(decision, prevalence);
  throw new CliError(
    "patients",
    `--prevalence: expected a detector that decides a patient's class, got ${path}, which does not; ` +
      "fit a decision with malleolus calibrate",
  );
}

/** @throws CliError `patients` for a detector that has nothing to make sets of classes by. */
function requireSets(decision: PatientDecision | null, path: string): void {
  if (decision?.ownProbabilities !== undefined) return;
  const has = decision === null ? "has no decision" : "was calibrated by an earlier version";
  throw new CliError(
    "patients",
    `--error-rate: expected a detector that knows how sure it was of tuning patients, got ${path}, which ` +
      `${has}; call malleolus calibrate`,
  );
}

/** A paragraph a file, and the patient's answer in the end. */
function describePatient(
  predictions: readonly Prediction[],
  sentenceOf: (prediction: Prediction) => string | null,
): string {
  const [first] = predictions;
  if (first === undefined) return "";
  const sentence = sentenceOf(first);
  const whose = first.patient === null ? first.file : `patient ${first.patient}`;
  const last = sentence === null ? "" : `${whose}: ${sentence}${describeSet(first)}\n`;
  return `${predictions.map(describeFile).join("")}${last}`;
}

function describeSet({ answer }: Prediction): string {
  if (answer?.notExcluded === undefined) return "";
  const { errorRate, classes } = answer.notExcluded;
  const named = classes.length === 0 ? "unlike all tuning patients" : classes.join(", ");
  return `; not excluded at ${errorRate} errors: ${named}`;
}

function describeFile({ file, findings }: Prediction): string {
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  const rows = findings.map((finding) => {
    const [x1, y1, x2, y2] = finding.box.map(Math.round);
    const { class: name, score, probabilities = {}, lengthMm, areaMm2, calibration } = finding;
    const size =
      lengthMm === null || areaMm2 === null
        ? ""
        : `  ${lengthMm.toFixed(1)} mm long, ${areaMm2.toFixed(0)} mm2 (${calibration})`;
    const classes = Object.entries(probabilities)
      .toSorted(([, a], [, b]) => b - a)
      .map(([one, probability]) => `${one} ${probability.toFixed(2)}`);
    const what =
      classes.length > 1
        ? `fracture ${score.toFixed(3)} (${classes.join(", ")})`
        : `${name} ${score.toFixed(3)}`;
    return `  ${what}  from ${x1}, ${y1} to ${x2}, ${y2}${size}\n`;
  });
  return `${file}: ${count}\n${rows.join("")}`;
}
