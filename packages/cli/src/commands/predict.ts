/** `malleolus predict`: what a trained detector finds on radiographs. */
import { join } from "node:path";
import type { Radiograph } from "@malleolus/data";
import type { Detector } from "@malleolus/detection";
import type { Finding } from "@malleolus/schema";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";
import { describeFailure, isForeseen } from "../failure.ts";
import { hasFastBfloat16 } from "../processor.ts";
import { type RadiographFile, radiographFiles } from "../radiograph-files.ts";
import type { RadiographNotes } from "../radiograph-notes.ts";
import { sayWhichDetector } from "../say-which-detector.ts";
import { share } from "../share.ts";
import { wholeNumber } from "../whole-number.ts";
import { writeFileWhole } from "../write-file-whole.ts";

interface PredictArguments {
  readonly checkpoint: string;
  readonly out?: string;
  readonly threshold: number;
  readonly overlay: boolean;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly json?: true;
}

/** What is said of one file. */
interface Prediction
  extends Pick<Radiograph, "width" | "height" | "pixelSpacingMm" | "spacingSource"> {
  readonly file: string;
  /** The `model.safetensors` that found it. */
  readonly detector: string;
  readonly scoreThreshold: number;
  readonly findings: readonly Finding[];
}

export const predictCommand: CommandFile = (output, finish) =>
  new Command("predict")
    .description("find on radiographs what a detector has learned to find")
    .argument("<file or folder...>", "DICOM, JPEG or PNG files, or folders of them")
    .requiredOption("--checkpoint <path>", "a run's folder, or a model.safetensors")
    .option("--out <folder>", "write NAME.json and NAME.png, an overlay, for each file")
    .option("--no-overlay", "write no overlays")
    .option("--threshold <score>", "the least score of a finding, 0 to 1", share, 0.5)
    .addOption(
      new Option("--dtype <type>", "of convolutions and matrix products; by the processor").choices(
        ["float32", "bfloat16"],
      ),
    )
    .option("--threads <number>", "of one operator; all cores unless given", wholeNumber(1))
    .option("--json", "one JSON object a file, each on a line of its own")
    .addHelpText(
      "after",
      `
Of a run, the best checkpoint is taken where it was validated, else the latest; name one of its
checkpoints to take that.

Boxes and outlines are in pixels of the stored image. Lengths and areas are in millimetres where the
file says how large a pixel is, and null elsewhere. A file that cannot be read is reported, the
others go on, and the exit code is 1. --out replaces what predict wrote there before and nothing else;
such files are passed over where they lie among the inputs. Research use only: not a medical device.

Examples:
  ./malleolus predict --checkpoint runs/a --out findings ankle.dcm
  ./malleolus predict --checkpoint runs/a --json --threshold 0.05 study | jq .findings`,
    )
    .action(async (paths: string[], given: PredictArguments) => {
      const { findDetector } = await import("@malleolus/training");
      const { openDetector } = await import("@malleolus/detection");
      const { setThreads } = await import("@malleolus/torch");
      if (given.threads !== undefined) setThreads(given.threads);
      const found = findDetector(given.checkpoint);
      const { path } = found;
      if (!given.json) sayWhichDetector(found, output);
      const { isOwnOutput, markOverlay, requireRoom } = await import("../own-output.ts");
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
      const notes = radiographNotes();
      const detector = openDetector(path, {
        precision: given.dtype ?? (hasFastBfloat16() ? "bfloat16" : "float32"),
        scoreThreshold: given.threshold,
      });
      try {
        for (const file of files) {
          try {
            const prediction = await predict(file, detector, path, given, { notes, markOverlay });
            output.write(given.json ? `${JSON.stringify(prediction)}\n` : describe(prediction));
          } catch (error) {
            if (!isForeseen(error)) throw error;
            output.writeError(`malleolus: ${describeFailure(error)}\n`);
            finish(1);
          }
        }
      } finally {
        detector.close();
      }
      const remarks = notes.all();
      if (remarks.length > 0) output.writeError(`note: ${remarks.join(". ")}.\n`);
    });

/** Of packages that are loaded when the command runs. */
interface PredictTools {
  readonly notes: RadiographNotes;
  readonly markOverlay: (png: Uint8Array) => Uint8Array;
}

async function predict(
  file: RadiographFile,
  detector: Detector,
  detectorFile: string,
  given: PredictArguments,
  { notes, markOverlay }: PredictTools,
): Promise<Prediction> {
  const { readRadiograph } = await import("@malleolus/data");
  const radiograph = await readRadiograph(file.path);
  notes.see(file.path, radiograph);
  const findings = detector.detect(radiograph);
  const { width, height, pixelSpacingMm, spacingSource } = radiograph;
  const prediction: Prediction = {
    file: file.path,
    detector: detectorFile,
    scoreThreshold: given.threshold,
    width,
    height,
    pixelSpacingMm,
    spacingSource,
    findings,
  };
  if (given.out !== undefined) {
    const { drawOverlay } = await import("../overlay.ts");
    // Drawn before anything is written: a file has both or neither.
    const overlay = given.overlay
      ? markOverlay(await drawOverlay(radiograph, findings, detector.classes))
      : null;
    const target = join(given.out, file.name);
    writeFileWhole(`${target}.json`, `${JSON.stringify(prediction, null, 2)}\n`);
    if (overlay !== null) writeFileWhole(`${target}.png`, overlay);
  }
  return prediction;
}

function describe({ file, findings }: Prediction): string {
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  const rows = findings.map((finding) => {
    const [x1, y1, x2, y2] = finding.box.map(Math.round);
    const { lengthMm, areaMm2, calibration } = finding;
    const size =
      lengthMm === null || areaMm2 === null
        ? ""
        : `  ${lengthMm.toFixed(1)} mm long, ${areaMm2.toFixed(0)} mm2 (${calibration})`;
    return `  ${finding.class} ${finding.score.toFixed(3)}  from ${x1}, ${y1} to ${x2}, ${y2}${size}\n`;
  });
  return `${file}: ${count}\n${rows.join("")}`;
}
