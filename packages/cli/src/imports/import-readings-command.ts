/** `malleolus import readings`: readings from a spreadsheet. */
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { askPassphrase } from "../passphrase.ts";
import {
  closing,
  describeLines,
  type ImportArguments,
  sayRefusedLines,
  withStudyOptions,
} from "./import-options.ts";

interface ReadingsArguments extends ImportArguments {
  readonly observer?: string;
  readonly as?: "observer" | "senior" | "surgeon" | "consensus";
  readonly skipUnmatched?: true;
}

export const importReadingsCommand: CommandFile = (output, finish) =>
  withStudyOptions(new Command("readings"))
    .description("readings of observers, seniors and surgeons: a CSV file with a heading")
    .argument(
      "<file>",
      "columns: case or accession, observer, class or exclusion; note, date, role",
    )
    .option("--observer <id>", "the reader, if the table has no such column")
    .addOption(
      new Option("--as <role>", "the reader's role, if the person has several").choices([
        "observer",
        "senior",
        "surgeon",
        "consensus",
      ]),
    )
    .option("--skip-unmatched", "skip lines of cases that are not in the study")
    .addHelpText(
      "after",
      `
The heading's columns may be called case; accession, accession number, accessienummer; study_uid;
hospital; observer, reader or rater; role; class, classification, reading or weber; exclusion; note,
comment or reason; date (as 2024-03-31). A class or an exclusion code is that of the protocol, by its id
or name: weber_b, Weber B, "excluded: cast". A case is its id in the study, or its last digits
(malleolus cases lists them). A line without class and exclusion is one that nobody has read yet.

The file is imported whole or not at all; every line that cannot be used is named. Observers come first,
then a senior where they differ (the note says why); surgeons read the cases of the tests, and lines with
the role consensus are what they came to together. The same lines again change nothing, and a reading
that says something else than before is refused. Cases on which all agree get their class at once.

Only accession numbers and study_uid need the key file's passphrase: that of MALLEOLUS_PASSPHRASE, else
it is asked for.

Examples:
  ./malleolus import readings --study my-study readings.csv
  ./malleolus import readings --study my-study --observer observer-2 sheet-of-observer-2.csv
  ./malleolus import readings --study my-study --as consensus talk.csv`,
    )
    .action(async (path: string, given: ReadingsArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      const progress = countProgress(output, "readings");
      try {
        const { observer, as: role, who } = given;
        const table = studies.openReadingTable(study, { path, observer, role });
        using keys = table.needsKeys
          ? closing(await studies.openKeys(study, await askPassphrase(output, command)))
          : null;
        const single = study.configuration.hospitals.length === 1;
        const hospital =
          single || given.hospital !== undefined
            ? studies.findHospital(study, given.hospital)
            : null;
        const counts = await studies.importReadings(study, {
          table,
          hospital,
          keys: keys?.value ?? null,
          who,
          skipUnmatched: given.skipUnmatched ?? false,
          onRow: (done, total) => progress.show(done, total),
        });
        progress.end();
        const { refusedLines, remarks, emptyLines, unmatchedLines, disagreements } = counts;
        if (given.json) output.write(`${JSON.stringify(counts)}\n`);
        else {
          output.write(
            `${counts.imported} imported, ${counts.known} known already; all agreed on ` +
              `${counts.agreed}, left out by most ${counts.excludedByMajority}, decided ` +
              `${counts.decided}, to be decided ${disagreements.length}\n`,
          );
          describeLines(output, "that nobody has filled in", emptyLines);
          if (refusedLines.length === 0) {
            describeLines(output, "whose case is not in the study", unmatchedLines);
          }
          for (const remark of remarks) output.writeError(`${remark}\n`);
          sayRefusedLines(output, path, refusedLines);
          if (refusedLines.length > 0) output.writeError("nothing was imported\n");
        }
        if (refusedLines.length > 0 || counts.imported + counts.known === 0) finish(1);
      } finally {
        progress.end();
        await studies.closeStudy(study);
      }
    });
