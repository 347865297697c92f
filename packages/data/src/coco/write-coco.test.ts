import assert from "node:assert/strict";
import { test } from "node:test";
import { skipWithout, testDataPath } from "../test-data.ts";
import { parseCoco, readCocoFile } from "./read-coco.ts";
import { cocoText } from "./write-coco.ts";

const fracatlas = testDataPath("fracatlas", "valid.json");

test("cocoText: polygons, run lengths, boxes alone and further keys come back as they were", () => {
  const dataset = parseCoco(
    JSON.stringify({
      images: [
        { id: 7, file_name: "ab/c.dcm", width: 20, height: 10, view: "ap", ambiguous: null },
        { id: 9, file_name: "d.dcm", width: 20, height: 10 },
      ],
      categories: [
        { id: 1, name: "weber_a" },
        { id: 3, name: "no_fracture" },
      ],
      annotations: [
        { id: 1, image_id: 7, category_id: 3, segmentation: [[2.25, 3, 6, 3, 6, 8.5]] },
        { id: 2, image_id: 7, category_id: 1, bbox: [1, 1, 3, 3], area: 4 },
        {
          id: 5,
          image_id: 9,
          category_id: 1,
          segmentation: { size: [10, 20], counts: [3, 2, 8, 2, 185] },
          iscrowd: 1,
        },
      ],
    }),
    "a.json",
  );
  assert.deepEqual(parseCoco(cocoText(dataset), "b.json"), dataset);
});

test("cocoText: a further key cannot take the place of COCO's own", () => {
  const { images, ...rest } = parseCoco(
    '{"images":[{"id":1,"file_name":"a","width":2,"height":2}],"categories":[{"id":1,"name":"x"}],"annotations":[]}',
    "a.json",
  );
  const forged = { ...rest, images: [{ ...images[0], extra: { width: 9 } }] };
  assert.equal(parseCoco(cocoText(forged), "b.json").images[0].width, 2);
});

test("cocoText: FracAtlas", skipWithout(fracatlas), async () => {
  const { sha256: _, ...dataset } = await readCocoFile(fracatlas ?? "");
  assert.deepEqual(parseCoco(cocoText(dataset), "b.json"), dataset);
});
