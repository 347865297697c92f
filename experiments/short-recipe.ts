/** FracAtlas' recipe at a reduced size, on which single changes of it are tried. */
import { namedRecipe } from "@malleolus/runs";
import type { RecipeOf } from "@malleolus/schema";

export type DetectorRecipe = RecipeOf<"mask-rcnn">;

export function shortRecipe(steps: number): DetectorRecipe {
  const base = namedRecipe("fracatlas");
  if (base?.model.kind !== "mask-rcnn")
    throw new Error("internal: no recipe fracatlas of a detector");
  return {
    ...base,
    steps,
    checkpointEverySteps: 100,
    validation: null,
    input: { ...base.input, minSizes: [320, 352, 384, 416], maxSize: 640 },
    preprocess: { ...base.preprocess, minSize: 416, maxSize: 736 },
    // No placeholder may be missing: the data say which classes there are.
    model: { ...base.model, classes: ["fracture"] },
  };
}
