import assert from "node:assert/strict";
import { test } from "node:test";
import { ellipsoid, type Point } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";

const inside: Constraint = { channel: 0, sign: 1, offset: 0 };
const ball = ellipsoid([0.3, -0.2, 0.1], [12, 12, 12]);
const bounds = { min: [-14, -14, -14], max: [14, 14, 14] } as const;

/** Volume of a closed mesh, by the divergence theorem; negative where it is inside out. */
function volume(mesh: Mesh): number {
  let sixfold = 0;
  for (let i = 0; i < mesh.length; i += 9) {
    const [ax, ay, az, bx, by, bz, cx, cy, cz] = mesh.subarray(i, i + 9);
    sixfold += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sixfold / 6;
}

/** Sum of all triangles' area vectors: zero for a surface without holes. */
function openness(mesh: Mesh): Point {
  const sum = [0, 0, 0];
  for (let i = 0; i < mesh.length; i += 9) {
    const edge = (to: number, axis: number) => mesh[i + to + axis] - mesh[i + axis];
    for (let axis = 0; axis < 3; axis++) {
      const [p, q] = [(axis + 1) % 3, (axis + 2) % 3];
      sum[axis] += edge(3, p) * edge(6, q) - edge(3, q) * edge(6, p);
    }
  }
  return [sum[0], sum[1], sum[2]];
}

test("meshSolids: a ball has a ball's volume, faces outward and is closed", () => {
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = ball(x, y, z);
    },
    1,
    [[inside]],
    bounds,
    0.8,
  );
  const expected = (4 / 3) * Math.PI * 12 ** 3;
  assert.ok(Math.abs(volume(mesh) / expected - 1) < 0.003, `${volume(mesh)} of ${expected}`);
  for (const component of openness(mesh)) assert.ok(Math.abs(component) < 1e-2);
});

test("meshSolids: a node is sampled once though eight blocks meet there, and far from the surface not at all", () => {
  const step = 0.8;
  const times = new Map<string, number>();
  meshSolids(
    (x, y, z, values) => {
      const nodes = [x, y, z].map((at) => Math.round((at + 14) / step));
      const isMiddle = nodes.every((node) => node % 4 === 2);
      const key = nodes.join();
      if (!isMiddle) times.set(key, (times.get(key) ?? 0) + 1);
      values[0] = ball(x, y, z);
    },
    1,
    [[inside]],
    bounds,
    step,
  );
  assert.deepEqual(new Set(times.values()), new Set([1]));
  const blocks = Math.ceil(28 / step / 4);
  const [sampled, all] = [times.size, (4 * blocks + 1) ** 3];
  assert.ok(sampled > 5000 && sampled < 0.8 * all, `${sampled} of ${all}`);
  assert.ok(times.has("1,17,17") && !times.has("17,17,17"));
});

test("meshSolids: two halves and the gap between them add up to the whole, however thin it is", () => {
  const gap = 0.04;
  const parts: Constraint[][] = [
    [inside],
    [inside, { channel: 1, sign: -1, offset: gap / 2 }],
    [inside, { channel: 1, sign: 1, offset: gap / 2 }],
    [inside, { channel: 1, sign: 1, offset: -gap / 2 }, { channel: 1, sign: -1, offset: -gap / 2 }],
  ];
  const slope = Math.hypot(0.3, 1);
  const meshes = meshSolids(
    (x, y, z, values) => {
      values[0] = ball(x, y, z);
      values[1] = (0.3 * (x - 0.3) + z - 0.1) / slope;
    },
    2,
    parts,
    bounds,
    0.9,
  );
  const [whole, upper, lower, between] = meshes.map(volume);
  assert.ok(Math.abs(upper + lower + between - whole) < 0.02);
  const expected = Math.PI * 12 ** 2 * gap;
  assert.ok(Math.abs(between / expected - 1) < 0.01, `${between} of ${expected}`);
  for (const mesh of meshes) for (const part of openness(mesh)) assert.ok(Math.abs(part) < 1e-2);
});

test("meshSolids: what is cut from a solid is missing from it, also along the grid's own nodes", () => {
  for (const off of [0, 1e-13, 3e-9, 0.2]) {
    const [whole, cut] = meshSolids(
      (x, y, z, values) => {
        values[0] = Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) - 4;
        values[1] = x + y + z - 6 - off;
      },
      2,
      [[inside], [inside, { channel: 1, sign: 1, offset: 0 }]],
      { min: [-8, -8, -8], max: [8, 8, 8] },
      1,
    );
    // A corner of the cube: a tetrahedron with three legs of 6 less the offset.
    const corner = (6 - off) ** 3 / 6;
    assert.ok(Math.abs(volume(whole) - volume(cut) - corner) < 0.15, `${off}: ${corner}`);
    for (const mesh of [whole, cut]) {
      for (const part of openness(mesh)) assert.ok(Math.abs(part) < 1e-2);
    }
  }
});
