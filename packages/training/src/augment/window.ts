/**
 * A window of the network's pixels, placed around an object. A fracture is a thousandth of a radiograph:
 * windows around it show it many times as often, at the radiograph's own scale and for a fraction of the
 * work. The rest of the windows show what is not a fracture.
 *
 * It differs from a crop, which keeps most of the radiograph and is drawn without regard to what lies there.
 */
import { type Box, type Polygon, polygonBounds } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { crop } from "./crop.ts";
import type { Sample } from "./sample.ts";

export interface WindowPlan {
  /** Width and height, in the network's pixels; a smaller radiograph is shown whole. */
  readonly side: number;
  /** Classes of which one is to be seen; where a radiograph has none of them, any object. */
  readonly around: readonly number[];
  /** Of a window around one of these classes; else it is around any object. */
  readonly probability: number;
}

/** What lies in a window that is drawn; objects as `crop` has them. */
export function cutWindow(sample: Sample, plan: WindowPlan, random: () => number): Sample {
  return crop(sample, placeWindow(sample, plan, random));
}

/** `random` gives [0, 1). The window of whole pixels lies within the image. */
export function placeWindow(
  { image: { width, height }, target }: Sample,
  { side, around, probability }: WindowPlan,
  random: () => number,
): Box {
  const wanted = target.classes.flatMap((each, index) => (around.includes(each) ? [index] : []));
  const all = target.classes.map((_, index) => index);
  const isWanted = random() < probability && wanted.length > 0;
  const [centerX, centerY] = placeOn(target, isWanted ? wanted : all, [width, height], random);
  // Anywhere in the middle half of the window, so that a network cannot learn where it lies.
  const from = (center: number, length: number, own: number) => {
    const start = Math.round(center - own / 2 + (random() - 0.5) * (own / 2));
    return Math.max(0, Math.min(length - own, start));
  };
  const [ownWidth, ownHeight] = [Math.min(side, width), Math.min(side, height)];
  const x = from(centerX, width, ownWidth);
  const y = from(centerY, height, ownHeight);
  return [x, y, x + ownWidth, y + ownHeight];
}

/** A place in the box of one of some objects; anywhere on the image where there is none. */
function placeOn(
  { polygons }: Pick<Target, "polygons">,
  objects: readonly number[],
  [width, height]: readonly [number, number],
  random: () => number,
): [number, number] {
  const own = objects[Math.floor(random() * objects.length)];
  const outlines: readonly Polygon[] = own === undefined ? [] : polygons[own];
  const [x1, y1, x2, y2] =
    outlines.length === 0 ? [0, 0, width, height] : polygonBounds(...outlines);
  return [x1 + random() * (x2 - x1), y1 + random() * (y2 - y1)];
}
