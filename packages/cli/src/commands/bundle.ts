/** `malleolus bundle`: networks that belong together as one folder that can be copied. */
import type { BundledNetwork } from "@malleolus/schema";
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";

interface BundleArguments {
  readonly detection?: string;
  readonly segmentation?: string;
  readonly classification?: string;
  readonly name: string;
  readonly modelVersion: string;
  readonly json?: true;
}

const NETWORKS: readonly BundledNetwork[] = ["detection", "segmentation", "classification"];

export const bundleCommand: CommandFile = (output) =>
  new Command("bundle")
    .description("put networks that belong together into one folder, with their hashes")
    .argument("<folder>", "the bundle to write; nothing may lie there")
    .option("--detection <path>", "a run of train, or its model.safetensors")
    .option("--segmentation <path>", "a run of train --task segmentation, or its model.safetensors")
    .option(
      "--classification <path>",
      "a run of train --task classification, or its model.safetensors",
    )
    .option("--name <text>", "what it is called", "ankle")
    .option("--model-version <text>", "which of that name", "1")
    .option("--json", "the manifest as one JSON object")
    .addHelpText(
      "after",
      `
The detector says which fracture it finds; the segmentation outlines the bones, from which the height of a
fracture is told; the classifier says which radiographs are hard. bundle.json names each network's file and
its SHA-256, and a bundle of which a file was exchanged is refused.

Examples:
  ./malleolus bundle models/ankle-1 --detection runs/a --segmentation runs/segmentation \\
    --classification runs/classification
  ./malleolus prelabel my-study --bundle models/ankle-1
  ./malleolus predict --checkpoint models/ankle-1 ankle.dcm`,
    )
    .action(async (folder: string, given: BundleArguments) => {
      const { findDetector, writeBundle } = await import("@malleolus/runs");
      const { openClassifier, openDetector, openSegmenter } = await import("@malleolus/networks");
      const open = {
        detection: openDetector,
        segmentation: openSegmenter,
        classification: openClassifier,
      };
      const networks = NETWORKS.flatMap((network) => {
        const path = given[network];
        return path === undefined ? [] : [{ network, path: findDetector(path).path }];
      });
      if (networks.length === 0) {
        throw new CliError(
          "run",
          "bundle: expected at least one network, got none; name them with --detection, --segmentation and " +
            "--classification",
        );
      }
      // Before anything is copied: a file of another network is refused by its own reader.
      for (const { network, path } of networks) open[network](path).close();
      const { name, modelVersion } = given;
      const written = await writeBundle({
        folder,
        networks,
        name,
        version: modelVersion,
        writtenBy: manifest.version,
      });
      output.write(
        given.json
          ? `${JSON.stringify(written)}\n`
          : `${folder}: ${written.members.map((member) => `${member.network} ${member.sha256.slice(0, 12)}`).join(", ")}\n`,
      );
    });
