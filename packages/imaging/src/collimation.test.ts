import assert from "node:assert/strict";
import { test } from "node:test";
import { blackenCollimation } from "./collimation.ts";

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

/** Of a size at which what is as narrow as bone is told: squares of 5 pixels fit into the frame, and not into 4. */
function painted(isWhite: (x: number, y: number) => boolean): [Float32Array, number, number] {
  const [width, height] = [120, 100];
  const pixels = Float32Array.from({ length: width * height }, (_, i) =>
    isWhite(i % width, Math.floor(i / width)) ? 1 : 0.5,
  );
  return [pixels, width, height];
}

test("blackenCollimation: white bone that runs out of the image, or into the frame, stays", () => {
  const isShaft = (x: number) => x >= 60 && x < 64;
  const shaft = painted((x, y) => isShaft(x) && y < 70);
  assert.deepEqual(blackenCollimation(...shaft), shaft[0]);
  // A narrow frame is one, since it goes on outside; metal that hangs on bone is none.
  const isPlate = (x: number, y: number) => x >= 50 && x < 75 && y >= 50 && y < 70;
  const isFrame = (x: number, y: number) => x < 3 || y < 20;
  const framed = painted((x, y) => isFrame(x, y) || isShaft(x) || isPlate(x, y));
  const masked = blackenCollimation(...framed);
  for (const [i, value] of masked.entries()) {
    const [x, y] = [i % 120, Math.floor(i / 120)];
    const isMasked = x < 3 + 2 || y < 20 + 2;
    assert.equal(value, isMasked ? 0 : framed[0][i], `at ${x}, ${y}`);
  }
});

test("blackenCollimation: a large picture is told by blocks of pixels, bone and frame as in a small one", () => {
  const [width, height] = [1201, 1003];
  const isShaft = (x: number) => x >= 600 && x < 636;
  const isFrame = (x: number, y: number) => x >= 1180 || y < 200;
  const pixels = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return isFrame(x, y) || (isShaft(x) && y < 700) ? 1 : 0.5;
  });
  const masked = blackenCollimation(pixels, width, height);
  const at = (x: number, y: number) => masked[y * width + x];
  for (let y = 0; y < height; y++) {
    assert.equal(at(1180, y), 0, `the frame's side at ${y}`);
    // Below the frame's edge two blocks, of two pixels each, may go with it.
    const isBetween = y >= 200 + 2 && y < 200 + 8;
    if (!isBetween) assert.equal(at(618, y), y < 202 ? 0 : y < 700 ? 1 : 0.5, `bone at ${y}`);
  }
  for (let x = 0; x < width; x++) assert.equal(at(x, 199), 0, `the frame's upper part at ${x}`);
  assert.equal(at(300, 202), 0.5);
});

test("blackenCollimation: a frame's oblique edge goes whole", () => {
  const oblique = painted((x, y) => x + 2 * y < 60);
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

test("blackenCollimation: all that lies within two pixels of white that hangs together with the border", () => {
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
    assert.deepEqual(blackenCollimation(pixels, width, height), expected, `seed ${seed}`);
  }
});
