/** The facts of a radiograph besides its pixels. */
import { z } from "zod";

/**
 * Where millimetres come from: a calibrated spacing in the patient; the spacing at the detector,
 * divided by the magnification where the file gives it; or nowhere, and lengths stay in pixels.
 */
export const calibrationSchema = z.enum(["calibrated", "at detector", "none"]);
export type Calibration = z.infer<typeof calibrationSchema>;

/** Projections that the ankle protocol speaks of. */
export const viewSchema = z.enum(["ap", "pa", "mortise", "lateral", "oblique"]);
export type View = z.infer<typeof viewSchema>;

export const sideSchema = z.enum(["left", "right", "both"]);
export type Side = z.infer<typeof sideSchema>;

/** Least, greatest and mean of an image's values. */
export const valueRangeSchema = z.strictObject({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
});
export type ValueRange = z.infer<typeof valueRangeSchema>;

export const imageSchema = z.strictObject({
  format: z.enum(["dicom", "jpeg", "png"]),
  /** Columns and rows of the stored pixels. */
  width: z.int().positive(),
  height: z.int().positive(),
  /** DICOM's Modality (`CR`, `DX`, …); null outside DICOM. */
  modality: z.string().nullable(),
  view: viewSchema.nullable(),
  side: sideSchema.nullable(),
  /** Millimetres from row to row and from column to column, DICOM's order; null when unknown. */
  pixelSpacingMm: z.tuple([z.number().positive(), z.number().positive()]).readonly().nullable(),
  spacingSource: calibrationSchema,
  /** UID of the transfer syntax; null outside DICOM. */
  transferSyntax: z.string().nullable(),
  bitsAllocated: z.int().positive(),
  bitsStored: z.int().positive(),
  /** DICOM's PhotometricInterpretation; `MONOCHROME2` or `RGB` for JPEG and PNG. */
  photometric: z.string(),
  /** EXIF orientation 2 to 8 where a file carries one. It is reported and never applied. */
  exifOrientation: z.int().min(2).max(8).nullable(),
});
export type ImageRecord = z.infer<typeof imageSchema>;
