import assert from "node:assert/strict";
import { test } from "node:test";
import { blackenCollimation, blackenWhiteBorder } from "./collimation.ts";

/** Rows of characters: `#` white, `+` grey, `.` black. */
function drawn(rows: readonly string[]): [pixels: Float32Array, width: number, height: number] {
  const values: Record<string, number> = { "#": 1, "+": 0.5, ".": 0.1 };
  const pixels = new Float32Array([...rows.join("")].map((character) => values[character]));
  return [pixels, rows[0].length, rows.length];
}

test("blackenCollimation: a white frame goes with its edge, and what it frames stays", () => {
  const rows = Array.from({ length: 12 }, (_, y) =>
    Array.from({ length: 14 }, (_, x) => (x < 3 || y < 2 ? "#" : "+")).join(""),
  );
  const [pixels, width, height] = drawn(rows);
  const before = pixels.slice();
  const masked = blackenCollimation(pixels, width, height);
  assert.deepEqual(pixels, before, "the radiograph itself is left alone");
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const expected = x < 3 + 2 || y < 2 + 2 ? 0 : 0.5;
      assert.equal(masked[y * width + x], expected, `at ${x}, ${y}`);
    }
  }
});

test("blackenCollimation: a frame that is not parallel to the image goes as a whole", () => {
  const rows = ["#######", "####+++", "##+++++", "+++++++", "+++++++", "+++++++"];
  const masked = blackenCollimation(...drawn(rows));
  assert.ok(masked.every((value) => value !== 1));
  assert.equal(masked[5 * 7 + 6], 0.5);
});

test("blackenCollimation: white inside the field stays: metal, and a marker of lead", () => {
  const [pixels, width, height] = drawn([".....", ".##..", ".##..", "....."]);
  assert.equal(blackenCollimation(pixels, width, height), pixels);
});

function painted(valueAt: (x: number, y: number) => number): [Float32Array, number, number] {
  const [width, height] = [120, 100];
  const pixels = Float32Array.from({ length: width * height }, (_, i) =>
    valueAt(i % width, Math.floor(i / width)),
  );
  return [pixels, width, height];
}

test("blackenCollimation: white bone that runs out of the image, or into the frame, stays", () => {
  // As narrow as a cortex, and as wide as a heel.
  for (const width of [4, 50]) {
    const isBone = (x: number) => x >= 50 && x < 50 + width;
    const bone = painted((x, y) => (isBone(x) && y < 70 ? 1 : 0.5));
    assert.equal(blackenCollimation(...bone), bone[0]);
    const isFrame = (x: number, y: number) => x < 3 || y < 20;
    const framed = painted((x, y) => (isFrame(x, y) || (isBone(x) && y < 70) ? 1 : 0.5));
    const masked = blackenCollimation(...framed);
    for (const [i, value] of masked.entries()) {
      const [x, y] = [i % 120, Math.floor(i / 120)];
      const isMasked = x < 3 + 2 || y < 20 + 2;
      assert.equal(value, isMasked ? 0 : framed[0][i], `at ${x}, ${y}`);
    }
  }
});

test("blackenCollimation: a narrow frame goes whole where processing took its white beside bone", () => {
  const isBone = (x: number) => x >= 20 && x < 90;
  const framed = painted((x, y) => (y < 4 ? (isBone(x) ? 0.91 : 1) : isBone(x) ? 0.8 : 0.1));
  const masked = blackenCollimation(...framed);
  for (const [i, value] of masked.entries()) {
    assert.equal(value, Math.floor(i / 120) < 4 + 2 ? 0 : framed[0][i]);
  }
});

test("blackenCollimation: in a large picture the half-shadow is wider", () => {
  const [width, height] = [1201, 1003];
  const isShaft = (x: number) => x >= 600 && x < 636;
  const isFrame = (x: number, y: number) => x >= 1180 || y < 200;
  const pixels = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return isFrame(x, y) || (isShaft(x) && y < 700) ? 1 : 0.5;
  });
  const masked = blackenCollimation(pixels, width, height);
  for (const [i, value] of masked.entries()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isMasked = x >= 1180 - 4 || y < 200 + 4;
    if (value !== (isMasked ? 0 : pixels[i])) assert.fail(`at ${x}, ${y}: ${value}`);
  }
});

test("blackenCollimation: the frame of a round field goes, and the bone that runs into it stays", () => {
  const isField = (x: number, y: number) => (x - 60) ** 2 + (y - 50) ** 2 < 48 ** 2;
  const isShaft = (x: number) => x >= 60 && x < 63;
  const round = painted((x, y) => (isField(x, y) && !isShaft(x) ? 0.5 : 1));
  const masked = blackenCollimation(...round);
  assert.equal(masked[5 * 120 + 5], 0);
  assert.equal(masked[50 * 120 + 10], 0, "just outside of the field");
  assert.equal(masked[50 * 120 + 61], 1, "bone");
  assert.equal(masked[50 * 120 + 70], 0.5);
});

test("blackenCollimation: a frame's oblique edge goes whole", () => {
  const oblique = painted((x, y) => (x + 2 * y < 60 ? 1 : 0.5));
  const masked = blackenCollimation(...oblique);
  assert.ok(masked.every((value) => value !== 1));
  assert.equal(masked[50 * 120 + 60], 0.5);
});

test("blackenCollimation: bone that runs out of the image is not white enough", () => {
  const [pixels, width, height] = drawn([".+++.", ".+++.", ".+++."]);
  assert.equal(
    blackenCollimation(
      pixels.map((value) => value * 1.9),
      width,
      height,
    ).includes(0),
    false,
  );
});

test("blackenWhiteBorder: all that lies within two pixels of white that hangs together with the border", () => {
  const [width, height] = [17, 13];
  for (let seed = 1; seed <= 40; seed++) {
    let state = seed;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const pixels = Float32Array.from({ length: width * height }, () => (random() < 0.4 ? 1 : 0.5));
    const outside = new Set<number>();
    const visit = (x: number, y: number): void => {
      const i = y * width + x;
      if (x < 0 || y < 0 || x >= width || y >= height || outside.has(i) || pixels[i] < 1) return;
      outside.add(i);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const)
        visit(x + dx, y + dy);
    };
    for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(x, y);
    for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
    const expected = pixels.map((value, i) => {
      const isNear = [...outside].some(
        (other) =>
          Math.abs((other % width) - (i % width)) <= 2 &&
          Math.abs(Math.floor(other / width) - Math.floor(i / width)) <= 2,
      );
      return isNear ? 0 : value;
    });
    assert.deepEqual(blackenWhiteBorder(pixels, width, height), expected, `seed ${seed}`);
  }
});
