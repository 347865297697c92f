/** Skin, and within it muscle and tendon; what lies between the two is fat. */

import type { AnkleShape } from "../patient/shape.ts";
import { createRandom } from "../random.ts";
import { capsule, ellipsoid, type Field, type Point, smoothMax, smoothUnion } from "./field.ts";
import { alongFoot } from "./foot.ts";
import { profile } from "./profile.ts";
import { bumps } from "./roughness.ts";
import { tube } from "./tube.ts";

/** Further away from a surface, its waves do not matter. */
const NEAR = 8;

/** How a patient's skin deviates from the smooth shape; the same in every view. */
export function skinWaves(seed: string): Field {
  return bumps(createRandom(seed, "skin"), 1.1, 41);
}

/** `waves` is what the skin, and more so a swelling, deviates by from its smooth outline. */
export function skinField(shape: AnkleShape, foot: (point: Field) => Field, waves: Field): Field {
  const t = shape.tissue;
  const leg = tube({
    centerX: profile([-30, 4], [0, 4.2], [30, 3], [60, 2.5], [120, 4], [200, 5]),
    centerY: profile([-30, -6], [0, -7], [60, -9], [120, -14], [200, -18]),
    halfWidth: profile(
      [-40, 34],
      [-12, 36.5 * t],
      [0, 36.5 * t],
      [20, 33 * t],
      [45, 31 * t],
      [80, 34 * t],
      [120, 42 * t],
      [200, 54 * t],
    ),
    halfDepth: profile(
      [-40, 30],
      [0, 33 * t],
      [30, 31 * t],
      [60, 32 * t],
      [120, 43 * t],
      [200, 54 * t],
    ),
  });
  const legEnd: Field = (x, y, z) => smoothMax(leg(x, y, z), -34 - z, 10);
  const achilles = capsule([3, -46, -45], [3, -44, 90], 9.5 * t, 11 * t);
  const swelling: Field[] = [];
  const swollen = (x: number, size: number, [rx, ry, rz]: Point): Field => {
    const { swellingForward: y, swellingLevel: z, swellingLength } = shape;
    const smooth = ellipsoid([x, y, z - 2], [rx, ry, rz * swellingLength]);
    const share = Math.min(1, size / 8);
    return (px, py, pz) => {
      const value = smooth(px, py, pz);
      return Math.abs(value) > NEAR ? value : value + share * waves(px, py, pz);
    };
  };
  if (shape.lateralSwelling > 0) {
    const s = shape.lateralSwelling;
    swelling.push(swollen(29, s, [11 + 0.6 * s, 22 + s, 38 + s]));
  }
  if (shape.medialSwelling > 0) {
    const s = shape.medialSwelling;
    swelling.push(swollen(-20, s, [11 + 0.6 * s, 21 + s, 32 + s]));
  }
  const skin = smoothUnion(12, legEnd, achilles, foot(alongFoot(footSkin(t))), ...swelling);
  return (x, y, z) => {
    const value = skin(x, y, z);
    return Math.abs(value) > NEAR ? value : value + 0.4 * waves(x, y, z);
  };
}

function footSkin(tissue: number): Field {
  const heel = ellipsoid([2, -34, -52], [28 * tissue, 36, 33]);
  // Nowhere a cylinder: seen along the foot, its outline would be drawn far too sharply.
  const hind = flatCapsule([2, -14, -50], [0, 28, -46], 17 * tissue, 26 * tissue);
  const middle = flatCapsule([0, 28, -46], [2, 78, -54], 24 * tissue, 19, 1.75);
  const fore = flatCapsule([2, 78, -54], [1, 140, -68], 19, 14.5, 2.2);
  const sole: Field = (_x, _y, z) => -85 - z;
  const solid = smoothUnion(14, heel, hind, middle, fore);
  return (x, y, z) => smoothMax(solid(x, y, z), sole(x, y, z), 8);
}

/** A capsule `stretch` times as wide as it is high. */
function flatCapsule(
  from: Point,
  to: Point,
  fromRadius: number,
  toRadius: number,
  stretch = 1.32,
): Field {
  const round = capsule(
    [from[0] / stretch, from[1], from[2]],
    [to[0] / stretch, to[1], to[2]],
    fromRadius,
    toRadius,
  );
  return (x, y, z) => round(x / stretch, y, z);
}

/** Muscle compartments, peroneal and flexor tendons, the Achilles tendon, and the foot's muscles. */
export function muscleField(shape: AnkleShape, foot: (point: Field) => Field): Field {
  const t = shape.tissue;
  const leg = tube({
    centerX: profile([-20, 5], [0, 5], [60, 3], [120, 4], [200, 5]),
    centerY: profile([-20, -3], [0, -3], [40, -6], [120, -12], [200, -17]),
    halfWidth: profile([-30, 22], [0, 29], [30, 27], [60, 27.5], [120, 36 * t], [200, 47 * t]),
    halfDepth: profile([-30, 20], [0, 23.5], [30, 24], [60, 27], [120, 36.5 * t], [200, 47 * t]),
  });
  const legEnd: Field = (x, y, z) => smoothMax(leg(x, y, z), -25 - z, 8);
  const achilles = flatCapsule([4, -50.5, -42], [3, -47, 60], 3.6, 4.2);
  const calf = flatCapsule([3, -46, 55], [4, -38, 160], 4.5, 20);
  const sole = flatCapsule([2, -10, -64], [0, 110, -70], 7, 9);
  const back = flatCapsule([0, 30, -42], [-2, 90, -50], 13, 11);
  return smoothUnion(4, legEnd, achilles, calf, foot(alongFoot(sole)), foot(alongFoot(back)));
}
