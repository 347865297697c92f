/** Collimators and lead letters: what keeps the beam from the detector besides the patient. */

import type { Random } from "../random.ts";
import type { RaySums } from "./attenuation.ts";
import type { XrayUnit } from "./xray-unit.ts";

/** Share of the beam that leaks through the collimators. */
const LEAK = 0.004;
const LEAD_MM = 2;

/** 1 in the field, a little outside of it, with a penumbra between. */
export function sampleAperture(unit: XrayUnit, random: Random): Float32Array {
  const { width, height, pitchMm } = unit;
  const open = new Float32Array(width * height).fill(1);
  if (unit.border === "cropped") return open;
  const halfX = (width / 2) * random.between(0.78, 0.97);
  const halfY = (height / 2) * random.between(0.88, 0.99);
  const angle = 0.022 * random.normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const penumbra = 0.6 / pitchMm;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x + 0.5 - width / 2, y + 0.5 - height / 2];
      const within = Math.min(
        halfX - Math.abs(cos * dx + sin * dy),
        halfY - Math.abs(cos * dy - sin * dx),
      );
      const share = Math.min(1, Math.max(0, within / penumbra + 0.5));
      open[y * width + x] = LEAK + (1 - LEAK) * share;
    }
  }
  return open;
}

type Stroke = readonly [x1: number, y1: number, x2: number, y2: number];

/** In a square of side 1, y down. */
const LETTERS: Readonly<Record<"L" | "R", readonly Stroke[]>> = {
  L: [
    [0.2, 0, 0.2, 1],
    [0.2, 1, 0.75, 1],
  ],
  R: [
    [0.2, 0, 0.2, 1],
    [0.2, 0, 0.55, 0],
    [0.55, 0, 0.75, 0.12],
    [0.75, 0.12, 0.75, 0.38],
    [0.75, 0.38, 0.55, 0.5],
    [0.55, 0.5, 0.2, 0.5],
    [0.5, 0.5, 0.8, 1],
  ],
};

/** Lays a lead letter where the beam passes no tissue, if such a place is found. */
export function placeMarker(
  sums: RaySums,
  letter: "L" | "R",
  pitchMm: number,
  random: Random,
): void {
  const side = Math.round(random.between(10, 15) / pitchMm);
  const margin = Math.round(0.35 * side);
  for (let attempt = 0; attempt < 60; attempt++) {
    const left = Math.floor(random.between(0.06, 0.94) * sums.width - side / 2);
    const top = Math.floor(random.between(0.1, 0.9) * sums.height - side / 2);
    if (!isFree(sums, left - margin, top - margin, side + 2 * margin)) continue;
    engrave(sums, LETTERS[letter], left, top, side);
    return;
  }
}

function isFree(sums: RaySums, left: number, top: number, side: number): boolean {
  if (left < 0 || top < 0 || left + side >= sums.width || top + side >= sums.height) return false;
  for (let y = top; y < top + side; y += 4) {
    for (let x = left; x < left + side; x += 4) {
      if (sums.fat[y * sums.width + x] > 0) return false;
    }
  }
  return true;
}

function engrave(
  sums: RaySums,
  strokes: readonly Stroke[],
  left: number,
  top: number,
  side: number,
): void {
  const half = 0.075 * side;
  const margin = Math.ceil(half);
  for (let y = -margin; y < side + margin; y++) {
    for (let x = -margin; x < side + margin; x++) {
      let nearest = Infinity;
      for (const [x1, y1, x2, y2] of strokes) {
        const [ax, ay, bx, by] = [x - x1 * side, y - y1 * side, (x2 - x1) * side, (y2 - y1) * side];
        const t = Math.min(1, Math.max(0, (ax * bx + ay * by) / (bx * bx + by * by)));
        nearest = Math.min(nearest, Math.hypot(ax - t * bx, ay - t * by));
      }
      const share = Math.min(1, Math.max(0, half - nearest + 0.5));
      sums.metal[(top + y) * sums.width + left + x] += (share * LEAD_MM) / 10;
    }
  }
}
