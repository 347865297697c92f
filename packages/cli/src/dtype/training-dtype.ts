/** The dtype that a training computes in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRecipeFile } from "@malleolus/runs";
import type { Recipe } from "@malleolus/schema";
import { chooseDtype, type DtypeChoice } from "./choose-dtype.ts";

export interface TrainingToBegin {
  readonly recipe: Recipe;
  /** A run that has begun keeps its dtype, whatever the machine that goes on with it. */
  readonly directory: string;
  readonly device: "cpu" | "cuda";
}

export async function chooseTrainingDtype(training: TrainingToBegin): Promise<DtypeChoice> {
  const { recipe, directory, device } = training;
  const begun = join(directory, "recipe.json");
  if (existsSync(begun)) {
    const { dtype } = await readRecipeFile(begun);
    return { dtype, reason: `the run in ${directory} began with it` };
  }
  if (recipe.dtype === "float32" || device === "cuda") {
    return { dtype: recipe.dtype, reason: `recipe ${recipe.name} says so` };
  }
  return chooseDtype("training");
}
