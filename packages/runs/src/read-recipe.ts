/** A recipe from a file, or from anything else that says it is one. */
import { readFile } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import { type Recipe, readRecord, recipeSchema } from "@malleolus/schema";
import { RunError } from "./errors.ts";

/**
 * A recipe from a JSON file.
 *
 * @throws RunError `recipe` with the first place that is wrong, and for an unknown key the
 *   known one that is nearest.
 */
export async function readRecipeFile(path: string): Promise<Recipe> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new RunError("recipe", `${path}: expected a recipe: ${causeText(cause)}`, { cause });
  }
  return parseRecipe(value, path);
}

/**
 * The recipe in a value from outside; `where` begins the message.
 *
 * @throws as `readRecipeFile`.
 */
export function parseRecipe(value: unknown, where: string): Recipe {
  try {
    return readRecord(recipeSchema, value, where);
  } catch (cause) {
    throw new RunError("recipe", causeText(cause), { cause });
  }
}
