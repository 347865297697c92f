/** `malleolus calibrate`: fits a detector's decision between a patient's classes. */
import { readFileSync } from "node:fs";
import type { ClassifierCalibration, PatientDecision } from "@malleolus/schema";
import { Command, Option } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { fasterDtype } from "../dtype/choose-dtype.ts";
import { sayWhichDetector } from "../say-which-detector.ts";
import { share } from "../share.ts";
import { wholeNumber } from "../whole-number.ts";

interface CalibrateArguments {
  readonly checkpoint: string;
  readonly coco: string;
  readonly images: string;
  readonly dtype?: "float32" | "bfloat16";
  readonly heldOut?: true;
  readonly prevalence?: number;
  readonly threads?: number;
  readonly json?: true;
}

export const calibrateCommand: CommandFile = (output) =>
  new Command("calibrate")
    .description("fit a detector's decision between classes on tuning patients")
    .requiredOption("--checkpoint <path>", "a run's folder, or a model.safetensors")
    .requiredOption("--coco <file>", "COCO annotations of tuning patients")
    .requiredOption("--images <folder>", "where their images lie: DICOM, JPEG or PNG")
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: by the processor)").choices(
        ["float32", "bfloat16"],
      ),
    )
    .option("--held-out", "only the patients of --coco that the detector was not trained on")
    .option(
      "--prevalence <share>",
      "share of fractures where the detector will be used (default: as here)",
      share,
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--json", "the decision as one JSON object")
    .addHelpText(
      "after",
      `
A detector examines one radiograph at a time. The decision combines all views of a patient into
probabilities of the classes, which sum to 1. calibrate fits it and keeps it in the detector's file; predict
uses it from then on.

Calibrate on tuning patients: neither trained on nor part of a test, at least two of every class, better
ten. Every image names its patient (key "patient" of the COCO file), and the patient's class (key "class")
if nothing is annotated on it. Patients of the training are refused; with the training's own file, --held-out
takes the patients that --tuning-share set aside.

The probabilities hold at the prevalence of fractures among these patients, or at --prevalence: 0.15 means
one ankle in seven. predict can change it, too.

A classifier (malleolus train --task classification) is calibrated by one number, its temperature: of ten
radiographs that it calls a class with 0.8, eight are of that class.

Examples:
  ./malleolus calibrate --checkpoint runs/a --coco tuning.json --images radiographs
  ./malleolus calibrate --checkpoint runs/a --coco train.json --images radiographs --held-out \\
    --prevalence 0.15`,
    )
    .action(async (given: CalibrateArguments) => {
      const { fileSha256, findDetector, readSeenImages } = await import("@malleolus/runs");
      const { parseCoco } = await import("@malleolus/data");
      const { setThreads } = await import("@malleolus/torch");
      const { calibrateDetector } = await import("../patients/calibrate-detector.ts");
      const { patientsOf } = await import("../patients/patient-radiographs.ts");
      const { unseenPatients } = await import("../patients/unseen-patients.ts");
      const { prevalenceOf } = await import("@malleolus/evaluation");
      if (given.threads !== undefined) setThreads(given.threads);
      const found = findDetector(given.checkpoint);
      const dataset = parseCoco(readFileSync(given.coco, "utf8"), given.coco);
      const { patients, seen } = await unseenPatients({
        patients: patientsOf(dataset, given.coco),
        folder: given.images,
        record: readSeenImages(found.path),
        heldOut: given.heldOut ?? false,
        hashOf: fileSha256,
      });
      if (!given.json) sayWhichDetector(found, output);
      if (seen > 0)
        output.writeError(
          `left out: ${seen} patient${seen === 1 ? "" : "s"} that it was trained on\n`,
        );
      const { isClassifier } = await import("@malleolus/networks");
      const progress = countProgress(output, "radiographs");
      const onImage = (done: number, total: number) => progress.show(done, total);
      const folder = given.images;
      try {
        if (isClassifier(found.path)) {
          const { calibrateClassifier } = await import("../patients/calibrate-classifier.ts");
          const asked = { path: found.path, patients, folder, onImage };
          const calibration = await calibrateClassifier(asked);
          progress.end();
          output.write(
            given.json ? `${JSON.stringify(calibration)}\n` : describeCalibration(calibration),
          );
          return;
        }
        const precision = given.dtype ?? (await fasterDtype(found.path, output));
        const { decision } = await calibrateDetector({
          path: found.path,
          precision,
          patients,
          folder,
          prevalence: given.prevalence ?? null,
          onImage,
        });
        progress.end();
        output.write(
          given.json
            ? `${JSON.stringify(decision)}\n`
            : describeDecision(decision, prevalenceOf(decision)),
        );
      } finally {
        progress.end();
      }
    });

/** The temperature, and what it changes. */
function describeCalibration({ temperature, fittedOn }: ClassifierCalibration): string {
  const { radiographs, logLossBefore, logLoss } = fittedOn;
  return alignedTable(
    [
      ["temperature", temperature.toFixed(3)],
      ["fitted on", `${radiographs} radiographs`],
      ["log loss", `${logLoss.toFixed(3)} (before ${logLossBefore.toFixed(3)})`],
    ],
    2,
  );
}

/** What was fitted, on whom, and how well it does on each patient when fitted without them. */
export function describeDecision(decision: PatientDecision, prevalence: number): string {
  const { fittedOn, findingThreshold, operatingPoints = [] } = decision;
  const { patients, radiographs, leaveOneOut } = fittedOn;
  const total = Object.values(patients).reduce((sum, count) => sum + count, 0);
  const classes = Object.entries(patients).map(([name, count]) => `${count} ${name}`);
  const right = Math.round(leaveOneOut.accuracy * total);
  const rows = [
    ["fitted on", `${total} patients (${classes.join(", ")}), ${radiographs} radiographs`],
    [
      "each left out once",
      `${right} of ${total} right, log loss ${leaveOneOut.logLoss.toFixed(3)} (guessing: ` +
        `${Math.log(classes.length).toFixed(3)})`,
    ],
    ["probabilities hold at", `a prevalence of ${prevalence.toFixed(2)} fractures`],
    ["findings are shown from", `a score of ${findingThreshold.toFixed(3)}`],
    ...operatingPoints.map(({ wanted, probability, sensitivity, specificity }) => [
      `${wanted.atLeast} of ${Math.round(100 * wanted.share)} %`,
      `${probability === null ? "nobody is called" : `from ${probability.toFixed(3)}`} ` +
        `(sensitivity ${sensitivity.count}/${sensitivity.total}, ` +
        `specificity ${specificity.count}/${specificity.total})`,
    ]),
  ];
  return alignedTable(rows, 2);
}
