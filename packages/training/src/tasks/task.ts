/**
 * What a training is of: a network, how far it is from what is true, and how good it is. The loop knows no
 * network and no loss by name; it asks its task. `new-task.ts` makes the task that a recipe's model names;
 * the files beside it, one a task, are of one form.
 */
import type { ImageBatch, WholeBatch } from "@malleolus/networks";
import type { RandomStreams } from "@malleolus/random";
import type { ValidationMeasures, WeightsFit } from "@malleolus/schema";
import type { Tensor } from "@malleolus/torch";
import type { LoadedSample } from "../augment/sample.ts";
import type { TrainingImage, TrainingSet } from "../data-set.ts";
import type { InitialWeights } from "../initial-weights.ts";

/** Scalars in float32, weighted, by name: training minimises their sum. */
export type NamedLosses = Readonly<Record<string, Tensor>>;

export interface Task {
  /** Its parameters train; its tensors by name are what a checkpoint goes on from. */
  readonly model: object;
  /**
   * Gives the new network its weights; batches of the training set show it what they lack. It calls `alive` now and
   * then, since it may block its process for minutes while others wait for it.
   */
  initialize(weights: InitialWeights, shown: readonly ImageBatch[], alive: () => void): WeightsFit;
  /** The mean absolute activation of every stage on a batch. */
  activations(batch: ImageBatch): Readonly<Record<string, number>>;
  /**
   * How far the network is from the truth; one sample an image of the batch. `whole` where these are a share of a
   * larger one.
   */
  losses(
    images: ImageBatch,
    samples: readonly LoadedSample[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): NamedLosses;
  /** Begins to look at radiographs that are held out. */
  examine(tuning: TrainingSet): Examination;
  /** Writes the file that predicts, whole or not at all. */
  write(path: string): void;
  /** Frees its tensors; it cannot be used any more. */
  free(): void;
}

/** One validation's look at radiographs, one after the other. */
export interface Examination {
  /** The sample is the image at the size of prediction. Nothing is recorded for gradients. */
  look(image: TrainingImage, sample: LoadedSample): void;
  /** Of all that were looked at; null where the radiographs do not have what a measure takes. */
  measures(): ValidationMeasures;
}
