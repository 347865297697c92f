/**
 * A simulated annotator's outline of a fracture or a bone: near the truth, moved a little, longer or
 * shorter at its ends, and drawn with a limited number of points.
 */
import {
  type Mask,
  type Polygon,
  polygonArea,
  simplifyPolygon,
  traceMask,
} from "@malleolus/geometry";
import { createRandom, type Random } from "../random.ts";
import { ANNOTATOR } from "../ranges.ts";

/**
 * The outlines of one annotator for a mask; none for an invisible structure. Seed,
 * annotator and name of the structure (`fracture`, `fibula`) fix the drawing.
 */
export function annotate(
  mask: Mask,
  spacingMm: number,
  seed: string,
  annotator: string,
  structure: string,
): Polygon[] {
  const random = createRandom(seed, "annotation", annotator, structure);
  const smallest = ANNOTATOR.smallestMm2 / spacingMm ** 2;
  const shift = [0, 1].map(() => (ANNOTATOR.shiftMm / spacingMm) * random.normal());
  return traceMask(mask)
    .filter((outline) => polygonArea(outline) > smallest)
    .map((outline) => {
      const points = simplifyPolygon(outline, ANNOTATOR.toleranceMm / spacingMm);
      return unsteady(stretched(points, spacingMm, random), shift, spacingMm, random);
    });
}

/** Longer or shorter along its own long axis, each end by itself. */
function stretched(points: Polygon, spacingMm: number, random: Random): Polygon {
  const count = points.length / 2;
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < points.length; i += 2) {
    meanX += points[i] / count;
    meanY += points[i + 1] / count;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [dx, dy] = [points[i] - meanX, points[i + 1] - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const [axisX, axisY] = [Math.cos(angle), Math.sin(angle)];
  const along = (i: number) => (points[i] - meanX) * axisX + (points[i + 1] - meanY) * axisY;
  let [least, most] = [-1e-9, 1e-9];
  for (let i = 0; i < points.length; i += 2) {
    least = Math.min(least, along(i));
    most = Math.max(most, along(i));
  }
  // An end draws in by half of its length at most: nobody draws a line of no length.
  const grown = (reach: number): number =>
    Math.max(-reach / 2, Math.min(reach, (ANNOTATOR.endMm / spacingMm) * random.normal()));
  const atLeast = grown(-least);
  const atMost = grown(most);
  return points.map((value, i) => {
    const t = along(i - (i % 2));
    const moved = t < 0 ? (-t / least) * atLeast : (t / most) * atMost;
    return value + moved * (i % 2 === 0 ? axisX : axisY);
  });
}

/** The hand's shift of the whole, and its tremor at every point. */
function unsteady(
  points: Polygon,
  shift: readonly number[],
  spacingMm: number,
  random: Random,
): Polygon {
  const tremor = ANNOTATOR.tremorMm / spacingMm;
  return points.map((value, i) => value + shift[i % 2] + tremor * random.normal());
}
