/** `malleolus import dicom|reports`: an archive into a study. */
import type { ImportEvent } from "@malleolus/studies";
import { Command } from "commander";
import type { CommandFile, ExitCode } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import type { Output } from "../output.ts";
import { askPassphrase } from "../passphrase.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { userName } from "../user-name.ts";

interface ImportArguments {
  readonly study: string;
  readonly hospital?: string;
  readonly who: string;
  readonly json?: true;
}

export const importCommand: CommandFile = (output, finish) =>
  new Command("import")
    .description("bring radiographs and reports into a study, without what identifies patients")
    .addCommand(importDicomCommand(output, finish))
    .addCommand(importReportsCommand(output, finish))
    .addHelpText(
      "after",
      `
Examples:
  ./malleolus import dicom --study my-study archive/ more.zip
  ./malleolus import reports --study my-study reports.csv`,
    );

function importDicomCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("dicom"))
    .description("radiographs: DICOM files, folders of them, zip files")
    .argument("<path...>", "files, folders (with all below them), zip files")
    .addHelpText(
      "after",
      `
Each file is de-identified (DICOM PS3.15, basic profile; dates shifted, UIDs replaced, private
attributes removed), stored and recorded in one step; its pixels stay as they are. What was imported
before is passed over, so an interrupted import goes on when it is started again. A bad file is named
with its reason and does not stop the others; the exit code is then 1. Ctrl-C ends after the file
that is going on.

The key file's passphrase comes from MALLEOLUS_PASSPHRASE, else it is asked for.

Examples:
  ./malleolus import dicom --study my-study archive/
  ./malleolus import dicom --study my-study --hospital b --json export.zip | jq .outcome`,
    )
    .action(async (paths: string[], given: ImportArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      const progress = countProgress(output, "files");
      const signals = stopOnSignals(() => progress.say("ending after this file"));
      try {
        const hospital = studies.findHospital(study, given.hospital);
        using keys = closing(await studies.openKeys(study, await askPassphrase(output, command)));
        const counts = await studies.importDicom(study, {
          paths,
          hospital,
          keys: keys.value,
          who: given.who,
          stop: signals.signal,
          onEvent(event) {
            if (given.json) output.write(`${JSON.stringify(event)}\n`);
            else if (event.outcome === "refused") progress.say(describeRefusal(event));
            progress.show(event.done, event.total);
          },
        });
        progress.end();
        const { imported, known, refused, orphansRemoved, stopped } = counts;
        if (given.json) output.write(`${JSON.stringify({ outcome: "end", ...counts })}\n`);
        else {
          output.write(
            `${imported} imported, ${known} known already, ${refused} refused` +
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
    });
}

function importReportsCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("reports"))
    .description("radiology reports: a CSV file with a heading")
    .argument("<file>", "columns: report, and accession or study_uid; language if it is known")
    .addHelpText(
      "after",
      `
The heading's columns may be called report, text, verslag or tekst; accession, accession number,
accessienummer or onderzoeknummer; study_uid or study_instance_uid; language or taal. Commas,
semicolons or tabs separate. Import the radiographs first: a report of an examination that is not in
the study is passed over, and its line named. Names, numbers and dates that are known to identify the
patient are taken out of the text.

Examples:
  ./malleolus import reports --study my-study reports.csv
  ./malleolus import reports --study my-study --hospital b --json reports.csv`,
    )
    .action(async (path: string, given: ImportArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      try {
        const hospital = studies.findHospital(study, given.hospital);
        using keys = closing(await studies.openKeys(study, await askPassphrase(output, command)));
        const who = given.who;
        const counts = await studies.importReports(study, {
          path,
          hospital,
          keys: keys.value,
          who,
        });
        if (given.json) output.write(`${JSON.stringify(counts)}\n`);
        else {
          output.write(`${counts.imported} imported, ${counts.known} known already\n`);
          describeLines(output, "whose examination is not in the study", counts.unmatchedLines);
          describeLines(output, "without a report", counts.emptyLines);
        }
        if (counts.imported + counts.known === 0) finish(1);
      } finally {
        await studies.closeStudy(study);
      }
    });
}

function withStudyOptions(command: Command): Command {
  return command
    .option("--study <folder>", "the study's folder", ".")
    .option("--hospital <id>", "where it comes from; needed where the study has several")
    .option("--who <name>", "recorded as the one who did it", userName())
    .option("--json", "JSON objects instead of words");
}

/** What has a `close`, closed at the end of its block. */
function closing<T extends { close(): void }>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => value.close() };
}

function describeRefusal({ reason }: Extract<ImportEvent, { outcome: "refused" }>): string {
  return `malleolus: ${reason}`;
}

function describeLines(output: Output, what: string, lines: readonly number[]): void {
  if (lines.length === 0) return;
  const named = lines.slice(0, 10).join(", ");
  output.writeError(
    `${lines.length} ${lines.length === 1 ? "line" : "lines"} ${what}: ${named}${lines.length > 10 ? ", …" : ""}\n`,
  );
}
