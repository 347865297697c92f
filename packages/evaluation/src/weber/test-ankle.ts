/** An ankle drawn with a ruler, for tests alone. */
import type { Polygon } from "@malleolus/geometry";

type Points = readonly (readonly [number, number])[];

export interface DrawnAnkle {
  readonly tibia: Polygon;
  readonly fibula: Polygon;
  /** Null without points. */
  readonly fracture: Polygon | null;
}

export const PLAIN = { turnDegrees: 0, spacing: [0.5, 0.5] as readonly [number, number] };

/**
 * In pixels, drawn in millimetres, x to the right and height above the plafond: a tibia whose medial
 * malleolus hangs down on the left, a fibula on its right, and a line across the fibula.
 */
export function drawnAnkle(line: Points, { turnDegrees, spacing } = PLAIN): DrawnAnkle {
  const turn = (turnDegrees * Math.PI) / 180;
  const toPixels = (points: Points) =>
    points.flatMap(([x, up]) => {
      const [right, down] = [
        x * Math.cos(turn) + up * Math.sin(turn),
        x * Math.sin(turn) - up * Math.cos(turn),
      ];
      return [(80 + right) / spacing[1], (130 + down) / spacing[0]];
    });
  return {
    tibia: toPixels([
      [-25, -12],
      [-17, -12],
      [-15, 0],
      [20, 0],
      [22, 15],
      [12, 40],
      [12, 110],
      [-12, 110],
      [-12, 40],
      [-24, 20],
    ]),
    fibula: toPixels([
      [24, -22],
      [32, -22],
      [34, 0],
      [30, 30],
      [28, 110],
      [18, 110],
      [20, 30],
      [22, 0],
    ]),
    fracture: line.length === 0 ? null : toPixels(line),
  };
}

/** A line across the fibula, widened to 3 mm as the protocol has it. */
export const across = (from: number, to: number): [number, number][] => [
  [10, from - 1.5],
  [40, to - 1.5],
  [40, to + 1.5],
  [10, from + 1.5],
];
