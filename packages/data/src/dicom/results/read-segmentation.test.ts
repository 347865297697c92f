/** Drawings as DICOM Segmentations, and back; and those of others by their pixels. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { borderDistance, type Polygon } from "@malleolus/geometry";
import type { Outline } from "@malleolus/schema";
import { type DrawnRadiograph, drawnSegmentationFile } from "./drawn-segmentation.ts";
import { readSegmentation } from "./read-segmentation.ts";
import { readResultSource } from "./result-source.ts";
import { segmentationFile } from "./segmentation.ts";
import { testAnalysis, testFindings, testRadiograph } from "./test-result-source.ts";
import { runTool, skipWithoutTools } from "./test-tools.ts";

const WIDTH = 300;
const HEIGHT = 260;
const [ROWS, COLUMNS] = [0x0028_0010, 0x0028_0011] as const;
const source = readResultSource(
  testRadiograph({
    [ROWS]: { vr: "US", value: HEIGHT },
    [COLUMNS]: { vr: "US", value: WIDTH },
  }),
  "radiograph",
);

function ellipse(x: number, y: number, a: number, b: number): number[] {
  return Array.from({ length: 60 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 60;
    return [x + a * Math.cos(angle), y + b * Math.sin(angle)];
  }).flat();
}

const outlines: Outline[] = [
  { structure: "tibia", polygons: [ellipse(100.3, 120.7, 60, 90)] },
  {
    structure: "fibula",
    polygons: [ellipse(220.1, 130.2, 20.5, 80), [10.5, 10, 40, 12, 20, 44.25]],
  },
  {
    structure: "fracture",
    polygons: [],
    lines: [{ points: [200, 90.5, 240, 120], widthMm: 3 }],
  },
];
const band: Polygon = [198, 89, 202, 89, 242, 119, 238, 122];
const drawn: DrawnRadiograph = {
  annotator: "annotator-1",
  visibility: "difficult",
  outlines,
  polygonsOf: ({ structure, polygons }) => (structure === "fracture" ? [band] : polygons),
};

function written(changes: Partial<DrawnRadiograph> = {}): Uint8Array {
  const file = drawnSegmentationFile(source, { ...drawn, ...changes }, "1.0.0");
  assert.ok(file !== null);
  return file;
}

/** As a program leaves it that knows nothing of the private element. */
function withoutDrawing(file: Uint8Array): Uint8Array {
  const text = Buffer.from(file).toString("latin1");
  return Buffer.from(text.replace("MALLEOLUS DRAWING", "SOMEBODY'S THINGS"), "latin1");
}

test("readSegmentation: a drawing comes back as it was drawn, lines, grade and all", () => {
  const { images, categories, remarks } = readSegmentation(written(), "drawn");
  assert.deepEqual([categories, remarks], [["tibia", "fibula", "fracture"], []]);
  const [{ fileName, size, annotations }] = images;
  assert.deepEqual([fileName, size], ["1.3.99.5.1", [WIDTH, HEIGHT]]);
  assert.equal(annotations[0].visibility, "difficult");
  assert.deepEqual(annotations[0].shapes, [
    { category: "tibia", polygons: outlines[0].polygons, line: null },
    { category: "fibula", polygons: outlines[1].polygons, line: null },
    { category: "fracture", polygons: [], line: [200, 90.5, 240, 120] },
  ]);
  assert.deepEqual(written(), written(), "the same drawing makes the same object");
});

test("readSegmentation: by its pixels alone a drawing lies within half a pixel of what was drawn", () => {
  const { images, remarks } = readSegmentation(withoutDrawing(written()), "stripped");
  assert.deepEqual(remarks, []);
  const [{ shapes, visibility }] = images[0].annotations;
  assert.equal(visibility, null);
  for (const { structure } of outlines) {
    const outline = outlines.find((one) => one.structure === structure);
    const was = outline === undefined ? [] : drawn.polygonsOf(outline);
    const is = shapes.find(({ category }) => category === structure);
    assert.ok(is !== undefined && is.polygons.length === was.length, structure);
    const distance = borderDistance(was, is.polygons);
    assert.ok(distance !== null && distance.mean < 0.5, `${structure}: ${distance?.mean}`);
  }
});

test("readSegmentation: pixels that another program has changed count, and it is said", () => {
  const file = written();
  // The last bytes before the private elements' group are no longer what the hash was of.
  const at = Buffer.from(file).lastIndexOf(0xff);
  assert.ok(at > 0);
  const changed = file.slice();
  changed[at] = 0x7f;
  const { images, remarks } = readSegmentation(changed, "changed");
  assert.match(remarks[0], /^changed: its pixels were changed/);
  assert.equal(images[0].annotations[0].visibility, null);
});

test("readSegmentation: a detector's findings are outlines by their labels", () => {
  const analysis = testAnalysis();
  const file = segmentationFile(analysis, analysis.sources[0], testFindings);
  assert.ok(file !== null);
  const { images, categories } = readSegmentation(file, "findings");
  assert.equal(images[0].annotations[0].shapes.length, testFindings.length);
  assert.match(categories[0], /^Finding 1: /);
});

test("readSegmentation: what is none is refused in words", () => {
  assert.throws(
    () => readSegmentation(testRadiograph(), "picture"),
    /expected a DICOM Segmentation/,
  );
  const cut = written().slice(0, 3000);
  assert.throws(() => readSegmentation(cut, "cut"), /^DataError: cut: /);
  const text = Buffer.from(written()).toString("latin1");
  const fractional = Buffer.from(text.replace("BINARY", "BINARZ"), "latin1");
  assert.throws(() => readSegmentation(fractional, "other"), /expected a binary segmentation/);
  const broken = Buffer.from(text.replace('{"version":1', '{"version":7'), "latin1");
  assert.throws(() => readSegmentation(broken, "broken"), /what cannot be read/);
});

test("drawnSegmentationFile: nothing drawn makes no object", () => {
  assert.equal(drawnSegmentationFile(source, { ...drawn, outlines: [] }, "1.0.0"), null);
});

test("dciodvfy finds no error in a drawing", skipWithoutTools("dciodvfy"), (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-drawn-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "drawn.dcm");
  for (const [what, file] of [
    ["bones and a line", written()],
    ["one bone, without a grade", written({ outlines: [outlines[0]], visibility: null })],
  ] as const) {
    writeFileSync(path, file);
    const { said } = runTool("dciodvfy", path);
    assert.match(said, /^Segmentation$/m, what);
    assert.doesNotMatch(said, /^Error/m, `${what}: ${said}`);
  }
});
