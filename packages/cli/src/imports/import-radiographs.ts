/** Imports of radiographs, as a person sees them at a terminal. */
import type { ImportCounts, ImportEvent, Study } from "@malleolus/studies";
import type { Command } from "commander";
import type { ExitCode } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import type { Output } from "../output.ts";
import { askPassphrase } from "../passphrase.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { closing, type ImportArguments } from "./import-options.ts";

type Studies = typeof import("@malleolus/studies");

/**
 * What the import of files into a study has in common, whatever says which files: the study, its keys, progress,
 * signals, and the last line.
 */
export async function importRadiographs(
  output: Output,
  finish: (code: ExitCode) => void,
  given: ImportArguments,
  command: Command,
  importThem: (
    studies: Studies,
    study: Study,
    source: Omit<Parameters<Studies["importDicom"]>[1], "paths">,
  ) => Promise<{ readonly counts: ImportCounts; readonly further: string }>,
): Promise<void> {
  const studies = await import("@malleolus/studies");
  const study = await studies.openStudy(given.study);
  const progress = countProgress(output, "files");
  const signals = stopOnSignals(() => progress.say("ending after this file"));
  try {
    const hospital = studies.findHospital(study, given.hospital);
    using keys = closing(await studies.openKeys(study, await askPassphrase(output, command)));
    const { counts, further } = await importThem(studies, study, {
      hospital,
      keys: keys.value,
      who: given.who,
      stop: signals.signal,
      onEvent(event) {
        if (given.json) output.write(`${JSON.stringify(event)}\n`);
        else if (event.outcome === "refused") progress.say(describeRefusal(event));
        else if (event.outcome === "imported") {
          for (const note of event.notes) progress.say(`${event.file}: ${note}`);
        }
        progress.show(event.done, event.total);
      },
    });
    progress.end();
    const { imported, known, refused, orphansRemoved, stopped } = counts;
    if (given.json) output.write(`${JSON.stringify({ outcome: "end", ...counts })}\n`);
    else {
      output.write(
        `${imported} imported, ${known} known already, ${refused} refused${further}` +
          (orphansRemoved > 0 ? `; removed what an interrupted import left` : "") +
          `${stopped ? "; stopped, the same command goes on" : ""}\n`,
      );
    }
    if (refused > 0) finish(1);
  } finally {
    progress.end();
    signals.dispose();
    await studies.closeStudy(study);
  }
}

function describeRefusal({ reason }: Extract<ImportEvent, { outcome: "refused" }>): string {
  return `malleolus: ${reason}`;
}
