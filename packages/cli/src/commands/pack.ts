/** `malleolus pack`: all of Malleolus as one archive, for a machine without a network. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";

interface PackArguments {
  readonly json?: true;
}

export const packCommand: CommandFile = (output) =>
  new Command("pack")
    .description("write all of Malleolus into one archive that installs without a network")
    .argument("<archive>", "the file to write, .tar.gz; it must not be there yet")
    .option("--json", "print what was written as one JSON object")
    .addHelpText(
      "after",
      `
The archive holds the program, npm's packages, Node, the addon as it is built here, and Debian's packages with
LibTorch and all that it needs. It installs on a Debian of the same release and architecture with nothing else on
it: unpack it there and run install.sh as root. This machine needs the internet for Debian's packages, and LibTorch
from Debian (libtorch-dev). docs/install.md says more.

Examples:
  ./malleolus pack malleolus-offline.tar.gz
  tar -xzf malleolus-offline.tar.gz && sudo malleolus-offline/install.sh`,
    )
    .action(async (file: string, given: PackArguments) => {
      const archive = resolve(file);
      if (existsSync(archive)) {
        throw new CliError(
          "folder",
          `${archive}: expected nothing there, got a file; give it another name`,
        );
      }
      const { addonPath } = await import("@malleolus/torch");
      const { writePack } = await import("../offline/write-pack.ts");
      const written = await writePack(archive, addonPath(), (what) =>
        output.writeError(`${what} ...\n`),
      );
      if (given.json) {
        output.write(`${JSON.stringify({ archive, ...written })}\n`);
        return;
      }
      const { madeFor, debianPackages, sizeBytes, sha256 } = written;
      output.write(`${sha256}  ${archive}\n`);
      output.writeError(
        `for ${madeFor}: ${(sizeBytes / 1e6).toFixed(0)} MB, with ${debianPackages} packages of Debian; ` +
          "unpack it there and run install.sh as root\n",
      );
    });
