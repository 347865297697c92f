/**
 * From the mask that a segmentation gives a structure to a shape that an annotator can mend: its plausible
 * parts, outlined in pixels of the radiograph, and a thin one as an open line with its width, too.
 */
import {
  type Clean,
  centrelineOf,
  cleanMask,
  clipPolygon,
  type Mask,
  maskArea,
  maskOutlines,
  polygonArea,
  scalePolygon,
} from "@malleolus/geometry";
import type { ProposedShape } from "@malleolus/schema";

/** What a structure's mask must have to be believed, in pixels of the mask. */
export interface ShapeRule extends Clean {
  readonly structure: string;
  /** Whether it is a line: a fracture is, a bone is not. */
  readonly isThin: boolean;
}

/** Where the mask lies in its radiograph. */
export interface MaskPlace {
  /** Pixels of the mask per pixel of the radiograph. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Of the radiograph: what the mask has beyond is padding. */
  readonly width: number;
  readonly height: number;
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
}

/** Outlines keep a hundredth of a pixel. */
const DECIMALS = 100;

/**
 * The shape, with the mean probability of its pixels where these are given (one a pixel of the mask, row by
 * row). Null where nothing plausible is left of the mask: nobody is offered an invented outline.
 */
export function proposeShape(
  mask: Mask,
  probabilities: Float32Array | null,
  rule: ShapeRule,
  place: MaskPlace,
): ProposedShape | null {
  const clean = cleanMask(mask, rule);
  if (maskArea(clean) === 0) return null;
  const [toX, toY] = [1 / place.scaleX, 1 / place.scaleY];
  const polygons = maskOutlines(clean)
    .map((ring) => scalePolygon(ring, toX, toY))
    .map((ring) => clipPolygon(ring, [0, 0, place.width, place.height]).map(rounded))
    .filter((ring) => ring.length >= 6 && polygonArea(ring) > 0);
  if (polygons.length === 0) return null;
  return {
    structure: rule.structure,
    polygons,
    line: rule.isThin ? lineOf(clean, place) : null,
    score: probabilities === null ? null : meanWithin(clean, probabilities),
  };
}

/** Null without a spacing, since its width is millimetres, and for what is no longer than it is wide. */
function lineOf(mask: Mask, { scaleX, scaleY, pixelSpacingMm }: MaskPlace): ProposedShape["line"] {
  const found = pixelSpacingMm === null ? null : centrelineOf(mask);
  if (found === null || pixelSpacingMm === null) return null;
  const [row, column] = pixelSpacingMm;
  // Where pixels are not square a width depends on the direction: their mean side it is.
  const mmPerPixel = Math.sqrt((row / scaleY) * (column / scaleX));
  const points = scalePolygon(found.points, 1 / scaleX, 1 / scaleY);
  return { points: points.map(rounded), widthMm: rounded(found.width * mmPerPixel) };
}

function meanWithin(mask: Mask, probabilities: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    sum += probabilities[i];
    count++;
  }
  return Math.min(1, sum / count);
}

function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
