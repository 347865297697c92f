/** `malleolus train`: a Mask R-CNN from a COCO file and its radiographs. */
import { nearestName } from "@malleolus/schema";
import type { InitialWeights, Recipe } from "@malleolus/training";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { hasFastBfloat16 } from "../processor.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { trainingProgress } from "../training-progress.ts";
import { wholeNumber } from "../whole-number.ts";

interface TrainArguments {
  readonly coco: string;
  readonly images: string;
  readonly out: string;
  readonly recipe: string;
  readonly weights?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly checkpointEvery?: number;
  readonly dtype?: Recipe["dtype"];
  readonly limit?: number;
  readonly threads?: number;
  readonly workers: number;
  readonly json?: true;
}

export const trainCommand: CommandFile = (output) =>
  new Command("train")
    .description("train a Mask R-CNN on annotated radiographs, or go on where a training ended")
    .requiredOption("--coco <file>", "COCO annotations with outlines")
    .requiredOption("--images <folder>", "where their images lie: DICOM, JPEG or PNG")
    .requiredOption("--out <folder>", "the run: recipe.json, events.jsonl, checkpoints/")
    .option(
      "--recipe <name or file>",
      "quick, or a recipe's JSON file (any run's recipe.json)",
      "quick",
    )
    .option("--weights <file>", "initial weights: .safetensors, .pth or Detectron2's .pkl (none)")
    .option("--steps <number>", "instead of the recipe's", wholeNumber(1))
    .option("--seed <number>", "instead of the recipe's; decides every random draw", wholeNumber(0))
    .option("--checkpoint-every <steps>", "instead of the recipe's", wholeNumber(1))
    .addOption(
      new Option("--dtype <type>", "of convolutions and matrix products; by the processor").choices(
        ["float32", "bfloat16"],
      ),
    )
    .option("--limit <number>", "train on the first images of the file only", wholeNumber(1))
    .option("--threads <number>", "of one operator; all cores unless given", wholeNumber(1))
    .option("--workers <number>", "threads that decode ahead of the step", wholeNumber(0), 1)
    .addOption(new Option("--device <device>", "where it trains").choices(["cpu"]).default("cpu"))
    .option("--json", "print events.jsonl as it is written, instead of showing progress")
    .addHelpText(
      "after",
      `
Where --out holds a run of the same recipe, it goes on from its last checkpoint; a run of another
recipe is refused. Ctrl-C ends after the step that is going on, with a checkpoint and exit code 0;
a second one ends at once. Steps, seed, dtype, limit, weights and checkpoints are part of the
recipe; threads and workers are not.

--weights takes weights of the backbone or of a whole Mask R-CNN, under Detectron2's, torchvision's or
MSRA's names; nothing in the file is executed. Heads for other classes begin anew and are named. Stages
that lack convolutions get norms measured on 32 of the radiographs. Without weights the backbone uses
group norm and nothing is frozen.

Examples:
  ./malleolus train --coco train.json --images images --weights resnet50.safetensors --out runs/a
  ./malleolus train --coco train.json --images images --out runs/try --steps 20 --limit 50`,
    )
    .action(async (given: TrainArguments, command: Command) => {
      const training = await import("@malleolus/training");
      const { setThreads } = await import("@malleolus/torch");
      const named = training.namedRecipes.find(({ name }) => name === given.recipe);
      if (named === undefined && !/[./]/.test(given.recipe)) {
        const names = training.namedRecipes.map(({ name }) => name);
        const near = nearestName(given.recipe, names);
        command.error(
          `error: no recipe is called '${given.recipe}'; there is ${names.join(", ")}` +
            (near === null ? "" : `\n(Did you mean ${near}?)`),
        );
      }
      const base = withArguments(named ?? (await training.readRecipeFile(given.recipe)), given);
      const set = await training.readTrainingSet(given.coco, given.images, given.limit ?? null);
      const weights: InitialWeights | null =
        given.weights === undefined ? null : training.readInitialWeights(given.weights);
      const recipe = training.resolveRecipe(base, set, weights);
      if (given.threads !== undefined) setThreads(given.threads);

      const progress = trainingProgress(output, recipe);
      const signals = stopOnSignals(() =>
        output.writeError(
          "\nending after this step; Ctrl-C again ends at once, without a checkpoint\n",
        ),
      );
      try {
        const { reason, checkpoint } = await training.train({
          recipe,
          set,
          weights,
          directory: given.out,
          workers: given.workers,
          stop: signals.signal,
          onEvent: given.json
            ? (event) => output.write(`${JSON.stringify(event)}\n`)
            : (event) => progress.show(event),
        });
        progress.end();
        if (given.json) return;
        output.writeError(
          reason === "done"
            ? `trained ${checkpoint.step} steps\n`
            : `stopped after step ${checkpoint.step} of ${recipe.steps}; the same command goes on\n`,
        );
        output.write(`${checkpoint.path}\n`);
      } finally {
        progress.end();
        signals.dispose();
      }
    });

function withArguments(recipe: Recipe, given: TrainArguments): Recipe {
  return {
    ...recipe,
    steps: given.steps ?? recipe.steps,
    seed: given.seed ?? recipe.seed,
    checkpointEverySteps: given.checkpointEvery ?? recipe.checkpointEverySteps,
    dtype: given.dtype ?? (hasFastBfloat16() ? recipe.dtype : "float32"),
  };
}
