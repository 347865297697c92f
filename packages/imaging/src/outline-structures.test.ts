import assert from "node:assert/strict";
import test from "node:test";
import { polygonBounds } from "@malleolus/geometry";
import { ankleStructures } from "@malleolus/schema";
import { outlineStructures } from "./outline-structures.ts";
import type { LabelProbabilities } from "./place-labels.ts";

const [WIDTH, HEIGHT] = [40, 60];
const BACKGROUND = ankleStructures.length;

type Rectangle = readonly [label: number, x1: number, y1: number, x2: number, y2: number];

/** Rectangles of labels, each with a probability; what is left of 1 is the background's. */
function found(rectangles: readonly Rectangle[], probability: number): LabelProbabilities {
  const pixels = WIDTH * HEIGHT;
  const data = new Uint8Array(pixels).fill(BACKGROUND);
  for (const [label, x1, y1, x2, y2] of rectangles) {
    for (let y = y1; y < y2; y++) data.fill(label, y * WIDTH + x1, y * WIDTH + x2);
  }
  const probabilities = new Float32Array((BACKGROUND + 1) * pixels);
  data.forEach((label, i) => {
    probabilities[label * pixels + i] = label === BACKGROUND ? 1 : probability;
    if (label !== BACKGROUND) probabilities[BACKGROUND * pixels + i] = 1 - probability;
  });
  return {
    width: WIDTH,
    height: HEIGHT,
    probabilities,
    labels: { width: WIDTH, height: HEIGHT, data },
  };
}

const leg: readonly Rectangle[] = [
  [0, 5, 0, 20, 40],
  [1, 24, 0, 32, 50],
  [2, 24, 30, 32, 33],
];

test("outlineStructures: bones whole, the fracture within its bone, and the line along its middle", () => {
  const size = { width: WIDTH, height: HEIGHT, pixelSpacingMm: [1, 1] } as const;
  const { isLowerLeg, shapes, fractureProbability } = outlineStructures(
    found([...leg, [0, 1, 55, 2, 56]], 0.9),
    ankleStructures,
    size,
  );
  assert.equal(isLowerLeg, true);
  assert.deepEqual(
    shapes.map(({ structure }) => structure),
    ["tibia", "fibula", "fracture"],
  );
  for (const [i, [, ...box]] of leg.entries()) {
    const bounds = polygonBounds(...shapes[i].polygons);
    for (const [side, value] of box.entries()) assert.ok(Math.abs(bounds[side] - value) <= 0.5);
  }
  const [, , fracture] = shapes;
  assert.ok(Math.abs((fracture.score ?? 0) - 0.9) < 1e-6);
  assert.ok(fracture.line !== null && fracture.line.widthMm > 2.5 && fracture.line.widthMm < 3.5);
  assert.deepEqual(shapes[0].line, null);
  assert.ok(Math.abs(fractureProbability - (0.9 * 15) / 25) < 1e-6);
});

test("outlineStructures: in pixels of the radiograph, whatever the network's", () => {
  const size = { width: WIDTH * 4, height: HEIGHT * 4, pixelSpacingMm: null };
  const { shapes } = outlineStructures(found(leg, 0.95), ankleStructures, size);
  const [x1, y1, x2, y2] = polygonBounds(...shapes[0].polygons);
  for (const [got, expected] of [
    [x1, 20],
    [y1, 0],
    [x2, 80],
    [y2, 160],
  ]) {
    assert.ok(Math.abs(got - expected) <= 2, `${got} and ${expected}`);
  }
});

test("outlineStructures: a bone has the hole filled that another leaves in it", () => {
  const crossed: readonly Rectangle[] = [
    [0, 5, 0, 30, 40],
    [1, 10, 10, 20, 30],
  ];
  const size = { width: WIDTH, height: HEIGHT, pixelSpacingMm: [1, 1] } as const;
  const { shapes } = outlineStructures(found(crossed, 0.9), ankleStructures, size);
  assert.equal(shapes[0].polygons.length, 1);
});

test("outlineStructures: no shape where a bone is missing, small, in pieces or unsure", () => {
  const size = { width: WIDTH, height: HEIGHT, pixelSpacingMm: [1, 1] } as const;
  for (const [rectangles, probability] of [
    [[leg[0]], 0.95],
    [[leg[0], [1, 24, 0, 28, 5]], 0.95],
    [leg, 0.7],
    [[leg[0], [1, 24, 0, 32, 20], [1, 24, 30, 32, 50]], 0.95],
    [[], 0.95],
  ] as const) {
    const seen = outlineStructures(found(rectangles, probability), ankleStructures, size);
    assert.deepEqual([seen.isLowerLeg, seen.shapes], [false, []]);
  }
});
