/** `malleolus import corrections`: radiographs of live analysis with what their follow-up found, into a study. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CorrectionSource } from "@malleolus/server/inference";
import type { CorrectionCounts } from "@malleolus/studies";
import { Command } from "commander";
import type { ExitCode } from "../command-file.ts";
import type { Output } from "../output.ts";
import { sumOf } from "./archive-studies.ts";
import { type ImportArguments, withStudyOptions } from "./import-options.ts";
import { importRadiographs } from "./import-radiographs.ts";

const OF_ONE: ReadonlySet<string> = new Set(["transition", "source"]);
const NOTHING: CorrectionCounts = {
  imported: 0,
  known: 0,
  refused: 0,
  orphansRemoved: 0,
  stopped: false,
  classified: 0,
};

export function importCorrectionsCommand(
  output: Output,
  finish: (code: ExitCode) => void,
): Command {
  return withStudyOptions(new Command("corrections"))
    .description("radiographs of live analysis whose class a follow-up told")
    .argument("<url>", "of the inference service")
    .addHelpText(
      "after",
      `
Asks the inference service for the studies with a follow-up (CT, an operation) whose radiographs it still has,
brings each into a folder of its own that nobody else may read, imports it as import dicom does it, gives the
case the follow-up's class, and removes the folder. What is known is skipped.

The study must say that its patients agreed to this: corrections = true under [consent] of protocol.toml.
The service's key, with the scope corrections:read, comes from MALLEOLUS_SERVICE_KEY, the key file's
passphrase from MALLEOLUS_PASSPHRASE, else it is asked for. Over a network https is asked for.

Examples:
  ./malleolus import corrections --study my-study http://127.0.0.1:8410`,
    )
    .action((url: string, given: ImportArguments, command: Command) =>
      importRadiographs(output, finish, given, command, async (studies, study, source) => {
        studies.requireConsent(study);
        const key = process.env.MALLEOLUS_SERVICE_KEY;
        if (key === undefined) {
          return command.error(
            "error: MALLEOLUS_SERVICE_KEY: expected a key of the inference service, got none; " +
              "serve --inference --new-key makes one",
          );
        }
        const { correctionSource } = await import("@malleolus/server/inference");
        const corrections = correctionSource(url, key);
        let counts = NOTHING;
        for (const correction of await corrections.list()) {
          if (source.stop?.aborted === true) {
            counts = { ...counts, stopped: true };
            break;
          }
          try {
            const brought = await inFolder(corrections, correction, (folder) =>
              studies.importCorrection(study, {
                ...source,
                paths: [folder],
                class: correction.class,
              }),
            );
            counts = {
              ...sumOf(counts, brought),
              classified: counts.classified + brought.classified,
            };
          } catch (error) {
            // One that people have begun with, or of a class that the protocol has not: it holds up no other.
            if (!(error instanceof studies.StudyError && OF_ONE.has(error.code))) throw error;
            output.writeError(`malleolus: ${error.message}\n`);
            counts = { ...counts, refused: counts.refused + 1 };
          }
        }
        return { counts, further: `; cases classified: ${counts.classified}` };
      }),
    );
}

async function inFolder<T>(
  corrections: CorrectionSource,
  correction: Awaited<ReturnType<CorrectionSource["list"]>>[number],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-corrections-"));
  try {
    for (let number = 1; number <= correction.images; number++) {
      const file = await corrections.image(correction, number);
      writeFileSync(join(folder, `${number}.dcm`), file, { mode: 0o600 });
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
