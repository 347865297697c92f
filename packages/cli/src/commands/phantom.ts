/** `malleolus phantom`: simulated hospitals, as archives of DICOM files and reports. */
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { CommandFile, ExitCode } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import type { Output } from "../output.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { wholeNumber } from "../whole-number.ts";

interface PhantomArguments {
  readonly hospital: "internal" | "external" | "both";
  readonly perClass: number;
  readonly excluded: number;
  readonly seed: string;
  readonly pitch?: number;
  readonly json?: true;
}

export const phantomCommand: CommandFile = (output, finish) =>
  new Command("phantom")
    .description("simulate hospitals: radiographs of ankles, reports, and their truth")
    .argument("<folder>", "the archives' folder; an unfinished archive goes on")
    .addOption(
      new Option("--hospital <which>", "the hospital with three views, the one with two, or both")
        .choices(["internal", "external", "both"])
        .default("both"),
    )
    .option(
      "--per-class <patients>",
      "patients per hospital with Weber A, B, C and without fracture, each",
      wholeNumber(1),
      10,
    )
    .option(
      "--excluded <patients>",
      "further patients per hospital to exclude: casts, plates, open physes …",
      wholeNumber(0),
      5,
    )
    .option("--seed <text>", "decides every patient", "1")
    .option(
      "--pitch <mm>",
      "size of a pixel; larger is quicker (default: the detector's own)",
      millimeters,
    )
    .option("--json", "the archives, as one JSON object")
    .addHelpText(
      "after",
      `
Everything is simulated, and every file says so. Each hospital gets a folder:
  dicom/        its archive: DX or CR files, with invented names
  reports.csv   its radiologists' reports, English inside and Dutch outside
  truth.csv     the right outcome of screening for each report: malleolus screen --truth
  truth/        masks of the bones and of the fracture, its class and its millimetres
  annotations.json  the same fractures in COCO's format: malleolus train --coco, --images its folder
  structures.json   bones and fractures in COCO's format: malleolus train --task segmentation --coco

The same seed gives the same bytes. On one core a radiograph takes about a second at the detectors' own
pitch (0.15 and 0.117 mm), a third of that at 0.4 mm.

Examples:
  ./malleolus phantom archive
  ./malleolus phantom archive --hospital internal --per-class 50 --excluded 20 --pitch 0.3`,
    )
    .action(async (folder: string, given: PhantomArguments) => {
      await simulate(folder, given, output, finish);
    });

async function simulate(
  folder: string,
  given: PhantomArguments,
  output: Output,
  finish: (code: ExitCode) => void,
): Promise<void> {
  const phantom = await import("@malleolus/phantom");
  const specs = phantom.mixedSpecs(given.perClass, given.excluded);
  const hospitals = [phantom.internalHospital, phantom.externalHospital].filter(
    ({ key }) => given.hospital === "both" || given.hospital === key,
  );
  const progress = countProgress(output, "examinations");
  const signals = stopOnSignals(() => progress.say("ending; the same command goes on"));
  const written: { folder: string; examinations: number; radiographs: number }[] = [];
  try {
    for (const [i, hospital] of hospitals.entries()) {
      const records = await phantom.writeArchive({
        folder: join(folder, hospital.key),
        hospital,
        xrayUnit:
          given.pitch === undefined
            ? hospital.xrayUnit
            : phantom.withPitch(hospital.xrayUnit, given.pitch),
        seed: given.seed,
        specs,
        stop: signals.signal,
        onStudy: (done) => progress.show(i * specs.length + done, hospitals.length * specs.length),
      });
      if (records === null) return finish(1);
      written.push({
        folder: join(folder, hospital.key),
        examinations: records.length,
        radiographs: records.reduce((sum, { images }) => sum + images.length, 0),
      });
    }
  } finally {
    progress.end();
    signals.dispose();
  }
  if (given.json) {
    const { PHANTOM_VERSION: phantomVersion } = phantom;
    output.write(`${JSON.stringify({ phantomVersion, seed: given.seed, archives: written })}\n`);
  } else {
    for (const one of written) {
      output.write(
        `${one.folder}: ${one.radiographs} radiographs of ${one.examinations} patients\n`,
      );
    }
  }
}

function millimeters(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0.1 && value <= 1) return value;
  throw new InvalidArgumentError("expected millimetres from 0.1 to 1.");
}
