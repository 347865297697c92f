/**
 * `malleolus import dicom|dicomweb|dimse|corrections|coco|reports|readings|annotations`: an archive into a study, and
 * what people said.
 */
import { Command } from "commander";
import type { CommandFile, ExitCode } from "../command-file.ts";
import { collectPair } from "../imports/collect-pair.ts";
import { importAnnotationsCommand } from "../imports/import-annotations-command.ts";
import { importCorrectionsCommand } from "../imports/import-corrections-command.ts";
import { importDimseCommand } from "../imports/import-dimse-command.ts";
import {
  closing,
  describeLines,
  type ImportArguments,
  sayRefusedLines,
  withStudyOptions,
} from "../imports/import-options.ts";
import { importRadiographs } from "../imports/import-radiographs.ts";
import { importReadingsCommand } from "../imports/import-readings-command.ts";
import type { Output } from "../output.ts";
import { askPassphrase } from "../passphrase.ts";
import { sayRemarks } from "../say-remarks.ts";

export const importCommand: CommandFile = (output, finish) =>
  new Command("import")
    .description("bring radiographs, reports, readings and annotations into a study")
    .addCommand(importDicomCommand(output, finish))
    .addCommand(importDicomWebCommand(output, finish))
    .addCommand(importDimseCommand(output, finish))
    .addCommand(importCorrectionsCommand(output, finish))
    .addCommand(importCocoCommand(output, finish))
    .addCommand(importReportsCommand(output, finish))
    .addCommand(importReadingsCommand(output, finish))
    .addCommand(importAnnotationsCommand(output, finish))
    .addHelpText(
      "after",
      `
Examples:
  ./malleolus import dicom --study my-study archive/ more.zip
  ./malleolus import dicomweb --study my-study https://archive/dicom-web
  ./malleolus import dimse --study my-study archive:104 --called ARCHIVE
  ./malleolus import corrections --study my-study http://127.0.0.1:8410
  ./malleolus import coco --study my-study train.json --images radiographs/
  ./malleolus import reports --study my-study reports.csv
  ./malleolus import readings --study my-study readings.csv
  ./malleolus import annotations --study my-study --annotator annotator-1 export.ndjson`,
    );

function importDicomCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("dicom"))
    .description("radiographs: DICOM files, folders of them, zip files")
    .argument("<path...>", "files, folders (with all below them), zip files")
    .addHelpText(
      "after",
      `
Each file is de-identified (DICOM PS3.15, basic profile; dates shifted, UIDs replaced, private
attributes removed), stored and recorded in one step; its pixels stay as they are. Files that are known are
skipped, so an interrupted import goes on when it is started again. A bad file is named with its reason and
does not stop the others; the exit code is then 1. Ctrl-C ends after the current file.

The key file's passphrase comes from MALLEOLUS_PASSPHRASE, else it is asked for.

Examples:
  ./malleolus import dicom --study my-study archive/
  ./malleolus import dicom --study my-study --hospital b --json export.zip | jq .outcome`,
    )
    .action((paths: string[], given: ImportArguments, command: Command) =>
      importRadiographs(output, finish, given, command, async (studies, study, source) => {
        const counts = await studies.importDicom(study, { ...source, paths });
        return { counts, further: "" };
      }),
    );
}

interface DicomWebArguments extends ImportArguments {
  readonly match?: ReadonlyMap<string, string>;
}

function importDicomWebCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("dicomweb"))
    .description("radiographs of a hospital's archive that speaks DICOMweb")
    .argument("<url>", "of its service, under which /studies is")
    .option(
      "--match <key=value>",
      "which studies, by a DICOM keyword; for several, repeat it",
      collectPair("KEY=VALUE"),
    )
    .addHelpText(
      "after",
      `
Asks the archive for its studies (all of them without --match), brings the CR and DX series of each into a
folder of its own that nobody else may read, imports them as import dicom does it, and removes the folder.
Radiographs that are known are skipped, so an interrupted import goes on when it is started again. Ctrl-C ends
after the current file.

What the archive wants in the header Authorization comes from MALLEOLUS_ARCHIVE_AUTHORIZATION, the key file's
passphrase from MALLEOLUS_PASSPHRASE, else it is asked for. Over a network use https.

Examples:
  ./malleolus import dicomweb --study my-study https://archive/dicom-web
  ./malleolus import dicomweb --study my-study https://archive/dicom-web --match StudyDate=20250101-20250331`,
    )
    .action((url: string, given: DicomWebArguments, command: Command) =>
      importRadiographs(output, finish, given, command, async (studies, study, source) => {
        const { dicomWebClient } = await import("@malleolus/pacs");
        const { dicomWebArchive, importArchiveStudies } = await import(
          "../imports/archive-studies.ts"
        );
        const authorization = process.env.MALLEOLUS_ARCHIVE_AUTHORIZATION;
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const counts = await importArchiveStudies(
          dicomWebArchive(dicomWebClient({ url, headers })),
          Object.fromEntries(given.match ?? []),
          (folder) => studies.importDicom(study, { ...source, paths: [folder] }),
          source.stop,
          (problem) => output.writeError(`malleolus: ${problem}\n`),
        );
        return { counts, further: "" };
      }),
    );
}

interface CocoArguments extends ImportArguments {
  readonly images: string;
  readonly class?: ReadonlyMap<string, string>;
  readonly unannotated?: string;
}

function importCocoCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("coco"))
    .description("radiographs with outlines: a COCO annotation file and its images")
    .argument("<annotations>", "the COCO file")
    .requiredOption("--images <folder>", "where the images lie that it names")
    .option(
      "--class <category=class>",
      "what a category means in the protocol; for several, repeat it",
      collectPair("CATEGORY=CLASS"),
    )
    .option("--unannotated <class>", "class of cases without an outline; else people read them")
    .addHelpText(
      "after",
      `
Images are DICOM, JPEG or PNG. DICOM is de-identified as import dicom does it. Of JPEG and PNG all that
stands beside the picture is left out: EXIF, XMP, IPTC, comments, thumbnails; the pixels stay as they
are. Words within the pixels are not looked for. An image is a case of its own unless the file gives
patient_id and case_id (or study_id), or it is DICOM, which says so itself.

A category is a class or structure of the protocol by its name, or by --class with its name or number.
The outlines become annotations by "coco", and the case gets its class; what is there already stays.

Examples:
  ./malleolus import coco --study my-study train.json --images radiographs/
  ./malleolus import coco --study my-study train.json --images images/ --class fracture=weber_b \\
    --unannotated no_fracture`,
    )
    .action((path: string, given: CocoArguments, command: Command) =>
      importRadiographs(output, finish, given, command, async (studies, study, source) => {
        const { images, class: categories = new Map(), unannotated = null } = given;
        const onRemarks = (remarks: readonly string[]) => sayRemarks(path, remarks, output);
        const told = { path, images, categories, unannotated, onRemarks };
        const counts = await studies.importCoco(study, { ...source, ...told });
        const further = `; cases classified: ${counts.classified}, images annotated: ${counts.annotated}`;
        return { counts, further };
      }),
    );
}

function importReportsCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("reports"))
    .description("radiology reports: a CSV file with a heading")
    .argument("<file>", "columns: report, and accession or study_uid; language if it is known")
    .addHelpText(
      "after",
      `
The heading's columns may be called report, text, verslag or tekst; accession, accession number,
accessienummer or onderzoeknummer; study_uid or study_instance_uid; language or taal; a report in
parts also findings or bevindingen, impression, conclusion, conclusie or besluit. Commas, semicolons,
tabs or bars separate; UTF-8, UTF-16 and windows-1252 are read. A line that cannot be used is named
with its reason, and the others go on. Import the radiographs first: a report of an examination that is not in
the study is passed over, and its line named. Names, numbers, dates and addresses are taken out of the
text by rules that miss some: a person reads it before it leaves the hospital (docs/curate.md).

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
          for (const remark of counts.remarks) output.writeError(`${remark}\n`);
          sayRefusedLines(output, path, counts.refusedLines);
        }
        if (counts.imported + counts.known === 0 || counts.refusedLines.length > 0) finish(1);
      } finally {
        await studies.closeStudy(study);
      }
    });
}
