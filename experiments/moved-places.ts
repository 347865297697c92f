/**
 * Where in another radiograph a patch may lie so that bones go on across its edge: the place, turn and scale at which the
 * patch's rim correlates best with what is there. Not started by hand.
 *
 * Bones are not segmented. What gives a bone's axis is the structure tensor; what gives its width is the rim itself, which
 * correlates only where the edges of a bone meet those that it brings along. Places are looked through on a coarse grid
 * around the one that corresponds in a radiograph of the same posture (`moved-likeness.ts`), where it is about as bright,
 * with the bones' axes in line or, where one of the two has no clear axis, as the whole radiographs lie; there the wider
 * context is compared. The best few are then moved, turned and scaled in small steps, by the rim.
 */
import type { DisplayImage } from "@malleolus/imaging";
import { blurred, grayAt, shrunk } from "./gray-plane.ts";
import type { Likeness } from "./moved-likeness.ts";
import {
  type Patch,
  type Placement,
  RIM_TO,
  type Rim,
  reachOf,
  rimOf,
  turnOf,
} from "./moved-patch.ts";

/** A radiograph as it is matched. */
export interface Planes {
  readonly image: DisplayImage;
  /** Its pixels in one of a radiograph whose longer side has 454, as most of FracAtlas' have. */
  readonly unit: number;
  /** Blurred; made when it is first asked for. */
  readonly fine: DisplayImage;
  /** The image over `shrinkage`, blurred. */
  readonly coarse: DisplayImage;
  readonly shrinkage: number;
  /** By level, of LEVELS from black to white, the share of the coarse image that is darker. */
  readonly darker: Float32Array;
  readonly axes: Axes;
}

/** The structure tensor over a neighbourhood, on the coarse image shrunk by 2. */
interface Axes {
  readonly xx: DisplayImage;
  readonly yy: DisplayImage;
  readonly xy: DisplayImage;
  readonly shrinkage: number;
}

export interface Match {
  readonly placement: Placement;
  /** Of the rim, -1 to 1. */
  readonly correlation: number;
  /** The same of what is around, as far as both radiographs show it. */
  readonly context: number;
}

const LONGER_SIDE = 454;
/** Of the fine image in pixels of a radiograph of 454, of the others in their own. */
const [FINE_SIGMA, COARSE_SIGMA, AXIS_SIGMA] = [1.2, 1.3, 2.5];
/** What is around a patch, in margins from its outlines, and the share of it that both radiographs must show. */
const [CONTEXT_TO, CONTEXT_POINTS, LEAST_SHARE, LEAST_CONTEXT] = [3, 100, 0.7, 0.88];
const RIM_POINTS = 160;
/** In pixels of a radiograph of 454: between places, and how far from the corresponding one they are looked for. */
const [GRID, REACH] = [5, 90];
/** What refinement may add to the correlation of what is around. */
const CONTEXT_GAIN = 0.05;
const COARSE_SCALES = [0.8, 1, 1.25];
/** What is enlarged further is blurred. */
const GREATEST_SCALE = 1.35;
/** 0 without a direction, 1 with one alone; and in radians from the posture of the whole radiograph. */
const [CLEAR_AXIS, GREATEST_TURN] = [0.3, 0.8];
const [LEVELS, BRIGHTNESS_RANKS] = [512, 0.15];
const [REFINED, APART] = [3, 12];
/** The spread there may be so many times its own; below LEAST_DEVIATION there is nothing to match; white tells nothing. */
const [GREATEST_RATIO, LEAST_DEVIATION, GREATEST_MEAN] = [1.5, 0.03, 0.85];

export function planesOf(image: DisplayImage): Planes {
  const unit = Math.max(image.width, image.height) / LONGER_SIDE;
  const shrinkage = Math.max(1, Math.round(2 * unit));
  const coarse = blurred(shrunk(image, shrinkage), COARSE_SIGMA);
  let fine: DisplayImage | null = null;
  return {
    image,
    unit,
    get fine() {
      fine ??= blurred(image, FINE_SIGMA * unit);
      return fine;
    },
    coarse,
    shrinkage,
    darker: sharesDarker(coarse.pixels),
    axes: axesOf(shrunk(coarse, 2), 2 * shrinkage),
  };
}

function sharesDarker(pixels: Float32Array): Float32Array {
  const counts = new Float32Array(LEVELS);
  for (const value of pixels) counts[levelOf(value)]++;
  let below = 0;
  return counts.map((count) => {
    below += count;
    return (below - count) / pixels.length;
  });
}

function levelOf(value: number): number {
  return Math.min(Math.max(Math.floor(value * LEVELS), 0), LEVELS - 1);
}

function axesOf(image: DisplayImage, shrinkage: number): Axes {
  const { width, height, pixels } = image;
  const [xx, yy, xy] = [0, 1, 2].map(() => new Float32Array(pixels.length));
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const dx = pixels[at + 1] - pixels[at - 1];
      const dy = pixels[at + width] - pixels[at - width];
      xx[at] = dx * dx;
      yy[at] = dy * dy;
      xy[at] = dx * dy;
    }
  }
  const near = (of: Float32Array) => blurred({ width, height, pixels: of }, AXIS_SIGMA);
  return { xx: near(xx), yy: near(yy), xy: near(xy), shrinkage };
}

/** The direction along a bone, in radians from x to y, up to half a turn; `clarity` from 0 to 1. */
export function axisAt(
  { axes: { xx, yy, xy, shrinkage } }: Planes,
  x: number,
  y: number,
): { readonly angle: number; readonly clarity: number } {
  const [u, v] = [x / shrinkage, y / shrinkage];
  const [a, b, c] = [grayAt(xx, u, v), grayAt(yy, u, v), grayAt(xy, u, v)];
  // Gradients stand across the axis.
  const across = Math.atan2(2 * c, a - b) / 2;
  const clarity = a + b > 0 ? Math.hypot(a - b, 2 * c) / (a + b) : 0;
  return { angle: across + Math.PI / 2, clarity };
}

/** The best place of a patch in the target, near where its own place would be; null where it fits nowhere. */
export function bestPlace(
  patch: Patch,
  source: Planes,
  target: Planes,
  { isMirrored, isTurned }: Omit<Likeness, "correlation">,
): Match | null {
  const context = rimValues(patch, source, CONTEXT_POINTS, CONTEXT_TO, "coarse");
  const rim = rimValues(patch, source, RIM_POINTS, RIM_TO, "fine");
  if (rim.deviation < LEAST_DEVIATION) return null;
  const begun = coarsePlaces(patch, source, target, context, { isMirrored, isTurned });
  const refined = begun.flatMap(
    (placement) => refine(placement, rim, context, target, source) ?? [],
  );
  return refined.toSorted((one, other) => other.correlation - one.correlation)[0] ?? null;
}

interface RimValues extends Rim {
  readonly values: Float64Array;
  readonly deviation: number;
  readonly plane: "coarse" | "fine";
}

/** Points beyond the source are left out. */
function rimValues(
  patch: Patch,
  source: Planes,
  points: number,
  to: number,
  plane: RimValues["plane"],
): RimValues {
  const whole = rimOf(patch, points, to);
  const { width, height } = source.image;
  const [cx, cy] = patch.center;
  const isIn = whole.dx.map((dx, i) => {
    const [x, y] = [cx + dx, cy + whole.dy[i]];
    return x >= 0 && y >= 0 && x <= width && y <= height ? 1 : 0;
  });
  const [dx, dy] = [whole.dx, whole.dy].map((all) => all.filter((_, i) => isIn[i] === 1));
  const [image, by] = [source[plane], plane === "coarse" ? source.shrinkage : 1];
  const values = dx.map((own, i) => grayAt(image, (cx + own) / by, (cy + dy[i]) / by));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { dx, dy, values, deviation: Math.sqrt(square), plane };
}

/** The best few that lie apart, none refined. */
function coarsePlaces(
  patch: Patch,
  source: Planes,
  target: Planes,
  context: RimValues,
  { isMirrored, isTurned }: Omit<Likeness, "correlation">,
): Placement[] {
  const base = target.unit / source.unit;
  const scales = COARSE_SCALES.map((scale) => scale * base).filter(
    (scale) => scale <= GREATEST_SCALE,
  );
  const own = axisAt(source, ...patch.center);
  const ownAngle = isMirrored ? Math.PI - own.angle : own.angle;
  const upright = isTurned ? Math.PI : 0;
  const rank = rankOf(source, ...patch.center);
  const { width, height } = target.image;
  // Mirrored and then turned by half is upside down.
  const alongX = patch.center[0] / source.image.width;
  const alongY = patch.center[1] / source.image.height;
  const wantedX = (isMirrored === isTurned ? alongX : 1 - alongX) * width;
  const wantedY = (isTurned ? 1 - alongY : alongY) * height;
  const [step, reach] = [GRID * target.unit, REACH * target.unit];
  const found: { readonly placement: Placement; readonly correlation: number }[] = [];
  for (let y = Math.max(0, wantedY - reach); y < Math.min(height, wantedY + reach); y += step) {
    for (let x = Math.max(0, wantedX - reach); x < Math.min(width, wantedX + reach); x += step) {
      if (Math.hypot(x - wantedX, y - wantedY) > reach) continue;
      if (Math.abs(rankOf(target, x, y) - rank) > BRIGHTNESS_RANKS) continue;
      const there = axisAt(target, x, y);
      const isClear = own.clarity >= CLEAR_AXIS && there.clarity >= CLEAR_AXIS;
      const turn = isClear ? lessThanQuarter(there.angle - ownAngle - upright) : 0;
      if (Math.abs(turn) > GREATEST_TURN) continue;
      let best: (typeof found)[number] | null = null;
      for (const scale of scales) {
        const placement = { x, y, angle: upright + turn, scale, isMirrored };
        const correlation = correlationAt(context, target, placement);
        if (correlation > (best?.correlation ?? -1)) best = { placement, correlation };
      }
      if (best !== null && best.correlation > LEAST_CONTEXT - CONTEXT_GAIN) found.push(best);
    }
  }
  const chosen: Placement[] = [];
  for (const { placement } of found.toSorted((a, b) => b.correlation - a.correlation)) {
    const isApart = chosen.every(
      (one) => Math.hypot(placement.x - one.x, placement.y - one.y) > APART * target.unit,
    );
    if (isApart) chosen.push(placement);
    if (chosen.length === REFINED) break;
  }
  return chosen;
}

/** Axes are the same after half a turn: from -90 to 90 degrees, in radians. */
function lessThanQuarter(angle: number): number {
  return angle - Math.PI * Math.round(angle / Math.PI);
}

/** The share of the radiograph that is darker: what is as bright in its own radiograph. */
function rankOf({ coarse, shrinkage, darker }: Planes, x: number, y: number): number {
  return darker[levelOf(grayAt(coarse, x / shrinkage, y / shrinkage))];
}

/** By steps in each direction that become smaller; null where it does not fit well enough into what is around. */
function refine(
  begun: Placement,
  rim: RimValues,
  context: RimValues,
  target: Planes,
  source: Planes,
): Match | null {
  const base = target.unit / source.unit;
  let [best, correlation] = [begun, correlationAt(rim, target, begun)];
  for (const size of [1, 0.5, 0.25]) {
    const [far, turn, growth] = [3 * size * target.unit, 0.15 * size, 1.1 ** size];
    for (let isBetter = true; isBetter; ) {
      isBetter = false;
      for (const next of [
        { ...best, x: best.x + far },
        { ...best, x: best.x - far },
        { ...best, y: best.y + far },
        { ...best, y: best.y - far },
        { ...best, angle: best.angle + turn },
        { ...best, angle: best.angle - turn },
        { ...best, scale: Math.min(best.scale * growth, GREATEST_SCALE, 1.35 * base) },
        { ...best, scale: Math.max(best.scale / growth, 0.75 * base) },
      ]) {
        const own = correlationAt(rim, target, next);
        if (own <= correlation + 1e-4) continue;
        [best, correlation, isBetter] = [next, own, true];
      }
    }
  }
  const around = correlationAt(context, target, best);
  return around < LEAST_CONTEXT ? null : { placement: best, correlation, context: around };
}

/** -1 where too much of the rim leaves the target, or what lies there has another spread or is white. */
function correlationAt(rim: RimValues, target: Planes, placement: Placement): number {
  const { dx, dy, values, plane } = rim;
  const by = plane === "coarse" ? target.shrinkage : 1;
  const image = target[plane];
  const [cos, sin] = turnOf(placement);
  const sign = placement.isMirrored ? -1 : 1;
  const { width, height } = target.image;
  const least = plane === "coarse" ? LEAST_SHARE * values.length : values.length;
  let count = 0;
  let own = 0;
  let ownSquares = 0;
  let sum = 0;
  let squares = 0;
  let products = 0;
  for (let i = 0; i < values.length; i++) {
    const x = placement.x + cos * sign * dx[i] - sin * dy[i];
    const y = placement.y + sin * sign * dx[i] + cos * dy[i];
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const value = grayAt(image, x / by, y / by);
    count++;
    own += values[i];
    ownSquares += values[i] * values[i];
    sum += value;
    squares += value * value;
    products += value * values[i];
  }
  if (count < least || sum > GREATEST_MEAN * count) return -1;
  const spread = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  const deviation = Math.sqrt(Math.max(0, ownSquares / count - (own / count) ** 2));
  const ratio = spread / deviation;
  if (!(spread >= LEAST_DEVIATION && ratio <= GREATEST_RATIO && ratio >= 1 / GREATEST_RATIO)) {
    return -1;
  }
  return (products / count - (sum / count) * (own / count)) / (spread * deviation);
}

/** Whether all that is matched lies within the radiograph. */
export function fitsWithin(
  patch: Patch,
  { width, height }: Pick<DisplayImage, "width" | "height">,
): boolean {
  const [x1, y1, x2, y2] = reachOf(patch);
  return x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height;
}
