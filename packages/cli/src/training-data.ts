/** The data sets to train on and to validate on, by a training's arguments. */
import type { HeldOut, TrainingSet } from "@malleolus/training";
import type { Output } from "./output.ts";
import { sayRemarks } from "./say-remarks.ts";

export interface TrainingDataArguments {
  readonly coco: readonly [string, ...string[]];
  readonly images: string;
  readonly limit?: number;
  readonly tuning?: string;
  readonly tuningImages?: string;
  readonly tuningShare?: number;
}

export interface TrainingData extends Omit<HeldOut, "tuning"> {
  /** Null where nothing is validated. */
  readonly tuning: TrainingSet | null;
}

/**
 * Prints remarks on the sets. The seed decides which radiographs are held out.
 *
 * @throws TrainingError and DataError as the readers do.
 */
export async function readTrainingData(
  given: TrainingDataArguments,
  seed: number,
  output: Output,
): Promise<TrainingData> {
  const { checkTuningSet, holdOut, readTrainingSet } = await import("@malleolus/training");
  const set = await readTrainingSet(given.coco, given.images, given.limit ?? null);
  sayRemarks(given.coco.join(" and "), set.remarks, output);
  if (given.tuningShare !== undefined) return holdOut(set, given.tuningShare, seed);
  if (given.tuning === undefined) return { set, tuning: null };
  const tuning = await readTrainingSet(given.tuning, given.tuningImages ?? given.images);
  sayRemarks(given.tuning, tuning.remarks, output);
  checkTuningSet(tuning, set, given.tuning);
  return { set, tuning };
}
