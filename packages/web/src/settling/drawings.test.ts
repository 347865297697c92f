/** Drawings to settle: their patterns, their copies, their order. */
import assert from "node:assert/strict";
import test from "node:test";
import type { SettlingRadiograph } from "@malleolus/schema";
import { disagreementOf, othersOf, shapesOf, worstFirst } from "./drawings.ts";

const drawing = (x: number) => ({
  visibility: "easy" as const,
  outlines: [
    { structure: "fibula", polygons: [[x, 0, x + 9, 0, x, 9]] },
    { structure: "fracture", polygons: [], lines: [{ points: [x, 1, x + 5, 5], widthMm: 3 }] },
  ],
});
const radiograph = (
  image: string,
  changes: Partial<SettlingRadiograph> = {},
): SettlingRadiograph => ({
  image,
  settled: null,
  differs: true,
  agreement: [{ structure: "fibula", iou: 0.5 }],
  drawings: [drawing(0), drawing(20)],
  ...changes,
});

test("settling: the first is solid, the second dashed, and neither looks like one's own", () => {
  const looks = (choice: 0 | 1 | "own" | null) =>
    othersOf(radiograph("a"), choice).map(({ dash, isChosen, isClosed }) => [
      dash.join("-"),
      isChosen,
      isClosed,
    ]);
  assert.deepEqual(looks(1), [
    ["", false, true],
    ["", false, false],
    ["12-4", true, true],
    ["12-4", true, false],
  ]);
  assert.deepEqual(
    looks("own").map(([dash]) => dash),
    ["2-4", "2-4", "12-4", "12-4"],
  );
});

test("settling: what is looked at is what overlaps least, of both drawings", () => {
  const at = (agreement: SettlingRadiograph["agreement"]) =>
    disagreementOf(radiograph("a", { agreement }));
  const [fibula, fracture] = ["fibula", "fracture"];
  assert.deepEqual(
    at([
      { structure: fracture, iou: 0.1 },
      { structure: fibula, iou: 0.5 },
    ]),
    { left: 0, top: 1, right: 25, bottom: 5 },
  );
  assert.deepEqual(at([{ structure: fibula, iou: 0.5 }]), {
    left: 0,
    top: 0,
    right: 29,
    bottom: 9,
  });
  assert.equal(at([{ structure: "tibia", iou: 0 }]), null, "drawn by nobody any more");
  assert.equal(at([]), null);
});

test("settling: a copy has every part of a drawing, lines with their widths", () => {
  const shapes = shapesOf(drawing(0), "a", "c");
  assert.deepEqual(
    shapes.map(({ id, structure, form, widthMm, points }) => [
      id,
      structure,
      form,
      widthMm,
      points.length,
    ]),
    [
      ["c-0", "fibula", "polygon", null, 6],
      ["c-1", "fracture", "line", 3, 4],
    ],
  );
});

test("settling: what differs most comes first, what is settled last", () => {
  const all = [
    radiograph("settled", { settled: "adjudicated", differs: false }),
    radiograph("agrees", { differs: false, agreement: [{ structure: "fibula", iou: 0.9 }] }),
    radiograph("differs"),
    radiograph("worst", { agreement: [{ structure: "fracture", iou: 0 }] }),
  ];
  assert.deepEqual(
    worstFirst(all).map(({ image }) => image),
    ["worst", "differs", "agrees", "settled"],
  );
});
