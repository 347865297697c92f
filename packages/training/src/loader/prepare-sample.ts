/**
 * One radiograph from its file to the network's size: read, cropped, mirrored, resized, shown as by another
 * machine, turned, and of some a window. A function of its request alone; it runs in worker threads and never touches LibTorch.
 *
 * Grey levels stay floats all the way: ten or sixteen bits of a DICOM file reach the network.
 */
import { readRadiograph } from "@malleolus/data";
import { maskCollimation, prepareImage, resizeTarget } from "@malleolus/imaging";
import { randomStreams } from "@malleolus/random";
import type { Preprocess } from "@malleolus/schema";
import { crop, sampleCrop } from "../augment/crop.ts";
import { flipHorizontally } from "../augment/flip.ts";
import { sampleGamma, withGamma } from "../augment/gamma.ts";
import { asByAnotherMachine, type MachinePlan } from "../augment/machine.ts";
import { rotate, sampleRotation } from "../augment/rotate.ts";
import type { LoadedSample, Sample } from "../augment/sample.ts";
import { cutWindow, type WindowPlan } from "../augment/window.ts";
import type { SampleImage } from "../data-set.ts";
import { TrainingError } from "../errors.ts";

/** How radiographs come to the network in training. */
export interface InputPlan {
  /** One is drawn for each radiograph: the network's shorter side, in pixels. */
  readonly minSizes: readonly number[];
  /** The longer side is never longer; the shorter one then gives way. */
  readonly maxSize: number;
  readonly flipProbability: number;
  /** Shortest side of a crop, as a fraction of the radiograph's; 1 crops nothing. */
  readonly minCropFraction: number;
  /** See `sampleGamma`; 1 leaves the grey levels. */
  readonly maxGamma: number;
  /** To either side; 0 turns nothing. */
  readonly maxRotationDegrees: number;
  /** Of turning it upside down as well. */
  readonly halfTurnProbability: number;
  /** See `asByAnotherMachine`; null leaves how the radiograph was taken. */
  readonly otherMachine: MachinePlan | null;
  /** As in detection. */
  readonly maskCollimation: boolean;
  /** What is cut out at the end; null shows the whole. */
  readonly window: WindowPlan | null;
}

/** Plain data: it travels to a worker thread. */
export interface SampleRequest {
  readonly image: SampleImage;
  readonly input: InputPlan;
  readonly seed: number;
  readonly step: number;
  readonly slot: number;
}

/**
 * @throws DataError with the file's path where it cannot be read.
 * @throws TrainingError `data` where its size is not the annotations'.
 */
export async function prepareSample(request: SampleRequest): Promise<LoadedSample> {
  const { image, input } = request;
  const radiograph = await readRadiograph(image.path);
  const { width, height } = radiograph;
  if (width !== image.width || height !== image.height) {
    throw new TrainingError(
      "data",
      `${image.path}: expected ${image.width} x ${image.height} pixels as annotated, ` +
        `got ${width} x ${height}; the annotations belong to another version of the image`,
    );
  }
  // The frame goes first, as in detection: a crop would give it another border.
  const exposed = maskCollimation(
    { width, height, pixels: radiograph.pixels },
    input.maskCollimation,
  );
  const read = { image: exposed, target: image.target };
  const streams = randomStreams(request.seed, request.step);
  const random = (purpose: string) => streams(purpose, request.slot);
  const minSize = input.minSizes[Math.floor(random("size")() * input.minSizes.length)];
  const { maxSize } = input;
  const resized = resize(augment(read, input, random), {
    minSize,
    maxSize,
    maskCollimation: false,
  });
  const shown =
    input.otherMachine === null ? resized : asByAnotherMachine(resized, input.otherMachine, random);
  const halfTurn = random("half turn")() < input.halfTurnProbability ? 180 : 0;
  const degrees = sampleRotation(input.maxRotationDegrees, random("rotation")) + halfTurn;
  // Last, in the network's pixels: a large radiograph would take long to turn.
  const turned = degrees === 0 ? shown : rotate(shown, degrees);
  const sample = input.window === null ? turned : cutWindow(turned, input.window, random("window"));
  return { ...sample, objects: image.target.classes };
}

function augment(
  read: Sample,
  input: InputPlan,
  random: (purpose: string) => () => number,
): Sample {
  const { width, height } = read.image;
  const { minCropFraction, flipProbability, maxGamma } = input;
  const cropped =
    minCropFraction === 1
      ? read
      : crop(read, sampleCrop(width, height, minCropFraction, random("crop")));
  const { image, target } =
    random("flip")() < flipProbability ? flipHorizontally(cropped) : cropped;
  const gamma = maxGamma === 1 ? 1 : sampleGamma(maxGamma, random("gamma"));
  return { image: { ...image, pixels: withGamma(image.pixels, gamma) }, target };
}

/** The same way as in detection. */
function resize({ image, target }: Sample, preprocess: Omit<Preprocess, "testTimeFlip">): Sample {
  const prepared = prepareImage(image, preprocess);
  return {
    image: prepared.image,
    target: resizeTarget(target, prepared.scaleX, prepared.scaleY),
  };
}
