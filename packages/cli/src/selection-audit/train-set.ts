/** One training of an audit: the recipe, with the set's radiographs and its seed. */
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import type { Recipe } from "@malleolus/schema";
import type { AuditSet } from "@malleolus/studies";
import {
  type InitialWeights,
  resolveRecipe,
  type TrainingEnd,
  type TrainingSet,
  train,
} from "@malleolus/training";
import { chooseTrainingDtype } from "../dtype/training-dtype.ts";

export interface SetToTrain {
  readonly chosen: AuditSet;
  /** All that may be chosen from. */
  readonly pool: TrainingSet;
  readonly recipe: Recipe;
  readonly weights: InitialWeights | null;
  readonly directory: string;
  readonly stop: AbortSignal;
  readonly onStep: (step: number, steps: number) => void;
}

/** Goes on where it was stopped. */
export async function trainSet(given: SetToTrain): Promise<TrainingEnd> {
  const { chosen, weights, directory, stop, onStep } = given;
  const set = subsetOf(given.pool, chosen.images);
  const base = { ...given.recipe, seed: chosen.seed, validation: null };
  const { dtype } = await chooseTrainingDtype({ recipe: base, directory, device: "cpu" });
  const recipe = resolveRecipe({ ...base, dtype }, set, weights);
  return train({
    recipe,
    set,
    tuning: null,
    weights,
    directory,
    device: "cpu",
    workers: 1,
    stop,
    onEvent(event) {
      if (event.event === "step") onStep(event.step, recipe.steps);
    },
  });
}

/** A study's files are called by their hashes. Its own hash is of what was chosen. */
export function subsetOf(pool: TrainingSet, chosen: readonly string[]): TrainingSet {
  const wanted = new Set(chosen);
  const images = pool.images.filter(({ fileName }) =>
    wanted.has(basename(fileName, extname(fileName))),
  );
  if (images.length !== wanted.size) {
    throw new Error(
      `internal: ${wanted.size - images.length} chosen radiographs are not in the pool`,
    );
  }
  const annotationsSha256 = createHash("sha256")
    .update([pool.annotationsSha256, ...[...wanted].toSorted()].join("\n"))
    .digest("hex");
  return { ...pool, images, annotationsSha256 };
}
