/**
 * `malleolus runs`: the trainings below a folder, and the differences of some; without LibTorch.
 */

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import {
  fileSha256,
  findDetector,
  readEvents,
  readRun,
  recipeDifferences,
  runFolders,
  type TrainingRun,
} from "@malleolus/runs";
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { CommandFile } from "../command-file.ts";
import { CliError } from "../errors.ts";
import { describeFailure, isForeseen } from "../failure.ts";
import type { Output } from "../output.ts";
import { modelCard } from "../training-runs/model-card.ts";
import { runCurves } from "../training-runs/run-curves.ts";
import { describeDifferences, describeRuns } from "../training-runs/runs-text.ts";

interface RunsArguments {
  readonly compare?: readonly string[];
  readonly svg?: string;
  readonly card?: string;
  readonly figures?: string;
  readonly json?: true;
}

export const runsCommand: CommandFile = (output, finish) =>
  new Command("runs")
    .description("list trainings with progress, loss and speed; or compare some")
    .argument("[folder...]", "where to look, with all folders below (default: here)")
    .option("--compare <run...>", "only these runs, and the differences of their recipes")
    .option("--svg <file>", "with --compare: losses and validations by step as a figure")
    .option("--card <run>", "write the model card of this run, as Markdown")
    .option("--figures <file>", "with --card: what evaluate --json or report --json wrote of it")
    .option("--json", "one JSON object a run, each on a line of its own; of a comparison, one")
    .addHelpText(
      "after",
      `
Loss and speed are means over the last 50 steps; times are UTC. The best validation is the best by the
recipe's metric. A run is done, stopped (Ctrl-C), stopped early (no better validation for a while), or open:
training, or cut off. A run that cannot be read is named, the others are shown, and the exit code is 1.

Examples:
  ./malleolus runs runs/
  ./malleolus runs --compare runs/a runs/b --svg losses.svg
  ./malleolus runs --card runs/a --figures figures.json > card.md`,
    )
    .action(async (folders: string[], given: RunsArguments, command: Command) => {
      if (given.figures !== undefined && given.card === undefined) {
        command.error("error: --figures needs --card");
      }
      if (given.card !== undefined) {
        if (folders.length > 0 || given.compare !== undefined) {
          command.error("error: --card takes one run, and nothing beside it");
        }
        output.write(await cardOf(given.card, given.figures));
        return;
      }
      if (given.compare === undefined) {
        if (given.svg !== undefined) command.error("error: --svg needs --compare");
        const complain = (error: unknown) => {
          if (!isForeseen(error)) throw error;
          output.writeError(`malleolus: ${describeFailure(error)}\n`);
          finish(1);
        };
        list(folders.length === 0 ? ["."] : folders, given, output, complain);
        return;
      }
      if (folders.length > 0) command.error("error: --compare takes runs, not folders beside them");
      if (given.compare.length < 2) command.error("error: --compare needs two runs or more");
      compare(given.compare, given, output);
    });

async function cardOf(folder: string, figures: string | undefined): Promise<string> {
  const run = readRun(folder);
  const events = readEvents(join(folder, "events.jsonl"));
  const start = events.find((event) => event.event === "start");
  if (start === undefined) {
    throw new CliError(
      "run",
      `${folder}: expected a run that has begun, got one without a start; train it`,
    );
  }
  const { path, chosen } = findDetector(folder);
  return modelCard({
    run,
    start,
    file: { path, sha256: await fileSha256(path), step: chosen?.step ?? null },
    figures:
      figures === undefined
        ? null
        : { name: basename(figures), values: JSON.parse(readFileSync(figures, "utf8")) },
    version: manifest.version,
  });
}

function list(
  folders: readonly string[],
  given: RunsArguments,
  output: Output,
  complain: (error: unknown) => void,
): void {
  const runs = folders.flatMap(runFolders).flatMap((folder) => {
    try {
      return [readRun(folder).summary];
    } catch (error) {
      complain(error);
      return [];
    }
  });
  if (given.json) {
    for (const run of runs) output.write(`${JSON.stringify(run)}\n`);
  } else if (runs.length === 0) {
    output.writeError(`no run is in ${folders.join(", ")}\n`);
  } else {
    output.write(describeRuns(runs));
  }
}

function compare(paths: readonly string[], given: RunsArguments, output: Output): void {
  const runs: readonly TrainingRun[] = paths.map(readRun);
  const summaries = runs.map(({ summary }) => summary);
  const differences = recipeDifferences(runs.map(({ recipe }) => recipe));
  if (given.svg !== undefined) {
    const curves = runs.map(({ path, ...run }) => ({ name: path, ...run }));
    writeFileWhole(given.svg, runCurves(curves, measureOf(runs)));
  }
  output.write(
    given.json
      ? `${JSON.stringify({ runs: summaries, differences })}\n`
      : `${describeRuns(summaries)}\n${describeDifferences(paths, differences)}`,
  );
}

/** What the first run that names one is judged by; where that is the loss, boxes. */
function measureOf(runs: readonly TrainingRun[]): string {
  const metrics = runs.flatMap(({ recipe }) => recipe.validation?.metric ?? []);
  return metrics.find((metric) => metric !== "loss") ?? "box AP50";
}
