/**
 * The straight edges of the exposed field. A collimator's blades leave a frame that ends in a line; white bone that runs into
 * the frame, or out of the picture, does not. So a side of the picture has a frame where most of what is white
 * from there on ends along one line.
 */

/** Bone beside a narrow frame takes some of its white in a maker's processing. */
const FRAME_WHITE = 0.88;
/** How far from the line white may end, in pixels, and of the picture's shorter side: the half-shadow of the blades. */
const [LEAST_TOLERANCE, TOLERANCE_SHARE] = [1.5, 0.003];
/** An edge that is steeper is told from another side. */
const STEEPEST = 1;
/** White that reaches the picture's middle is told by another side. */
const DEEPEST = 0.5;
/** Of the side: how long a frame is at least, and of these places, how many must end along the line. */
const [LEAST_LENGTH, LEAST_AGREEING] = [0.1, 0.6];
/** Places that lines are tried through, and places that they are judged by, at most. */
const [TRIED, JUDGED] = [32, 400];

export type Side = "top" | "bottom" | "left" | "right";

/** Where the field begins from a side of the picture: `depth` pixels at the side's first pixel, `slope` more each further. */
export interface FieldEdge {
  readonly side: Side;
  readonly depth: number;
  readonly slope: number;
}

export const SIDES: readonly Side[] = ["top", "bottom", "left", "right"];

/** `pixels` holds displayed values, row-major, 0 (black) to 1 (white). A side without a frame has no edge. */
export function fieldEdges(
  pixels: Float32Array,
  width: number,
  height: number,
): readonly FieldEdge[] {
  const tolerance = Math.max(LEAST_TOLERANCE, TOLERANCE_SHARE * Math.min(width, height));
  return SIDES.flatMap((side) => {
    const line = lineOf(whiteDepths(pixels, walkFrom(side, width, height)), tolerance);
    return line === null ? [] : [{ side, ...line }];
  });
}

/** How to walk over an image's pixels from one of its sides inward. */
export interface SideWalk {
  /** Pixels along the side, and from there to the opposite one. */
  readonly length: number;
  readonly reach: number;
  /** Index of the side's first pixel, and how far the next is along it and inward. */
  readonly first: number;
  readonly along: number;
  readonly inward: number;
}

export function walkFrom(side: Side, width: number, height: number): SideWalk {
  const isAcross = side === "top" || side === "bottom";
  const [length, reach] = isAcross ? [width, height] : [height, width];
  const [along, inward] = isAcross ? [1, width] : [width, 1];
  const isFar = side === "bottom" || side === "right";
  return isFar
    ? { length, reach, first: (reach - 1) * inward, along, inward: -inward }
    : { length, reach, first: 0, along, inward };
}

/** White pixels from every pixel of the side inward; null where they are too many to be this side's. */
function whiteDepths(
  pixels: Float32Array,
  { length, reach, first, along, inward }: SideWalk,
): readonly (number | null)[] {
  const deepest = Math.floor(DEEPEST * reach);
  return Array.from({ length }, (_, place) => {
    let depth = 0;
    let at = first + place * along;
    while (depth < deepest && pixels[at] >= FRAME_WHITE) {
      depth++;
      at += inward;
    }
    return depth === deepest ? null : depth;
  });
}

type Line = Pick<FieldEdge, "depth" | "slope">;

/** The line that most places agree with, of those that are a frame's edge; null where none is. */
function lineOf(depths: readonly (number | null)[], tolerance: number): Line | null {
  const every = Math.max(1, Math.floor(depths.length / JUDGED));
  const places = placesOf(depths);
  const judged = places.filter((_, i) => i % every === 0);
  const white = places.filter(({ depth }) => depth > 0);
  const spread = Math.max(1, Math.floor(white.length / TRIED));
  const tried = white.filter((_, i) => i % spread === 0);
  const leastFrame = LEAST_LENGTH * judged.length;

  let best: Line | null = null;
  let most = 0;
  for (const [i, one] of tried.entries()) {
    for (const other of tried.slice(i + 1)) {
      if (other.place - one.place < LEAST_LENGTH * depths.length) continue;
      const slope = (other.depth - one.depth) / (other.place - one.place);
      if (Math.abs(slope) > STEEPEST) continue;
      const line = { depth: one.depth - slope * one.place, slope };
      const agreeing = countAgreeing(judged, line, tolerance);
      const isFrame =
        agreeing.inFrame >= leastFrame && agreeing.inFrame >= LEAST_AGREEING * agreeing.frame;
      if (isFrame && agreeing.all > most) [best, most] = [line, agreeing.all];
    }
  }
  if (best === null) return null;
  const { depth, slope } = best;
  return fitted(
    white.filter((at) => Math.abs(at.depth - depth - slope * at.place) <= tolerance),
    best,
  );
}

interface Place {
  /** Along the side, in pixels from its first. */
  readonly place: number;
  readonly depth: number;
}

function placesOf(depths: readonly (number | null)[]): readonly Place[] {
  return depths.flatMap((depth, place) => (depth === null ? [] : [{ place, depth }]));
}

/** `frame` counts the places where the line leaves a frame, `inFrame` those of them that agree. */
function countAgreeing(
  places: readonly Place[],
  { depth, slope }: Line,
  tolerance: number,
): { all: number; frame: number; inFrame: number } {
  let [all, frame, inFrame] = [0, 0, 0];
  for (const at of places) {
    const expected = depth + slope * at.place;
    const isNear = Math.abs(at.depth - Math.max(0, expected)) <= tolerance;
    if (expected < 0.5) {
      if (isNear) all++;
      continue;
    }
    frame++;
    if (isNear && at.depth > 0) {
      inFrame++;
      all++;
    }
  }
  return { all, frame, inFrame };
}

/** By least squares. */
function fitted(places: readonly Place[], line: Line): Line {
  const count = places.length;
  const meanPlace = places.reduce((sum, { place }) => sum + place, 0) / count;
  const meanDepth = places.reduce((sum, { depth }) => sum + depth, 0) / count;
  let [products, squares] = [0, 0];
  for (const { place, depth } of places) {
    products += (place - meanPlace) * (depth - meanDepth);
    squares += (place - meanPlace) ** 2;
  }
  const slope = squares === 0 ? line.slope : products / squares;
  return { depth: meanDepth - slope * meanPlace, slope };
}
