/** Whether a detector was trained on radiographs of its evaluation. */
import type { SeenImages } from "@malleolus/runs";
import type { TrainingCheck } from "@malleolus/schema";
import { CliError } from "../errors.ts";
import type { TruthImage } from "./truth-set.ts";

const NAMED_AT_MOST = 5;

/**
 * `seen` is what the detector's run says; `hashOf` the SHA-256 of a file.
 *
 * @throws CliError `evaluation` for radiographs that were trained on, unless they are `allowed`.
 */
export async function checkTrainingImages(
  images: readonly TruthImage[],
  seen: SeenImages | null,
  allowed: boolean,
  hashOf: (path: string) => Promise<string>,
): Promise<TrainingCheck> {
  if (seen === null) return { isKnown: false, trainedOn: 0, tunedWith: 0 };
  const trained: TruthImage[] = [];
  let tunedWith = 0;
  for (const image of images) {
    const hash = await hashOf(image.path);
    if (seen.training.has(hash)) trained.push(image);
    else if (seen.tuning.has(hash)) tunedWith++;
  }
  if (trained.length === 0 || allowed) {
    return { isKnown: true, trainedOn: trained.length, tunedWith };
  }
  const names = trained.slice(0, NAMED_AT_MOST).map(({ path }) => path);
  const more = trained.length - names.length;
  throw new CliError(
    "evaluation",
    `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}: expected radiographs that the detector ` +
      `has not seen, got ${trained.length} of ${images.length} that it was trained on; take a test set ` +
      "that shares none with the training, or measure what it remembers with --allow-training-images",
  );
}
