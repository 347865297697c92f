/**
 * How heads of a trained detector learn on while all else of it rests, for `frozen-heads.ts` and `box-places.ts`: the
 * radiographs, mirrored or not, always the same ones in the same order; what the resting detector proposes on them;
 * and the optimiser. Not started by hand.
 */
import { readRadiograph } from "@malleolus/data";
import { flipBox, flipPolygon } from "@malleolus/geometry";
import {
  mirrorImage,
  type NetworkImage,
  type PreparedImage,
  prepareImage,
  resizeTarget,
  type Target,
} from "@malleolus/imaging";
import { batchImages, initializeNetwork, type MaskRcnn, maskRcnn } from "@malleolus/networks";
import { permutation, randomStreams } from "@malleolus/random";
import {
  detectorConfig,
  detectorPreprocess,
  type MaskRcnnConfig,
  type Preprocess,
} from "@malleolus/schema";
import { manualSeed, nn, noGrad, optim, readSafetensors } from "@malleolus/torch";
import { readTrainingSet } from "@malleolus/training";

export const SEED = 1;
export const SHOWN_EVERY = 50;
const BATCH = 2;
/** As the recipe `demo`: AdamW, a warm-up, half a cosine. */
const [LEARNING_RATE, WARM_UP, WEIGHT_DECAY] = [0.0003, 50, 0.02];

/** What of a detector learns on. */
export interface LearningPart {
  readonly change?: (roi: MaskRcnnConfig["roi"]) => MaskRcnnConfig["roi"];
  /** Drawn anew instead of taken over. */
  readonly isFresh?: (name: string) => boolean;
  readonly learns: RegExp;
}

export interface TrainedDetector {
  readonly preprocess: Preprocess;
  /** The network as it is. */
  readonly base: MaskRcnn;
  /** Another one, with a part that learns and nothing else that does. */
  withPart(part: LearningPart): MaskRcnn;
}

export function readTrained(checkpoint: string): TrainedDetector {
  const { tensors, metadata } = readSafetensors(checkpoint);
  const config = detectorConfig(metadata, checkpoint);
  const withPart = ({ change, isFresh, learns }: LearningPart) => {
    manualSeed(SEED);
    const model = maskRcnn({ ...config, roi: change?.(config.roi) ?? config.roi });
    const kept = new Map([...tensors].filter(([name]) => isFresh?.(name) !== true));
    const { missing, fresh } = initializeNetwork(model, kept);
    const lacking = [...missing, ...fresh].filter(
      (name) => isFresh === undefined || !learns.test(name),
    );
    if (lacking.length > 0) {
      throw new Error(
        `${checkpoint}: expected all weights but a new head's, got none of ${lacking.join(", ")}; name a trained detector`,
      );
    }
    for (const [name, tensor] of nn.stateDict(model)) {
      if (!learns.test(name)) tensor.requiresGrad_(false);
    }
    return model;
  };
  return {
    preprocess: detectorPreprocess(metadata, checkpoint),
    base: withPart({ learns: /^$/ }),
    withPart,
  };
}

/** A radiograph as the network sees it. */
export interface Sample extends Pick<PreparedImage, "scaleX" | "scaleY"> {
  readonly path: string;
  readonly image: NetworkImage;
  readonly target: Target;
  readonly isMirrored: boolean;
}

/** What is drawn for a step, from 0: a function of the set and the step alone. */
export async function openSamples(
  coco: string,
  folder: string,
  preprocess: Preprocess,
): Promise<{ batchAt(step: number): Promise<Sample[]> }> {
  const { images } = await readTrainingSet(coco, folder);
  const known = new Map<number, Sample>();
  const sampleOf = async (place: number) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const { path, target } = images[place];
    const { image, scaleX, scaleY } = prepareImage(await readRadiograph(path), preprocess);
    const resized = resizeTarget(target, scaleX, scaleY);
    const sample = { path, image, target: resized, scaleX, scaleY, isMirrored: false };
    known.set(place, sample);
    return sample;
  };
  return {
    async batchAt(step) {
      const random = randomStreams(SEED, step);
      const batch: Sample[] = [];
      for (let slot = 0; slot < BATCH; slot++) {
        const sample = await sampleOf(placeAt(step * BATCH + slot, images.length));
        batch.push(random("flip", slot)() < 0.5 ? mirrored(sample) : sample);
      }
      return batch;
    },
  };
}

function placeAt(drawn: number, count: number): number {
  return permutation(SEED, Math.floor(drawn / count), count, "frozen heads")[drawn % count];
}

function mirrored(sample: Sample): Sample {
  const { image, target } = sample;
  const { width } = image;
  return {
    ...sample,
    isMirrored: true,
    image: mirrorImage(image),
    target: {
      ...target,
      boxes: target.boxes.map((box) => flipBox(box, width)),
      polygons: target.polygons.map((own) => own.map((polygon) => flipPolygon(polygon, width))),
    },
  };
}

/** The maps that regions are pooled from, and where objects may be. No gradient flows into either. */
export function proposedBy(detector: MaskRcnn, images: readonly NetworkImage[]) {
  const { sizeDivisibility: divisibility, pixelMean, channels } = detector.config;
  const batch = batchImages(images, { divisibility, pixelMean, channels });
  const features = noGrad(() => detector.backbone.forward(batch.tensor));
  const proposals = detector.proposal_generator.propose(features, batch.sizes);
  return { batch, maps: features.slice(0, 4), proposals };
}

/** As the losses of regions compare them. */
export function truthsOf(batch: readonly Sample[]) {
  return batch.map(({ target }) => ({
    ...target,
    boxes: Float32Array.from(target.boxes.flat()),
  }));
}

/** For what of a module learns. */
export function headOptimizer(module: object): optim.Adam {
  return optim.adam(nn.parameters(module), {
    learningRate: LEARNING_RATE,
    beta2: 0.99,
    weightDecay: WEIGHT_DECAY,
    decoupled: true,
  });
}

export function learningRateAt(step: number, steps: number): number {
  const rate = Math.min(1, (step + 1) / WARM_UP) * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps));
  return LEARNING_RATE * rate;
}
