import assert from "node:assert/strict";
import test from "node:test";
import { patchAround, wireField, wirePath } from "./live-wire.ts";

const WIDTH = 160;
const HEIGHT = 120;

/** Noise that repeats itself: the same for the same seed. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** The row of a hairline that bends, at a column. */
const hairline = (x: number) => 60 + 20 * Math.sin(x / 25);

function radiograph(value: (x: number, y: number) => number) {
  const random = noise(7);
  const pixels = new Uint16Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      pixels[y * WIDTH + x] = Math.round(value(x + 0.5, y + 0.5) + 300 * random());
    }
  }
  return { width: WIDTH, height: HEIGHT, pixels };
}

/** How far the points of a path, and the middles between them, are from a curve over the columns. */
function furthest(path: readonly number[], row: (x: number) => number): number {
  let worst = 0;
  for (let i = 0; i + 3 < path.length; i += 2) {
    for (let part = 0; part <= 8; part++) {
      const x = path[i] + ((path[i + 2] - path[i]) * part) / 8;
      const y = path[i + 1] + ((path[i + 3] - path[i + 1]) * part) / 8;
      worst = Math.max(worst, Math.abs(y - row(x)));
    }
  }
  return worst;
}

test("live wire: two clicks follow a noisy hairline of two pixels that bends", () => {
  const image = radiograph((x, y) => 30_000 - 2500 * Math.exp(-((y - hairline(x)) ** 2) / 2));
  const [from, to] = [[10, hairline(10)] as const, [150, hairline(150)] as const];
  const field = wireField(patchAround(image, from, 200), from, "dark line");
  const path = wirePath(field, to);
  assert.deepEqual(path.slice(0, 2), from);
  assert.deepEqual(path.slice(-2), to);
  assert.ok(furthest(path, hairline) < 3, `${furthest(path, hairline)} pixels beside it`);
  assert.ok(path.length / 2 < 60, `${path.length / 2} points`);
  // A straight line is nowhere near.
  assert.ok(furthest([...from, ...to], hairline) > 10);
});

test("live wire: an edge is followed where the value changes most, a dark line is not", () => {
  const image = radiograph((x, y) => (y > hairline(x) ? 50_000 : 12_000));
  const [from, to] = [[10, hairline(10)] as const, [150, hairline(150)] as const];
  const field = wireField(patchAround(image, from, 200), from, "edge");
  assert.ok(furthest(wirePath(field, to), hairline) < 3);
});

test("live wire: on pixels that say nothing the way is straight", () => {
  const image = { width: WIDTH, height: HEIGHT, pixels: new Uint16Array(WIDTH * HEIGHT).fill(900) };
  const field = wireField(patchAround(image, [20, 20], 200), [20, 20], "dark line");
  const path = wirePath(field, [100, 100]);
  assert.ok(furthest(path, (x) => x) < 1, `${path}`);
});

test("live wire: a place outside of the window is reached from its border", () => {
  const image = radiograph(() => 1000);
  const field = wireField(patchAround(image, [80, 60], 20), [80, 60], "edge");
  assert.deepEqual([field.patch.x, field.patch.y, field.patch.width], [60, 40, 41]);
  const path = wirePath(field, [150, 60]);
  assert.deepEqual(path.slice(-2), [150, 60]);
  assert.deepEqual(wirePath(field, [80, 60]), [80, 60, 80, 60]);
});
