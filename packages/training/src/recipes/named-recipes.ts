/** The recipes that have a name on the command line; `summaries.ts` says there what they are for. */
import type { Recipe } from "../recipe.ts";
import { demoRecipe } from "./demo.ts";
import { fineMaskRecipe } from "./fine-mask.ts";
import { fracatlasRecipe } from "./fracatlas.ts";
import { paperRecipe, paperResNet101Recipe } from "./paper.ts";
import { paperCpuRecipe } from "./paper-cpu.ts";
import { quickRecipe } from "./quick.ts";

export const namedRecipes: readonly Recipe[] = [
  quickRecipe,
  demoRecipe,
  paperRecipe,
  paperResNet101Recipe,
  paperCpuRecipe,
  fineMaskRecipe,
  fracatlasRecipe,
];
