import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readCocoFiles } from "./join-coco.ts";
import { readCocoFile } from "./read-coco.ts";

type Ids = readonly number[];

/** Square images, each id of `objects` that of an image with one object of the category. */
function coco(
  images: Ids,
  objects: readonly (readonly [annotation: number, image: number, category: number])[],
  categories: Readonly<Record<number, string>> = { 1: "fracture" },
) {
  return {
    images: images.map((id) => ({ id, file_name: `${id}.png`, width: 9, height: 9 })),
    annotations: objects.map(([id, image_id, category_id]) => ({
      id,
      image_id,
      category_id,
      bbox: [1, 1, 4, 5],
      segmentation: [[1, 1, 5, 1, 5, 6, 1, 6]],
    })),
    categories: Object.entries(categories).map(([id, name]) => ({ id: Number(id), name })),
  };
}

function written(context: TestContext, ...files: readonly object[]): [string, ...string[]] {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-join-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [first, ...others] = files.map((file, i) => {
    const path = join(folder, `${i}.json`);
    writeFileSync(path, JSON.stringify(file));
    return path;
  });
  return [first, ...others];
}

test("readCocoFiles: one file is what it is", async (context) => {
  const paths = written(context, coco([3, 1], [[7, 1, 1]]));
  assert.deepEqual(await readCocoFiles(paths), await readCocoFile(paths[0]));
});

test("readCocoFiles: images of all files in their order, ids as they are where none is taken", async (context) => {
  const paths = written(context, coco([3, 1], [[7, 1, 1]]), coco([20, 10], []), coco([5], []));
  const joined = await readCocoFiles(paths);
  assert.deepEqual(
    joined.images.map(({ id }) => id),
    [3, 1, 20, 10, 5],
  );
  assert.deepEqual(
    joined.images.map(({ id }) => joined.annotationsByImage.get(id)?.map((one) => one.id)),
    [[], [7], [], [], []],
  );
  const hashes = await Promise.all(paths.map(async (path) => (await readCocoFile(path)).sha256));
  assert.equal(joined.sha256, createHash("sha256").update(hashes.join("\n")).digest("hex"));
});

test("readCocoFiles: ids that are taken are given anew, with their annotations", async (context) => {
  const paths = written(
    context,
    coco([0, 4], [[7, 4, 1]]),
    coco(
      [4, 6],
      [
        [7, 6, 1],
        [9, 4, 1],
      ],
    ),
  );
  const { images, annotations, annotationsByImage } = await readCocoFiles(paths);
  assert.deepEqual(
    images.map(({ id, fileName }) => [id, fileName]),
    [
      [0, "0.png"],
      [4, "4.png"],
      [5, "4.png"],
      [7, "6.png"],
    ],
  );
  assert.deepEqual(
    annotations.map(({ id, imageId }) => [id, imageId]),
    [
      [7, 4],
      [8, 7],
      [10, 5],
    ],
  );
  assert.deepEqual(
    images.map(({ id }) => annotationsByImage.get(id)?.map((one) => one.id)),
    [[], [7], [10], [8]],
  );
});

test("readCocoFiles: categories are the same by name, whatever their numbers", async (context) => {
  const paths = written(
    context,
    coco([1], [[1, 1, 2]], { 1: "bone", 2: "fracture" }),
    coco([2], [[2, 2, 8]], { 8: "fracture", 9: "bone" }),
  );
  const { categories, annotations } = await readCocoFiles(paths);
  assert.deepEqual(
    categories.map(({ name }) => name),
    ["bone", "fracture"],
  );
  assert.deepEqual(
    annotations.map(({ categoryId }) => categoryId),
    [2, 2],
  );
});

test("readCocoFiles: other categories are refused, with both files' names", async (context) => {
  const paths = written(context, coco([1], []), coco([2], [], { 1: "fissure" }));
  await assert.rejects(readCocoFiles(paths), {
    code: "invalid-annotations",
    message: `${paths[1]}: expected the categories of ${paths[0]} (fracture), got fissure; files that are used together need the same ones`,
  });
});
