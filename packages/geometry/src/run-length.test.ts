import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Mask } from "./mask.ts";
import { decodeRuns, encodeRuns, runsFromString, runsToString } from "./run-length.ts";

const anyMask: fc.Arbitrary<Mask> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
      .map((data) => ({ width, height, data })),
  );

test("encodeRuns: column by column, zeros first", () => {
  const mask = { width: 3, height: 2, data: Uint8Array.of(1, 0, 0, 1, 1, 0) };
  assert.deepEqual(encodeRuns(mask), { size: [2, 3], counts: [0, 2, 1, 1, 2] });
});

test("decodeRuns: gives back every mask", () => {
  fc.assert(fc.property(anyMask, (mask) => assert.deepEqual(decodeRuns(encodeRuns(mask)), mask)));
});

test("decodeRuns: runs that do not fill the mask are refused", () => {
  assert.throws(() => decodeRuns({ size: [2, 3], counts: [2, 3] }), /2 x 3 = 6, got 5/);
  assert.throws(() => decodeRuns({ size: [2, 3], counts: [7, -1] }), RangeError);
});

test("runsFromString: gives back every list of runs", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 2 ** 33 }), { maxLength: 20 });
  fc.assert(
    fc.property(counts, (runs) => assert.deepEqual(runsFromString(runsToString(runs)), runs)),
  );
});

test("runsFromString: pycocotools' strings are read and written alike", () => {
  const url = new URL("./golden/coco-masks.json", import.meta.url);
  for (const { counts, width, height } of JSON.parse(readFileSync(url, "utf8")).cases) {
    const runs = runsFromString(counts);
    assert.equal(runsToString(runs), counts);
    assert.deepEqual(encodeRuns(decodeRuns({ size: [height, width], counts: runs })).counts, runs);
  }
});

test("runsFromString: a foreign character and a cut end are refused", () => {
  assert.throws(() => runsFromString("5 3"), /at 1/);
  assert.throws(() => runsFromString("5P"), /ends within a number/);
});
