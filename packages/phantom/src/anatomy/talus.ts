/**
 * The talus: a trochlea that turns about the ankle's axis, neck, head and processes. The trochlea
 * also shapes what articulates with it.
 */

import type { AnkleShape } from "../patient/shape.ts";
import { capsule, ellipsoid, type Field, smoothMax, smoothUnion } from "./field.ts";

/** The ankle's axis runs parallel to x through (y, z). */
export interface TalarAxis {
  readonly y: number;
  readonly z: number;
}

export function talarAxis(shape: AnkleShape): TalarAxis {
  return { y: 0.5, z: -(shape.superiorClearSpace + shape.domeRadius) };
}

/** The trochlea's medial and lateral border at the dome. */
export function talarBorders(shape: AnkleShape): readonly [medial: number, lateral: number] {
  const middle = 3.2;
  return [middle - shape.domeWidth / 2, middle + shape.domeWidth / 2];
}

/** The dome without borders: distance from its surface, slightly grooved along the middle. */
export function domeField(shape: AnkleShape): Field {
  const axis = talarAxis(shape);
  const [medial, lateral] = talarBorders(shape);
  const middle = (medial + lateral) / 2;
  const half = (lateral - medial) / 2;
  return (x, y, z) => {
    const share = Math.min(1, Math.abs(x - middle) / half);
    const radius = shape.domeRadius - 0.9 * (1 - share * share);
    return Math.hypot(y - axis.y, z - axis.z) - radius;
  };
}

export function talusField(shape: AnkleShape): Field {
  const axis = talarAxis(shape);
  const [medial, lateral] = talarBorders(shape);
  const dome = domeField(shape);
  const trochlea: Field = (x, y, z) => {
    // Narrower behind; the lateral wall flares out to the lateral process.
    const narrow = 0.06 * (y - axis.y);
    const depth = Math.max(0, -8 - z);
    const wallLateral = x - (lateral + narrow + 0.012 * depth * depth);
    const wallMedial = medial - 0.3 * narrow - 0.2 * depth - x;
    const bottom = -33.5 + 0.22 * (y + 4) + 0.012 * (y + 4) ** 2 - z;
    const back = -(19.5 + y);
    const front = y - (13 + 0.12 * (x - medial));
    const walls = smoothMax(smoothMax(wallLateral, wallMedial, 3), smoothMax(back, front, 5), 4);
    return smoothMax(smoothMax(dome(x, y, z), walls, 4.5), bottom, 5);
  };
  return smoothUnion(
    5,
    trochlea,
    capsule([-1, 9, -24], [-5, 25, -27], 11, 11.5),
    ellipsoid([-6.5, 28, -28], [15, 11.5, 12.5]),
    ellipsoid([20, -2, -27], [5, 7, 6]),
    ellipsoid([-1, -20, -28], [7, 5, 4.5]),
  );
}
