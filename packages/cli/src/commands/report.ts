/** `malleolus report`: what a detector finds on a study's own tests, as a page to read. */
import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ReportContent } from "@malleolus/evaluation";
import type { OpenJobRecord } from "@malleolus/runs";
import type { RadiographAnalysis } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { CliError } from "../errors.ts";
import { jobOption, openJob } from "../job-folder.ts";
import type { Output } from "../output.ts";
import { stopOnSignals } from "../stop-signals.ts";
import type { StudyToReport } from "../study-report/report-content.ts";
import { wholeNumber } from "../whole-number.ts";

interface ReportArguments {
  readonly study: string;
  readonly out?: string;
  readonly checkpoint?: string;
  readonly predictions?: string;
  readonly run?: string;
  readonly truth?: string;
  readonly readerStudy?: string;
  readonly selectionAudit?: string;
  readonly title?: string;
  readonly csv?: true;
  readonly svg?: true;
  readonly pdf?: true;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly job?: string;
  readonly json?: true;
}

export const reportCommand: CommandFile = (output) =>
  new Command("report")
    .description("find fractures in the patients of a study's tests, and write the report")
    .option("--study <folder>", "the study's folder", ".")
    .option("--out <folder>", "where the report goes (reports/<id> in the study's folder)")
    .option(
      "--checkpoint <path>",
      "a run's folder, or a model.safetensors (the one that comes with the project)",
    )
    .addOption(
      new Option(
        "--predictions <file>",
        "earlier findings: a report's predictions.jsonl, or lines of predict --json",
      ).conflicts(["checkpoint", "dtype", "threads"]),
    )
    .addOption(
      new Option("--run <folder>", "the run behind --predictions, for methods and curve").conflicts(
        "checkpoint",
      ),
    )
    .option("--truth <file>", "CSV of patient and class, where more is known than the panel saw")
    .option(
      "--reader-study <file>",
      "CSV of patient, reader, condition and score: people who read the tests with and without help",
    )
    .option(
      "--selection-audit <folder>",
      "what audit-selection wrote: whether choosing radiographs helped",
    )
    .option("--title <text>", "of the report; the study's name unless given")
    .option("--csv", "every figure as tables.csv, and checklists.csv")
    .option("--svg", "every figure as an SVG file, in figures/")
    .option("--pdf", "the page as report.pdf, by Chromium")
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .addOption(jobOption())
    .option("--json", "the report's JSON instead of words")
    .addHelpText(
      "after",
      `
index.html is one page that needs nothing else: what was reached and what readers reach beside it, the flow
of both hospitals, who is in each set, the paper's tables beside the study's, every test with intervals (the
difficult one as it was drawn, the easy one with its ambiguous patients replaced), right and wrong cases,
methods, reporting checklists, and behind every figure its cases. report.json has the same for programs;
by cases.jsonl the reading room opens each case with its truth and what was found.
The truth is the panel's classes and the annotators' outlines; cases that the panel has not read count with
the observers' class, and the page says how many.

--reader-study compares readers under conditions, with the detector's help and without say: every reader has
a score of every patient under every condition, higher for a likelier fracture.

A detector that has learned from a patient of the tests is refused. Answers to reporting checklists that only
an author can give stand in checklists.toml in the study's folder: docs/report.md says how.

Without --checkpoint, report uses the detector that comes with the project, which has seen simulated ankles
only. Ctrl-C ends after the current radiograph; the same command goes on. Lines of predict --json must come
from predict --threshold 0.05, on images that export wrote.

Examples:
  ./malleolus report --study my-study --checkpoint runs/a --csv --svg --pdf
  ./malleolus report --study my-study --predictions report/predictions.jsonl --out again`,
    )
    .action(async (given: ReportArguments) => {
      const { requireChromium } = await import("../study-report/print-page.ts");
      if (given.pdf === true) requireChromium();
      const { closeStudy, openStudy, readKnownClasses, readReaderScores } = await import(
        "@malleolus/studies"
      );
      const { jsonReport } = await import("@malleolus/evaluation");
      const { studyReport } = await import("../study-report/report-content.ts");
      const { writeReport } = await import("../study-report/report-files.ts");
      const job = openJob(given.job);
      const study = await openStudy(given.study);
      try {
        // Before anything is looked for, which takes minutes.
        const truth = given.truth === undefined ? null : await readKnownClasses(study, given.truth);
        const readerScores =
          given.readerStudy === undefined ? [] : await readReaderScores(study, given.readerStudy);
        const { readSelectionAudit } = await import("../selection-audit/audit-folder.ts");
        const selectionAudit =
          given.selectionAudit === undefined ? null : readSelectionAudit(given.selectionAudit);
        const told = await findAll(study, given, output, job);
        if (told === null) {
          job.end({ reason: "stopped", said: "", report: null });
          return;
        }
        const { folder, ...known } = told;
        const preliminary = { reference: null, whose: null, selectionAudit };
        const content = await studyReport({ study, ...known, truth, readerScores, preliminary });
        const { csv = false, svg = false, pdf = false } = given;
        const written = await writeReport(folder, content, { csv, svg, pdf });
        const { writeReportCases } = await import("../study-report/report-cases.ts");
        written.push(writeReportCases(folder, content, known.found));
        const said = describeReport(written, content);
        job.end({ reason: "done", said, report: basename(folder) });
        output.write(given.json ? jsonReport(content) : said);
      } finally {
        job.close();
        await closeStudy(study);
      }
    });

/** Null where it was interrupted. */
async function findAll(
  study: Study,
  given: ReportArguments,
  output: Output,
  job: OpenJobRecord,
): Promise<
  | (Omit<StudyToReport, "study" | "truth" | "readerScores" | "preliminary"> & {
      readonly folder: string;
    })
  | null
> {
  const { checkSeparation } = await import("../study-report/separation.ts");
  const { findOnTests } = await import("../study-report/find-on-tests.ts");
  const { whatWasFound } = await import("../study-report/what-was-found.ts");
  const source = await whatWasFound(study, given, output);
  const progress = countProgress(output, "radiographs");
  const signals = stopOnSignals(() =>
    progress.say("ending after this radiograph; the same command goes on"),
  );
  try {
    const separation = await checkSeparation(study, source.seen);
    const found = await findOnTests({
      study,
      async analyze(image): Promise<RadiographAnalysis> {
        const analysis = await source.analyze(image);
        // Detection blocks the event loop: here it hears of signals.
        await setImmediate();
        return analysis;
      },
      onImage(done, total) {
        progress.show(done, total);
        job.progress(done, total);
      },
      stop: signals.signal,
    });
    if (found === null) return null;
    if (found.internal.difficult.length + found.external.difficult.length === 0) {
      throw new CliError(
        "study",
        `${study.folder}: expected patients drawn for a test, got none; malleolus assign draws them`,
      );
    }
    return {
      folder: source.folder,
      found,
      decision: source.decision,
      detector: source.detector,
      run: source.run,
      separation,
      title: given.title ?? study.configuration.name,
      subtitle: source.description,
      simulated: await source.simulated(),
      software: source.software,
      training: source.training,
    };
  } finally {
    progress.end();
    signals.dispose();
    source.close();
  }
}

function describeReport(written: readonly string[], { tests }: ReportContent): string {
  const lines = tests.map(({ name, evaluation: { patients, classification } }) => {
    const { count, total, share } = classification.accuracy;
    const auc = classification.fracture.auc?.auc;
    return (
      `${name}: ${patients} patients, class right ${count}/${total} (${(share ?? 0).toFixed(2)}), ` +
      `AUC for a fracture ${auc === undefined ? "not known" : auc.toFixed(3)}\n`
    );
  });
  const figures = written.filter((path) => path.endsWith(".svg"));
  const others = written.filter((path) => !path.endsWith(".svg"));
  if (figures.length > 0) others.push(`${dirname(figures[0])} (${figures.length} figures)`);
  return `${lines.join("")}${others.join("\n")}\n`;
}
