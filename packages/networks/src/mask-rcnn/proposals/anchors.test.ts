import assert from "node:assert/strict";
import test from "node:test";
import { ModelError } from "../../errors.ts";
import { assertClose } from "../../test-heads.ts";
import { anchorGenerator, anchorsPerCell, cellAnchors } from "./anchors.ts";

test("cellAnchors: of every size all ratios, of the size's area, around the origin", () => {
  const half = 16 * Math.SQRT2;
  assertClose(
    cellAnchors([32], [0.5, 1, 2]),
    [
      [-half, -half / 2, half, half / 2],
      [-16, -16, 16, 16],
      [-half / 2, -half, half / 2, half],
    ],
    1e-5,
  );
  assertClose(cellAnchors([2, 4], [1]), [-1, -1, 1, 1, -2, -2, 2, 2], 0);
});

test("anchorGenerator: row by row, level after level, centred on multiples of the stride", () => {
  const config = { sizes: [[2], [4]], aspectRatios: [1], offset: 0 };
  const anchors = anchorGenerator(
    config,
    [4, 8],
  )([
    [2, 2],
    [1, 1],
  ]);
  assert.deepEqual(anchors.levelStarts, [0, 4]);
  assertClose(
    anchors.boxes,
    [
      [-1, -1, 1, 1],
      [3, -1, 5, 1],
      [-1, 3, 1, 5],
      [3, 3, 5, 5],
      [-2, -2, 2, 2],
    ],
    0,
  );
});

test("anchorGenerator: an offset moves all anchors by that share of the stride", () => {
  const config = { sizes: [[2]], aspectRatios: [1], offset: 0.5 };
  assertClose(anchorGenerator(config, [4])([[1, 2]]).boxes, [1, 1, 3, 3, 5, 1, 7, 3], 0);
});

test("anchorGenerator: the same maps get the same anchors back, and few sizes are remembered", () => {
  const anchorsOf = anchorGenerator({ sizes: [[2]], aspectRatios: [1], offset: 0 }, [4]);
  const first = anchorsOf([[3, 5]]);
  assert.equal(anchorsOf([[3, 5]]), first);
  for (const width of [6, 7, 8]) anchorsOf([[3, width]]);
  assert.equal(anchorsOf([[3, 5]]), first);
  for (const width of [9, 10, 11, 12]) anchorsOf([[3, width]]);
  const again = anchorsOf([[3, 5]]);
  assert.notEqual(again, first);
  assert.deepEqual(again, first);
});

test("anchors: levels that do not fit are refused", () => {
  const isConfigError = (error: unknown) => error instanceof ModelError && error.code === "config";
  const config = { sizes: [[2], [4, 8]], aspectRatios: [1], offset: 0 };
  assert.throws(() => anchorsPerCell(config), isConfigError);
  assert.throws(() => anchorGenerator(config, [4]), isConfigError);
  assert.equal(
    anchorsPerCell({
      ...config,
      sizes: [
        [2, 3],
        [4, 8],
      ],
    }),
    2,
  );
});
