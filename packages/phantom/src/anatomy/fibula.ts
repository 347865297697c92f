/** The distal fibula: shaft and lateral malleolus with its fossa. */

import type { AnkleShape } from "../patient/shape.ts";
import { ellipsoid, type Field, smoothMax } from "./field.ts";
import { profile } from "./profile.ts";
import { domeField, talarBorders } from "./talus.ts";
import { tube } from "./tube.ts";

/** Where the fibula's middle line runs. */
export function fibulaAxis(shape: AnkleShape): (z: number) => readonly [x: number, y: number] {
  const [, lateral] = talarBorders(shape);
  // Half the malleolus' width and the joint space beside the talus.
  const out = lateral + 2.6 + 8 - 28;
  const x = profile(
    [-26, 28.9],
    [-14, 28.4],
    [0, 28.2],
    [10, 27],
    [20, 25.4],
    [40, 23.2],
    [60, 23.8],
    [80, 25.4],
    [120, 29.3],
    [200, 34.5],
  );
  const y = profile(
    [-26, -4.5],
    [-12, -2],
    [0, -1],
    [15, -2],
    [40, -5],
    [80, -8],
    [120, -9.5],
    [200, -11],
  );
  return (z) => [x(z) + out, y(z) + shape.fibulaForward];
}

export function fibulaField(shape: AnkleShape): Field {
  const axis = fibulaAxis(shape);
  const wide = shape.shaftWidth;
  const tip = shape.lateralTip;
  const body = tube({
    centerX: (z) => axis(z)[0],
    centerY: (z) => axis(z)[1],
    halfWidth: profile(
      [-tip - 3, 4.6],
      [-20, 6.4],
      [-10, 8.1],
      [-2, 8.5],
      [10, 7.4],
      [20, 6.4],
      [40, 5.5 * wide],
      [60, 5.3 * wide],
      [120, 5.7 * wide],
      [200, 6.6 * wide],
    ),
    halfDepth: profile(
      [-tip - 3, 6.5],
      [-20, 9.4],
      [-10, 11.4],
      [0, 10.4],
      [10, 9.4],
      [20, 8.5],
      [40, 7.4 * wide],
      [60, 6.9 * wide],
      [120, 6.5 * wide],
      [200, 7 * wide],
    ),
    square: profile([-20, 0.01], [-5, 0.03], [15, 0.02], [40, 0]),
    triangle: profile([-10, 0], [20, 0.04], [60, 0.07], [200, 0.08]),
  });
  const [tipX, tipY] = axis(-tip);
  const end = ellipsoid([tipX - 0.8, tipY + 2, -tip + 18], [9.4, 14, 18], 2);
  const fossa = ellipsoid([tipX - 9.5, tipY - 3.5, -tip + 5.5], [6, 5.5, 7]);
  const dome = domeField(shape);
  const [, lateral] = talarBorders(shape);
  return (x, y, z) => {
    const shaft = body(x, y, z);
    if (shaft > 12) return shaft;
    const ended = z < -tip + 14 ? smoothMax(shaft, end(x, y, z), 2) : shaft;
    if (z > 15) return ended;
    // The facet keeps clear of the talus' lateral wall, which slopes outward.
    const depth = Math.max(0, -8 - z);
    const facet = lateral + 2.6 + 0.012 * depth * depth;
    const joint = smoothMax(x - facet, dome(x, y, z) - 5, 4);
    return smoothMax(smoothMax(ended, -joint, 2), -fossa(x, y, z), 2);
  };
}
