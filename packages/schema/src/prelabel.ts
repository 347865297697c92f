/**
 * What a model says of a radiograph before people work on it: the shapes and the class that annotators are
 * offered, and the figures by which radiographs are chosen. Readers never see any of it.
 */
import { z } from "zod";
import { imageIdSchema, widenedLineSchema } from "./annotation.ts";
import { polygonSchema } from "./finding.ts";
import { sideSchema, viewSchema } from "./image.ts";

const shareSchema = z.number().min(0).max(1);

/** Which model it is: by what it consists of, and as people call it. */
export const modelSchema = z.strictObject({
  /** Of its file of weights; of another tool's model, which is not here, the file of its proposals. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, {
    error: "expected the SHA-256 of a model, 64 hexadecimal digits",
  }),
  name: z.string().min(1).max(100),
  version: z.string().min(1).max(100),
});
export type Model = z.infer<typeof modelSchema>;

/** One structure as a model outlines it. */
export const proposedShapeSchema = z.strictObject({
  structure: z.string().min(1),
  polygons: z.array(polygonSchema).min(1, { error: "expected at least one polygon" }),
  /** The same as an open line with its width; null for what is not thin. */
  line: widenedLineSchema.nullable(),
  /** The mean of its pixels' probabilities; null where the model gives none. */
  score: shareSchema.nullable(),
});
export type ProposedShape = z.infer<typeof proposedShapeSchema>;

/** How far the probabilities of the classes may sum to another number than 1: rounding. */
const SUM_TOLERANCE = 1e-3;

/** By class of the protocol. */
export const classProbabilitiesSchema = z
  .record(z.string().min(1), shareSchema)
  .refine(
    (all) => Math.abs(Object.values(all).reduce((sum, p) => sum + p, 0) - 1) <= SUM_TOLERANCE,
    { error: "expected probabilities that sum to 1" },
  )
  .readonly();
export type ClassProbabilities = z.infer<typeof classProbabilitiesSchema>;

/** What the outlines alone say, for comparison with the class. */
export const segmentationSummarySchema = z.strictObject({
  /** That there is a fracture: the greatest mean over a part of the image as large as one. */
  fractureProbability: shareSchema,
  /** By the height of the fracture's line at the bones; null where it is not determinable. */
  class: z.string().min(1).nullable(),
});
export type SegmentationSummary = z.infer<typeof segmentationSummarySchema>;

const guess = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, probability: shareSchema }).nullable();

export const prelabelSchema = z
  .strictObject({
    image: imageIdSchema,
    model: modelSchema,
    /** Whether a lower leg is seen. Of another part of the body nothing is outlined. */
    isLowerLeg: z.boolean(),
    /** Each structure at most once. */
    shapes: z.array(proposedShapeSchema),
    /** Calibrated on tuning patients; null from a model that outlines only. */
    probabilities: classProbabilitiesSchema.nullable(),
    /** Of the same radiograph flipped left to right; null where it was not looked at. */
    flippedProbabilities: classProbabilitiesSchema.nullable(),
    segmentation: segmentationSummarySchema.nullable(),
    /** Where the file does not say. */
    view: guess(viewSchema),
    side: guess(sideSchema),
  })
  .superRefine(({ isLowerLeg, shapes }, context) => {
    const refuse = (message: string) =>
      context.addIssue({ code: "custom", path: ["shapes"], message });
    if (!isLowerLeg && shapes.length > 0) {
      refuse(`expected no outline where no lower leg is seen, got ${shapes.length}`);
    }
    if (new Set(shapes.map(({ structure }) => structure)).size < shapes.length) {
      refuse("expected every structure once, with all its parts");
    }
  });
export type Prelabel = z.infer<typeof prelabelSchema>;

/** The class of the greatest probability; of equal ones, the one that comes first. */
export function likeliestClass(probabilities: ClassProbabilities): {
  readonly class: string;
  readonly probability: number;
} {
  let [best, most] = ["", -1];
  for (const [name, probability] of Object.entries(probabilities)) {
    if (probability > most) [best, most] = [name, probability];
  }
  return { class: best, probability: most };
}
