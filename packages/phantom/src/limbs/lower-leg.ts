/** A lower leg with foot and knee; the plafond's centre is the origin, the fibula lies laterally. */
import {
  capsule,
  ellipsoid,
  type Field,
  type Point,
  smoothMax,
  smoothUnion,
} from "../anatomy/field.ts";
import { profile } from "../anatomy/profile.ts";
import { tube } from "../anatomy/tube.ts";
import type { Random } from "../random.ts";
import type { LimbShape } from "./limb.ts";
import type { ByShare, LongBone } from "./long-bone.ts";
import { lump } from "./lump.ts";

const TOP = 560;

export function sampleLowerLeg(random: Random): LimbShape {
  const wide = random.between(0.88, 1.12);
  const tissue = random.between(0.82, 1.25);
  const cortex = random.between(0.75, 1.2);
  const tibia: LongBone = {
    name: "tibia",
    lengthMm: 356,
    halfWidth: scaled(
      wide,
      [0, 24],
      [0.04, 23],
      [0.09, 18.5],
      [0.16, 14],
      [0.25, 12.6],
      [0.5, 12.6],
      [0.75, 14.5],
      [0.87, 22],
      [0.95, 34],
      [1, 36],
    ),
    halfDepth: scaled(
      wide,
      [0, 19],
      [0.05, 18.5],
      [0.1, 15.5],
      [0.16, 13.4],
      [0.25, 13],
      [0.5, 15],
      [0.75, 17.5],
      [0.88, 22],
      [0.96, 25],
      [1, 23],
    ),
    cortexMm: scaled(
      cortex,
      [0, 0.6],
      [0.06, 1],
      [0.12, 2],
      [0.25, 4],
      [0.6, 4.6],
      [0.8, 2.6],
      [0.92, 1],
      [1, 0.7],
    ),
    bowMm: random.between(-3, 3),
    distal: [0, 0, 0],
    leanLateral: 0,
    leanAnterior: random.between(-0.01, 0.02),
  };
  const fibula: LongBone = {
    name: "fibula",
    lengthMm: 352,
    halfWidth: scaled(
      wide,
      [0, 6],
      [0.05, 8.5],
      [0.1, 7],
      [0.15, 5.4],
      [0.5, 5.6],
      [0.88, 6],
      [0.95, 10],
      [1, 9],
    ),
    halfDepth: scaled(
      wide,
      [0, 8],
      [0.05, 10.5],
      [0.1, 8.5],
      [0.16, 6.8],
      [0.5, 6.4],
      [0.88, 7],
      [0.95, 10],
      [1, 9],
    ),
    cortexMm: scaled(cortex, [0, 0.5], [0.08, 1], [0.2, 2.3], [0.6, 2.9], [0.88, 1.2], [1, 0.6]),
    bowMm: random.between(-5, 2),
    distal: [28, -6, -24],
    leanLateral: random.between(0.005, 0.03),
    leanAnterior: -0.03,
  };
  const femur: LongBone = {
    name: "femur",
    lengthMm: TOP - 363 + 20,
    halfWidth: [
      [0, 36],
      [0.1, 40],
      [0.22, 27],
      [0.4, 17],
      [1, 14.5],
    ],
    halfDepth: [
      [0, 26],
      [0.1, 30],
      [0.22, 19],
      [0.4, 15.5],
      [1, 15],
    ],
    cortexMm: [
      [0, 0.8],
      [0.2, 1.6],
      [0.45, 4.5],
      [1, 6.5],
    ],
    bowMm: 0,
    distal: [0, 0, 363],
    leanLateral: random.between(0.02, 0.14),
    leanAnterior: random.between(-0.05, 0.25),
  };
  const metatarsals = [0, 1, 2, 3, 4].map((i) => metatarsal(i, random));
  return {
    bones: [tibia, fibula, femur, ...metatarsals],
    lumps: footLumps(random),
    skin: skinOf(tissue),
    skinBounds: { min: [-105, -105, -110], max: [105, 185, TOP] },
    fatMm: profile([-80, 5], [0, 4], [100, 6 * tissue], [200, 8 * tissue], [400, 10 * tissue]),
    breaks: {
      tibia: 50,
      fibula: 25,
      femur: 8,
      ...Object.fromEntries(metatarsals.map(({ name }) => [name, 2])),
    },
    sampleShare: (bone, own) =>
      bone.name === "femur" ? own.between(0.12, 0.6) : own.between(0.04, 0.93),
    together: ["tibia", "fibula"],
  };
}

function scaled(factor: number, ...rows: ByShare): ByShare {
  return rows.map(([share, value]) => [share, value * factor] as const);
}

function metatarsal(i: number, random: Random): LongBone {
  const halfWidth = i === 0 ? 6.2 : 3.7;
  return {
    name: `metatarsal ${i + 1}`,
    lengthMm: [60, 70, 68, 66, 66][i] * random.between(0.95, 1.05),
    halfWidth: scaled(halfWidth, [0, 1.5], [0.15, 1.4], [0.35, 1], [0.65, 1.05], [1, 1.7]),
    halfDepth: scaled(halfWidth, [0, 1.5], [0.15, 1.4], [0.35, 1.05], [0.65, 1.1], [1, 1.8]),
    cortexMm: [
      [0, 0.5],
      [0.25, 1.2],
      [0.5, 1.9],
      [0.8, 1],
      [1, 0.5],
    ],
    bowMm: 0,
    distal: [-19 + 11 * i, 118 - 5 * i, -72],
    leanLateral: -0.12 + 0.12 * (2 - i),
    leanAnterior: i === 0 ? -2.4 : -2.6,
  };
}

function footLumps(random: Random): LimbShape["lumps"] {
  const jitter = () => 0.8 * random.normal();
  const lumps: readonly (readonly [center: Point, radii: Point])[] = [
    [
      [0, 2, -14],
      [20, 25, 12],
    ],
    [
      [0, 28, -23],
      [13, 12, 10],
    ],
    [
      [5, -24, -42],
      [17, 33, 18],
    ],
    [
      [-3, 39, -29],
      [15, 6, 11],
    ],
    [
      [-8, 50, -37],
      [13, 8, 11],
    ],
    [
      [15, 36, -46],
      [11, 17, 11],
    ],
    [
      [0, 44, 376],
      [20, 9, 20],
    ],
  ];
  const toes = [0, 1, 2, 3, 4].flatMap((i): (readonly [center: Point, radii: Point])[] => {
    const [x, y] = [-20 + 12 * i, 137 - 6 * i];
    const thick = i === 0 ? 6 : 3.4;
    return [
      [
        [x, y, -76],
        [thick, 13, thick],
      ],
      [
        [x, y + 22 - 3 * i, -78],
        [thick, 8, 0.8 * thick],
      ],
    ];
  });
  return [...lumps, ...toes].map(([[x, y, z], radii]) => {
    const center: Point = [x + jitter(), y + jitter(), z + jitter()];
    return lump(center, radii);
  });
}

function skinOf(t: number): Field {
  const leg = tube({
    centerX: profile([0, 5], [100, 7], [350, 4]),
    centerY: profile([0, -6], [60, -9], [120, -15], [220, -20], [330, -6], [560, 4]),
    halfWidth: profile(
      [-20, 37],
      [0, 36],
      [40, 32 * t],
      [100, 40 * t],
      [200, 55 * t],
      [280, 55 * t],
      [340, 57 * t],
      [390, 60 * t],
      [560, 78 * t],
    ),
    halfDepth: profile(
      [-20, 33],
      [0, 33],
      [40, 32 * t],
      [100, 42 * t],
      [200, 58 * t],
      [280, 56 * t],
      [350, 58 * t],
      [390, 62 * t],
      [560, 78 * t],
    ),
  });
  const ended: Field = (x, y, z) => smoothMax(leg(x, y, z), -36 - z, 10);
  const heel = ellipsoid([3, -34, -50], [28, 34, 32]);
  const middle = capsule([-9, 0, -46], [-12, 112, -64], 25, 15);
  const outer = capsule([11, 0, -50], [16, 104, -66], 22, 13);
  const toes = capsule([-14, 112, -70], [12, 128, -72], 13, 11);
  const solid = smoothUnion(12, ended, heel, middle, outer, toes);
  const foot: Field = (x, y, z) => smoothMax(solid(x, y, z), -86 - z, 8);
  return (x, y, z) => (z > 25 ? Math.max(leg(x, y, z), z - TOP + 4) : foot(x, y, z));
}
