/** What `train` is given. */
import type { Recipe, RunEvent } from "@malleolus/schema";
import type { Device, ProcessGroup } from "@malleolus/torch";
import type { TrainingSet } from "./data-set.ts";
import type { InitialWeights } from "./initial-weights.ts";
import type { ProfileRequest } from "./step-profiler.ts";

export interface TrainingOptions {
  /** Complete: from `resolveRecipe`, for these sets and these weights. */
  readonly recipe: Recipe;
  readonly set: TrainingSet;
  /** Radiographs to validate with, none of them in `set`; null without. */
  readonly tuning: TrainingSet | null;
  readonly weights: InitialWeights | null;
  /** Of several processes the first one's; the others write into it only where the first is lost. */
  readonly directory: string;
  readonly device: Device;
  /** Threads that decode ahead of the step; 0 decodes in between. */
  readonly workers: number;
  /** Ends the run cleanly, with a checkpoint, after the step or the radiograph that is going on. */
  readonly stop: AbortSignal;
  /** Everything that goes into `events.jsonl`, once it is there. Of several processes, in the first alone. */
  readonly onEvent: (event: RunEvent) => void;
  /**
   * The processes that train together, of which this is one; null, or absent, where it trains alone. Whoever gave
   * the group leaves it.
   */
  readonly group?: ProcessGroup | null;
  /** Where the time goes, in some steps. */
  readonly profile?: ProfileRequest | null;
}
