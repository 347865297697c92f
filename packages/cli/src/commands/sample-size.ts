/** `malleolus sample-size`: how many patients a study needs, before it is begun. */
import { readFileSync } from "node:fs";
import type { PlannedStudy } from "@malleolus/evaluation";
import { readJson } from "@malleolus/schema";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";
import { innerShare } from "../share.ts";
import { wholeNumber } from "../whole-number.ts";

interface WidthArguments {
  readonly width: number;
  readonly json?: true;
}

interface AucArguments extends WidthArguments {
  readonly negativesPerPositive: number;
}

interface ReadersArguments {
  readonly report: string;
  readonly readers: number;
  readonly difference: number;
  readonly power: number;
  readonly patients?: number;
  readonly question: PlannedStudy["question"];
  readonly json?: true;
}

const WIDTH = "how wide its 95 % interval may be, from end to end";

export const sampleSizeCommand: CommandFile = (output) => {
  const say = (json: true | undefined, told: object, words: string) =>
    output.write(json ? `${JSON.stringify(told)}\n` : `${words}\n`);
  return new Command("sample-size")
    .description("say how many patients a test or a reader study needs")
    .addHelpText(
      "after",
      `
What is expected has to come from somewhere: a pilot, a paper. The study then says from where.

Examples:
  ./malleolus sample-size share 0.9 --width 0.1
  ./malleolus sample-size auc 0.95 --width 0.08 --negatives-per-positive 0.5
  ./malleolus sample-size readers --report pilot/report.json --readers 8 --difference 0.04`,
    )
    .addCommand(
      new Command("share")
        .description(
          "patients for a share, such as accuracy, or sensitivity of those with a fracture",
        )
        .argument("<expected>", "the share that is expected", innerShare)
        .requiredOption("--width <share>", WIDTH, innerShare)
        .option("--json", "JSON instead of words")
        .addHelpText(
          "after",
          `
By Wilson's interval.

Examples:
  ./malleolus sample-size share 0.9 --width 0.1`,
        )
        .action(async (expected: number, { width, json }: WidthArguments) => {
          const { patientsForProportion } = await import("@malleolus/evaluation");
          const patients = patientsForProportion(expected, width);
          say(json, { patients }, `${patients} patients`);
        }),
    )
    .addCommand(
      new Command("auc")
        .description("patients for an area under the curve")
        .argument("<expected>", "the area that is expected", innerShare)
        .requiredOption("--width <share>", WIDTH, innerShare)
        .option(
          "--negatives-per-positive <number>",
          "patients without a fracture for each with one",
          ratio,
          1,
        )
        .option("--json", "JSON instead of words")
        .addHelpText(
          "after",
          `
By the variance of Hanley and McNeil (1982), and the interval that a report gives an area: Wilson's, with as many
patients as that variance stands for.

Examples:
  ./malleolus sample-size auc 0.95 --width 0.08 --negatives-per-positive 0.5`,
        )
        .action(async (expected: number, given: AucArguments) => {
          const { positivesForAuc } = await import("@malleolus/evaluation");
          const { width, negativesPerPositive, json } = given;
          const positives = positivesForAuc(expected, width, negativesPerPositive);
          const negatives = Math.ceil(positives * negativesPerPositive);
          const words = `${positives} patients with and ${negatives} without a fracture`;
          say(json, { positives, negatives }, words);
        }),
    )
    .addCommand(
      new Command("readers")
        .description("patients for a next reader study, or its power, from one that was done")
        .requiredOption("--report <file>", "report.json of a report with --reader-study")
        .requiredOption("--readers <n>", "readers of the next study", wholeNumber(2))
        .requiredOption(
          "--difference <area>",
          "between two conditions, of their areas averaged over the readers",
          innerShare,
        )
        .addOption(
          new Option("--power <share>", "with which it is to be shown")
            .argParser(innerShare)
            .default(0.8)
            .conflicts("patients"),
        )
        .option("--patients <n>", "says the power of a study with so many instead", wholeNumber(2))
        .addOption(
          new Option("--question <what>", "what the next study is to speak of")
            .choices(["random readers and cases", "fixed readers", "fixed cases"])
            .default("random readers and cases"),
        )
        .option("--json", "JSON instead of words")
        .addHelpText(
          "after",
          `
By Obuchowski and Rockette's variances, as Hillis, Obuchowski and Berbaum have it. Those of a small pilot are hardly
known themselves: a plan, and no promise.

Examples:
  ./malleolus sample-size readers --report pilot/report.json --readers 8 --difference 0.04
  ./malleolus sample-size readers --report pilot/report.json --readers 8 --difference 0.04 --patients 200`,
        )
        .action(async (given: ReadersArguments) => {
          const { casesForPower, readerStudyPower } = await import("@malleolus/evaluation");
          const { readers, difference, question, power, json } = given;
          const pilot = readPilot(given.report);
          const planned = { readers, difference, question };
          if (given.patients !== undefined) {
            const reached = readerStudyPower(pilot, { ...planned, cases: given.patients });
            say(json, { power: reached }, `a power of ${reached.toFixed(2)}`);
            return;
          }
          const patients = casesForPower(pilot, planned, power);
          const words =
            patients === null
              ? "no number of patients would do, since readers differ too much: take more readers"
              : `${patients} patients, as mixed and as hard as the pilot's`;
          say(json, { patients }, words);
        }),
    );
};

/** @throws InvalidArgumentError for what is not above 0. */
function ratio(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("expected a number above 0.");
}

const reportSchema = z.object({
  readerStudy: z
    .object({
      patients: z.int().positive(),
      analysis: z.object({
        components: z.object({
          reader: z.number(),
          conditionByReader: z.number(),
          error: z.number(),
          sameReader: z.number(),
          sameCondition: z.number(),
          neitherSame: z.number(),
        }),
      }),
    })
    .nullable(),
});

/** @throws CliError `evaluation` for a report without a reader study, SchemaError for what is no report. */
function readPilot(path: string) {
  const { readerStudy } = readJson(reportSchema, readFileSync(path, "utf8"), path);
  if (readerStudy !== null) {
    return { components: readerStudy.analysis.components, cases: readerStudy.patients };
  }
  throw new CliError(
    "evaluation",
    `${path}: expected the report of a reader study, got one without; write it with malleolus report ` +
      "--reader-study",
  );
}
