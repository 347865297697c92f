/**
 * A long bone in a frame of its own, from its distal end at z = 0 to its proximal end, and its place in a limb's frame:
 * x lateral, y anterior, z proximal, millimetres, as the ankle's. Lengths and widths are recalled from anatomy, A.
 */
import { type Body, boneBodies, type Trabeculae } from "../anatomy/body.ts";
import type { Bounds, Field, Point } from "../anatomy/field.ts";
import { smoothMax } from "../anatomy/field.ts";
import { fractureSurface, wedgeSurface } from "../anatomy/fracture-surface.ts";
import { breakBone } from "../anatomy/fragments.ts";
import { type Constraint, type Mesh, meshSolids } from "../anatomy/mesh.ts";
import { type Profile, profile } from "../anatomy/profile.ts";
import { bumps } from "../anatomy/roughness.ts";
import { tube } from "../anatomy/tube.ts";
import type { Random } from "../random.ts";
import type { ShaftFracture } from "./shaft-fracture.ts";

/** A quantity by share of a bone's length from its distal end. */
export type ByShare = readonly (readonly [share: number, value: number])[];

export interface LongBone {
  readonly name: string;
  readonly lengthMm: number;
  readonly halfWidth: ByShare;
  readonly halfDepth: ByShare;
  readonly cortexMm: ByShare;
  /** How far its middle lies beside the line between its ends, laterally. */
  readonly bowMm: number;
  /** Where its distal end lies, and how it leans from there: millimetres a millimetre upwards. */
  readonly distal: Point;
  readonly leanLateral: number;
  readonly leanAnterior: number;
}

export interface BuiltBone {
  readonly bodies: readonly Body[];
  /** As it was before it broke; null for a sound bone. */
  readonly whole: readonly Body[] | null;
  /** Of each gap through a broken bone. */
  readonly gaps: readonly Mesh[];
}

const OUTER: readonly Constraint[] = [{ channel: 0, sign: 1, offset: 0 }];
const INNER: readonly Constraint[] = [{ channel: 1, sign: 1, offset: 0 }];
/** Mineral of trabecular bone by share of the length: both ends are full of it, the shaft is hollow; A. */
const TRABECULAR: ByShare = [
  [0, 0.24],
  [0.1, 0.17],
  [0.24, 0.04],
  [0.76, 0.04],
  [0.9, 0.16],
  [1, 0.22],
];

/** `mineral` is the trabecular bone's over the average's; `scale` brings millimetres to the patient's size. */
export function buildBone(
  bone: LongBone,
  fracture: ShaftFracture | null,
  { mineral, scale, random }: { mineral: number; scale: number; random: Random },
): BuiltBone {
  const { lengthMm: length } = bone;
  const widest = Math.max(...[...bone.halfWidth, ...bone.halfDepth].map(([, value]) => value));
  const half = widest + Math.abs(bone.bowMm) + 3;
  const bounds: Bounds = { min: [-half, -half, -2], max: [half, half, length + 2] };
  const step = Math.min(1.7, Math.max(0.8, 0.16 * widest));
  const field = boneField(bone, random);
  const byLevel = along(bone.cortexMm, length);
  const cortex: Field = (_x, _y, z) => byLevel(z);
  const place = (mesh: Mesh) => placed(mesh, bone, scale);
  const trabeculae = trabeculaeOf(bone, mineral, scale);
  const bodies = (outer: readonly Mesh[], inner: readonly Mesh[]) =>
    boneBodies(outer.map(place), inner.map(place), "leg", trabeculae);
  if (fracture === null) {
    const [outer, inner] = meshSolids(
      (x, y, z, values) => {
        values[0] = field(x, y, z);
        values[1] = values[0] + cortex(x, y, z);
      },
      2,
      [OUTER, INNER],
      bounds,
      step,
    );
    return { bodies: bodies([outer], [inner]), whole: null, gaps: [] };
  }
  const axis = axisOf(bone);
  const fragments = breakBone(
    {
      bone: field,
      cortex,
      surface: fractureSurface(fracture, axis, random),
      wedge: wedgeSurface(fracture, axis, random),
    },
    fracture.gapMm,
    fracture.displacement,
    [...axis(fracture.level), fracture.level],
    bounds,
    step,
  );
  return {
    bodies: bodies(fragments.outer, fragments.inner),
    whole: bodies([fragments.wholeOuter], [fragments.wholeInner]),
    gaps: fragments.gapOuter.map(place),
  };
}

/** The level of a point of the bone's axis in the limb's frame, at the size of an average man. */
export function levelInLimb(
  { distal, leanLateral, leanAnterior }: LongBone,
  level: number,
): number {
  return distal[2] + level / Math.hypot(1, leanLateral, leanAnterior);
}

function axisOf({ bowMm, lengthMm }: LongBone): (z: number) => readonly [x: number, y: number] {
  return (z) => [4 * bowMm * (z / lengthMm) * (1 - z / lengthMm), 0];
}

/** A profile over millimetres from one over shares. */
function along(rows: ByShare, length: number): Profile {
  return profile(...rows.map(([share, value]) => [share * length, value] as const));
}

function boneField(bone: LongBone, random: Random): Field {
  const { lengthMm: length, halfWidth, halfDepth } = bone;
  const axis = axisOf(bone);
  const ends = [halfWidth[0][1], halfWidth[halfWidth.length - 1][1]];
  const shaft = tube({
    centerX: (z) => axis(z)[0],
    centerY: () => 0,
    halfWidth: along(halfWidth, length),
    halfDepth: along(halfDepth, length),
  });
  const bump = bumps(random, Math.min(0.16, 0.012 * ends[0]), 27);
  return (x, y, z) => {
    const value = shaft(x, y, z);
    const end = smoothMax(-z, z - length, 1);
    const solid = smoothMax(value, end, 0.9 * (z < length / 2 ? ends[0] : ends[1]));
    return solid > 6 || solid < -9 ? solid : solid + bump(x, y, z);
  };
}

function trabeculaeOf(bone: LongBone, mineral: number, scale: number): Trabeculae {
  const density = along(TRABECULAR, bone.lengthMm);
  const bottom = bone.distal[2];
  const perLevel = Math.hypot(1, bone.leanLateral, bone.leanAnterior);
  return {
    mineral: (z) => mineral * density((z / scale - bottom) * perLevel),
    grain: Math.atan(bone.leanLateral),
  };
}

/** From the bone's frame to the limb's, at the patient's size. */
function placed(
  mesh: Mesh,
  { distal, leanLateral: u, leanAnterior: v }: LongBone,
  scale: number,
): Mesh {
  const norm = Math.hypot(1, u, v);
  const up = [u / norm, v / norm, 1 / norm];
  const across = Math.hypot(1, u);
  const right = [1 / across, 0, -u / across];
  const front = [
    up[1] * right[2] - up[2] * right[1],
    up[2] * right[0] - up[0] * right[2],
    up[0] * right[1] - up[1] * right[0],
  ];
  const moved = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    for (let axis = 0; axis < 3; axis++) {
      const value =
        distal[axis] + mesh[i] * right[axis] + mesh[i + 1] * front[axis] + mesh[i + 2] * up[axis];
      moved[i + axis] = value * scale;
    }
  }
  return moved;
}
