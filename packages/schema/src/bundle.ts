/**
 * What a folder of networks that belong together says of itself: the detector, and the preliminary networks
 * that outline bones and tell classes beside it. A file is known by its hash, so that a bundle of which one
 * was exchanged is told.
 */
import { z } from "zod";

export const bundledNetworkSchema = z.enum(["detection", "segmentation", "classification"]);
export type BundledNetwork = z.infer<typeof bundledNetworkSchema>;

const memberSchema = z.strictObject({
  network: bundledNetworkSchema,
  /** In the bundle's folder. */
  file: z.string().regex(/^[a-z0-9-]+\.safetensors$/, {
    error: "expected the name of a .safetensors file in the bundle",
  }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "expected a SHA-256" }),
});
export type BundleMember = z.infer<typeof memberSchema>;

export const bundleSchema = z.strictObject({
  format: z.literal("malleolus-bundle-1"),
  name: z.string().min(1).max(100),
  version: z.string().min(1).max(100),
  /** Of Malleolus, that wrote it. */
  writtenBy: z.string().min(1),
  members: z
    .array(memberSchema)
    .min(1)
    .refine((all) => new Set(all.map(({ network }) => network)).size === all.length, {
      error: "expected every network once",
    })
    .readonly(),
});
export type Bundle = z.infer<typeof bundleSchema>;
