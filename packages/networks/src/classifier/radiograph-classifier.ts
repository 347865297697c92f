/**
 * A classifier of radiographs: checkpoint in, the probability of every class out. One file holds all that
 * serving needs, as a detector's does; the temperature too, by which its probabilities are calibrated (Guo
 * et al. 2017), where it was fitted.
 */
import {
  type DisplayImage,
  type LabelProbabilities,
  mirrorImage,
  type NetworkImage,
  prepareImage,
} from "@malleolus/imaging";
import {
  type ClassificationConfig,
  type ClassifierCalibration,
  classificationConfigSchema,
  classifierCalibrationSchema,
  type Preprocess,
  preprocessSchema,
  readJson,
} from "@malleolus/schema";
import {
  autocast,
  nn,
  noGrad,
  readSafetensors,
  scope,
  TorchError,
  writeSafetensors,
} from "@malleolus/torch";
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
import { CLASSIFIER_FORMAT } from "../weights/own-formats.ts";
import { type ImageClassifier, imageClassifier } from "./classifier.ts";
import type { WhereFound } from "./where-found.ts";

const FILE: FileKind = {
  what: "a classifier",
  formats: [CLASSIFIER_FORMAT],
  remedy: "give the model.safetensors of a run of malleolus train --task classification",
};

export interface RadiographClassifier {
  readonly classes: readonly string[];
  readonly config: ClassificationConfig;
  readonly preprocess: Preprocess;
  /** Null where nothing was fitted: probabilities are then as sure as training made them. */
  readonly calibration: ClassifierCalibration | null;
  /** Before softmax and temperature [K]; what a calibration is fitted on. */
  logits(image: DisplayImage): Float32Array;
  /** The probability of each class [K], calibrated where a temperature was fitted. */
  classify(image: DisplayImage): Float32Array;
  /** The same of an image that is at the network's size already. */
  classifyPrepared(image: NetworkImage): Float32Array;
  /** What its own segmentation sees; null where it looks at whole radiographs. */
  readonly segmentation: ClassifierSegmentation | null;
  /** Frees its tensors; it cannot be used any more. */
  close(): void;
}

export interface ClassifierSegmentation {
  /** As a segmenter's. */
  readonly weightsHash: string;
  /** Outlines and class of each of some images at the network's size, in one pass, not flipped. */
  segmentAndClassify(images: readonly NetworkImage[]): {
    readonly found: LabelProbabilities;
    /** [K], calibrated where a temperature was fitted. */
    readonly probabilities: Float32Array;
  }[];
}

/**
 * Writes a model so that `openClassifier` reads it, atomically.
 *
 * @throws TorchError `checkpoint` when it cannot be written; an older file is then still there.
 */
export function writeClassifier(
  path: string,
  model: ImageClassifier,
  preprocess: Preprocess,
): void {
  writeSafetensors(path, nn.stateDict(model), {
    format: CLASSIFIER_FORMAT,
    config: JSON.stringify(model.config),
    preprocess: JSON.stringify(preprocess),
  });
}

/**
 * Writes a calibration into a classifier's file, atomically; what was there of it before goes.
 *
 * @throws ModelError `checkpoint` as `openClassifier`.
 * @throws TorchError `checkpoint` when it cannot be written; the older file is then still there.
 */
export function writeCalibration(path: string, calibration: ClassifierCalibration): void {
  scope(() => {
    const { tensors, metadata } = readNetworkFile(path, FILE);
    writeSafetensors(path, tensors, { ...metadata, calibration: JSON.stringify(calibration) });
  });
}

/** Whether a file is a classifier's, of whatever version; false for one that cannot be read. */
export function isClassifier(path: string): boolean {
  try {
    const { format = "" } = scope(() => readSafetensors(path).metadata);
    return format.startsWith("malleolus-classifier-");
  } catch (error) {
    if (error instanceof TorchError) return false;
    throw error;
  }
}

/**
 * Opens a checkpoint that `writeClassifier` wrote.
 *
 * @throws ModelError `checkpoint`, one line that begins with the path, when it cannot be
 *   read, was cut, or is of another model or format.
 */
export function openClassifier(
  path: string,
  options: Omit<DetectorOptions, "scoreThreshold"> = {},
): RadiographClassifier {
  const { device = "cpu", precision = "float32" } = options;
  const { model, preprocess, calibration } = scope(() => readModel(path));
  const { whereFound } = model;
  settleModel(model, device);
  const { config } = model;
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const input = { device, divisibility, pixelMean, channels };
  const inPrecision = <T>(body: () => T) =>
    autocast(precision === "bfloat16" ? precision : null, body);
  const ofPrepared = (image: NetworkImage) =>
    inPrecision(() => logitsOf(model, image, preprocess, input));
  const logits = (image: DisplayImage) => ofPrepared(prepareImage(image, preprocess).image);
  const calibrated = (values: Float32Array) => softmax(values, calibration?.temperature ?? 1);
  return {
    classes: config.classes,
    config,
    preprocess,
    calibration,
    logits,
    classify: (image) => calibrated(logits(image)),
    classifyPrepared: (image) => calibrated(ofPrepared(image)),
    segmentation: whereFound && {
      weightsHash: scope(() => weightsHash(whereFound.segmentation)),
      segmentAndClassify(images) {
        return inPrecision(() => seenOn(model, whereFound, images, input)).map(
          ({ found, logits }) => ({ found, probabilities: calibrated(logits) }),
        );
      },
    },
    close: () => freeModel(model),
  };
}

/** Logits of one image [K] at the network's size; with `testTimeFlip` the mean with its mirror image's. */
export function logitsOf(
  model: ImageClassifier,
  image: NetworkImage,
  { testTimeFlip }: Pick<Preprocess, "testTimeFlip">,
  options: BatchOptions,
): Float32Array {
  const images = testTimeFlip ? [image, mirrorImage(image)] : [image];
  return scope(() =>
    model
      .logits(batchImages(images, options))
      .mean({ dim: [0] })
      .toFloat32Array(),
  );
}

/** One pass of the segmentation for both. */
function seenOn(
  model: ImageClassifier,
  { segmentation, featuresOf }: WhereFound,
  images: readonly NetworkImage[],
  options: BatchOptions,
): { readonly found: LabelProbabilities; readonly logits: Float32Array }[] {
  return noGrad(() =>
    scope(() => {
      const batch = batchImages(images, options);
      const map = segmentation.decode(batch);
      const labels = segmentation.predictor.forward(map);
      const logits = model.classifier[1]
        .forward(featuresOf(map, labels, batch.sizes))
        .to("float32")
        .toFloat32Array();
      const classes = logits.length / images.length;
      return segmentation.segmentationsOf(labels, batch).map((found, i) => ({
        found,
        logits: logits.slice(i * classes, (i + 1) * classes),
      }));
    }),
  );
}

/** Probabilities of logits over a temperature: above 1 they are less sure. */
export function softmax(logits: Float32Array, temperature: number): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((value) => Math.exp((value - most) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function readModel(path: string): {
  model: ImageClassifier;
  preprocess: Preprocess;
  calibration: ClassifierCalibration | null;
} {
  const { tensors, metadata } = readNetworkFile(path, FILE);
  const config = parsed(
    () => readJson(classificationConfigSchema, metadata.config ?? "", `${path}: its configuration`),
    FILE,
  );
  const preprocess = parsed(
    () => readJson(preprocessSchema, metadata.preprocess ?? "", `${path}: its preprocessing`),
    FILE,
  );
  const calibration =
    metadata.calibration === undefined
      ? null
      : parsed(
          () =>
            readJson(classifierCalibrationSchema, metadata.calibration, `${path}: its calibration`),
          FILE,
        );
  const model = nn.undrawn(() => imageClassifier(config));
  loadAll(model, tensors, path, FILE);
  return { model, preprocess, calibration };
}
