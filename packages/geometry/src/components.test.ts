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
