/** Which radiograph a training shows in a slot of a step, and how: a function of its recipe and its set. */

import type { Recipe } from "@malleolus/schema";
import type { WindowPlan } from "../augment/window.ts";
import type { TrainingSet } from "../data-set.ts";
import { TrainingError } from "../errors.ts";
import { isTurn, sampler } from "../sampler.ts";
import type { SampleRequest } from "./prepare-sample.ts";

/** What of a recipe decides it. */
export type ShowingRecipe = Pick<
  Recipe,
  "name" | "seed" | "batchSize" | "sampling" | "input" | "preprocess"
>;

/** @throws TrainingError `data` for a window around a category that the set does not have. */
export function sampleRequests(
  recipe: ShowingRecipe,
  set: TrainingSet,
): (step: number, slot: number) => SampleRequest {
  const { seed, batchSize, sampling } = recipe;
  const { maskCollimation } = recipe.preprocess;
  const window = windowPlan(recipe, set);
  const classes = set.images.map(({ target }) => target.classes);
  const take = sampler(classes, { seed, batchSize, sampling });
  return (step, slot) => {
    const { path, width, height, target } = set.images[take(step, slot)];
    // Of all slots alike: a batch is as large as its largest image.
    const isWindow = window !== null && isTurn(step, window.stepShare);
    const input = { ...recipe.input, maskCollimation, window: isWindow ? window : null };
    return { image: { path, width, height, target }, input, seed, step, slot };
  };
}

function windowPlan(
  { name, input }: Pick<Recipe, "name" | "input">,
  { classes }: TrainingSet,
): (WindowPlan & { readonly stepShare: number }) | null {
  if (input.window === null) return null;
  const { side, around, probability, stepShare } = input.window;
  const missing = around.filter((one) => !classes.includes(one));
  if (missing.length > 0) {
    throw new TrainingError(
      "data",
      `the recipe ${name} looks through windows around ${missing.join(", ")}: expected such a category ` +
        `in the annotations, got ${classes.join(", ")}; name one of these in input.window.around, or set ` +
        "input.window to null",
    );
  }
  return { side, around: around.map((one) => classes.indexOf(one)), probability, stepShare };
}
