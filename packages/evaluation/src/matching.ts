/**
 * Which finding stands for which fracture on an image, and how well they overlap.
 *
 * Of an image's fracture findings at or above a score, as many of the best-scoring are looked at as
 * there are fractures, best first: one, as a rule. Each takes the free fracture whose box it overlaps
 * most; one that overlaps none stands for none. The Weber class plays no part: whether it is right is
 * the confusion matrix's question. Instances of the class of no fracture, and bones, are left out.
 */
import {
  boxIou,
  emptyMask,
  type Mask,
  maskIou,
  type PixelWindow,
  type Polygon,
  polygonBounds,
  polygonSignedArea,
  rasterizeWindow,
  unionBoxes,
} from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import type { TestImage, TruthObject } from "./patient.ts";

/** A fracture that is there, with the finding that stands for it, if any. */
export interface FractureMatch {
  readonly truth: TruthObject;
  readonly found: {
    readonly finding: Finding;
    readonly boxIou: number;
    /** On the image's own pixels. */
    readonly maskIou: number;
  } | null;
}

/** Fracture findings of at least a score, best first. */
export function fractureFindings(
  findings: readonly Finding[],
  fractureClasses: readonly string[],
  minimumScore: number,
): Finding[] {
  return findings
    .filter((one) => fractureClasses.includes(one.class) && one.score >= minimumScore)
    .toSorted((a, b) => b.score - a.score);
}

/** One entry a fracture of the image; none for an image that is not annotated. */
export function matchFractures(
  image: TestImage,
  fractureClasses: readonly string[],
  minimumScore: number,
): FractureMatch[] {
  const truths = (image.truths ?? []).filter((one) => fractureClasses.includes(one.class));
  const candidates = fractureFindings(image.findings, fractureClasses, minimumScore);
  const taken = new Map<TruthObject, Finding>();
  for (const finding of candidates.slice(0, truths.length)) {
    const free = truths.filter((truth) => !taken.has(truth));
    const overlaps = free.map((truth) => boxIou(truth.box, finding.box));
    const best = Math.max(...overlaps);
    if (best > 0) taken.set(free[overlaps.indexOf(best)], finding);
  }
  return truths.map((truth) => {
    const finding = taken.get(truth);
    if (finding === undefined) return { truth, found: null };
    return {
      truth,
      found: {
        finding,
        boxIou: boxIou(truth.box, finding.box),
        maskIou: outlinesIou(truth.polygons, finding.polygons, image),
      },
    };
  });
}

/**
 * Overlap of a drawn object, whose polygons are a union, and a finding, whose holes are holes: that of
 * their masks on the whole image.
 */
export function outlinesIou(
  drawn: readonly Polygon[],
  found: readonly Polygon[],
  size: { readonly width: number; readonly height: number },
): number {
  if (drawn.length === 0 || found.length === 0) return 0;
  const around = unionBoxes(polygonBounds(...drawn), polygonBounds(...found));
  // Whole pixels and one more: outside there is nothing of either mask.
  const [x, y] = [Math.max(0, Math.floor(around[0]) - 1), Math.max(0, Math.floor(around[1]) - 1)];
  const width = Math.min(size.width, Math.ceil(around[2]) + 1) - x;
  const height = Math.min(size.height, Math.ceil(around[3]) + 1) - y;
  if (width <= 0 || height <= 0) return 0;
  const window = { x, y, width, height };
  return maskIou(rasterizeWindow(drawn, window), tracedMask(found, window));
}

/**
 * The mask of traced outlines. Larger ones first: a hole is smaller than what it is in, and an
 * island in it smaller still.
 */
function tracedMask(polygons: readonly Polygon[], window: PixelWindow): Mask {
  const mask = emptyMask(window.width, window.height);
  const byArea = polygons
    .map((polygon) => ({ polygon, area: polygonSignedArea(polygon) }))
    .toSorted((a, b) => Math.abs(b.area) - Math.abs(a.area));
  for (const { polygon, area } of byArea) {
    const filled = rasterizeWindow([polygon], window).data;
    const value = area < 0 ? 0 : 1;
    for (let i = 0; i < filled.length; i++) if (filled[i] === 1) mask.data[i] = value;
  }
  return mask;
}
