import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMask, encodeRuns, type Mask, maskArea, traceMask } from "@malleolus/geometry";
import fc from "fast-check";
import { runsArea, runsIntersection } from "./run-overlap.ts";
import { runsOfOutlines } from "./traced-runs.ts";

/** Two masks of one size, from nearly empty to nearly full. */
const twoMasks = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    seeds: fc.tuple(fc.double({ min: 0.05, max: 0.95 }), fc.double({ min: 0.05, max: 0.95 })),
  })
  .chain(({ width, height, seeds }) =>
    fc.tuple(
      ...seeds.map((share) =>
        fc
          .array(fc.double({ min: 0, max: 1, noNaN: true }), {
            minLength: width * height,
            maxLength: width * height,
          })
          .map((draws): Mask => {
            const data = Uint8Array.from(draws, (draw) => (draw < share ? 1 : 0));
            return { width, height, data };
          }),
      ),
    ),
  );

test("runsArea and runsIntersection: those of the masks' pixels", () => {
  fc.assert(
    fc.property(twoMasks, ([a, b]) => {
      const both = { ...a, data: a.data.map((value, i) => value & b.data[i]) };
      assert.equal(runsArea(encodeRuns(a)), maskArea(a));
      assert.equal(runsIntersection(encodeRuns(a), encodeRuns(b)), maskArea(both));
    }),
  );
});

test("runsOfOutlines: the runs of the mask that was traced, holes and islands in them", () => {
  fc.assert(
    fc.property(twoMasks, ([mask]) => {
      assert.deepEqual(runsOfOutlines(traceMask(mask), mask.width, mask.height), encodeRuns(mask));
    }),
  );
});

test("runsOfOutlines: no outline is a mask without a set pixel", () => {
  assert.deepEqual(runsOfOutlines([], 4, 3), encodeRuns(emptyMask(4, 3)));
});
