/** The outlines that a protocol allows on a radiograph, and those that a case's class requires. */

import { polygonBounds } from "@malleolus/geometry";
import { FRACTURE, type ImageRecord, type Outline, type Visibility } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface AnnotationContent {
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
}

/** @throws StudyError `record` for outlines that the protocol or the image does not know. */
export function checkOutlines(
  { protocol }: Study,
  outlines: readonly Outline[],
  image: { readonly sha256: string; readonly facts: ImageRecord },
): void {
  const known = [FRACTURE, ...protocol.structures.map(({ id }) => id), protocol.noFractureClass];
  const { width, height } = image.facts;
  for (const { structure, polygons, lines = [] } of outlines) {
    if (!known.includes(structure)) {
      throw refused(image.sha256, `one of ${known.join(", ")}`, `"${structure}"`);
    }
    if (lines.length > 0 && image.facts.pixelSpacingMm === null) {
      const expected = `${structure} as polygons, since its pixel spacing is unknown`;
      throw refused(image.sha256, expected, "a line with a width in millimetres");
    }
    for (const ring of [...polygons, ...lines.map(({ points }) => points)]) {
      const [x1, y1, x2, y2] = polygonBounds(ring);
      if (x2 > 0 && y2 > 0 && x1 < width && y1 < height) continue;
      const expected = `an outline of ${structure} on its ${width} x ${height} pixels`;
      throw refused(image.sha256, expected, `one at [${[x1, y1, x2, y2].join(", ")}]`);
    }
  }
}

/**
 * An annotation says what its case's class means: with a fracture, how it shows and (unless it cannot be
 * seen) where; without, neither.
 *
 * @throws StudyError `record`.
 */
export function checkMeaning(
  { protocol }: Study,
  { visibility, outlines }: AnnotationContent,
  image: { readonly sha256: string; readonly class: string },
): void {
  const { noFractureClass } = protocol;
  const drawn = (structure: string) => outlines.some((one) => one.structure === structure);
  const refuse = (expected: string, got: string) => {
    throw refused(image.sha256, `${expected}, since its case is ${image.class}`, got);
  };
  if (image.class === noFractureClass) {
    if (visibility !== null) refuse("no visibility of a fracture", visibility);
    if (drawn(FRACTURE)) refuse("no fracture", "an outline of one");
    return;
  }
  if (visibility === null) refuse("the fracture's visibility", "none");
  if (drawn(noFractureClass)) refuse(`no outline of ${noFractureClass}`, "one");
  if ((visibility === "impossible") === drawn(FRACTURE)) {
    refuse(
      visibility === "impossible"
        ? "no outline of a fracture that is impossible to see"
        : `the outline of a fracture that is ${visibility}`,
      visibility === "impossible" ? "one" : "none",
    );
  }
}

function refused(image: string, expected: string, got: string): StudyError {
  return new StudyError("record", `image ${image}: expected ${expected}, got ${got}`);
}
