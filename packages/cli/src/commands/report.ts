/** `malleolus report`: a detector on a study's own tests, as a page to read. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ReportContent } from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import type { RadiographAnalysis } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { stopOnSignals } from "../stop-signals.ts";
import type { StudyToReport } from "../study-report/report-content.ts";
import { wholeNumber } from "../whole-number.ts";

interface ReportArguments {
  readonly study: string;
  readonly out: string;
  readonly checkpoint?: string;
  readonly predictions?: string;
  readonly title?: string;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly json?: true;
}

export const reportCommand: CommandFile = (output) =>
  new Command("report")
    .description("find fractures in the patients of a study's tests, and write the report")
    .option("--study <folder>", "the study's folder", ".")
    .requiredOption("--out <folder>", "report.html, report.json and predictions.jsonl")
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
    .option("--title <text>", "title of the report (default: the study's name)")
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--json", "the report's JSON instead of words")
    .addHelpText(
      "after",
      `
The page shows the flow of both hospitals, every test with intervals (the difficult one as it was drawn, the
easy one with its ambiguous patients replaced), the agreement of readers, the worst mistakes, and the training
if --checkpoint is a run's folder. The truth is the panel's classes and the annotators' outlines; a case that
the panel has not read counts with the observers' class, and the page says how many there are.

Without --checkpoint, report uses the detector that comes with the project, which has seen simulated ankles
only. Ctrl-C ends after the current radiograph; the same command goes on. Lines of predict --json must come
from predict --threshold 0.05, on images that export wrote.

Examples:
  ./malleolus report --study my-study --checkpoint runs/a --out report
  ./malleolus report --study my-study --predictions report/predictions.jsonl --out again`,
    )
    .action(async (given: ReportArguments) => {
      const { closeStudy, openStudy } = await import("@malleolus/studies");
      const { htmlReport, jsonReport } = await import("@malleolus/evaluation");
      const { studyReport } = await import("../study-report/report-content.ts");
      const study = await openStudy(given.study);
      try {
        const told = await findAll(study, given, output);
        if (told === null) return;
        const content = await studyReport({ study, ...told });
        const json = jsonReport(content);
        writeFileWhole(join(given.out, "report.json"), json);
        writeFileWhole(join(given.out, "report.html"), htmlReport(content));
        output.write(given.json ? json : describeReport(join(given.out, "report.html"), content));
      } finally {
        await closeStudy(study);
      }
    });

/** Null where it was interrupted. */
async function findAll(
  study: Study,
  given: ReportArguments,
  output: Output,
): Promise<Omit<StudyToReport, "study"> | null> {
  const { findOnTests } = await import("../study-report/find-on-tests.ts");
  const { whatWasFound } = await import("../study-report/what-was-found.ts");
  const source = await whatWasFound(study, given, output);
  const progress = countProgress(output, "radiographs");
  const signals = stopOnSignals(() =>
    progress.say("ending after this radiograph; the same command goes on"),
  );
  try {
    const found = await findOnTests({
      study,
      async analyze(image): Promise<RadiographAnalysis> {
        const analysis = await source.analyze(image);
        // Detection blocks the event loop: here it hears of signals.
        await setImmediate();
        return analysis;
      },
      onImage: (done, total) => progress.show(done, total),
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
      found,
      decision: source.decision,
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

function describeReport(path: string, { tests }: ReportContent): string {
  const lines = tests.map(({ name, evaluation: { patients, classification } }) => {
    const { count, total, share } = classification.accuracy;
    const auc = classification.fracture.auc?.auc;
    return (
      `${name}: ${patients} patients, class right ${count}/${total} (${(share ?? 0).toFixed(2)}), ` +
      `AUC for a fracture ${auc === undefined ? "not known" : auc.toFixed(3)}\n`
    );
  });
  return `${lines.join("")}${path}\n`;
}
