/** A demonstration's network, trained on the study's own radiographs. */
import { join } from "node:path";
import type { Recipe, RunEvent } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import {
  type InitialWeights,
  readTrainingSet,
  resolveRecipe,
  type TrainingEnd,
  train,
} from "@malleolus/training";
import { chooseTrainingDtype } from "../dtype/training-dtype.ts";
import type { DemoProgress } from "./demo-progress.ts";

export interface TrainedDemo {
  readonly directory: string;
  /** As it was trained. */
  readonly recipe: Recipe;
}

/** Goes on where it was stopped; null where it is stopped again. */
export async function trainDemo(
  study: Study,
  folder: string,
  base: Recipe,
  weights: InitialWeights | null,
  progress: DemoProgress,
  stop: AbortSignal,
): Promise<TrainedDemo | null> {
  const set = await readTrainingSet(join(folder, "training.json"), study.images);
  const directory = join(folder, "run");
  const choice = await chooseTrainingDtype({ recipe: base, directory, device: "cpu" });
  progress.say(`computing in ${choice.dtype}: ${choice.reason}`);
  const recipe = resolveRecipe({ ...base, dtype: choice.dtype }, set, weights);
  const onEvent = (event: RunEvent) => {
    if (event.event === "step") progress.count(event.step, recipe.steps, "steps");
  };
  const end: TrainingEnd = await train({
    recipe,
    set,
    tuning: null,
    weights,
    directory,
    device: "cpu",
    workers: 1,
    stop,
    onEvent,
  });
  return end.reason === "done" ? { directory, recipe } : null;
}
