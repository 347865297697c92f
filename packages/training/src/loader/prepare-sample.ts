/**
 * One radiograph from its file to the network's size: read, cropped, mirrored, resized, turned. A
 * function
 * of its request alone; it runs in worker threads and never touches LibTorch.
 *
 * Grey levels stay floats all the way: ten or sixteen bits of a DICOM file reach the network.
 */
import { readRadiograph } from "@malleolus/data";
import { maskUnexposed, prepareImage, resizeTarget } from "@malleolus/imaging";
import type { Preprocess } from "@malleolus/schema";
import { crop, drawCrop } from "../augment/crop.ts";
import { flipHorizontally } from "../augment/flip.ts";
import { drawGamma, withGamma } from "../augment/gamma.ts";
import { drawRotation, rotate } from "../augment/rotate.ts";
import type { Sample } from "../augment/sample.ts";
import type { SampleImage } from "../data-set.ts";
import { drawsOf } from "../draws.ts";
import { TrainingError } from "../errors.ts";

/** How radiographs come to the network in training. */
export interface InputPlan {
  /** One is drawn for each radiograph: the network's shorter side, in pixels. */
  readonly minSizes: readonly number[];
  /** The longer side is never longer; the shorter one then gives way. */
  readonly maxSize: number;
  readonly flipProbability: number;
  /** Least share of a side that a crop leaves; 1 crops nothing. */
  readonly leastCropShare: number;
  /** See `drawGamma`; 1 leaves the grey levels. */
  readonly greatestGamma: number;
  /** In degrees to either side; 0 turns nothing. */
  readonly greatestRotation: number;
  /** Of turning it upside down as well. */
  readonly halfTurnProbability: number;
  /** As in detection. */
  readonly unexposed: Preprocess["unexposed"];
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
export async function prepareSample(request: SampleRequest): Promise<Sample> {
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
  const exposed = maskUnexposed({ width, height, pixels: radiograph.pixels }, input.unexposed);
  const read = { image: exposed, target: image.target };
  const draws = drawsOf(request.seed, request.step);
  const draw = (purpose: string) => draws(purpose, request.slot);
  const minSize = input.minSizes[Math.floor(draw("size")() * input.minSizes.length)];
  const { maxSize } = input;
  const resized = resize(augment(read, input, draw), { minSize, maxSize, unexposed: "as is" });
  const halfTurn = draw("half turn")() < input.halfTurnProbability ? 180 : 0;
  const degrees = drawRotation(input.greatestRotation, draw("rotation")) + halfTurn;
  // Last, in the network's pixels: a large radiograph would take long to turn.
  return degrees === 0 ? resized : rotate(resized, degrees);
}

function augment(read: Sample, input: InputPlan, draw: (purpose: string) => () => number): Sample {
  const { width, height } = read.image;
  const { leastCropShare, flipProbability, greatestGamma } = input;
  const cropped =
    leastCropShare === 1 ? read : crop(read, drawCrop(width, height, leastCropShare, draw("crop")));
  const { image, target } = draw("flip")() < flipProbability ? flipHorizontally(cropped) : cropped;
  const gamma = greatestGamma === 1 ? 1 : drawGamma(greatestGamma, draw("gamma"));
  return { image: { ...image, pixels: withGamma(image.pixels, gamma) }, target };
}

/** The same way as in detection. */
function resize({ image, target }: Sample, preprocess: Omit<Preprocess, "views">): Sample {
  const prepared = prepareImage(image, preprocess);
  return {
    image: prepared.image,
    target: resizeTarget(target, prepared.scaleX, prepared.scaleY),
  };
}
