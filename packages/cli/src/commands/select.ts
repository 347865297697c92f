/** `malleolus select`: which radiographs are worth training on, by what a model says of them. */
import { writeFileWhole } from "@malleolus/host";
import { type SelectionStrategy, selectionStrategySchema } from "@malleolus/schema";
import type { SeenSelection, SelectionOutcome } from "@malleolus/studies";
import { Command, InvalidArgumentError, Option } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile } from "../command-file.ts";
import { jobOption, openJob } from "../job-folder.ts";
import { userName } from "../user-name.ts";
import { wholeNumber } from "../whole-number.ts";

interface SelectArguments {
  readonly study: string;
  readonly strategy: SelectionStrategy;
  readonly count?: number;
  readonly balance?: Balance;
  readonly hardest: number;
  readonly seed?: number;
  readonly model?: string;
  readonly out?: string;
  readonly show?: number | true;
  readonly who: string;
  readonly job?: string;
  readonly json?: true;
}

interface Balance {
  readonly fracture: number;
  readonly noFracture: number;
}

export const selectCommand: CommandFile = (output) =>
  new Command("select")
    .description("choose a training set by what a model finds hard, and say why")
    .option("--study <folder>", "the study's folder", ".")
    .addOption(
      new Option("--strategy <name>", "how to choose")
        .choices(selectionStrategySchema.options)
        .default("hard"),
    )
    .option("--count <number>", "radiographs (default: the protocol's training)", wholeNumber(1))
    .option("--balance <f:n>", "with a fracture to without (default: the protocol's)", balance)
    .option("--hardest <number>", "of the whole pool, to list beside it", wholeNumber(0), 400)
    .option(
      "--seed <number>",
      "for what is equal or drawn (default: the protocol's)",
      wholeNumber(0),
    )
    .option("--model <hash>", "by the beginning of its hash; else the one that proposed last")
    .option("--out <file>", "writes the choice: a hash a line, hardest first, with its reason")
    .option(
      "--show [number]",
      "shows the latest choice, or the one of this number, and makes none",
      wholeNumber(1),
    )
    .option("--who <name>", "recorded as the one who did it", userName())
    .addOption(jobOption())
    .option("--json", "JSON instead of words")
    .addHelpText(
      "after",
      `
Chosen from are the radiographs of classified cases of the internal hospitals, but never those of a test
or tuning patient: draw the tests first. malleolus prelabel gives every radiograph its scores.

  hard            a mix of the next two, each as its percentile in the pool
  uncertainty     the class is unsure: entropy and margin of the calibrated probabilities
  disagreement    class and outlines, a patient's views, or mirror images contradict one another
  class-balanced  the hardest of every class in turn, so that rare classes are not left behind
  random          by the seed, to compare with

Every view that is taken halves the priority of the patient's others. The choice and the reason of each
pick are kept in the study. They are for those who run it: the study's readers and annotators are refused,
since what a model finds hard would tell them what it thinks.

Examples:
  ./malleolus select --study my-study --strategy hard --count 749 --balance 326:423 --out chosen.tsv
  ./malleolus assign training --study my-study --preferred chosen.tsv
  ./malleolus select --study my-study --show`,
    )
    .action(async (given: SelectArguments) => {
      const studies = await import("@malleolus/studies");
      const job = openJob(given.job);
      const study = await studies.openStudy(given.study);
      try {
        const { who } = given;
        const see = (id?: number) => studies.selectionVisibleTo(study, { viewer: who, id });
        if (given.show !== undefined) {
          const shown = await see(given.show === true ? undefined : given.show);
          output.write(given.json ? `${JSON.stringify(shown)}\n` : describePicks(shown));
          return;
        }
        const { training } = study.protocol.splits;
        const outcome = await studies.selectTraining(study, {
          strategy: given.strategy,
          count: given.count ?? training.fracture + training.noFracture,
          balance: given.balance ?? training,
          hardest: given.hardest,
          seed: given.seed,
          model: given.model,
          who,
        });
        if (given.out !== undefined) {
          const { picks } = await see(outcome.id);
          const lines = picks.map(
            ({ image, priority, reason }) => `${image}\t${priority.toFixed(4)}\t${reason}\n`,
          );
          writeFileWhole(given.out, lines.join(""));
        }
        const said = describeOutcome(given.strategy, outcome);
        job.end({ reason: "done", said, report: null });
        output.write(given.json ? `${JSON.stringify(outcome)}\n` : said);
      } finally {
        job.close();
        await studies.closeStudy(study);
      }
    });

function describeOutcome(strategy: SelectionStrategy, outcome: SelectionOutcome): string {
  const { id, model, pool, picked, patients, classes, hardest } = outcome;
  const byClass = Object.entries(classes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`);
  const { training = 0, ...others } = hardest.partitions;
  const inTests = (others["internal test"] ?? 0) + (others["external test"] ?? 0);
  const lines = [
    `selection ${id}: ${strategy}, by ${model.name} ${model.version} (${model.sha256.slice(0, 12)})`,
    `with a fracture ${picked.fracture} of ${pool.fracture}, without ${picked.noFracture} of ` +
      `${pool.noFracture}; of ${patients} patients; ${byClass.join(", ")}`,
    `hardest of the whole pool: ${hardest.images.length} (selection ${hardest.id}); of test patients, ` +
      `who are never trained on: ${inTests}; of tuning patients: ${others.tuning ?? 0}; of patients who ` +
      `train already: ${training}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function describePicks({ id, purpose, strategy, model, seed, picks }: SeenSelection): string {
  const rows = picks.map(({ image, caseId, priority, reason }, i) => [
    `${i + 1}`,
    image.slice(0, 12),
    caseId,
    priority.toFixed(3),
    reason,
  ]);
  const heading = `selection ${id} (${purpose}): ${strategy}, by ${model}, seed ${seed}\n`;
  return heading + alignedTable([["", "image", "case", "priority", "why"], ...rows], 5);
}

/** `326:423` */
function balance(written: string): Balance {
  const [, fracture, noFracture] = /^(\d+):(\d+)$/.exec(written) ?? [];
  const parts = { fracture: Number(fracture), noFracture: Number(noFracture) };
  if (parts.fracture + parts.noFracture > 0) return parts;
  throw new InvalidArgumentError(
    `expected two whole numbers as 326:423, with a fracture first, got "${written}".`,
  );
}
