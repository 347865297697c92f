/**
 * How the areas of several readings of the same cases vary together: DeLong's covariances (1988), or
 * those of the jackknife over cases.
 *
 * Both come from the placements alone. Without one positive the area is the mean of the others'
 * placements, and so for a negative; no area is computed twice.
 */
import type { Placements } from "../roc.ts";

export type CovarianceMethod = "delong" | "jackknife";

/** `[readings][readings]`, in the order given; all are of the same cases in the same order. */
export function aucCovariances(
  readings: readonly Placements[],
  method: CovarianceMethod,
): number[][] {
  const deviations = readings.map((reading) =>
    method === "delong" ? placementDeviations(reading) : jackknifeDeviations(reading),
  );
  return deviations.map((one) =>
    deviations.map((other) => one.reduce((sum, value, i) => sum + value * other[i], 0)),
  );
}

/** By case, so that products of two readings sum to their covariance. */
function placementDeviations({ positives, negatives }: Placements): number[] {
  const area = mean(positives);
  return [positives, negatives].flatMap((side) => {
    const scale = 1 / Math.sqrt(side.length * (side.length - 1));
    return side.map((value) => (value - area) * scale);
  });
}

function jackknifeDeviations({ positives, negatives }: Placements): number[] {
  const area = mean(positives);
  const without = [positives, negatives].flatMap((side) =>
    side.map((value) => (side.length * area - value) / (side.length - 1)),
  );
  const middle = mean(without);
  const scale = Math.sqrt((without.length - 1) / without.length);
  return without.map((value) => (value - middle) * scale);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
