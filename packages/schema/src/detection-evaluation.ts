/**
 * The evaluation of a detector against a COCO file, as `evaluate` prints it as JSON and keeps it as
 * `evaluation.json`. The arithmetic is `evaluation`'s.
 */
import { z } from "zod";
import { estimateSchema, intervalSchema, proportionSchema } from "./proportion.ts";

const count = z.int().nonnegative();

/** COCO's figures, each a mean, over classes too. */
function figuresOf<Figure extends z.ZodType>(figure: Figure) {
  return {
    averagePrecision: z.strictObject({
      /** Over IoU .50:.05:.95, as are the three by size. */
      all: figure,
      iou30: figure,
      iou40: figure,
      iou50: figure,
      iou60: figure,
      iou75: figure,
      /** Truths of up to 32² pixels, up to 96², and above. */
      small: figure,
      medium: figure,
      large: figure,
    }),
    /** The share of truths that any detection stands for, over IoU .50:.05:.95. */
    averageRecall: z.strictObject({
      /** With the best detection of each image and class, the best ten, the best hundred. */
      best1: figure,
      best10: figure,
      best100: figure,
      small: figure,
      medium: figure,
      large: figure,
    }),
  };
}

/** Null without truths. */
const cocoFiguresSchema = z.strictObject(figuresOf(z.number().nullable()));
export type CocoFigures = z.infer<typeof cocoFiguresSchema>;

const cocoMeasuresSchema = cocoFiguresSchema.extend({
  /** Truths with a detection of their class at IoU 0.5. */
  recall50: proportionSchema,
});
export type CocoMeasures = z.infer<typeof cocoMeasuresSchema>;

const averagePrecisionSchema = cocoMeasuresSchema.extend({
  classes: z.array(cocoMeasuresSchema.extend({ class: z.string() })).readonly(),
});
export type AveragePrecision = z.infer<typeof averagePrecisionSchema>;

/** Null without a figure, or with too few truths to resample. */
const cocoIntervalsSchema = z.strictObject(figuresOf(intervalSchema.nullable()));
export type CocoIntervals = z.infer<typeof cocoIntervalsSchema>;

const averagePrecisionIntervalsSchema = cocoIntervalsSchema.extend({
  classes: z.array(cocoIntervalsSchema.extend({ class: z.string() })).readonly(),
});
export type AveragePrecisionIntervals = z.infer<typeof averagePrecisionIntervalsSchema>;

/** Figures with their 95 % intervals, by the bootstrap over groups. */
const measuredPrecisionSchema = averagePrecisionSchema.extend({
  intervals: averagePrecisionIntervalsSchema,
});
export type MeasuredPrecision = z.infer<typeof measuredPrecisionSchema>;

const foundAtScoreSchema = z.strictObject({
  score: z.number(),
  /** Objects that are found. */
  sensitivity: proportionSchema,
  falsePositivesPerImage: estimateSchema,
});
export type FoundAtScore = z.infer<typeof foundAtScoreSchema>;

const frocPointSchema = z.strictObject({
  /** Allowed false positives an image. */
  allowed: z.number().nonnegative(),
  /** Objects found at the lowest score that keeps to them. */
  sensitivity: proportionSchema,
  /** That score, and the false positives an image there; null where no finding may be shown. */
  score: z.number().nullable(),
  falsePositivesPerImage: z.number().nonnegative(),
  /**
   * Whether all findings together make fewer false positives: with a lower least score of findings
   * there might be more sensitivity.
   */
  isAll: z.boolean(),
});
export type FrocPoint = z.infer<typeof frocPointSchema>;

/** The area under the receiver operating characteristic. */
const aucSchema = z.strictObject({
  positives: count,
  negatives: count,
  auc: z.number().min(0).max(1),
  /** Null with fewer than two positives or negatives, as is the interval. */
  standardError: z.number().nullable(),
  interval: intervalSchema.nullable(),
});
export type Auc = z.infer<typeof aucSchema>;

const imageMeasuresSchema = z.strictObject({
  /** Images with objects against those without, by the images' scores; null without both kinds. */
  auc: aucSchema.nullable(),
  /**
   * What an image's score is: the image head's probability that it shows an object, where the detector has such a head,
   * or the highest score of what is found. Absent before there was a choice: the latter.
   */
  scoredBy: z.enum(["image head", "highest score"]).optional(),
  /** The same by the highest score, where an image head gives the scores; null without both kinds, and elsewhere. */
  highestScoreAuc: aucSchema.nullable().optional(),
  /** Of the images with objects, those in which something is found, whatever and wherever. */
  sensitivity: proportionSchema,
  /** Of the images without, those in which nothing is. */
  specificity: proportionSchema,
});
export type ImageMeasures = z.infer<typeof imageMeasuresSchema>;

const subgroupSchema = z.strictObject({
  /** `region`, say, or `size of the object`. */
  field: z.string(),
  value: z.string(),
  /** Radiographs, and the objects of this size on them. */
  images: count,
  objects: count,
  /** Of the objects, those found at the operating score. */
  found: proportionSchema,
  /** Average precision at IoU 0.5. */
  boxAp50: estimateSchema,
  maskAp50: estimateSchema,
});
export type Subgroup = z.infer<typeof subgroupSchema>;

/** Whether the detector was trained on what it was evaluated on: counts of the radiographs. */
const trainingCheckSchema = z.strictObject({
  /** False where the run keeps no record of what it has seen. */
  isKnown: z.boolean(),
  trainedOn: count,
  /** By which the run's best checkpoint was chosen. */
  tunedWith: count,
});
export type TrainingCheck = z.infer<typeof trainingCheckSchema>;

const measureSettingsSchema = z.strictObject({
  /** From it on a finding is shown. */
  operatingScore: z.number(),
  /** The overlap of boxes from which an object is found. */
  foundIou: z.number(),
  /** Classes that are no object to find, and are in the file. */
  notObjects: z.array(z.string()).readonly(),
  /** Fields of the images that form subgroups; null for all fields with several values. */
  by: z.array(z.string()).readonly().nullable(),
  /** Of the bootstrap: an integer from 0 to 2^53 - 1. */
  seed: count,
  resamples: z.int().positive(),
});
export type MeasureSettings = z.infer<typeof measureSettingsSchema>;

const detectionMeasuresSchema = z.strictObject({
  images: count,
  imagesWithObjects: count,
  /** Of near-duplicates or patients, which are drawn together. */
  groups: count,
  box: measuredPrecisionSchema,
  mask: measuredPrecisionSchema,
  /** The same on radiographs with objects only. */
  withObjectsOnly: z.strictObject({ box: measuredPrecisionSchema, mask: measuredPrecisionSchema }),
  /** At the operating score, of all classes that are objects. */
  found: foundAtScoreSchema,
  froc: z.array(frocPointSchema).readonly(),
  imageLevel: imageMeasuresSchema,
  subgroups: z.array(subgroupSchema).readonly(),
});
export type DetectionMeasures = z.infer<typeof detectionMeasuresSchema>;

export const detectionEvaluationSchema = detectionMeasuresSchema.extend({
  format: z.literal("malleolus-evaluation-2"),
  /** The `model.safetensors` that was evaluated. */
  detector: z.string(),
  detectorSha256: z.string(),
  annotations: z.string(),
  annotationsSha256: z.string(),
  dtype: z.string(),
  scoreThreshold: z.number(),
  trainingImages: trainingCheckSchema,
  settings: measureSettingsSchema,
});
export type DetectionEvaluation = z.infer<typeof detectionEvaluationSchema>;
