import assert from "node:assert/strict";
import { test } from "node:test";
import { centrelineOf } from "./centreline.ts";
import { emptyMask, type Mask, maskIou } from "./mask.ts";
import { maskOf } from "./test-masks.ts";

/** All pixels whose centres lie within half a width of a line. */
function band(points: readonly number[], width: number, side: number): Mask {
  const mask = emptyMask(side, side);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [(i % side) + 0.5, Math.floor(i / side) + 0.5];
    for (let k = 2; k < points.length; k += 2) {
      const [ax, ay, bx, by] = points.slice(k - 2, k + 2);
      const [dx, dy] = [bx - ax, by - ay];
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
      if (Math.hypot(x - ax - t * dx, y - ay - t * dy) <= width / 2) mask.data[i] = 1;
    }
  }
  return mask;
}

const lines: readonly (readonly [what: string, points: number[], width: number])[] = [
  ["level", [20, 50.5, 80, 50.5], 7],
  ["upright, of an even width", [50, 15, 50, 85], 6],
  ["slanted", [20, 30, 80, 62], 9],
  ["bent, as an oblique fracture is", [15, 80, 40, 60, 55, 35, 85, 20], 8],
  ["a hairline", [10, 20, 90, 70], 3],
];
for (const [what, points, width] of lines) {
  test(`centrelineOf: a band gives its line and its width back, ${what}`, () => {
    const mask = band(points, width, 100);
    const found = centrelineOf(mask);
    assert.ok(found !== null);
    assert.ok(Math.abs(found.width - width) < 0.7, `${found.width} of ${width}`);
    const ends = [found.points.slice(0, 2), found.points.slice(-2)];
    const wanted = [points.slice(0, 2), points.slice(-2)];
    const apart = (order: readonly number[][]) =>
      Math.max(...order.map(([x, y], i) => Math.hypot(x - wanted[i][0], y - wanted[i][1])));
    const off = Math.min(apart(ends), apart(ends.toReversed()));
    assert.ok(off <= 2.5, `ends off by ${off}`);
    const again = band(found.points, found.width, 100);
    assert.ok(maskIou(again, mask) > 0.8, `overlap ${maskIou(again, mask)}`);
  });
}

test("centrelineOf: the ends of a bar with corners lie half a width inside it", () => {
  const bar = emptyMask(60, 20);
  for (let y = 5; y < 14; y++) bar.data.fill(1, y * 60 + 5, y * 60 + 55);
  const found = centrelineOf(bar);
  assert.ok(found !== null);
  const xs = [found.points[0], found.points[found.points.length - 2]].toSorted((a, b) => a - b);
  assert.ok(xs[0] > 7 && xs[0] < 11 && xs[1] > 49 && xs[1] < 53, `${xs}`);
  assert.ok(Math.abs(found.width - 9) < 0.7, `${found.width}`);
});

/** A bar nine pixels high with a tail of one pixel's height at either end. */
function tailedBar(): Mask {
  const mask = emptyMask(120, 20);
  for (let y = 5; y < 14; y++) mask.data.fill(1, y * 120 + 20, y * 120 + 100);
  mask.data.fill(1, 9 * 120 + 10, 9 * 120 + 110);
  return mask;
}

/** Where the line of a level structure begins and ends. */
function levelEnds(mask: Mask): number[] {
  const points = centrelineOf(mask)?.points ?? assert.fail();
  return [points[0], points[points.length - 2]].toSorted((a, b) => a - b);
}

test("centrelineOf: of a thin tail no more goes than half of the structure's width, at either end", () => {
  // Pixels 10 and 109 are the tails' last; the bar is five deep in its middle.
  assert.deepEqual(levelEnds(tailedBar()), [15.5, 104.5]);
});

test("centrelineOf: a neck in its middle does not make a structure a thin one", () => {
  const necked = tailedBar();
  for (const y of [5, 6, 7, 8, 10, 11, 12, 13]) necked.data.fill(0, y * 120 + 57, y * 120 + 63);
  assert.deepEqual(levelEnds(necked), [15.5, 104.5]);
});

test("centrelineOf: a branch and a hole do not turn the line", () => {
  const mask = band([10, 50.5, 90, 50.5], 7, 100);
  for (let y = 40; y < 50; y++) mask.data.fill(1, y * 100 + 48, y * 100 + 51);
  mask.data[50 * 100 + 30] = 0;
  const found = centrelineOf(mask);
  assert.ok(found !== null);
  assert.ok(found.points.every((value, i) => i % 2 === 0 || Math.abs(value - 50) < 2));
});

test("centrelineOf: a blob and an empty mask have none", () => {
  assert.equal(centrelineOf(band([50, 50, 51, 50], 20, 100)), null);
  assert.equal(centrelineOf(maskOf("#")), null);
  assert.equal(centrelineOf(maskOf("....", "....")), null);
});
