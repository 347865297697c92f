import assert from "node:assert/strict";
import test from "node:test";
import type { Structure } from "@malleolus/schema";
import { paintLabels, structureMask, structureParts } from "./label-map.ts";

const structures: readonly Structure[] = [
  { name: "tibia", within: null },
  { name: "fibula", within: null },
  { name: "fracture", within: "fibula" },
  { name: "fragment", within: "fracture" },
];

/** Not to be learned from. */
const IGNORED = 255;

const square = (x1: number, y1: number, x2: number, y2: number) => [x1, y1, x2, y1, x2, y2, x1, y2];

test("paintLabels: each structure over those before it, whatever order the target has", () => {
  const target = {
    classes: [2, 0, 1, 0],
    polygons: [
      [square(3, 1, 5, 2)],
      [square(0, 0, 3, 2)],
      [square(2, 0, 6, 3)],
      [square(0, 3, 1, 4)],
    ],
  };
  const { width, height, data } = paintLabels(target, structures, { width: 7, height: 4 });
  assert.deepEqual([width, height], [7, 4]);
  const rows = Array.from({ length: 4 }, (_, y) => data.slice(y * 7, y * 7 + 7).join(""));
  assert.deepEqual(rows, ["0011114", "0012214", "4411114", "0444444"]);
});

test("paintLabels: without outlines all is background, and an unknown class is an error", () => {
  const none = paintLabels({ classes: [], polygons: [] }, structures, { width: 2, height: 2 });
  assert.deepEqual([...none.data], [4, 4, 4, 4]);
  assert.throws(
    () =>
      paintLabels({ classes: [4], polygons: [[square(0, 0, 1, 1)]] }, structures, {
        width: 2,
        height: 2,
      }),
    { code: "input", message: /expected classes below 4, got 4; give the target/ },
  );
});

test("structureMask: a structure with its parts, and the parts of these", () => {
  const labels = { width: 6, height: 1, data: Uint8Array.of(0, 1, 2, 3, 4, IGNORED) };
  const maskOf = (name: string) => [...structureMask(labels, structures, name).data].join("");
  assert.equal(maskOf("tibia"), "100000");
  assert.equal(maskOf("fibula"), "011100");
  assert.equal(maskOf("fracture"), "001100");
  assert.equal(maskOf("fragment"), "000100");
  assert.equal(maskOf("patella"), "000000");
});

test("structureParts: what is set of each, with a border of what is not where the image has one", () => {
  const rows = ["044444", "414444", "412244", "444434", "444444"];
  const labels = { width: 6, height: 5, data: Uint8Array.from(rows.join(""), Number) };
  const names = [...structures.map(({ name }) => name), "patella"];
  const parts = structureParts(labels, structures, names).map((part) =>
    part === null
      ? null
      : {
          at: [part.x, part.y],
          rows: Array.from({ length: part.mask.height }, (_, y) =>
            part.mask.data.subarray(y * part.mask.width, (y + 1) * part.mask.width).join(""),
          ),
        },
  );
  assert.deepEqual(parts, [
    { at: [0, 0], rows: ["10", "00"] },
    { at: [0, 0], rows: ["000000", "010000", "011100", "000010", "000000"] },
    { at: [1, 1], rows: ["00000", "01100", "00010", "00000"] },
    { at: [3, 2], rows: ["000", "010", "000"] },
    null,
  ]);
});
