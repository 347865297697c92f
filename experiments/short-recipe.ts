/** FracAtlas' recipes at a reduced size, on which single changes of them are tried. */
import { namedRecipe } from "@malleolus/runs";
import type { RecipeOf } from "@malleolus/schema";

export type DetectorRecipe = RecipeOf<"mask-rcnn">;

export function shortRecipe(steps: number): DetectorRecipe {
  return shortened("fracatlas-resnet50", steps, [320, 352, 384, 416], 640, 736);
}

/** That of EfficientNet-Lite2, smaller still, in one view, and sooner at its learning rate. */
export function shortLiteRecipe(steps: number): DetectorRecipe {
  const recipe = shortened("fracatlas-lite", steps, [320, 352, 384], 576, 672);
  const { optimizer } = recipe;
  const warmup = { ...optimizer.schedule.warmup, steps: Math.min(200, Math.ceil(steps / 7)) };
  return {
    ...recipe,
    preprocess: { ...recipe.preprocess, testTimeFlip: false },
    optimizer: { ...optimizer, schedule: { ...optimizer.schedule, warmup } },
  };
}

/** Trained at `minSizes`, used at the largest of them. */
function shortened(
  name: string,
  steps: number,
  minSizes: readonly number[],
  maxSize: number,
  usedMaxSize: number,
): DetectorRecipe {
  const base = namedRecipe(name);
  if (base?.model.kind !== "mask-rcnn")
    throw new Error(`internal: no recipe ${name} of a detector`);
  return {
    ...base,
    steps,
    checkpointEverySteps: 100,
    validation: null,
    input: { ...base.input, minSizes, maxSize },
    preprocess: { ...base.preprocess, minSize: Math.max(...minSizes), maxSize: usedMaxSize },
    // No placeholder may be missing: the data say which classes there are.
    model: { ...base.model, classes: ["fracture"] },
  };
}
