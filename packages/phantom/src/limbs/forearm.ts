/** A forearm with the hand and the end of the upper arm; the wrist's joint is the origin, the thumb lies laterally. */
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

/** Half widths of a small bone over its shaft's. */
const SMALL: ByShare = [
  [0, 1.45],
  [0.14, 1.4],
  [0.32, 1.05],
  [0.55, 1],
  [0.8, 1.2],
  [1, 1.5],
];
const SMALL_CORTEX: ByShare = [
  [0, 0.45],
  [0.2, 0.9],
  [0.5, 1.7],
  [0.8, 1],
  [1, 0.45],
];
/** Ends of bones in a finger, millimetres apart. */
const JOINT_MM = 2;

interface Ray {
  readonly name: string;
  readonly base: Point;
  /** How far each bone leans outward and forward on its way to the fingertip. */
  readonly outward: number;
  readonly forward: number;
  readonly lengths: readonly number[];
  readonly halfWidth: number;
}

const TOP = 460;

export function sampleForearm(random: Random): LimbShape {
  const wide = random.between(0.88, 1.14);
  const tissue = random.between(0.84, 1.22);
  const turned = random.between(-9, 1);
  const rays = sampleRays(random);
  const hand = rays.flatMap(boneChain);
  const radius: LongBone = {
    name: "radius",
    lengthMm: 235,
    halfWidth: widened(
      [
        [0, 15],
        [0.05, 14],
        [0.13, 9],
        [0.3, 7],
        [0.6, 7.4],
        [0.85, 6.6],
        [0.93, 8],
        [0.97, 11],
        [1, 11],
      ],
      wide,
    ),
    halfDepth: widened(
      [
        [0, 11],
        [0.05, 10.3],
        [0.14, 7.2],
        [0.3, 6.2],
        [0.6, 6.2],
        [0.85, 6],
        [0.95, 9],
        [1, 10.5],
      ],
      wide,
    ),
    cortexMm: widened(
      [
        [0, 0.7],
        [0.1, 1.2],
        [0.25, 2.6],
        [0.7, 2.7],
        [0.88, 1.3],
        [1, 0.7],
      ],
      random.between(0.75, 1.2),
    ),
    bowMm: random.between(3, 9),
    distal: [9, 0, 2],
    leanLateral: 0.035 + turned / 400,
    leanAnterior: 0,
  };
  const ulna: LongBone = {
    name: "ulna",
    lengthMm: 256,
    halfWidth: widened(
      [
        [0, 7.6],
        [0.05, 7],
        [0.12, 5.6],
        [0.4, 6.6],
        [0.7, 8],
        [0.85, 10],
        [0.93, 12],
        [1, 10],
      ],
      wide,
    ),
    halfDepth: widened(
      [
        [0, 7.6],
        [0.1, 5.6],
        [0.4, 6.6],
        [0.7, 8.2],
        [0.87, 11],
        [0.95, 15],
        [1, 11],
      ],
      wide,
    ),
    cortexMm: radius.cortexMm,
    bowMm: random.between(-4, 1),
    distal: [-17, -3, random.between(-1, 6)],
    leanLateral: 0.035,
    leanAnterior: 0,
  };
  const humerus: LongBone = {
    name: "humerus",
    lengthMm: TOP - 244 + 20,
    halfWidth: [
      [0, 28],
      [0.07, 27],
      [0.14, 18],
      [0.24, 12],
      [1, 11.5],
    ],
    halfDepth: [
      [0, 11],
      [0.1, 9],
      [0.24, 10.5],
      [1, 11.5],
    ],
    cortexMm: [
      [0, 0.8],
      [0.15, 1.8],
      [0.3, 3.6],
      [1, 4],
    ],
    bowMm: 0,
    distal: [3, 0, 243],
    leanLateral: random.between(-0.02, 0.12),
    leanAnterior: 0,
  };
  const small = Object.fromEntries(hand.map(({ name }) => [name, name.includes("1") ? 4 : 2.5]));
  return {
    bones: [radius, ulna, humerus, ...hand],
    lumps: carpals(random),
    skin: skinOf(hand, tissue),
    skinBounds: { min: [-75, -70, -240], max: [95, 110, TOP] },
    fatMm: profile([-150, 2.2], [-30, 3], [0, 3.5], [150, 5.5 * tissue], [300, 7 * tissue]),
    breaks: { radius: 60, ulna: 14, humerus: 8, ...small },
    sampleShare: (bone, own) => {
      if (bone.name === "radius" && own.chance(0.5)) return own.between(0.05, 0.16);
      return bone.name === "humerus" ? own.between(0.1, 0.5) : own.between(0.1, 0.9);
    },
    together: ["radius", "ulna"],
  };
}

function widened(rows: ByShare, factor: number): ByShare {
  return rows.map(([share, value]) => [share, value * factor] as const);
}

function sampleRays(random: Random): Ray[] {
  const spread = random.between(0.4, 1.8);
  const bent = random.between(0, 0.45);
  const size = random.between(0.92, 1.08);
  const finger = (
    name: string,
    x: number,
    outward: number,
    lengths: readonly number[],
    wide: number,
  ): Ray => ({
    name,
    base: [x, 0, -33],
    outward: outward * spread,
    forward: bent,
    lengths: lengths.map((length) => length * size),
    halfWidth: 4.2 * wide,
  });
  return [
    {
      name: "thumb",
      base: [22, 5, -27],
      outward: random.between(0.5, 0.95),
      forward: 0.25,
      lengths: [44, 30, 22].map((length) => length * size),
      halfWidth: 4.7,
    },
    finger("index", 11, 0.1, [67, 40, 23, 17], 1),
    finger("middle", 1, 0.01, [65, 44, 28, 18], 1.02),
    finger("ring", -9, -0.08, [58, 41, 26, 18], 0.94),
    finger("little", -18, -0.18, [54, 33, 19, 16], 0.86),
  ];
}

/** From the wrist to the fingertip; the first, in the palm, hardly bends. */
function boneChain({ name, base, outward, forward, lengths, halfWidth }: Ray): LongBone[] {
  const bones: LongBone[] = [];
  let proximal = base;
  for (const [i, lengthMm] of lengths.entries()) {
    const [u, v] = [outward * (1 - 0.15 * i), forward * (0.15 + 0.8 * i)];
    const down = (lengthMm + JOINT_MM) / Math.hypot(1, u, v);
    const next: Point = [proximal[0] + u * down, proximal[1] + v * down, proximal[2] - down];
    const factor = halfWidth * [1, 0.94, 0.8, 0.66][i];
    bones.push({
      name: `${name} ${i + 1}`,
      lengthMm,
      halfWidth: widened(SMALL, factor),
      halfDepth: widened(SMALL, 0.92 * factor),
      cortexMm: widened(SMALL_CORTEX, factor / 4.2),
      bowMm: 0,
      distal: next,
      leanLateral: -u,
      leanAnterior: -v,
    });
    proximal = next;
  }
  return bones;
}

function carpals(random: Random): LimbShape["lumps"] {
  const rows: readonly (readonly [center: Point, radii: Point])[] = [
    [
      [14, 0, -9],
      [8, 7, 8],
    ],
    [
      [2, -1, -8],
      [7, 8, 7],
    ],
    [
      [-12, -2, -9],
      [6.5, 6, 6.5],
    ],
    [
      [-15, 7, -12],
      [5, 4.5, 5.5],
    ],
    [
      [19, 3, -21],
      [7, 7, 7],
    ],
    [
      [10, 0, -24],
      [5.5, 7, 6],
    ],
    [
      [0, 0, -22],
      [6.5, 8, 10],
    ],
    [
      [-11, -1, -22],
      [7.5, 7, 8.5],
    ],
  ];
  return rows.map(([[x, y, z], radii]) => {
    const center: Point = [
      x + 0.6 * random.normal(),
      y + 0.6 * random.normal(),
      z + 0.6 * random.normal(),
    ];
    return lump(center, radii);
  });
}

function skinOf(hand: readonly LongBone[], tissue: number): Field {
  const arm = tube({
    centerX: () => 0,
    centerY: () => 0,
    halfWidth: profile(
      [-10, 29],
      [10, 28],
      [40, 29],
      [100, 36 * tissue],
      [170, 43 * tissue],
      [235, 45 * tissue],
      [300, 43 * tissue],
      [460, 50 * tissue],
    ),
    halfDepth: profile(
      [-10, 18],
      [10, 20],
      [40, 22],
      [100, 31 * tissue],
      [170, 39 * tissue],
      [235, 40 * tissue],
      [300, 42 * tissue],
      [460, 50 * tissue],
    ),
  });
  const palm = ellipsoid([-2, 1, -55], [39, 16, 52], 2.4);
  const thenar = ellipsoid([17, 9, -40], [17, 14, 27]);
  const fingers = hand.map((bone) => {
    const [x, y, z] = bone.distal;
    const up = bone.lengthMm / Math.hypot(1, bone.leanLateral, bone.leanAnterior);
    const end: Point = [x + bone.leanLateral * up, y + bone.leanAnterior * up, z + up];
    const thick = 1.55 * bone.halfWidth[0][1];
    return capsule(bone.distal, end, thick, thick + 1);
  });
  const ended: Field = (x, y, z) => smoothMax(arm(x, y, z), -6 - z, 8);
  const handSkin = smoothUnion(4, smoothUnion(14, ended, palm, thenar), ...fingers);
  // Fingers do not matter above the wrist, and there are many of them.
  return (x, y, z) => (z > 30 ? Math.max(arm(x, y, z), z - TOP + 4) : handSkin(x, y, z));
}
