/** Calcaneus, navicular, cuboid, cuneiforms and metatarsals: what lies below and before the ankle. */

import type { AnkleShape } from "../patient/shape.ts";
import { capsule, clearOf, ellipsoid, type Field, type Point, smoothUnion } from "./field.ts";

/** The foot points this much further inward than the talus' dome. */
const TOE_IN = (11 * Math.PI) / 180;

/** A field of the foot in the ankle's frame: the foot's own axis runs along y. */
export function alongFoot(field: Field): Field {
  const [cos, sin] = [Math.cos(TOE_IN), Math.sin(TOE_IN)];
  return (x, y, z) => field(cos * x + sin * y, cos * y - sin * x, z);
}

export function calcaneusField(shape: AnkleShape, talus: Field): Field {
  // The average pitch is in the coordinates; the patient's is a turn about the posterior facet.
  const turn = ((shape.calcanealPitchDegrees - 18) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const solid = smoothUnion(
    8,
    ellipsoid([3, -44, -49], [14.5, 13.5, 19.5], 2.4),
    capsule([3.5, -36, -50], [8, 12, -49], 12.5, 9.5),
    ellipsoid([5, -12, -39], [12, 12, 9.5]),
    ellipsoid([-9.5, 3, -42], [11, 10, 5]),
    ellipsoid([11, 20, -45], [10.5, 8, 11], 2.5),
  );
  const pitched: Field = (x, y, z) => {
    const [dy, dz] = [y + 5, z + 36];
    return solid(x, -5 + cos * dy + sin * dz, -36 - sin * dy + cos * dz);
  };
  return clearOf(alongFoot(pitched), talus, 2.4, 2);
}

/** Bones of the midfoot and forefoot, each clear of those before it. */
export function forefootFields(talus: Field, calcaneus: Field): Field[] {
  const hind = smoothUnion(0.5, talus, calcaneus);
  const navicular = clearOf(
    alongFoot(ellipsoid([-7, 42.5, -31], [17, 8.5, 12.5], 3)),
    hind,
    2.2,
    1.5,
  );
  const cuboid = clearOf(alongFoot(ellipsoid([16, 38, -50], [12, 16.5, 11], 3.2)), hind, 2.2, 1.5);
  const beforeTarsus = smoothUnion(0.5, hind, navicular, cuboid);
  const wedges: readonly (readonly [Point, Point])[] = [
    [
      [-15.5, 61, -40],
      [8, 12, 14],
    ],
    [
      [-2.5, 59, -31],
      [6, 9.5, 11],
    ],
    [
      [8, 58, -36],
      [6, 10, 11],
    ],
  ];
  const cuneiforms = wedges.map(([center, radii]) =>
    clearOf(alongFoot(ellipsoid(center, radii, 3.4)), beforeTarsus, 1.8, 1.2),
  );
  const tarsus = smoothUnion(0.4, beforeTarsus, ...cuneiforms);
  const rays: readonly (readonly [from: Point, to: Point, atBase: number, atHead: number])[] = [
    [[-17, 80, -45], [-24, 132, -67], 8, 9],
    [[-4, 78, -37], [-9, 135, -66], 5.5, 5.5],
    [[6, 76, -39], [4, 132, -67], 5.3, 5.2],
    [[15, 68, -45], [17, 126, -68], 5.5, 5.2],
    [[26, 60, -55], [29, 117, -70], 6.2, 5.4],
  ];
  const metatarsals = rays.map(([from, to, atBase, atHead]) =>
    clearOf(alongFoot(metatarsal(from, to, atBase, atHead)), tarsus, 1.6, 1),
  );
  return [navicular, cuboid, ...cuneiforms, ...metatarsals];
}

/** Base and head are wider than the shaft between them. */
function metatarsal(from: Point, to: Point, atBase: number, atHead: number): Field {
  const along = (t: number): Point => [
    from[0] + t * (to[0] - from[0]),
    from[1] + t * (to[1] - from[1]),
    from[2] + t * (to[2] - from[2]),
  ];
  const waist = 0.68 * Math.min(atBase, atHead);
  return smoothUnion(
    3,
    capsule(along(0), along(0.4), atBase, waist),
    capsule(along(0.4), along(0.75), waist, waist),
    capsule(along(0.75), along(1), waist, atHead),
  );
}
