/**
 * Which radiograph goes into which slot of which step: a function of the seed, so that an
 * interrupted run goes on as if nothing had been.
 *
 * Every epoch is a shuffle of its own. Where kinds of radiographs are mixed there is one such stream
 * for each kind, and each slot takes from the one whose turn it is.
 */

import { permutation } from "@malleolus/random";
import type { Recipe } from "@malleolus/schema";

/** The index of the image for a slot of a step. */
export type Sampler = (step: number, slot: number) => number;

export interface SamplerOptions {
  readonly seed: number;
  readonly batchSize: number;
  readonly sampling: Recipe["sampling"];
}

/** `classes` holds the classes of each image's objects, for at least one image. */
export function sampler(classes: readonly (readonly number[])[], options: SamplerOptions): Sampler {
  const { seed, batchSize, sampling } = options;
  const at = positionSampler(classes, seed, sampling);
  return (step, slot) => at(step * batchSize + slot);
}

/** The image for the n-th slot of the run. */
type PositionSampler = (position: number) => number;

function positionSampler(
  classes: readonly (readonly number[])[],
  seed: number,
  sampling: Recipe["sampling"],
): PositionSampler {
  const all = [...classes.keys()];
  const positives = all.filter((index) => classes[index].length > 0);
  const negatives = all.filter((index) => classes[index].length === 0);
  // Where one of the two kinds does not exist, there is nothing to mix.
  const isMixed = positives.length > 0 && negatives.length > 0;
  switch (sampling.kind) {
    case "shuffled":
      return shuffledEpochs(all, seed, "images");
    case "negative-fraction":
      return isMixed
        ? mixed(positives, negatives, sampling.fraction, seed)
        : shuffledEpochs(all, seed, "images");
    case "class-balanced":
      return classBalanced(classes, negatives, seed);
  }
}

/** Whether it is the turn of those that have a share of all turns: evenly spread, the k-th when the share has added up to k. */
export function isTurn(position: number, share: number): boolean {
  return Math.floor((position + 1) * share) > Math.floor(position * share);
}

function mixed(
  positives: readonly number[],
  negatives: readonly number[],
  share: number,
  seed: number,
): PositionSampler {
  const withObjects = shuffledEpochs(positives, seed, "images with objects");
  const without = shuffledEpochs(negatives, seed, "images without objects");
  return (position) => {
    const negativesBefore = Math.floor(position * share);
    return isTurn(position, share)
      ? without(negativesBefore)
      : withObjects(position - negativesBefore);
  };
}

/**
 * Every class as often as every other, which is what weighting by inverse prevalence comes to: in
 * each round every class has one turn, in an order of the round's own. Images without objects are a
 * class of theirs; an image with objects of several classes stands for each of them.
 */
function classBalanced(
  classes: readonly (readonly number[])[],
  negatives: readonly number[],
  seed: number,
): PositionSampler {
  const known = [...new Set(classes.flat())].toSorted((a, b) => a - b);
  const kinds = [
    ...known.map((name) =>
      shuffledEpochs(
        [...classes.keys()].filter((index) => classes[index].includes(name)),
        seed,
        `images of class ${name}`,
      ),
    ),
    ...(negatives.length === 0 ? [] : [shuffledEpochs(negatives, seed, "images without objects")]),
  ];
  let turns: { round: number; order: Uint32Array } = { round: -1, order: new Uint32Array() };
  return (position) => {
    const round = Math.floor(position / kinds.length);
    if (turns.round !== round) {
      turns = { round, order: permutation(seed, round, kinds.length, "turns of classes") };
    }
    return kinds[turns.order[position % kinds.length]](round);
  };
}

/** The n-th image of an endless row of shuffled epochs. */
function shuffledEpochs(images: readonly number[], seed: number, purpose: string): PositionSampler {
  let known: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (position) => {
    const epoch = Math.floor(position / images.length);
    if (known.epoch !== epoch) {
      known = { epoch, order: permutation(seed, epoch, images.length, purpose) };
    }
    return images[known.order[position % images.length]];
  };
}
