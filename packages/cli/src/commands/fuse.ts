/** `malleolus fuse`: several detectors as one that asks them all, or that has the mean of their weights. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";

interface FuseArguments {
  readonly checkpoint: readonly string[];
  readonly out: string;
  readonly average?: true;
}

export const fuseCommand: CommandFile = (output) =>
  new Command("fuse")
    .description("make one detector of several, which asks them all")
    .requiredOption("--checkpoint <paths...>", "two or more runs, or their model.safetensors")
    .requiredOption("--out <folder>", "the detector to write; nothing may lie there")
    .option("--average", "one network instead, with the mean of their weights")
    .addHelpText(
      "after",
      `
Every detector examines a radiograph at its own size. A box that several find is the mean of theirs by their
scores; its score is the mean over all of them, so that what one alone finds counts less (weighted boxes
fusion). Equally good detectors of several seeds or backbones err differently, and together place boxes better
than each alone; a weaker one makes the others worse. They take as long as all of them one after the other.

They have to know the same classes and to have masks of the same size, and image heads all or none. The detector
is used like any other (predict, evaluate, calibrate, serve). It has no decision between a patient's classes until
calibrate fits one, and export to ONNX does not know it. The record of the radiographs that they were trained on
is kept beside it, so that evaluate refuses those of any of them.

With --average the detector is one network, whose weights are the mean of theirs, and takes as long as one. That is for
detectors that were trained on from the same weights, or from one another: one that was trained on for a
hospital, and the one that it began with, may together keep more of what the latter knew of others. Measure it on
radiographs that none has seen. In all else it is like the first that is named. The mean of trainings that began
apart finds nothing, as a rule.

Examples:
  ./malleolus fuse --checkpoint runs/first runs/second --out models/both
  ./malleolus evaluate --coco valid.json --images images --checkpoint models/both
  ./malleolus fuse --average --checkpoint runs/ours models/first.safetensors --out models/mean`,
    )
    .action(async ({ checkpoint, out, average }: FuseArguments) => {
      const { findDetector, readSeenImages, writeSeenImages } = await import("@malleolus/runs");
      const { writeAveragedDetector, writeFusedDetectors } = await import("@malleolus/networks");
      if (checkpoint.length < 2) {
        throw new CliError(
          "run",
          `--checkpoint ${checkpoint.join(" ")}: expected two or more detectors, got ${checkpoint.length}; ` +
            "name the others behind it",
        );
      }
      if (existsSync(out)) {
        throw new CliError(
          "folder",
          `--out ${out}: expected nothing there, got a file or a folder; name another place`,
        );
      }
      const paths = checkpoint.map((path) => findDetector(path).path);
      const twice = paths.find((path, i) => paths.indexOf(path) < i);
      if (twice !== undefined) {
        throw new CliError(
          "run",
          `${twice}: expected detectors that differ, got this one twice; name it once`,
        );
      }
      const records = paths.map(readSeenImages);
      const known = records.filter((record) => record !== null);
      mkdirSync(dirname(out), { recursive: true });
      mkdirSync(out);
      let made: string;
      try {
        // Before the detector: without its record evaluate would let its own radiographs pass. Part of a record would
        // say of the others that it has not seen them.
        if (known.length === records.length) writeSeenImages(out, known);
        const path = join(out, "model.safetensors");
        if (average === true) {
          writeAveragedDetector(path, paths);
          made = `the mean of ${paths.length} detectors`;
        } else {
          made = `a detector of ${writeFusedDetectors(path, paths)} networks`;
        }
      } catch (error) {
        rmSync(out, { recursive: true, force: true });
        throw error;
      }
      for (const path of paths.filter((_, i) => records[i] === null)) {
        output.writeError(
          `${path}: nothing says on which radiographs it was trained, so that evaluate cannot refuse any
`,
        );
      }
      output.write(`${out}: ${made}\n`);
    });
