import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  connectedComponents,
  fillHoles,
  largestComponent,
  plausibleComponents,
} from "./components.ts";
import { maskArea } from "./mask.ts";
import { anyMask, maskOf } from "./test-masks.ts";

test("connectedComponents: numbered by their first pixel, with their areas", () => {
  const { labels, areas } = connectedComponents(maskOf("#..##", ".#.##", "#...."));
  assert.deepEqual([...labels], [1, 0, 0, 2, 2, 0, 3, 0, 2, 2, 4, 0, 0, 0, 0]);
  assert.deepEqual(areas, [1, 4, 1, 1]);
});

test("connectedComponents: what a flood from every first pixel reaches", () => {
  fc.assert(
    fc.property(anyMask(12), (mask) => {
      const { width, data } = mask;
      const labels = new Int32Array(data.length);
      const areas: number[] = [];
      for (let start = 0; start < data.length; start++) {
        if (data[start] === 0 || labels[start] !== 0) continue;
        areas.push(0);
        const waiting = [start];
        for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
          if (labels[i] !== 0) continue;
          labels[i] = areas.length;
          areas[areas.length - 1]++;
          const beside = [i - width, i + width];
          if (i % width > 0) beside.push(i - 1);
          if (i % width < width - 1) beside.push(i + 1);
          waiting.push(...beside.filter((next) => data[next] === 1));
        }
      }
      assert.deepEqual(connectedComponents(mask), { labels, areas });
    }),
    { numRuns: 500 },
  );
});

test("largestComponent: pixels that touch at a corner are apart", () => {
  const largest = largestComponent(maskOf("#..##", ".#.##", "#...."));
  assert.deepEqual(largest, maskOf("...##", "...##", "....."));
});

test("largestComponent: a row's end does not touch the next row's beginning", () => {
  assert.equal(maskArea(largestComponent(maskOf("..#", "#.."))), 1);
});

test("largestComponent: an empty mask stays empty", () => {
  assert.equal(maskArea(largestComponent(maskOf("...", "..."))), 0);
});

const pieces = maskOf("####..", "####..", "......", "##.#..", "##....");
const rules: readonly (readonly [string, number, number, string[]])[] = [
  ["the largest alone", 1, 1, ["####..", "####..", "......", "......", "......"]],
  ["pieces of half its size", 1, 0.5, ["####..", "####..", "......", "##....", "##...."]],
  [
    "pieces of any share, but of 2 pixels",
    2,
    0,
    ["####..", "####..", "......", "##....", "##...."],
  ],
  [
    "nothing, where nothing is large enough",
    9,
    0,
    ["......", "......", "......", "......", "......"],
  ],
];
for (const [what, leastArea, shareOfLargest, expected] of rules) {
  test(`plausibleComponents: ${what}`, () => {
    assert.deepEqual(
      plausibleComponents(pieces, { leastArea, shareOfLargest }),
      maskOf(...expected),
    );
  });
}

test("plausibleComponents: parts of any size are all parts, and nothing else is one", () => {
  assert.deepEqual(plausibleComponents(pieces, { leastArea: 0, shareOfLargest: 0 }), pieces);
});

test("fillHoles: small holes go, large ones and bays stay", () => {
  const holed = maskOf("########", "#.#..##.", "####.#..", "########");
  assert.deepEqual(fillHoles(holed, 1), maskOf("########", "###..##.", "####.#..", "########"));
  assert.deepEqual(fillHoles(holed, 9), maskOf("########", "#######.", "######..", "########"));
});

test("fillHoles: only adds, and leaves no hole of the size behind", () => {
  fc.assert(
    fc.property(anyMask(8), fc.integer({ min: 0, max: 6 }), (mask, most) => {
      const filled = fillHoles(mask, most);
      assert.ok(filled.data.every((value, i) => value >= mask.data[i]));
      assert.deepEqual(fillHoles(filled, most), filled);
      assert.ok(maskArea(filled) <= mask.data.length);
    }),
  );
});
