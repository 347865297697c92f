/** Remarks on the radiographs of a prediction, in one paragraph at its end. */
import { describeFewBits, type Radiograph } from "@malleolus/data";

export interface RadiographNotes {
  see(file: string, radiograph: Radiograph): void;
  /** Sentences without their full stops. */
  all(): string[];
}

const TWELVE_BITS = 4095;

export function radiographNotes(): RadiographNotes {
  const turned: string[] = [];
  const dark: { readonly file: string; readonly greatest: number }[] = [];
  return {
    see(file, { format, exifOrientation, bitsAllocated, stored }) {
      if (exifOrientation !== null) turned.push(file);
      const isDeepPicture = format !== "dicom" && bitsAllocated === 16;
      if (isDeepPicture && stored.max <= TWELVE_BITS) dark.push({ file, greatest: stored.max });
    },
    all: () => [
      ...(turned.length === 0
        ? []
        : [
            `an EXIF orientation stands in ${named(turned)}: it is not applied, boxes and outlines ` +
              "count in the pixels as stored",
          ]),
      ...(dark.length === 0
        ? []
        : [
            describeFewBits(
              Math.max(...dark.map(({ greatest }) => greatest)),
              `the values of ${named(dark.map(({ file }) => file))}`,
            ),
          ]),
    ],
  };
}

function named(files: readonly string[]): string {
  const more = files.length - 3;
  return `${files.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
