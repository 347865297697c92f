import assert from "node:assert/strict";
import { test } from "node:test";
import { fractureSurface } from "../anatomy/fracture-surface.ts";
import { createRandom } from "../random.ts";
import { type Fracture, weberClassOf } from "./fracture.ts";
import { sampleFracture } from "./sample-fracture.ts";

const axis = () => [25, -2] as const;

test("weberClassOf: the lower end decides between B and C, the upper one about A", () => {
  const cases: readonly (readonly [number, number, string])[] = [
    [-20, -5, "A"],
    [-9, 0, "A"],
    [-6, 27, "B"],
    [8, 30, "B"],
    [16, 40, "C"],
    [60, 75, "C"],
  ];
  for (const [lowest, highest, expected] of cases) {
    assert.equal(weberClassOf(lowest, highest), expected);
  }
});

test("fractureSurface: about a distance, so that the gap is as wide as it says", () => {
  for (let i = 0; i < 60; i++) {
    const random = createRandom("surface", i);
    const drawn = sampleFracture(random.pick(["A", "B", "C"]), (trait) =>
      createRandom("surface", i, trait),
    );
    const fracture: Fracture = { ...drawn, roughnessMm: 0, winding: 0 };
    const surface = fractureSurface(fracture, axis, random);
    const h = 1e-4;
    const [x, y, z] = [25 + random.between(-6, 6), -2 + random.between(-8, 8), fracture.level];
    const at = surface(x, y, z);
    const slope = Math.hypot(
      (surface(x + h, y, z) - at) / h,
      (surface(x, y + h, z) - at) / h,
      (surface(x, y, z + h) - at) / h,
    );
    assert.ok(Math.abs(slope - 1) < 1e-3, `slope ${slope}`);
  }
});

test("sampleFracture: every class has every degree, and the class does not fix the morphology", () => {
  const drawn = Array.from({ length: 400 }, (_, i) =>
    sampleFracture("B", (trait) => createRandom("fractures", i, trait)),
  );
  assert.ok(new Set(drawn.map(({ morphology }) => morphology)).size >= 4);
  const hairlines = drawn.filter(({ gapMm }) => gapMm < 0.5).length / drawn.length;
  assert.ok(Math.abs(hairlines - 0.35) < 0.08, `${hairlines} are hairlines`);
  const transverse = sampleFracture("A", (trait) => createRandom("fractures", 1, trait)).level;
  assert.ok(transverse < 0);
});
