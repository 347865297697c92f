/** The task of a recipe. */
import type { Recipe } from "@malleolus/schema";
import type { Device } from "@malleolus/torch";
import { detectionTask } from "./detection.ts";
import type { Task } from "./task.ts";

/** With a new network, which the seed decides, on every device alike. */
export function newTask(recipe: Recipe, device: Device): Task {
  return detectionTask(recipe, device);
}
