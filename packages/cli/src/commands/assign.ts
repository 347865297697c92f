/** `malleolus assign`: the draw of tests and training sets, by the protocol. */
import { readFileSync } from "node:fs";
import type { AssignedCounts } from "@malleolus/schema";
import type { AssignmentStep, StepOutcome } from "@malleolus/studies";
import { Argument, Command } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";
import { userName } from "../user-name.ts";

interface AssignArguments {
  readonly study: string;
  readonly preferred?: string;
  readonly reusePreliminary: boolean;
  readonly who: string;
  readonly json?: true;
}

const PARTS: Readonly<Record<string, readonly AssignmentStep[]>> = {
  all: ["internal test", "external test", "preliminary training", "training"],
  tests: ["internal test", "external test"],
  "internal-test": ["internal test"],
  "external-test": ["external test"],
  preliminary: ["preliminary training"],
  training: ["training"],
};

export const assignCommand: CommandFile = (output) =>
  new Command("assign")
    .description("draw the patients of both tests, and the radiographs to train and tune with")
    .addArgument(new Argument("[part]", "what to draw").choices(Object.keys(PARTS)).default("all"))
    .option("--study <folder>", "the study's folder", ".")
    .option("--preferred <file>", "radiographs to train with first: a hash a line, hardest first")
    .option("--no-reuse-preliminary", "do not use radiographs of the preliminary training again")
    .option("--who <name>", "recorded as the person who acts", userName())
    .option("--json", "JSON instead of words")
    .addHelpText(
      "after",
      `
[splits] in the study's protocol.toml sets the numbers and the seed. A patient of a test or of tuning serves
for nothing else; the database refuses it. Tests are drawn first, from patients with every view; tuning
patients are a share of the training's, the same of every class.

A draw is made once: the same command again does nothing. If there are too few patients, nothing is drawn,
and every shortage is named with the keys that ask for it.

Examples:
  ./malleolus assign --study my-study
  ./malleolus assign tests --study my-study
  ./malleolus assign training --study my-study --preferred difficult.txt`,
    )
    .action(async (part: string, given: AssignArguments) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      try {
        const { outcomes, training } = await studies.assignMissing(study, PARTS[part], {
          who: given.who,
          preferred: given.preferred === undefined ? [] : readPreferred(given.preferred),
          reusePreliminary: given.reusePreliminary,
        });
        const { hospitals } = await studies.readFlow(study);
        const counts = (assignment: AssignmentStep | "tuning"): AssignedCounts =>
          hospitals.reduce(
            (sum, { assigned }) => ({
              patients: sum.patients + assigned[assignment].patients,
              cases: sum.cases + assigned[assignment].cases,
              images: sum.images + assigned[assignment].images,
            }),
            { patients: 0, cases: 0, images: 0 },
          );
        const rows = outcomes.map((one) => ({ ...one, ...counts(one.step) }));
        const tuning = counts("tuning");
        if (given.json) {
          output.write(`${JSON.stringify({ steps: rows, tuning, training })}\n`);
          return;
        }
        output.write(describeSteps(rows, tuning));
        if (training !== null && training.preferredTaken + training.preferredInTests > 0) {
          output.write(
            `preferred radiographs taken: ${training.preferredTaken}; of test patients, and so left: ` +
              `${training.preferredInTests}\n`,
          );
        }
      } finally {
        await studies.closeStudy(study);
      }
    });

function describeSteps(
  steps: readonly (StepOutcome & AssignedCounts)[],
  tuning: AssignedCounts,
): string {
  const row = (name: string, { patients, images }: AssignedCounts, how: string) => [
    name,
    how,
    `${patients} patients`,
    `${images} radiographs`,
  ];
  return alignedTable(
    steps.flatMap((one) => [
      row(one.step, one, one.outcome),
      ...(one.step === "training" ? [row("tuning", tuning, one.outcome)] : []),
    ]),
    2,
  );
}

/** Hashes, or paths of the study's images, which are named for them. */
function readPreferred(path: string): string[] {
  const lines = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim());
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const hash = /[0-9a-f]{64}/.exec(line)?.[0];
    if (hash !== undefined) return [hash];
    throw new CliError(
      "study",
      `${path}, line ${i + 1}: expected the SHA-256 of an image of the study, got "${line.slice(0, 80)}"`,
    );
  });
}
