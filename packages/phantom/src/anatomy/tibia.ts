/** The distal tibia: shaft, metaphysis, medial malleolus, plafond and incisura. */

import type { AnkleShape } from "../patient/shape.ts";
import { ellipsoid, type Field, smoothMax, smoothUnion } from "./field.ts";
import { profile } from "./profile.ts";
import { domeField, talarBorders } from "./talus.ts";
import { above, tube } from "./tube.ts";

/** `fibula` shapes the incisura. */
export function tibiaField(shape: AnkleShape, fibula: Field): Field {
  const wide = shape.shaftWidth;
  const shaft = tube({
    centerX: profile(
      [-12, -1],
      [0, -0.8],
      [10, -0.6],
      [20, -0.8],
      [30, -1.2],
      [40, -1.6],
      [60, -1.8],
      [80, -1.6],
      [120, -1],
      [200, 0],
    ),
    centerY: profile([-12, -0.5], [10, -0.8], [30, -1], [60, -0.5], [120, 0], [200, 1]),
    halfWidth: profile(
      [-12, 22.8],
      [0, 23.8],
      [10, 23],
      [20, 20.9],
      [30, 18.2],
      [40, 16.2 * wide],
      [60, 13.9 * wide],
      [80, 12.8 * wide],
      [120, 12.2 * wide],
      [200, 13 * wide],
    ),
    halfDepth: profile(
      [-12, 18.5],
      [0, 19.8],
      [10, 19.6],
      [20, 17.8],
      [30, 16],
      [40, 14.8 * wide],
      [60, 13.2 * wide],
      [80, 12.8 * wide],
      [120, 13.6 * wide],
      [200, 15 * wide],
    ),
    square: profile([0, 0.05], [20, 0.045], [60, 0.01], [90, 0]),
    triangle: profile([30, -0.01], [80, -0.04], [140, -0.08]),
  });
  const [medial] = talarBorders(shape);
  const facet = medial - shape.medialClearSpace;
  const drop = shape.medialTip;
  const malleolus = smoothUnion(
    5,
    ellipsoid([facet - 4.9, 1, 0], [6.2, 15, 9 + 0.2 * drop], 2.2),
    ellipsoid([facet - 5.2, 5, -drop + 10], [4.3, 7.5, 10]),
    ellipsoid([facet - 5, -6, -drop + 11.5], [4.2, 6.5, 8.5]),
  );
  // The anterior lip stands higher than the posterior one.
  const ended = above(shaft, (_, y) => -4.6 + 0.11 * y, 4);
  const whole = smoothUnion(7, ended, malleolus);
  const dome = domeField(shape);
  return (x, y, z) => {
    const raw = whole(x, y, z);
    if (raw > 8) return raw;
    const slope = -0.22 * Math.min(0, z + 3);
    const joint = smoothMax(dome(x, y, z) - shape.superiorClearSpace, facet - slope - x, 7);
    const cut = smoothMax(raw, -joint, 1.4);
    return smoothMax(cut, shape.tibiofibularClearSpace - fibula(x, y, z), 3);
  };
}
