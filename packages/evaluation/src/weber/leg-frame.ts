/**
 * Where the ankle's joint surface lies on a radiograph, and which way is up: a frame in millimetres
 * from the outlines of the bones alone.
 *
 * Up is the tibia's shaft: the line through the middles of its slices in its upper half. The plafond is
 * the lower border of the tibia over the middle third of its width, where neither malleolus hangs down
 * beside the joint; its median. The radiograph is taken to hang with the foot below.
 */
import type { Mask } from "@malleolus/geometry";
import type { PixelSpacing } from "../segmentation/distance-transform.ts";

export interface LegFrame {
  /** In millimetres above the plafond, of the point `(x, y)` in pixels. */
  heightMm(x: number, y: number): number;
}

/** A unit vector in millimetres, x to the right and y downwards. */
type Direction = readonly [x: number, y: number];

/** In millimetres; one list a coordinate, since there are many. */
interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** A shaft that is so little seen has no direction. */
const LEAST_SHAFT_MM = 15;
const TURNS = 4;

/** Null where too little of the tibia is seen to tell. */
export function legFrame(tibia: Mask, spacing: PixelSpacing): LegFrame | null {
  const points = pointsMm(tibia, spacing);
  let up: Direction = [0, -1];
  for (let turn = 0; turn < TURNS; turn++) {
    const next = shaftDirection(points, up);
    if (next === null) return null;
    up = next;
  }
  const [lowest, highest] = ends(heightsOf(points, up));
  if (highest - lowest < LEAST_SHAFT_MM) return null;
  const plafond = plafondHeight(tibia, up, spacing);
  return {
    heightMm: (x, y) => along([x * spacing[1], y * spacing[0]], up) - plafond,
  };
}

/** The line through the middles of the slices across `up`, in the upper half of what is seen. */
function shaftDirection(points: Points, up: Direction): Direction | null {
  const heights = heightsOf(points, up);
  const [lowest, highest] = ends(heights);
  const from = (lowest + highest) / 2;
  const first = Math.floor(from);
  const count = Math.max(0, Math.floor(highest) - first + 1);
  const [left, right] = [
    new Float64Array(count).fill(Infinity),
    new Float64Array(count).fill(-Infinity),
  ];
  for (let i = 0; i < heights.length; i++) {
    if (heights[i] < from) continue;
    const slice = Math.floor(heights[i]) - first;
    const place = across([points.x[i], points.y[i]], up);
    if (place < left[slice]) left[slice] = place;
    if (place > right[slice]) right[slice] = place;
  }
  const middles = Array.from(left, (least, slice) => ({
    height: first + slice + 0.5,
    middle: (least + right[slice]) / 2,
    isSeen: least <= right[slice],
  })).filter(({ isSeen }) => isSeen);
  if (middles.length < LEAST_SHAFT_MM / 2) return null;
  const meanHeight = mean(middles.map(({ height }) => height));
  const meanMiddle = mean(middles.map(({ middle }) => middle));
  const slope =
    middles.reduce((sum, one) => sum + (one.height - meanHeight) * (one.middle - meanMiddle), 0) /
    middles.reduce((sum, { height }) => sum + (height - meanHeight) ** 2, 0);
  // Up, and so much to the side a millimetre.
  const side: Direction = [-up[1], up[0]];
  const turned = [up[0] + slope * side[0], up[1] + slope * side[1]] as const;
  const length = Math.hypot(...turned);
  return [turned[0] / length, turned[1] / length];
}

function plafondHeight(
  { width, height, data }: Mask,
  up: Direction,
  [rowSpacing, columnSpacing]: PixelSpacing,
): number {
  const step = Math.max(rowSpacing, columnSpacing);
  const columns = new Map<number, number>();
  for (let i = 0; i < width * height; i++) {
    if (data[i] === 0) continue;
    const point = [
      ((i % width) + 0.5) * columnSpacing,
      (Math.floor(i / width) + 0.5) * rowSpacing,
    ] as const;
    const column = Math.floor(across(point, up) / step);
    const lowest = columns.get(column) ?? Number.POSITIVE_INFINITY;
    columns.set(column, Math.min(lowest, along(point, up)));
  }
  const [left, right] = ends([...columns.keys()]);
  const third = (right - left + 1) / 3;
  const middle = [...columns]
    .filter(([column]) => column >= left + third && column <= right - third)
    .map(([, height]) => height)
    .toSorted((a, b) => a - b);
  // A pixel's lower edge lies half a pixel below its centre.
  return middle[Math.floor(middle.length / 2)] - rowSpacing / 2;
}

/** A direction needs no more of them, however many pixels there are. */
const ENOUGH_POINTS = 20_000;

/** Centres of set pixels, of every so-manieth row and column where there are many. */
function pointsMm(
  { width, height, data }: Mask,
  [rowSpacing, columnSpacing]: PixelSpacing,
): Points {
  const set = data.reduce((sum, value) => sum + value, 0);
  const stride = Math.max(1, Math.floor(Math.sqrt(set / ENOUGH_POINTS)));
  const [x, y] = [new Float64Array(set), new Float64Array(set)];
  let count = 0;
  for (let row = 0; row < height; row += stride) {
    for (let column = 0; column < width; column += stride) {
      if (data[row * width + column] === 0) continue;
      x[count] = (column + 0.5) * columnSpacing;
      y[count] = (row + 0.5) * rowSpacing;
      count++;
    }
  }
  return { x: x.subarray(0, count), y: y.subarray(0, count) };
}

function heightsOf({ x, y }: Points, up: Direction): Float64Array {
  return x.map((one, i) => along([one, y[i]], up));
}

function along(point: Direction, up: Direction): number {
  return point[0] * up[0] + point[1] * up[1];
}

/** To the right, where up is up. */
function across(point: Direction, up: Direction): number {
  return -point[0] * up[1] + point[1] * up[0];
}

function ends(values: Iterable<number>): readonly [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
