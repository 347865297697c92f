/**
 * A run as one complete object: everything that decides what is learned. It is saved as
 * `recipe.json` beside the run's events and in every checkpoint; no default hides anywhere else.
 *
 * Not part of it is what only decides how fast: device, threads, workers.
 */
import { z } from "zod";
import { type ModelConfig, modelConfigSchema } from "./model-config.ts";
import { preprocessSchema } from "./preprocess.ts";
import {
  type ValidationMetric,
  validationMetricSchema,
  validationMetrics,
} from "./validation-measures.ts";
import { upgradeRecipe } from "./version-1.ts";

const share = z.number().min(0).max(1);

const scheduleSchema = z.strictObject({
  baseLearningRate: z.number().positive(),
  warmup: z.strictObject({ steps: z.int().nonnegative(), factor: share }).readonly(),
  decay: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("steps"),
      milestones: z.array(z.int().positive()).readonly(),
      gamma: z.number().positive(),
    }),
    z.strictObject({ kind: z.literal("cosine") }),
  ]),
});

const recipeShape = z.strictObject({
  format: z.literal("malleolus-recipe-2"),
  name: z.string().min(1),
  /** What its runs should reach: a change that breaks training shows. */
  expected: z
    .array(
      z.strictObject({
        metric: z.string().min(1),
        value: z.number(),
        tolerance: z.number().nonnegative(),
        /** On which data, after what. */
        conditions: z.string().min(1),
      }),
    )
    .readonly(),
  seed: z.int().nonnegative(),
  steps: z.int().positive(),
  /** If given, `resolveRecipe` computes the steps: this many passes over the radiographs. */
  epochs: z.number().positive().nullable(),
  batchSize: z.int().positive(),
  /**
   * Equal parts of a batch that go through the network one after the other, and whose gradients add up:
   * the schedule's batch size in less memory.
   */
  gradientAccumulation: z.int().positive(),
  /** Of convolutions and matrix products; weights, boxes and losses are always float32. */
  dtype: z.enum(["float32", "bfloat16"]),
  checkpointEverySteps: z.int().positive(),
  /**
   * Validation on the radiographs that are held out; null without any. The metric decides which
   * checkpoint is the best; training ends early after `patience` validations without a better value,
   * or never if that is null.
   */
  validation: z
    .strictObject({
      everySteps: z.int().positive(),
      metric: validationMetricSchema,
      patience: z.int().positive().nullable(),
    })
    .nullable(),
  /**
   * Validation and the trained detector take a moving average of the weights instead of the last ones;
   * null takes the last.
   */
  weightAverage: z.strictObject({ decay: z.number().min(0).lt(1) }).nullable(),
  /** Null in a recipe without data, as the named ones are. */
  data: z
    .strictObject({
      annotationsSha256: z.string(),
      images: z.int().positive(),
      imagesWithObjects: z.int().positive(),
      /** The radiographs that are held out of it; null without. */
      tuning: z
        .strictObject({
          annotationsSha256: z.string(),
          /** Of their names. */
          imagesSha256: z.string(),
          images: z.int().positive(),
          imagesWithObjects: z.int().positive(),
        })
        .nullable(),
    })
    .nullable(),
  /** The initial weights' file; null without. */
  weights: z.strictObject({ sha256: z.string() }).nullable(),
  /** How often each radiograph is used. */
  sampling: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("shuffled") }),
    /** Fraction of radiographs without objects. */
    z.strictObject({ kind: z.literal("negative-fraction"), fraction: share }),
    /** Every class as often, radiographs without objects as one: inverse prevalence. */
    z.strictObject({ kind: z.literal("class-balanced") }),
  ]),
  /** How radiographs come to the network in training: see `InputPlan`. */
  input: z.strictObject({
    minSizes: z.array(z.int().positive()).min(1).readonly(),
    maxSize: z.int().positive(),
    flipProbability: share,
    /** Shortest side of a crop, as a fraction of the radiograph's. */
    minCropFraction: z.number().positive().max(1),
    /** Grey levels to a power from 1 / this to this; 1 leaves them. */
    maxGamma: z.number().min(1),
    /** To either side. */
    maxRotationDegrees: z.number().min(0).max(180),
    halfTurnProbability: share,
    /**
     * Radiographs as another machine would show them: with noise of a standard deviation from 0 to `maxNoise`, a
     * share of the range from black to white; with fine, middle and wide differences times 1 / `maxContrastGain` to
     * it, each on its own; and some with the black border of a narrower collimation. Null leaves them, as recipes did
     * before there was a choice.
     */
    otherMachine: z
      .strictObject({
        maxNoise: share,
        maxContrastGain: z.number().min(1),
        collimationProbability: share,
      })
      .nullable()
      .default(null),
    /**
     * A window of the network's pixels that is cut out at the end, `probability` of them around an object
     * of the named categories; null shows the whole radiograph, as recipes did before there were windows.
     * `stepShare` of the steps show windows, of all their radiographs, and the others show whole ones.
     */
    window: z
      .strictObject({
        side: z.int().positive(),
        around: z.array(z.string()).min(1).readonly(),
        probability: share,
        stepShare: share.default(1),
      })
      .nullable()
      .default(null),
  }),
  /** How the trained network gets a radiograph; it goes into its checkpoint. */
  preprocess: preprocessSchema,
  optimizer: z.strictObject({
    method: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("sgd"), momentum: share }),
      z.strictObject({ kind: z.literal("adamw"), beta1: share, beta2: share }),
    ]),
    weightDecay: z.number().nonnegative(),
    /** Of norms' weights and biases. */
    normWeightDecay: z.number().nonnegative(),
    /** Limit of the gradients' norm over all parameters; null without one. */
    clipNorm: z.number().positive().nullable(),
    schedule: scheduleSchema,
  }),
  model: modelConfigSchema,
});

/** Reads recipes of the first version, too. */
export const recipeSchema = z.preprocess(
  upgradeRecipe,
  recipeShape
    .refine(({ batchSize, gradientAccumulation }) => batchSize % gradientAccumulation === 0, {
      path: ["gradientAccumulation"],
      error: "expected a number that divides batchSize",
    })
    .refine(
      ({ validation, model }) => validation === null || isMeasured(validation.metric, model),
      {
        path: ["validation", "metric"],
        error: ({ input }) => describeMetrics(input),
      },
    ),
);
export type Recipe = z.infer<typeof recipeSchema>;

/** A recipe of one kind of network. */
export type RecipeOf<Kind extends ModelConfig["kind"]> = Omit<Recipe, "model"> & {
  readonly model: Extract<ModelConfig, { kind: Kind }>;
};

function isMeasured(metric: ValidationMetric, { kind }: ModelConfig): boolean {
  return validationMetrics[kind].includes(metric);
}

function describeMetrics(recipe: unknown): string {
  const parsed = z.looseObject({ model: z.looseObject({ kind: z.string() }) }).safeParse(recipe);
  const kind = z
    .enum(["mask-rcnn", "segmentation", "classification"])
    .safeParse(parsed.data?.model.kind);
  return kind.success
    ? `expected what a model of kind "${kind.data}" is measured by: ${validationMetrics[kind.data].join(", ")}`
    : "expected what the model is measured by";
}
