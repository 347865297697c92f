/** `malleolus train`: a network from a COCO file and its radiographs, whatever its task. */
import { dirname, join } from "node:path";
import { CodedError } from "@malleolus/errors";
import { yieldProcessor } from "@malleolus/host";
import {
  findDetector,
  namedRecipe,
  namedRecipes,
  parseRecipe,
  readRecipeFile,
} from "@malleolus/runs";
import { type ModelConfig, nearestName, type Recipe } from "@malleolus/schema";
import type { ProcessGroup } from "@malleolus/torch";
import type { InitialWeights, StepProfile, TrainingEnd } from "@malleolus/training";
import { Command, Option } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile, ExitCode } from "../command-file.ts";
import { agreedDtype } from "../dtype/agreed-dtype.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { joinPlace, requireProcessGroups } from "../processes/join-place.ts";
import { type Place, readPlace } from "../processes/place.ts";
import { startProcesses } from "../processes/start-processes.ts";
import { profileTables } from "../profile-tables.ts";
import { share } from "../share.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { readTrainingData, type TrainingDataArguments } from "../training-data.ts";
import { writePreview } from "../training-preview.ts";
import { trainingProgress } from "../training-progress.ts";
import { wholeNumber } from "../whole-number.ts";

/** What a task is called here, the kind of network that does it, and the recipe that it begins with. */
const TASKS = {
  detection: { kind: "mask-rcnn", recipe: "quick" },
  segmentation: { kind: "segmentation", recipe: "preliminary-segmentation" },
  classification: { kind: "classification", recipe: "preliminary-classification" },
} as const satisfies Record<string, { kind: ModelConfig["kind"]; recipe: string }>;

interface TrainArguments extends TrainingDataArguments {
  readonly out: string;
  readonly task?: keyof typeof TASKS;
  readonly recipe?: string;
  readonly weights?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly gradientAccumulation?: number;
  readonly checkpointEvery?: number;
  readonly validateEvery?: number;
  readonly patience?: number;
  readonly dtype?: Recipe["dtype"];
  readonly processes?: number;
  readonly threads?: number;
  readonly workers: number;
  readonly device: "cpu" | "cuda";
  readonly profile?: number;
  readonly preview?: number;
  readonly json?: true;
}

export const trainCommand: CommandFile = (output, finish) =>
  new Command("train")
    .description("train a network on annotated radiographs, or go on where a training ended")
    .requiredOption("--coco <files...>", "COCO annotations with outlines, in one file or several")
    .requiredOption("--images <folder>", "where their images lie: DICOM, JPEG or PNG")
    .requiredOption("--out <folder>", "the run: recipe.json, events.jsonl, checkpoints/")
    .addOption(
      new Option(
        "--task <task>",
        "what is learned (default: the recipe's, else detection)",
      ).choices(Object.keys(TASKS)),
    )
    .option(
      "--recipe <name or file>",
      "one of those below, or a recipe's JSON file (any run's recipe.json; default: the task's)",
    )
    .option("--weights <file>", "initial weights: .safetensors, .pth or Detectron2's .pkl (none)")
    .addOption(
      new Option("--tuning <file>", "validate with these COCO annotations").conflicts(
        "tuningShare",
      ),
    )
    .option("--tuning-images <folder>", "where the images of --tuning lie (--images)")
    .option("--tuning-share <share>", "set a share of the radiographs aside to validate on", share)
    .option("--steps <number>", "default: the recipe's", wholeNumber(1))
    .option(
      "--seed <number>",
      "decides every random choice (default: the recipe's)",
      wholeNumber(0),
    )
    .option(
      "--gradient-accumulation <number>",
      "parts of a batch, one after the other, for less memory (default: the recipe's)",
      wholeNumber(1),
    )
    .option("--checkpoint-every <steps>", "default: the recipe's", wholeNumber(1))
    .option("--validate-every <steps>", "default: the recipe's", wholeNumber(1))
    .option(
      "--patience <validations>",
      "validations without a better value before it ends (default: the recipe's)",
      wholeNumber(1),
    )
    .addOption(
      new Option("--dtype <type>", "precision of convolutions (default: the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--limit <number>", "train only on the first images of the files", wholeNumber(1))
    .option(
      "--processes <number>",
      "processes on this machine that share each batch (1)",
      wholeNumber(1),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--workers <number>", "threads that read radiographs ahead", wholeNumber(0), 1)
    .addOption(
      new Option("--device <device>", "where it trains").choices(["cpu", "cuda"]).default("cpu"),
    )
    .option("--profile <steps>", "measure where the time of that many steps goes", wholeNumber(1))
    .addOption(
      new Option(
        "--preview <steps>",
        "draw what that many steps show the network into preview/ of --out, and train nothing",
      )
        .argParser(wholeNumber(1))
        .conflicts(["processes", "profile", "json"]),
    )
    .option("--json", "print events.jsonl as it is written, instead of showing progress")
    .addHelpText(
      "after",
      `
Recipes:
${describeRecipes()}
If --out holds a run of the same recipe, training goes on from its last checkpoint; a run of another
recipe is refused. Ctrl-C ends training after the current step, with a checkpoint and exit code 0; a second
one ends it at once. Every option but --device, --processes, --threads, --workers and --profile is part of the
recipe.

--processes trains by several processes, each with its share of every batch, to the same losses as by one; a run may
go on with another number of them. On several machines start the same command on each with torchrun's variables:
RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and LOCAL_RANK. Process 0 writes the run. GLOO_SOCKET_IFNAME names the
network interface by which the others reach a machine that has several.

Several files of --coco are one data set, of the same categories by name: more radiographs without a fracture may
come in a file of their own, without annotations.

--tuning and --tuning-share set the radiographs to validate on: losses, average precision of boxes and masks,
and the AUC of images with objects against images without. The best checkpoint is kept, and predict and
evaluate use it. --tuning-share chooses by a hash of the seed and of the COCO image's group, else its patient,
else its file name, so that near-duplicates, equal files and a patient's radiographs (group, patient_id,
patient, case_id) stay together. The run's events name them.

--task segmentation learns a label for every pixel, of the categories tibia, fibula and fracture; --task
classification learns a radiograph's class, which is the category annotated on it, or no_fracture. They are
validated by Dice, and by the areas under the curves of each class.

--weights reads weights of the backbone or of a whole Mask R-CNN, under Detectron2's, torchvision's or
MSRA's names, and for the other tasks of a MobileNetV2, torchvision's, Gluon's or our own; nothing in the file is executed. The recipe takes norms and channels from a run's own
model.safetensors. Heads for other classes are initialised anew, and named. Stages without weights get norms
measured on 32 of the radiographs. Without --weights the backbone uses group norm and nothing is frozen.

A training runs at a lower priority (nice 10) than what answers people, unless \`nice\` gave it another: alone on a
machine it loses nothing by that, and a server beside it answers sooner.

Examples:
  ./malleolus train --coco train.json --images images --weights resnet50.safetensors \\
    --tuning-share 0.1 --out runs/a
  ./malleolus train --coco train.json --images images --out runs/try --steps 20 --limit 50
  ./malleolus train --coco train.json --images images --recipe fracatlas --out runs/try --preview 4`,
    )
    .action(async (given: TrainArguments, command: Command) => {
      checkArguments(given, command);
      if (given.preview !== undefined) return await preview(given, given.preview, output);
      const place = await readPlace(process.env);
      const { processes } = given;
      if (place !== null) {
        if (processes !== undefined && processes !== place.size) {
          command.error(
            `error: --processes ${processes}, but WORLD_SIZE is ${place.size}: give one of them`,
          );
        }
        finish(await trainInPlace(place, given, output));
      } else if (processes !== undefined && processes > 1) {
        await requireProcessGroups();
        finish(await startProcesses(processes, process.argv.slice(2), output));
      } else {
        await trainHere(given, output, null);
      }
    });

/** No network, and no dtype of one, is needed for it. */
async function preview(given: TrainArguments, steps: number, output: Output): Promise<void> {
  const recipe = withArguments(await chosenRecipe(given), given);
  const { set } = await readTrainingData(given, recipe.seed, output);
  const folder = join(given.out, "preview");
  const { pictures } = await writePreview(recipe, set, steps, folder);
  output.writeError(
    `${pictures} pictures of ${steps === 1 ? "a step" : `${steps} steps`}, outlines and boxes dashed; nothing was trained\n`,
  );
  output.write(`${folder}\n`);
}

/** One of several processes: the first one speaks for all, the others of what has befallen them alone. */
async function trainInPlace(
  place: Place,
  given: TrainArguments,
  output: Output,
): Promise<ExitCode> {
  // torchrun says one thread of its own accord where there are several processes.
  const { OMP_NUM_THREADS: threads, TORCHELASTIC_RUN_ID: torchrun } = process.env;
  const areThreadsChosen =
    given.threads !== undefined ||
    (threads !== undefined && !(torchrun !== undefined && threads === "1"));
  const { rank, localRank, meeting, remark } = place;
  // The processes of a machine would all say the same.
  if (remark !== null && localRank === 0) output.writeError(`${remark}\n`);
  const group = await joinPlace(place, areThreadsChosen);
  const orphaned = new AbortController();
  if ("file" in meeting) {
    process.stdin.on("end", () => orphaned.abort()).resume();
  }
  const silent: Output = {
    write: () => undefined,
    writeError: () => undefined,
    terminal: undefined,
  };
  try {
    const part = { group, localRank, orphaned: orphaned.signal };
    await trainHere(given, rank === 0 ? output : silent, part);
    return 0;
  } catch (error) {
    if (rank === 0 || !(error instanceof CodedError)) throw error;
    // All of them see the same numbers, and the first one says it.
    if (error.code !== "diverged") {
      output.writeError(`malleolus: process ${rank} of ${place.size}: ${error.message}\n`);
    }
    return 1;
  } finally {
    group.leave();
    process.stdin.pause();
  }
}

/** What a process that trains with others has besides. */
interface Part {
  readonly group: ProcessGroup;
  readonly localRank: number;
  /** Aborted when the process that has started all of them is gone. */
  readonly orphaned: AbortSignal;
}

async function trainHere(given: TrainArguments, output: Output, part: Part | null): Promise<void> {
  // A study's server may run beside it: whoever reads there must not wait for a training.
  yieldProcessor();
  const training = await import("@malleolus/training");
  const { hasCuda, libtorchVersion, setThreads } = await import("@malleolus/torch");
  if (given.device === "cuda" && !hasCuda()) {
    throw new CliError(
      "device",
      `--device cuda: expected a LibTorch with CUDA and a GPU that it finds, got LibTorch ` +
        `${libtorchVersion()} without; set LIBTORCH to one that has it, or train with --device cpu`,
    );
  }
  if (given.threads !== undefined) setThreads(given.threads);
  const asked = withArguments(await chosenRecipe(given), given);
  const dtype = await agreedDtype(
    {
      recipe: asked,
      asked: given.dtype,
      directory: given.out,
      device: given.device,
      group: part?.group ?? null,
    },
    output,
  );
  const base = { ...asked, dtype };
  const { set, tuning } = await readTrainingData(given, base.seed, output);
  const weights: InitialWeights | null =
    given.weights === undefined ? null : training.readInitialWeights(given.weights);
  const resolved = training.resolveRecipe(base, set, weights, tuning);
  // Options may not fit one another.
  const recipe = parseRecipe(resolved, `recipe ${base.name} with these options`);

  const progress = trainingProgress(output, recipe);
  const signals = stopOnSignals(() =>
    output.writeError(
      "\nending after this step; Ctrl-C again ends at once, without a checkpoint\n",
    ),
  );
  const showProfile = (steps: number) => ({
    steps,
    onProfile(profile: StepProfile) {
      progress.end();
      output.writeError(profileTables(profile));
    },
  });
  try {
    const end = await training.train({
      recipe,
      set,
      tuning,
      weights,
      directory: given.out,
      device: given.device === "cuda" && part !== null ? `cuda:${part.localRank}` : given.device,
      workers: given.workers,
      stop: part === null ? signals.signal : AbortSignal.any([signals.signal, part.orphaned]),
      onEvent: given.json
        ? (event) => output.write(`${JSON.stringify(event)}\n`)
        : (event) => progress.show(event),
      profile: given.profile === undefined ? null : showProfile(given.profile),
      group: part?.group ?? null,
    });
    progress.end();
    if (given.json || (part !== null && part.group.rank > 0)) return;
    const { path, chosen } = findDetector(given.out);
    output.writeError(describeEnd(end, recipe));
    if (chosen?.which === "best") {
      const metric = recipe.validation?.metric;
      output.writeError(`the best checkpoint by ${metric} is that after step ${chosen.step}\n`);
    }
    output.write(`${dirname(path)}\n`);
  } finally {
    progress.end();
    signals.dispose();
  }
}

function describeRecipes(): string {
  const rows = namedRecipes.map(({ recipe, summary }) => [`  ${recipe.name}`, summary]);
  return alignedTable(rows, 2);
}

/**
 * The recipe that is named, else the task's.
 *
 * @throws CliError `train` for one of another task.
 */
async function chosenRecipe({ recipe: name, task }: TrainArguments): Promise<Recipe> {
  const wanted = name ?? TASKS[task ?? "detection"].recipe;
  const recipe = namedRecipe(wanted) ?? (await readRecipeFile(wanted));
  const { kind } = recipe.model;
  if (task === undefined || TASKS[task].kind === kind) return recipe;
  const own = namedRecipes.filter((one) => one.recipe.model.kind === TASKS[task].kind);
  throw new CliError(
    "train",
    `--recipe ${wanted}: expected a recipe of ${task}, got one whose model is of kind "${kind}"; ` +
      `give one of ${own.map((one) => one.recipe.name).join(", ")}, or leave --task out`,
  );
}

function checkArguments(given: TrainArguments, command: Command): void {
  const names = namedRecipes.map(({ recipe }) => recipe.name);
  if (given.recipe !== undefined && !names.includes(given.recipe) && !/[./]/.test(given.recipe)) {
    const near = nearestName(given.recipe, names);
    command.error(
      `error: no recipe is called '${given.recipe}'; there is ${names.join(", ")}` +
        (near === null ? "" : `\n(Did you mean ${near}?)`),
    );
  }
  if (given.tuning === undefined && given.tuningImages !== undefined) {
    command.error("error: --tuning-images needs --tuning");
  }
  if (given.tuning !== undefined || given.tuningShare !== undefined) return;
  for (const option of ["validateEvery", "patience"] as const) {
    if (given[option] === undefined) continue;
    const flag = option === "patience" ? "--patience" : "--validate-every";
    command.error(`error: ${flag} needs --tuning or --tuning-share`);
  }
}

function withArguments(recipe: Recipe, given: TrainArguments): Recipe {
  const { validation } = recipe;
  return {
    ...recipe,
    steps: given.steps ?? recipe.steps,
    epochs: given.steps === undefined ? recipe.epochs : null,
    seed: given.seed ?? recipe.seed,
    gradientAccumulation: given.gradientAccumulation ?? recipe.gradientAccumulation,
    checkpointEverySteps: given.checkpointEvery ?? recipe.checkpointEverySteps,
    validation: validation && {
      ...validation,
      everySteps: given.validateEvery ?? validation.everySteps,
      patience: given.patience ?? validation.patience,
    },
  };
}

function describeEnd({ reason, checkpoint: { step } }: TrainingEnd, { steps }: Recipe): string {
  switch (reason) {
    case "done":
      return `trained ${step} steps\n`;
    case "stopped":
      return `stopped after step ${step} of ${steps}; the same command goes on\n`;
    case "stopped early":
      return `stopped early, after step ${step} of ${steps}: validations do not get better any more\n`;
  }
}
