/**
 * A patch around outlines that is cut out of one radiograph and laid into another: where its points come to lie, and how
 * it is blended. What is chosen, and where it goes, is `moved-places.ts`'s business. Not started by hand.
 *
 * The patch is adapted in three ways before it is blended: by a gain and an offset that give its rim the mean and the
 * spread of what lies there, by a smooth correction that carries what is then still different at the rim inwards (each
 * point of the rim weighs by its distance to the power of -4, an approximation of the harmonic membrane of gradient-domain
 * blending; Farbman et al. 2009, ACM Transactions on Graphics 28:67, have the exact coordinates), and by a soft edge.
 */
import { type Box, type Polygon, polygonBounds } from "@malleolus/geometry";
import type { DisplayImage } from "@malleolus/imaging";
import { blurred, grayAt } from "./gray-plane.ts";

/** In pixels of the radiograph that it is cut out of. */
export interface Patch {
  readonly outlines: readonly Polygon[];
  readonly center: readonly [x: number, y: number];
  /** How far from the outlines it ends. */
  readonly margin: number;
}

/** Where a patch's centre comes to lie, in pixels of the target, and how it is mirrored, turned and scaled around it. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** In radians, from x to y. */
  readonly angle: number;
  readonly scale: number;
  /** Left to right, before it is turned. */
  readonly isMirrored: boolean;
}

/** Points by their distances from the patch's centre. */
export interface Rim {
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/** Of the root of a box's area; and in pixels of a radiograph of 454. */
const [MARGIN_SHARE, LEAST_MARGIN, GREATEST_MARGIN] = [0.4, 8, 40];
/** A share of the margin, where the edge begins to be soft. */
const SOFT_FROM = 0.25;
/** In margins: how far the rim reaches that is matched. */
export const RIM_TO = 1.25;
/** Gains outside would show another noise. */
const [LEAST_GAIN, GREATEST_GAIN] = [0.65, 1.5];
const CORRECTION_POINTS = 120;

/** `unit` is the pixels of the radiograph in one of a radiograph of 454. */
export function patchAround(outlines: readonly Polygon[], unit: number): Patch {
  const [x1, y1, x2, y2] = polygonBounds(...outlines);
  const margin = MARGIN_SHARE * Math.sqrt((x2 - x1) * (y2 - y1));
  return {
    outlines,
    center: [(x1 + x2) / 2, (y1 + y2) / 2],
    margin: Math.min(Math.max(margin, LEAST_MARGIN * unit), GREATEST_MARGIN * unit),
  };
}

/** The same patch where a placement has brought it. */
export function placedPatch(patch: Patch, placement: Placement): Patch {
  return {
    outlines: patch.outlines.map((outline) => placedOutline(outline, patch, placement)),
    center: [placement.x, placement.y],
    margin: patch.margin * placement.scale,
  };
}

export function placedOutline(outline: Polygon, { center }: Patch, placement: Placement): Polygon {
  const [cos, sin] = turnOf(placement);
  const placed: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const dx = (outline[i] - center[0]) * (placement.isMirrored ? -1 : 1);
    const dy = outline[i + 1] - center[1];
    placed.push(placement.x + cos * dx - sin * dy, placement.y + sin * dx + cos * dy);
  }
  return placed;
}

/** Cosine and sine, times the scale. */
export function turnOf({ angle, scale }: Placement): readonly [cos: number, sin: number] {
  return [scale * Math.cos(angle), scale * Math.sin(angle)];
}

/** About `count` points from where the edge begins to be soft to `to` margins from the outlines. */
export function rimOf(patch: Patch, count: number, to: number): Rim {
  const [x1, y1, x2, y2] = reachOf(patch, to);
  const within = (step: number): Rim => {
    const [dx, dy]: [number[], number[]] = [[], []];
    for (let y = y1 + step / 2; y < y2; y += step) {
      for (let x = x1 + step / 2; x < x2; x += step) {
        const distance = distanceTo(patch.outlines, x, y) / patch.margin;
        if (distance < SOFT_FROM || distance > to) continue;
        dx.push(x - patch.center[0]);
        dy.push(y - patch.center[1]);
      }
    }
    return { dx: Float64Array.from(dx), dy: Float64Array.from(dy) };
  };
  // A look at a coarse grid says how large the rim is.
  const coarse = Math.sqrt(((x2 - x1) * (y2 - y1)) / 400);
  const area = within(coarse).dx.length * coarse ** 2;
  return within(Math.sqrt(area / count));
}

/** The box of what is up to `to` margins from the outlines: what is matched, unless given. */
export function reachOf({ outlines, margin }: Patch, to = RIM_TO): Box {
  const [x1, y1, x2, y2] = polygonBounds(...outlines);
  const reach = to * margin;
  return [x1 - reach, y1 - reach, x2 + reach, y2 + reach];
}

/** In pixels; 0 within an outline. */
export function distanceTo(outlines: readonly Polygon[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const outline of outlines) {
    let isWithin = false;
    for (let i = 0; i < outline.length; i += 2) {
      const next = (i + 2) % outline.length;
      const fromX = outline[i] - x;
      const fromY = outline[i + 1] - y;
      const alongX = outline[next] - outline[i];
      const alongY = outline[next + 1] - outline[i + 1];
      if (fromY > 0 !== fromY + alongY > 0 && fromX - (alongX * fromY) / alongY > 0) {
        isWithin = !isWithin;
      }
      const length = alongX * alongX + alongY * alongY;
      const share = length === 0 ? 0 : -(fromX * alongX + fromY * alongY) / length;
      const t = Math.min(Math.max(share, 0), 1);
      least = Math.min(least, Math.hypot(fromX + t * alongX, fromY + t * alongY));
    }
    if (isWithin) return 0;
  }
  return least;
}

/** The target with the patch of the source in it; what lies beyond the patch stays as it was, bit for bit. */
export function movePatch(
  source: DisplayImage,
  target: DisplayImage,
  patch: Patch,
  placement: Placement,
): DisplayImage {
  const [cos, sin] = turnOf(placement);
  const { scale, isMirrored } = placement;
  const [cx, cy] = patch.center;
  // Shrinking needs a look at more than the nearest four pixels.
  const sharp = blurred(source, scale < 0.9 ? 0.45 * Math.sqrt(scale ** -2 - 1) : 0);
  const rim = rimOf(patch, CORRECTION_POINTS, RIM_TO);
  const count = rim.dx.length;
  const [rimX, rimY] = [new Float64Array(count), new Float64Array(count)];
  const [own, there] = [new Float64Array(count), new Float64Array(count)];
  const smooth = patch.margin / 8;
  const [softSource, softTarget] = [blurred(source, smooth), blurred(target, smooth * scale)];
  for (let i = 0; i < count; i++) {
    const dx = isMirrored ? -rim.dx[i] : rim.dx[i];
    rimX[i] = placement.x + cos * dx - sin * rim.dy[i];
    rimY[i] = placement.y + sin * dx + cos * rim.dy[i];
    own[i] = grayAt(softSource, cx + rim.dx[i], cy + rim.dy[i]);
    there[i] = grayAt(softTarget, rimX[i], rimY[i]);
  }
  const [mine, wanted] = [momentsOf(own), momentsOf(there)];
  const gain = Math.min(
    Math.max(wanted.deviation / Math.max(mine.deviation, 1e-6), LEAST_GAIN),
    GREATEST_GAIN,
  );
  const offset = wanted.mean - gain * mine.mean;
  const missing = there.map((value, i) => value - gain * own[i] - offset);

  const placed = placedPatch(patch, placement);
  const [x1, y1, x2, y2] = reachOf(placed);
  const nearness = (0.3 * placed.margin) ** 2;
  const pixels = target.pixels.slice();
  for (let row = Math.max(0, Math.floor(y1)); row < Math.min(target.height, y2); row++) {
    for (let column = Math.max(0, Math.floor(x1)); column < Math.min(target.width, x2); column++) {
      const x = column + 0.5;
      const y = row + 0.5;
      const alpha = softness(distanceTo(placed.outlines, x, y) / placed.margin);
      if (alpha === 0) continue;
      let sum = 0;
      let weights = 0;
      for (let i = 0; i < count; i++) {
        const far = (rimX[i] - x) ** 2 + (rimY[i] - y) ** 2 + nearness;
        const weight = 1 / (far * far);
        sum += weight * missing[i];
        weights += weight;
      }
      const ax = (x - placement.x) / scale ** 2;
      const ay = (y - placement.y) / scale ** 2;
      const dx = cos * ax + sin * ay;
      const value = grayAt(sharp, cx + (isMirrored ? -dx : dx), cy - sin * ax + cos * ay);
      const at = row * target.width + column;
      const adapted = gain * value + offset + sum / weights;
      pixels[at] = Math.min(Math.max(pixels[at] + alpha * (adapted - pixels[at]), 0), 1);
    }
  }
  return { width: target.width, height: target.height, pixels };
}

/** From 1 within to 0 where the patch ends, by the share of the margin. */
function softness(share: number): number {
  const t = Math.min(Math.max((1 - share) / (1 - SOFT_FROM), 0), 1);
  return t * t * (3 - 2 * t);
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(square) };
}
