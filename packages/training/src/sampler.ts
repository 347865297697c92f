/**
 * Which radiograph goes into which slot of which step: a function of the seed, so that an
 * interrupted run goes on as if nothing had been.
 *
 * Every epoch is a shuffle of its own. With a share of negatives there are two such streams,
 * radiographs with objects and without, and each slot takes from the one whose turn it is; the
 * turns are spread evenly (the k-th negative comes when the share has added up to k).
 */
import { permutation } from "./draws.ts";

/** The index of the image for a slot of a step. */
export type Sampler = (step: number, slot: number) => number;

export interface SamplerOptions {
  readonly seed: number;
  readonly batchSize: number;
  /** Of the slots, those without objects; null takes the images as they come. */
  readonly negativeShare: number | null;
}

/** `hasObjects` holds an entry for each image, at least one of them. */
export function sampler(hasObjects: readonly boolean[], options: SamplerOptions): Sampler {
  const { seed, batchSize } = options;
  const all = hasObjects.map((_, index) => index);
  const positives = all.filter((index) => hasObjects[index]);
  const negatives = all.filter((index) => !hasObjects[index]);
  const share = shareOf(options.negativeShare, positives.length, negatives.length);
  if (share === null) {
    const images = shuffledEpochs(all, seed, "images");
    return (step, slot) => images(step * batchSize + slot);
  }
  const withObjects = shuffledEpochs(positives, seed, "images with objects");
  const without = shuffledEpochs(negatives, seed, "images without objects");
  return (step, slot) => {
    const position = step * batchSize + slot;
    const negativesBefore = Math.floor(position * share);
    const isNegative = Math.floor((position + 1) * share) > negativesBefore;
    return isNegative ? without(negativesBefore) : withObjects(position - negativesBefore);
  };
}

/** Where one of the two kinds does not exist, there is nothing to mix. */
function shareOf(share: number | null, positives: number, negatives: number): number | null {
  return positives === 0 || negatives === 0 ? null : share;
}

/** The n-th image of an endless row of shuffled epochs. */
function shuffledEpochs(
  images: readonly number[],
  seed: number,
  purpose: string,
): (position: number) => number {
  let known: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (position) => {
    const epoch = Math.floor(position / images.length);
    if (known.epoch !== epoch) {
      known = { epoch, order: permutation(seed, epoch, images.length, purpose) };
    }
    return images[known.order[position % images.length]];
  };
}
