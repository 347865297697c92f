/**
 * A broken long bone: its fragments where the injury left them, and the gap between them as a solid of
 * its own, halfway between where its two sides are now.
 */

import type { Displacement } from "../patient/fracture.ts";
import type { Bounds, Field } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";

export interface Fragments {
  /** Outer surfaces, and the inner ones of the same fragments. */
  readonly outer: readonly Mesh[];
  readonly inner: readonly Mesh[];
  /** The gap through the whole bone, and through its trabecular part. */
  readonly gapOuter: readonly Mesh[];
  readonly gapInner: readonly Mesh[];
  /** The undisturbed bone. */
  readonly wholeOuter: Mesh;
  readonly wholeInner: Mesh;
}

export interface FragmentSurfaces {
  /** The bone, its cortex' thickness, the fracture's surface and, for a wedge, a second one. */
  readonly bone: Field;
  readonly cortex: Field;
  readonly surface: Field;
  readonly wedge: Field | null;
}

const OUTER = 0;
const INNER = 1;
const MAIN = 2;
const WEDGE = 3;

/** `pivot` is where the bone's axis meets the fracture; what lies below it, towards -z, moves. */
export function breakBone(
  surfaces: FragmentSurfaces,
  gapMm: number,
  displacement: Displacement,
  pivot: readonly [x: number, y: number, z: number],
  bounds: Bounds,
  step: number,
): Fragments {
  const half = gapMm / 2;
  const above = (channel: number): Constraint => ({ channel, sign: -1, offset: half });
  const below = (channel: number): Constraint => ({ channel, sign: 1, offset: half });
  const between = (channel: number): Constraint[] => [
    { channel, sign: 1, offset: -half },
    { channel, sign: -1, offset: -half },
  ];
  const pieces: { readonly moved: number; readonly cut: Constraint[] }[] =
    surfaces.wedge === null
      ? [
          { moved: 0, cut: [above(MAIN)] },
          { moved: 1, cut: [below(MAIN)] },
        ]
      : [
          { moved: 0, cut: [above(MAIN)] },
          { moved: 0.6, cut: [below(MAIN), above(WEDGE)] },
          { moved: 1, cut: [below(MAIN), below(WEDGE)] },
        ];
  const gaps =
    surfaces.wedge === null
      ? [between(MAIN)]
      : [between(MAIN), [...between(WEDGE), { channel: MAIN, sign: 1, offset: half } as const]];
  const within = (channel: number, cuts: readonly Constraint[][]): Constraint[][] =>
    cuts.map((cut) => [{ channel, sign: 1, offset: 0 }, ...cut]);
  const cuts = pieces.map(({ cut }) => cut);
  const solids = [OUTER, INNER].flatMap((channel) => [
    ...within(channel, cuts),
    ...within(channel, gaps),
    [{ channel, sign: 1, offset: 0 } as const],
  ]);
  const { bone, cortex, surface, wedge } = surfaces;
  const meshes = meshSolids(
    (x, y, z, values) => {
      const value = bone(x, y, z);
      values[OUTER] = value;
      values[INNER] = value + cortex(x, y, z);
      values[MAIN] = surface(x, y, z);
      if (wedge !== null) values[WEDGE] = wedge(x, y, z);
    },
    wedge === null ? 3 : 4,
    solids,
    bounds,
    step,
  );
  const move = (mesh: Mesh, share: number) => displaced(mesh, displacement, share, pivot);
  const perChannel = pieces.length + gaps.length + 1;
  const moveAll = (from: number) => ({
    fragments: pieces.map(({ moved }, i) => move(meshes[from + i], moved)),
    gap: gaps.map((_, i) => move(meshes[from + pieces.length + i], i === 0 ? 0.5 : 0.8)),
    whole: meshes[from + perChannel - 1],
  });
  const outer = moveAll(0);
  const inner = moveAll(perChannel);
  return {
    outer: outer.fragments,
    inner: inner.fragments,
    gapOuter: outer.gap,
    gapInner: inner.gap,
    wholeOuter: outer.whole,
    wholeInner: inner.whole,
  };
}

/** A share of a displacement: turned about the pivot, then moved. */
function displaced(
  mesh: Mesh,
  displacement: Displacement,
  share: number,
  pivot: readonly [x: number, y: number, z: number],
): Mesh {
  if (share === 0) return mesh;
  const radians = (share * Math.PI) / 180;
  const turn = displacement.rotationDegrees * radians;
  const tilt = displacement.valgusDegrees * radians;
  const [cosR, sinR, cosV, sinV] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const moved = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    const x = mesh[i] - pivot[0];
    const y = mesh[i + 1] - pivot[1];
    const z = mesh[i + 2] - pivot[2];
    // External rotation carries what lies in front outward.
    const turnedX = cosR * x + sinR * y;
    const turnedY = cosR * y - sinR * x;
    moved[i] = pivot[0] + cosV * turnedX - sinV * z + share * displacement.lateral;
    moved[i + 1] = pivot[1] + turnedY + share * displacement.anterior;
    moved[i + 2] = pivot[2] + cosV * z + sinV * turnedX + share * displacement.proximal;
  }
  return moved;
}
