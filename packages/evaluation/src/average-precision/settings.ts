/** COCO's settings, bit for bit those of pycocotools' `Params`. */

/** From 0.50 to 0.95. */
export const IOU_THRESHOLDS = evenlySpaced(0.5, 0.95, 10);

/** Where matches are looked for: looser overlaps than COCO's, and COCO's. */
export const MATCHED_AT: readonly number[] = [0.3, 0.4, ...IOU_THRESHOLDS];

/** Place of COCO's first threshold among them. */
export const COCO_FROM = MATCHED_AT.indexOf(0.5);

/** At which average precision is said one by one. */
export type ShownOverlap = 0.3 | 0.4 | 0.5 | 0.6 | 0.75;

/** Where precision is read off: 0, 0.01, … 1. */
export const RECALL_POINTS = evenlySpaced(0, 1, 101);

/** In square pixels; both ends belong to them. */
export const AREA_RANGES = {
  all: [0, 1e5 ** 2],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e5 ** 2],
} as const;

export type AreaRange = keyof typeof AREA_RANGES;

/** How many detections of a class are looked at in an image, best first, unless fewer are asked for. */
export const MOST_DETECTIONS = 100;

/** As NumPy's linspace: steps that are added one to the other would pass 0.95, or miss a recall. */
function evenlySpaced(first: number, last: number, count: number): number[] {
  const distance = (last - first) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? last : i * distance + first));
}
