/**
 * The classifier that comes with the project to tell whether a radiograph is of an ankle: what is no ankle is not
 * looked at, since a detector would call it sound. Made and measured by `experiments/ankle-check.ts`; its figures stand
 * in `detectors/README.md`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DisplayImage } from "@malleolus/imaging";
import { openClassifier } from "./radiograph-classifier.ts";

const PATH = join(import.meta.dirname, "../../detectors/ankle-check.safetensors");
/** Its limit is in its weights: an ankle has half of the probability and more. */
export const ANKLE_CHECK_CLASSES = ["ankle", "other"] as const;
const LEAST_PROBABILITY = 0.5;

export interface AnkleCheck {
  isAnkle(image: DisplayImage): boolean;
  /** Frees its tensors; it cannot be used any more. */
  close(): void;
}

/**
 * Null where the file was left out of an installation.
 *
 * @throws ModelError `checkpoint` as `openClassifier`.
 */
export function openAnkleCheck(): AnkleCheck | null {
  if (!existsSync(PATH)) return null;
  const { classify, close } = openClassifier(PATH);
  return { isAnkle: (image) => classify(image)[0] >= LEAST_PROBABILITY, close };
}
