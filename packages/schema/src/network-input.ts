/** What every network says of its input, whatever it is: three channels of a radiograph, and their padding. */
import { z } from "zod";

export const networkInput = {
  /** Of blue, green and red, on a scale of 0 to 255. */
  pixelMean: z.tuple([z.number(), z.number(), z.number()]).readonly(),
  /**
   * What the three channels hold: three times the radiograph, as published weights want it, or the
   * radiograph and two bands of its detail, for training without weights.
   */
  channels: z.enum(["gray", "detail"]),
  /** Height and width of a batch are multiples of this. */
  sizeDivisibility: z.int().positive().multipleOf(32),
};

/** As Detectron2 has it, and with it all published weights once they are ours. */
export const publishedInput = {
  pixelMean: [103.53, 116.28, 123.675],
  channels: "gray",
  sizeDivisibility: 32,
} as const;
