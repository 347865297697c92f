import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readOutlines } from "./read-outlines.ts";

function outlinesFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-annotations-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "drawn");
  writeFileSync(path, text);
  return path;
}

const square = [
  { x: 1, y: 1 },
  { x: 9, y: 1 },
  { x: 9, y: 9 },
  { x: 1, y: 1 },
];

function label(author: string, objects: readonly unknown[], visibility?: string) {
  const answer = { name: "Visibility", radio_answer: { name: visibility } };
  return {
    label_details: { created_by: author },
    annotations: { objects, classifications: visibility === undefined ? [] : [answer] },
  };
}

function row(id: string, labels: readonly unknown[]) {
  return {
    data_row: { id, external_id: `${id}.png` },
    media_attributes: { width: 20, height: 30 },
    projects: { p: { labels } },
  };
}

const polygon = { name: "fracture", annotation_kind: "ImagePolygon", polygon: square };

test("readOutlines: Labelbox's lines, two people on one image, a line, an image nobody has drawn", async (context) => {
  const line = {
    name: "fracture",
    line: [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  };
  const rows = [
    row("a", [label("ann@x.org", [polygon], "subtle"), label("bob@x.org", [line])]),
    row("b", []),
  ];
  const text = `\ufeff${rows.map((one) => JSON.stringify(one)).join("\r\n")}\r\n`;
  const { images, categories } = await readOutlines(outlinesFile(context, text));
  assert.deepEqual(categories, ["fracture"]);
  assert.deepEqual(images[0], {
    place: "line 1",
    fileName: "a.png",
    size: [20, 30],
    extra: { external_id: "a.png" },
    annotations: [
      {
        author: "ann@x.org",
        shapes: [{ category: "fracture", polygons: [[1, 1, 9, 1, 9, 9]], line: null }],
        visibility: "subtle",
      },
      {
        author: "bob@x.org",
        shapes: [{ category: "fracture", polygons: [], line: [1, 2, 3, 4] }],
        visibility: null,
      },
    ],
  });
  assert.deepEqual(images[1].annotations, []);
});

test("readOutlines: what of Labelbox's lines cannot be used is named by its line, all at once", async (context) => {
  const mask = { name: "fibula", annotation_kind: "ImageSegmentationMask", mask: { url: "x" } };
  const flat = { name: "tibia", polygon: [square[0], square[1], square[0]] };
  const rows = [row("a", [label("a", [mask, flat])]), { data_row: { id: "b" } }];
  const text = `${rows.map((one) => JSON.stringify(one)).join("\n")}\n{"data_row": \n`;
  await assert.rejects(readOutlines(outlinesFile(context, text)), (error: Error) => {
    assert.match(
      error.message,
      /4 faults: line 1: expected fibula as a polygon or a line, got ImageSegmentationMask; masks and boxes/,
    );
    assert.match(error.message, /line 1: expected tibia as a polygon of at least 3 points, got 2/);
    assert.match(error.message, /line 2: expected a data row of Labelbox.*projects/);
    assert.match(error.message, /line 3: expected a JSON object/);
    return true;
  });
});

test("readOutlines: COCO, with and without outlines", async (context) => {
  const coco = {
    images: [
      { id: 7, file_name: "x/a.png", width: 20, height: 30, visibility: "subtle" },
      { id: 8, file_name: "b.png", width: 20, height: 30 },
    ],
    categories: [{ id: 1, name: "fracture" }],
    annotations: [{ id: 1, image_id: 7, category_id: 1, segmentation: [[1, 1, 9, 1, 9, 9]] }],
  };
  const { images } = await readOutlines(outlinesFile(context, JSON.stringify(coco)));
  assert.deepEqual(
    images.map(({ place, fileName, annotations }) => [place, fileName, annotations]),
    [
      [
        "image 7",
        "x/a.png",
        [
          {
            author: null,
            shapes: [{ category: "fracture", polygons: [[1, 1, 9, 1, 9, 9]], line: null }],
            visibility: "subtle",
          },
        ],
      ],
      ["image 8", "b.png", [{ author: null, shapes: [], visibility: null }]],
    ],
  );
  const box = { id: 2, image_id: 8, category_id: 1, bbox: [1, 1, 4, 4] };
  const boxed = JSON.stringify({ ...coco, annotations: [box] });
  await assert.rejects(
    readOutlines(outlinesFile(context, boxed)),
    /an outline for every annotation, got 1 with a box alone.*of them 2 on b\.png/,
  );
  await assert.rejects(readOutlines("/nowhere"), /expected annotations, got/);
});
