/**
 * Which view of which ankle a radiograph is, guessed from how its bones lie: on a lateral view the fibula is
 * seen within the tibia, on a mortise view beside it, on an AP view across its edge. A frontal view hangs as if
 * the patient faced the reader, so that a right ankle's fibula is on the left.
 *
 * It is a guess for files that do not say. Its figures were fitted on outlines of simulated ankles
 * (`experiments/projection.ts`); on real radiographs they have not been measured. A mirrored radiograph gets
 * the wrong side, and the side of a lateral view is not guessed at all.
 */
import type { Side, Structure, View } from "@malleolus/schema";
import { type LabelMap, labelsWithin } from "./label-map.ts";

interface Guess<T> {
  readonly value: T;
  readonly probability: number;
}

export interface ProjectionGuess {
  readonly view: Guess<View> | null;
  readonly side: Guess<Side> | null;
}

/** How fibula and tibia lie in the rows where both are seen, as means; shares of both bones' width. */
export interface BoneArrangement {
  /** Of the fibula's width what lies between the tibia's edges. */
  readonly within: number;
  /** How far the fibula's middle is from the middle of both: to the left below 0, at an edge near 1. */
  readonly offset: number;
  /** Between the bones, where neither is. */
  readonly gap: number;
  readonly fibulaWidth: number;
}

export const GUESSED_VIEWS = ["ap", "mortise", "lateral"] as const satisfies readonly View[];

/** Rows of both bones: fewer say nothing. */
const LEAST_ROWS = 20;

/** What a view's evidence is made of: a constant, then within, |offset|, gap and fibula width. */
const VIEW_WEIGHTS: readonly (readonly number[])[] = [
  [0.45, -6.17, 3.27, -10.07, -2.31],
  [-3.74, -1.24, 7.97, 18.41, -11.55],
  [3.29, 7.41, -11.24, -8.34, 13.85],
];

/** No guess without both bones. */
export function guessProjection(
  labels: LabelMap,
  structures: readonly Structure[],
): ProjectionGuess {
  const arrangement = boneArrangement(labels, structures);
  if (arrangement === null) return { view: null, side: null };
  const probabilities = viewProbabilities(arrangement);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const value = GUESSED_VIEWS[best];
  const isFrontal = value !== "lateral";
  const frontal = 1 - probabilities[GUESSED_VIEWS.indexOf("lateral")];
  return {
    view: { value, probability: probabilities[best] },
    side: isFrontal
      ? { value: arrangement.offset < 0 ? "right" : "left", probability: frontal }
      : null,
  };
}

/** Of `GUESSED_VIEWS`, in their order. */
function viewProbabilities(arrangement: BoneArrangement): number[] {
  const features = featuresOf(arrangement);
  const evidence = VIEW_WEIGHTS.map((weights) =>
    weights.reduce((sum, weight, i) => sum + weight * features[i], 0),
  );
  const most = Math.max(...evidence);
  const powers = evidence.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** As `VIEW_WEIGHTS` has them. */
export function featuresOf({ within, offset, gap, fibulaWidth }: BoneArrangement): number[] {
  return [1, within, Math.abs(offset), gap, fibulaWidth];
}

/** Null where the bones are not seen side by side. */
export function boneArrangement(
  { width, height, data }: LabelMap,
  structures: readonly Structure[],
): BoneArrangement | null {
  const [tibia, fibula] = ["tibia", "fibula"].map(
    (name) => new Set(labelsWithin(structures, name)),
  );
  let rows = 0;
  const sums = { within: 0, offset: 0, gap: 0, fibulaWidth: 0 };
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    const t = extentOf(row, tibia);
    const f = extentOf(row, fibula);
    if (t === null || f === null) continue;
    rows++;
    const [left, right] = [Math.min(t.left, f.left), Math.max(t.right, f.right)];
    const both = right - left;
    const fibulaWidth = f.right - f.left;
    const common = Math.min(t.right, f.right) - Math.max(t.left, f.left);
    sums.within += Math.max(0, common) / fibulaWidth;
    sums.offset += (f.left + f.right - left - right) / both;
    sums.gap += Math.max(0, -common) / both;
    sums.fibulaWidth += fibulaWidth / both;
  }
  if (rows < LEAST_ROWS) return null;
  return {
    within: sums.within / rows,
    offset: sums.offset / rows,
    gap: sums.gap / rows,
    fibulaWidth: sums.fibulaWidth / rows,
  };
}

function extentOf(
  row: Uint8Array,
  labels: ReadonlySet<number>,
): { left: number; right: number } | null {
  let [left, right] = [-1, -1];
  for (let x = 0; x < row.length; x++) {
    if (!labels.has(row[x])) continue;
    if (left < 0) left = x;
    right = x + 1;
  }
  return left < 0 ? null : { left, right };
}
