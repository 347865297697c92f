/**
 * A segmenter: checkpoint in, labels of a radiograph's pixels out. One file holds all that serving needs, as
 * a detector's does.
 */
import {
  type DisplayImage,
  type LabelMap,
  type LabelProbabilities,
  mirrorImage,
  type NetworkImage,
  placeLabels,
  prepareImage,
} from "@malleolus/imaging";
import {
  type Preprocess,
  preprocessSchema,
  readJson,
  type SegmentationConfig,
  type Structure,
  segmentationConfigSchema,
} from "@malleolus/schema";
import { autocast, nn, scope, writeSafetensors } from "@malleolus/torch";
import type { DetectorOptions } from "../detector/detector.ts";
import { type BatchOptions, batchImages } from "../input/image-batch.ts";
import {
  type FileKind,
  loadAll,
  parsed,
  readNetworkFile,
  settleModel,
  weightsHash,
} from "../network-file.ts";
import { freeModel } from "../placement.ts";
import { SEGMENTER_FORMAT } from "../weights/own-formats.ts";
import { type DeepLab, deepLab } from "./deeplab.ts";
import { withLikeliest } from "./likeliest-labels.ts";

const FILE: FileKind = {
  what: "a segmenter",
  formats: [SEGMENTER_FORMAT],
  remedy: "give the model.safetensors of a run of malleolus train --task segmentation",
};

/** What is seen on a radiograph. */
export interface SegmentedRadiograph {
  /** At the radiograph's size. */
  readonly labels: LabelMap;
  /** At the network's size, with how sure it is. */
  readonly found: LabelProbabilities;
}

export interface Segmenter {
  readonly structures: readonly Structure[];
  readonly config: SegmentationConfig;
  readonly preprocess: Preprocess;
  /** Of its weights: a classifier that looks where the same segmentation finds something says so by it. */
  readonly weightsHash: string;
  segment(image: DisplayImage): SegmentedRadiograph;
  /** Of an image that is at the network's size already. */
  segmentPrepared(image: NetworkImage): LabelProbabilities;
  /** Frees its tensors; it cannot be used any more. */
  close(): void;
}

/**
 * Writes a model so that `openSegmenter` reads it, atomically.
 *
 * @throws TorchError `checkpoint` when it cannot be written; an older file is then still there.
 */
export function writeSegmenter(path: string, model: DeepLab, preprocess: Preprocess): void {
  writeSafetensors(path, nn.stateDict(model), {
    format: SEGMENTER_FORMAT,
    config: JSON.stringify(model.config),
    preprocess: JSON.stringify(preprocess),
  });
}

/**
 * Opens a checkpoint that `writeSegmenter` wrote.
 *
 * @throws ModelError `checkpoint`, one line that begins with the path, when it cannot be
 *   read, was cut, or is of another model or format.
 */
export function openSegmenter(
  path: string,
  options: Omit<DetectorOptions, "scoreThreshold"> = {},
): Segmenter {
  const { device = "cpu", precision = "float32" } = options;
  const { model, preprocess } = scope(() => readModel(path));
  const hash = scope(() => weightsHash(model));
  settleModel(model, device);
  const { config } = model;
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const input = { device, divisibility, pixelMean, channels };
  const segmentPrepared = (image: NetworkImage) =>
    autocast(precision === "bfloat16" ? precision : null, () =>
      segmentImage(model, image, preprocess, input),
    );
  return {
    structures: config.structures,
    config,
    preprocess,
    weightsHash: hash,
    segmentPrepared,
    segment(image) {
      const found = segmentPrepared(prepareImage(image, preprocess).image);
      return { labels: placeLabels(found, image), found };
    },
    close: () => freeModel(model),
  };
}

/** What the model sees in an image at the network's size; with `testTimeFlip` the mean with its mirror image's. */
export function segmentImage(
  model: DeepLab,
  image: NetworkImage,
  { testTimeFlip }: Pick<Preprocess, "testTimeFlip">,
  options: BatchOptions,
): LabelProbabilities {
  if (!testTimeFlip) {
    const [found] = scope(() => model.segment(batchImages([image], options)));
    return found;
  }
  const [found, mirrored] = scope(() =>
    model.segment(batchImages([image, mirrorImage(image)], options)),
  );
  return meanWithMirrored(found, mirrored);
}

/** Of what is seen on an image and on its mirror image. */
export function meanWithMirrored(
  found: LabelProbabilities,
  mirrored: LabelProbabilities,
): LabelProbabilities {
  const { width, height } = found;
  const probabilities = new Float32Array(found.probabilities.length);
  for (let row = 0; row < probabilities.length; row += width) {
    const last = row + width - 1;
    for (let x = 0; x < width; x++) {
      probabilities[row + x] =
        (found.probabilities[row + x] + mirrored.probabilities[last - x]) / 2;
    }
  }
  return withLikeliest(width, height, probabilities);
}

function readModel(path: string): { model: DeepLab; preprocess: Preprocess } {
  const { tensors, metadata } = readNetworkFile(path, FILE);
  const config = parsed(
    () => readJson(segmentationConfigSchema, metadata.config ?? "", `${path}: its configuration`),
    FILE,
  );
  const preprocess = parsed(
    () => readJson(preprocessSchema, metadata.preprocess ?? "", `${path}: its preprocessing`),
    FILE,
  );
  const model = nn.undrawn(() => deepLab(config));
  loadAll(model, tensors, path, FILE);
  return { model, preprocess };
}
