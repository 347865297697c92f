import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { largestComponent } from "./components.ts";
import { fillOutlines } from "./fill-outlines.ts";
import { type Mask, maskArea } from "./mask.ts";
import { cleanMask, maskOutlines } from "./mask-outlines.ts";
import { type Polygon, polygonSignedArea } from "./polygon.ts";
import { rasterizePolygons } from "./rasterize.ts";
import { simplifyPolygon } from "./simplify.ts";
import { simplifyBorder } from "./simplify-border.ts";
import { anyMask, maskOf } from "./test-masks.ts";
import { traceMask } from "./trace.ts";

test("simplifyBorder: the slanted side of a staircase is one straight line", () => {
  const drawn = [10, 10, 190, 63, 180, 170, 25, 150];
  const [outline] = traceMask(rasterizePolygons([drawn], 200, 200));
  const simple = simplifyBorder(outline, 0.5);
  assert.ok(simple.length / 2 <= 16, `${simple.length / 2} corners`);
  // The way that keeps the staircase's own points needs many more.
  assert.ok(simplifyPolygon(outline, 0.5).length / 2 > 100);
});

test("simplifyBorder: a rectangle keeps its sides, its corners half a pixel off at most", () => {
  const simple = simplifyBorder([2, 3, 12, 3, 12, 9, 2, 9], 0.5);
  assert.ok(Math.abs(Math.abs(polygonSignedArea(simple)) - 60) <= 8);
  assert.ok(simple.every((value, i) => (i % 2 === 0 ? value >= 2 && value <= 12 : value >= 3)));
});

test("simplifyBorder: half a pixel from the middle of every side, and back", () => {
  fc.assert(
    fc.property(anyMask(12), (mask) => {
      for (const outline of traceMask(mask)) {
        const simple = simplifyBorder(outline, 0.5);
        // Nothing collapses, and nothing is turned inside out.
        assert.ok(polygonSignedArea(simple) * polygonSignedArea(outline) > 0);
        assert.ok(furthest(middles(outline), simple) <= 0.5 + 1e-6);
        assert.ok(furthest(outline, simple) <= 0.5 + Math.SQRT2 / 4 + 1e-6);
        assert.ok(furthest(simple, outline) <= 0.5 + 1e-6);
      }
    }),
    { numRuns: 1000 },
  );
});

test("simplifyBorder: the fewest corners that there can be, and of those the closest", () => {
  let straightened = 0;
  fc.assert(
    fc.property(anyMask(7), fc.constantFrom(0.5, 0.8, 1.3), (mask, tolerance) => {
      for (const outline of traceMask(mask)) {
        const simple = simplifyBorder(outline, tolerance);
        // What would collapse stays as it is.
        if (simple === outline) continue;
        straightened++;
        const path = middles(outline);
        const best = bestCorners(path, freePlaces(outline), tolerance);
        assert.equal(simple.length / 2, best.corners);
        const places = Array.from({ length: simple.length / 2 }, (_, k) =>
          placeOf(path, simple[2 * k], simple[2 * k + 1]),
        );
        assert.equal(places[0], 0);
        const misfit = places.reduce(
          (sum, from, k) => sum + misfitOf(path, from, places[k + 1] ?? path.length / 2),
          0,
        );
        assert.ok(Math.abs(misfit - best.misfit) < 1e-6, `${misfit}, ${best.misfit}`);
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(straightened > 100, `${straightened}`);
});

test("maskOutlines: fill to the mask that they came from, but for pixels that the border halves", () => {
  fc.assert(
    fc.property(anyMask(12), (mask) => {
      const largest = largestComponent(mask);
      const filled = fillOutlines(maskOutlines(largest), mask.width, mask.height);
      const border = borderPixels(largest);
      filled.data.forEach((value, i) => {
        if (border.data[i] === 0) assert.equal(value, largest.data[i]);
      });
    }),
    { numRuns: 1000 },
  );
});

test("maskOutlines: a hole turns the other way round, and stays a hole", () => {
  const ring = maskOf("#######", "#######", "##...##", "##...##", "##...##", "#######", "#######");
  const outlines = maskOutlines(ring);
  assert.deepEqual(
    outlines.map((outline) => Math.sign(polygonSignedArea(outline))),
    [1, -1],
  );
  const filled = fillOutlines(outlines, 7, 7);
  assert.equal(filled.data[3 * 7 + 3], 0);
  assert.ok(Math.abs(maskArea(filled) - maskArea(ring)) <= 8);
});

test("cleanMask: specks and pinholes go", () => {
  const noisy = maskOf("#....#", "......", "..###.", "..#.#.", "..###.");
  const clean = cleanMask(noisy, { leastArea: 3, shareOfLargest: 1, mostHole: 2 });
  assert.deepEqual(clean, maskOf("......", "......", "..###.", "..###.", "..###."));
});

/** Pixels with a neighbour, at a side or a corner, that is not like them. */
function borderPixels({ width, height, data }: Mask): Mask {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[y * width + x];
  const border = data.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) if (at(x + dx, y + dy) !== value) return 1;
    }
    return 0;
  });
  return { width, height, data: border };
}

/** The middles of the sides of an outline along pixel borders. */
function middles(outline: Polygon): Polygon {
  const found: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const next = (i + 2) % outline.length;
    const [dx, dy] = [outline[next] - outline[i], outline[next + 1] - outline[i + 1]];
    const sides = Math.abs(dx) + Math.abs(dy);
    for (let k = 0.5; k < sides; k++) {
      found.push(outline[i] + (k * dx) / sides, outline[i + 1] + (k * dy) / sides);
    }
  }
  return found;
}

/** Of the middles those beside a corner of the outline. */
function freePlaces(outline: Polygon): Set<number> {
  const free = new Set<number>();
  let place = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const next = (i + 2) % outline.length;
    free.add(place);
    place += Math.abs(outline[next] - outline[i]) + Math.abs(outline[next + 1] - outline[i + 1]);
    free.add(place - 1);
  }
  return free;
}

function placeOf(path: Polygon, x: number, y: number): number {
  for (let i = 0; i < path.length; i += 2) if (path[i] === x && path[i + 1] === y) return i / 2;
  return assert.fail(`${x} ${y} is no middle of a side`);
}

/** Point by point: the squared distances of the points from `from` to `to` from the line through both. */
function misfitOf(path: Polygon, from: number, to: number): number {
  const at = (i: number) => path.slice((2 * i) % path.length, ((2 * i) % path.length) + 2);
  const [[ax, ay], [bx, by]] = [at(from), at(to)];
  let sum = 0;
  for (let k = from; k < to; k++) {
    const [x, y] = at(k);
    const across = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    sum += across ** 2 / ((bx - ax) ** 2 + (by - ay) ** 2);
  }
  return sum;
}

/**
 * By trying every line between two places: whether all points between lie within the tolerance of the ray, and
 * none falls back from the furthest by more.
 */
function isFollowed(path: Polygon, from: number, to: number, tolerance: number): boolean {
  const at = (i: number) => path.slice((2 * i) % path.length, ((2 * i) % path.length) + 2);
  const [[ax, ay], [bx, by]] = [at(from), at(to)];
  const length = Math.hypot(bx - ax, by - ay);
  if (length === 0) return false;
  let furthest = 0;
  for (let k = from + 1; k <= to; k++) {
    const [dx, dy] = [at(k)[0] - ax, at(k)[1] - ay];
    const away = Math.hypot(dx, dy);
    if (away < furthest - tolerance) return false;
    furthest = Math.max(furthest, away);
    const along = (dx * (bx - ax) + dy * (by - ay)) / length;
    const across = Math.abs(dx * (by - ay) - dy * (bx - ax)) / length;
    if ((along < 0 ? away : across) > tolerance + 1e-9) return false;
  }
  return true;
}

function bestCorners(path: Polygon, free: ReadonlySet<number>, tolerance: number) {
  const count = path.length / 2;
  const best = [{ corners: 0, misfit: 0 }];
  for (let to = 1; to <= count; to++) {
    best[to] = { corners: Infinity, misfit: Infinity };
    if (to < count && !free.has(to)) continue;
    for (let from = 0; from < to; from++) {
      const { corners, misfit } = best[from];
      if (corners === Infinity || !isFollowed(path, from, to, tolerance)) continue;
      const one = { corners: corners + 1, misfit: misfit + misfitOf(path, from, to) };
      const isFewer = one.corners < best[to].corners;
      if (isFewer || (one.corners === best[to].corners && one.misfit < best[to].misfit)) {
        best[to] = one;
      }
    }
  }
  return best[count];
}

/** How far the corners of one outline lie from another at most. */
function furthest(corners: Polygon, outline: Polygon): number {
  let most = 0;
  for (let i = 0; i < corners.length; i += 2) {
    let least = Infinity;
    for (let k = 0; k < outline.length; k += 2) {
      const next = (k + 2) % outline.length;
      const [ax, ay] = [outline[k], outline[k + 1]];
      const [dx, dy] = [outline[next] - ax, outline[next + 1] - ay];
      const dot = (corners[i] - ax) * dx + (corners[i + 1] - ay) * dy;
      const t = dot <= 0 ? 0 : Math.min(1, dot / (dx * dx + dy * dy));
      const away = Math.hypot(corners[i] - ax - t * dx, corners[i + 1] - ay - t * dy);
      least = Math.min(least, away);
    }
    most = Math.max(most, least);
  }
  return most;
}
