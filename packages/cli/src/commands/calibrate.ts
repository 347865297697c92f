/** `malleolus calibrate`: fits how a detector's findings decide a patient's class. */
import { readFileSync } from "node:fs";
import type { PatientDecision } from "@malleolus/schema";
import { Command, Option } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { fasterDtype } from "../dtype/choose-dtype.ts";
import { sayWhichDetector } from "../say-which-detector.ts";
import { wholeNumber } from "../whole-number.ts";

interface CalibrateArguments {
  readonly checkpoint: string;
  readonly coco: string;
  readonly images: string;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly json?: true;
}

export const calibrateCommand: CommandFile = (output) =>
  new Command("calibrate")
    .description(
      "fit on tuning patients how a detector decides a patient's class, with probabilities",
    )
    .requiredOption("--checkpoint <path>", "a run's folder, or a model.safetensors")
    .requiredOption("--coco <file>", "COCO annotations of tuning patients")
    .requiredOption("--images <folder>", "where their images lie: DICOM, JPEG or PNG")
    .addOption(
      new Option("--dtype <type>", "of convolutions and matrix products; by the processor").choices(
        ["float32", "bfloat16"],
      ),
    )
    .option("--threads <number>", "of one operator; all cores unless given", wholeNumber(1))
    .option("--json", "the decision as one JSON object")
    .addHelpText(
      "after",
      `
A detector says of each radiograph where it finds what. The decision makes one answer of all views of a
patient: probabilities of the classes that sum to 1. It is fitted here, and kept in the detector's file;
predict and evaluate then use it. train does the same by itself where it holds patients out.

Give patients whom nothing was trained on, and who are no test: tuning patients, at least two of every
class, better ten. Every image names its patient ("patient" in the COCO file), and says the patient's
class ("class") where nothing is annotated on it.

Example:
  ./malleolus calibrate --checkpoint runs/a --coco tuning.json --images radiographs`,
    )
    .action(async (given: CalibrateArguments) => {
      const { findDetector } = await import("@malleolus/training");
      const { parseCoco } = await import("@malleolus/data");
      const { setThreads } = await import("@malleolus/torch");
      const { calibrateDetector } = await import("../patients/calibrate-detector.ts");
      const { patientsOf } = await import("../patients/patient-radiographs.ts");
      if (given.threads !== undefined) setThreads(given.threads);
      const found = findDetector(given.checkpoint);
      const dataset = parseCoco(readFileSync(given.coco, "utf8"), given.coco);
      const patients = patientsOf(dataset, given.coco);
      if (!given.json) sayWhichDetector(found, output);
      const precision = given.dtype ?? (await fasterDtype(output));
      const progress = countProgress(output, "radiographs");
      try {
        const { decision } = await calibrateDetector({
          path: found.path,
          precision,
          patients,
          folder: given.images,
          onImage: (done, total) => progress.show(done, total),
        });
        progress.end();
        output.write(given.json ? `${JSON.stringify(decision)}\n` : describeDecision(decision));
      } finally {
        progress.end();
      }
    });

/** What was fitted, on whom, and how well it does on each patient when fitted without them. */
export function describeDecision({ fittedOn, findingThreshold }: PatientDecision): string {
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
    ["findings are shown from", `a score of ${findingThreshold.toFixed(3)}`],
  ];
  return alignedTable(rows, 2);
}
