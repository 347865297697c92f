/** `malleolus backup`: a whole study in one file, while it is used. */
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";

interface BackupArguments {
  readonly json?: true;
}

export const backupCommand: CommandFile = (output) =>
  new Command("backup")
    .description("copy a study into one file, also while its server runs")
    .argument("<study>", "the study's folder")
    .argument("<file>", "the archive to write, .tar")
    .option("--json", "print the numbers of files and bytes as one JSON object")
    .addHelpText(
      "after",
      `
The archive holds the database as it is at one moment, with everything that was saved before it, and all
other files of the study's folder. To restore it, unpack it (tar -xf FILE) and use the folder that comes out.
The key file, which tells pseudonyms, is not in it: keep a copy of it apart, under lock.

Examples:
  ./malleolus backup my-study /backups/my-study-monday.tar
  tar -xf /backups/my-study-monday.tar -C /restored`,
    )
    .action(async (folder: string, file: string, given: BackupArguments) => {
      const { backUpStudy, closeStudy, openStudy } = await import("@malleolus/studies");
      const study = await openStudy(folder);
      try {
        const size = await backUpStudy(study, file);
        if (given.json) {
          output.write(`${JSON.stringify({ file, ...size })}\n`);
          return;
        }
        output.write(`${file}\n`);
        output.writeError(
          `${size.files} files, ${(size.sizeBytes / 1e6).toFixed(1)} MB; keep a copy of ${study.keyFile} apart\n`,
        );
      } finally {
        await closeStudy(study);
      }
    });
