/**
 * Radiographs that somebody who runs the study adds through the browser: opened with the key file's
 * passphrase, then file by file, each imported as `malleolus import dicom` does it.
 */
import { z } from "zod";

const count = z.int().nonnegative();

/** How far an upload is. */
export const uploadSchema = z.strictObject({
  /**
   * `open` takes files; `ending` takes no more and imports what is left; `done` has imported all; `failed`
   * ended before that, and says why.
   */
  state: z.enum(["open", "ending", "done", "failed"]),
  /** Who opened it, and for which hospital. */
  who: z.string(),
  hospital: z.string(),
  /** Received and not imported yet; a zip file counts as one. */
  waiting: count,
  /** Images; a zip file has many. */
  imported: count,
  known: count,
  refused: count,
  /** Why, file by file; the first some hundred. */
  refusals: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  /** What a person should know of pictures that were imported. */
  notes: z.array(z.strictObject({ file: z.string(), note: z.string() })),
  /** Why it failed; null for all others. */
  failure: z.string().nullable(),
});
export type Upload = z.infer<typeof uploadSchema>;

/** `GET /api/uploads` */
export const uploadsSchema = z.strictObject({
  hospitals: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** Of one file. */
  largestBytes: count,
  /** The one at work, or the last; null before the first. */
  upload: uploadSchema.nullable(),
});
export type Uploads = z.infer<typeof uploadsSchema>;

/** `POST /api/uploads` */
export const uploadRequestSchema = z.strictObject({
  hospital: z.string().min(1).max(100),
  /** Of the key file: pseudonyms and UIDs are made by it. It is kept in memory until the upload ends. */
  passphrase: z.string().min(1).max(1024),
});
export type UploadRequest = z.infer<typeof uploadRequestSchema>;

/** `PUT /api/uploads/files?name=`: the bytes of one file, `application/octet-stream`. */
export const uploadedFileQuerySchema = z.strictObject({
  /** As it is called at its sender's; `.zip` is a zip file, whatever else is a DICOM file. */
  name: z.string().min(1).max(500),
});
export const uploadedFileSchema = z.strictObject({ sizeBytes: count });
