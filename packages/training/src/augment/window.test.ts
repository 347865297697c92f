import assert from "node:assert/strict";
import test from "node:test";
import type { Sample } from "./sample.ts";
import { cutWindow, placeWindow, type WindowPlan } from "./window.ts";

const [WIDTH, HEIGHT] = [60, 80];
const BONE = 0;
const FRACTURE = 1;

const square = (x: number, y: number, side: number) => [
  x,
  y,
  x + side,
  y,
  x + side,
  y + side,
  x,
  y + side,
];

function radiograph(objects: readonly (readonly [number, number[]])[]): Sample {
  return {
    image: {
      width: WIDTH,
      height: HEIGHT,
      pixels: Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => i),
    },
    target: {
      boxes: objects.map(([, [x1, y1, , , x2, y2]]) => [x1, y1, x2, y2] as const),
      classes: objects.map(([name]) => name),
      polygons: objects.map(([, polygon]) => [polygon]),
    },
  };
}

const broken = radiograph([
  [BONE, square(4, 4, 50)],
  [FRACTURE, square(40, 60, 6)],
]);
const plan: WindowPlan = { side: 24, around: [FRACTURE], probability: 1 };

/** Reproducible numbers in [0, 1) without a pattern that matters here. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return (state % 1000) / 1000;
  };
}

test("placeWindow: every window lies within the image, is of its size, and shows the fracture", () => {
  const random = numbers(7);
  const places = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const [x1, y1, x2, y2] = placeWindow(broken, plan, random);
    assert.ok(x1 >= 0 && y1 >= 0 && x2 <= WIDTH && y2 <= HEIGHT);
    assert.deepEqual([x2 - x1, y2 - y1], [24, 24]);
    assert.ok(x1 < 46 && x2 > 40 && y1 < 66 && y2 > 60, `${[x1, y1, x2, y2]}`);
    places.add(`${x1} ${y1}`);
  }
  assert.ok(places.size > 30, "not always the same place");
});

test("placeWindow: with a probability below 1 the rest is around any object", () => {
  const random = numbers(11);
  let shown = 0;
  for (let i = 0; i < 400; i++) {
    const [, , , y2] = placeWindow(broken, { ...plan, probability: 0.5 }, random);
    if (y2 > 60) shown++;
  }
  // Half, half of the rest, and what the bone's windows reach.
  assert.ok(shown > 260 && shown < 380, `${shown}`);
});

test("placeWindow: sound radiographs give windows around what they have, or anywhere", () => {
  const random = numbers(13);
  const bone = radiograph([[BONE, square(4, 4, 20)]]);
  for (let i = 0; i < 100; i++) {
    const [x1, y1] = placeWindow(bone, plan, random);
    assert.ok(x1 < 24 && y1 < 24);
  }
  const bottoms = Array.from({ length: 100 }, () => placeWindow(radiograph([]), plan, random)[3]);
  assert.ok(Math.min(...bottoms) < 40 && Math.max(...bottoms) > 64);
});

test("placeWindow: a radiograph smaller than the window is shown whole", () => {
  const [x1, y1, x2, y2] = placeWindow(broken, { ...plan, side: 70 }, numbers(3));
  assert.deepEqual([x1, x2, y2 - y1], [0, WIDTH, 70]);
  assert.deepEqual(placeWindow(broken, { ...plan, side: 100 }, numbers(3)), [0, 0, WIDTH, HEIGHT]);
});

test("cutWindow: pixels and outlines move together", () => {
  const { image, target } = cutWindow(broken, plan, numbers(5));
  assert.deepEqual([image.width, image.height], [24, 24]);
  const [x, y] = [image.pixels[0] % WIDTH, Math.floor(image.pixels[0] / WIDTH)];
  const place = target.classes.indexOf(FRACTURE);
  assert.deepEqual(
    target.boxes[place].map((value, i) => value + (i % 2 === 0 ? x : y)),
    [40, 60, 46, 66].map((value, i) => Math.min(value, i % 2 === 0 ? x + 24 : y + 24)),
  );
});
