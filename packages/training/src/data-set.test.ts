import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { readTrainingSet } from "./data-set.ts";
import { writeSyntheticSet } from "./synthetic-set.ts";

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-set-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("training set: images with their objects, and classes by category id", async (context) => {
  const set = await writeSyntheticSet(temporaryFolder(context), 6);
  assert.deepEqual(set.classes, ["fracture"]);
  assert.deepEqual(
    set.images.map(({ target }) => target.classes),
    [[0], [0], [], [0], [0], []],
  );
  assert.match(set.annotationsSha256, /^[0-9a-f]{64}$/);
});

test("training set: a limit takes the first images", async (context) => {
  const folder = temporaryFolder(context);
  await writeSyntheticSet(folder, 6);
  const set = await readTrainingSet(join(folder, "train.json"), folder, 2);
  assert.equal(set.images.length, 2);
});

interface Coco {
  images: object[];
  annotations: object[];
}

const wrong: readonly (readonly [name: string, change: (coco: Coco) => object, RegExp])[] = [
  [
    "images that are missing are counted, and the first named",
    (coco) => ({
      images: coco.images.map((image, i) => (i < 2 ? image : { ...image, file_name: `x${i}.png` })),
    }),
    /expected 9 images, but 7 are missing: .*x2\.png, .*x6\.png and 2 more$/,
  ],
  ["no image", () => ({ images: [], annotations: [] }), /expected images, got an empty list/],
  ["no object", () => ({ annotations: [] }), /expected an annotated object in 9 images, got none/],
  [
    "an unknown category",
    (coco) => ({ annotations: [{ ...coco.annotations[0], category_id: 7 }] }),
    /annotation 1: expected a category id of this file \(1\), got 7/,
  ],
  [
    "a polygon with two points",
    (coco) => ({ annotations: [{ ...coco.annotations[0], segmentation: [[1, 1, 2, 2]] }] }),
    /annotation 1 of image-0\.png.*/,
  ],
  [
    "a box without an outline",
    (coco) => ({ annotations: [{ ...coco.annotations[0], segmentation: undefined }] }),
    /expected an outline of every object, got only a box in annotation 1/,
  ],
];
for (const [name, change, expected] of wrong) {
  test(`training set: ${name}`, async (context) => {
    const folder = temporaryFolder(context);
    await writeSyntheticSet(folder, 9);
    const path = join(folder, "train.json");
    const coco: Coco = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...coco, ...change(coco) }));
    await assert.rejects(readTrainingSet(path, folder), (error: Error) => {
      assert.match(error.message, expected);
      assert.ok(!error.message.includes("\n"));
      return error.name === "DataError" || error.name === "TrainingError";
    });
  });
}

test("training set: a COCO file that is not there", async () => {
  await assert.rejects(readTrainingSet("/nowhere/train.json", "/nowhere"), {
    name: "TrainingError",
    message: /^\/nowhere\/train\.json: expected COCO annotations/,
  });
});
