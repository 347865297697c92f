/** The recipes that have a name on the command line. */
import type { Recipe } from "../recipe.ts";
import { quickRecipe } from "./quick.ts";

export const namedRecipes: readonly Recipe[] = [quickRecipe];
