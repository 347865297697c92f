/** All that defines a MobileNetV2: the backbone of the preliminary networks. It is a part of theirs. */
import { z } from "zod";

export const mobileNetV2ConfigSchema = z.strictObject({
  /** `fixed`: batch norm by the statistics of the weights. `group`: for training without weights. */
  norm: z.enum(["fixed", "group"]),
  /** How many pixels a cell of the deepest map is wide. */
  outputStride: z.union([z.literal(16), z.literal(32)]),
  /** Whether the first block has an expansion, 1x1 from 32 to 32, as Gluon's weights have it. */
  firstExpansion: z.boolean(),
  /** How many of `features` never train. */
  freezeAt: z.int().nonnegative(),
});
export type MobileNetV2Config = Readonly<z.infer<typeof mobileNetV2ConfigSchema>>;
