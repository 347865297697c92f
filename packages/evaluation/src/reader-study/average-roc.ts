/**
 * One curve of several readers: at every false positive rate the mean of their true positive rates
 * (vertical averaging, Chen and Samuelson 2014, British Journal of Radiology 87:20140016). Its area is the
 * mean of the readers' areas.
 */
import type { RocPoint } from "../roc.ts";

export type CurvePoint = Pick<RocPoint, "falsePositiveRate" | "truePositiveRate">;

/**
 * From (0, 0) to (1, 1), with two points where a curve rises straight up. The curves are those of
 * `rocPoints`, at least one.
 */
export function averageRoc(curves: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  const rates = [
    ...new Set(curves.flatMap((curve) => curve.map(({ falsePositiveRate }) => falsePositiveRate))),
  ].toSorted((a, b) => a - b);
  return rates.flatMap((falsePositiveRate) => {
    const ends = curves.map((curve) => endsAt(curve, falsePositiveRate));
    const [low, high] = ([0, 1] as const).map(
      (which) => ends.reduce((sum, end) => sum + end[which], 0) / ends.length,
    );
    const points = [{ falsePositiveRate, truePositiveRate: low }];
    return low === high ? points : [...points, { falsePositiveRate, truePositiveRate: high }];
  });
}

/** The lowest and the highest true positive rate of a curve at a rate of false positives. */
function endsAt(curve: readonly CurvePoint[], rate: number): readonly [number, number] {
  const there = curve.filter(({ falsePositiveRate }) => falsePositiveRate === rate);
  if (there.length > 0) {
    return [there[0].truePositiveRate, there[there.length - 1].truePositiveRate];
  }
  const after = curve.findIndex(({ falsePositiveRate }) => falsePositiveRate > rate);
  const [left, right] = [curve[after - 1], curve[after]];
  const share =
    (rate - left.falsePositiveRate) / (right.falsePositiveRate - left.falsePositiveRate);
  const height = left.truePositiveRate + share * (right.truePositiveRate - left.truePositiveRate);
  return [height, height];
}
