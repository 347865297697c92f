/** The recipes that have a name on the command line, in the order of its help. */
import type { Recipe } from "@malleolus/schema";
import { demoRecipe, demoSummary } from "./demo.ts";
import { fineMaskRecipe, fineMaskSummary } from "./fine-mask.ts";
import { fracatlasRecipe, fracatlasSummary } from "./fracatlas.ts";
import { fracatlasLiteRecipe, fracatlasLiteSummary } from "./fracatlas-lite.ts";
import { fracatlasResNet50Recipe, fracatlasResNet50Summary } from "./fracatlas-resnet50.ts";
import { paperRecipe, paperResNet101Recipe, paperResNet101Summary, paperSummary } from "./paper.ts";
import { paperCpuRecipe, paperCpuSummary } from "./paper-cpu.ts";
import {
  preliminaryClassificationRecipe,
  preliminaryClassificationSummary,
  preliminaryMeanRecipe,
  preliminaryMeanSummary,
} from "./preliminary-classification.ts";
import {
  preliminarySegmentationRecipe,
  preliminarySegmentationSummary,
  preliminaryWholeRecipe,
  preliminaryWholeSummary,
} from "./preliminary-segmentation.ts";
import { quickRecipe, quickSummary } from "./quick.ts";

export interface NamedRecipe {
  readonly recipe: Recipe;
  /** What it is for, in a line. */
  readonly summary: string;
}

export const namedRecipes: readonly NamedRecipe[] = [
  { recipe: quickRecipe, summary: quickSummary },
  { recipe: demoRecipe, summary: demoSummary },
  { recipe: paperRecipe, summary: paperSummary },
  { recipe: paperResNet101Recipe, summary: paperResNet101Summary },
  { recipe: paperCpuRecipe, summary: paperCpuSummary },
  { recipe: fineMaskRecipe, summary: fineMaskSummary },
  { recipe: fracatlasRecipe, summary: fracatlasSummary },
  { recipe: fracatlasLiteRecipe, summary: fracatlasLiteSummary },
  { recipe: fracatlasResNet50Recipe, summary: fracatlasResNet50Summary },
  { recipe: preliminarySegmentationRecipe, summary: preliminarySegmentationSummary },
  { recipe: preliminaryWholeRecipe, summary: preliminaryWholeSummary },
  { recipe: preliminaryClassificationRecipe, summary: preliminaryClassificationSummary },
  { recipe: preliminaryMeanRecipe, summary: preliminaryMeanSummary },
];

/** The recipe of that name; undefined for a name that none has. */
export function namedRecipe(name: string): Recipe | undefined {
  return namedRecipes.find(({ recipe }) => recipe.name === name)?.recipe;
}
