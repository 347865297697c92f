/** Why an image of a file of outlines cannot be used. */
import type { OutlinedImage } from "@malleolus/data";
import type { FoundImage } from "../annotation/find-image.ts";
import { StudyError } from "../errors.ts";

export interface FaultyImage {
  /** `line 3`, `image 12`. */
  readonly place: string;
  readonly why: string;
}

export const UNMATCHED =
  "no image of the study has its name; name it by the image's hash or SOP instance UID, by accession number " +
  "and view (ACC1001_ap), or give the folder of the files with --images; --skip-unmatched passes over such images";

/** @throws StudyError `record` for outlines in other pixels than the stored image's. */
export function requireSameSize({ size }: OutlinedImage, { facts }: FoundImage): void {
  if (size === null || (size[0] === facts.width && size[1] === facts.height)) return;
  throw refuse(
    `expected outlines on ${facts.width} x ${facts.height} pixels, got them on ${size[0]} x ${size[1]}; ` +
      "draw on the image as it is stored, or scale the outlines to it",
  );
}

export function refuse(message: string): StudyError {
  return new StudyError("record", message);
}
