/** The messages between an import's main thread and its threads. */

import type { DataErrorCode } from "@malleolus/data";
import type { Deidentification, DicomIdentity } from "@malleolus/data/dicom";
import type { ImageRecord } from "@malleolus/schema";
import type { StudyErrorCode } from "../../errors.ts";
import type { StagedImage } from "../../image-store.ts";

/** A step, and what it works on. */
export type Request =
  /** Takes a file in hand, by its path or its bytes. */
  | {
      readonly step: "open";
      readonly name: string;
      readonly contents: string | Uint8Array<ArrayBuffer>;
    }
  | { readonly step: "describe" }
  /** Writes it without what identifies its patient. */
  | { readonly step: "clean"; readonly plan: Deidentification; readonly store: string }
  /** Null for what is neither JPEG nor PNG. */
  | { readonly step: "describe image" }
  /** Writes a JPEG or PNG without what stands beside the picture. */
  | { readonly step: "strip image"; readonly format: "jpeg" | "png"; readonly store: string }
  /** Of a DICOM file of the store; the file in hand stays in hand. */
  | { readonly step: "stored hash"; readonly path: string };

export type Answer =
  | { readonly step: "open"; readonly sha256: string }
  | { readonly step: "describe"; readonly identity: DicomIdentity; readonly facts: ImageRecord }
  | {
      readonly step: "clean";
      readonly image: StagedImage;
      /** Of the values stored in the original. */
      readonly storedSha256: string;
      /** What a person should know of the picture. */
      readonly notes: readonly string[];
    }
  | { readonly step: "describe image"; readonly facts: ImageRecord | null }
  | { readonly step: "strip image"; readonly image: StagedImage }
  | { readonly step: "stored hash"; readonly storedSha256: string };

/** What was thrown in a thread: errors do not travel whole, a copy has lost its class and its fields. */
export type Failure =
  | { readonly kind: "data-error"; readonly code: DataErrorCode; readonly message: string }
  | { readonly kind: "study-error"; readonly code: StudyErrorCode; readonly message: string }
  | { readonly kind: "other"; readonly error: unknown; readonly fields: object };
