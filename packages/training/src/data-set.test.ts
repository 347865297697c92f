import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { readTrainingSet } from "./data-set.ts";
import { writeSyntheticSet } from "./test-synthetic-set.ts";
import { holdOut } from "./tuning-set.ts";

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

test("training set: several files are one, and a group of them stands on one side", async (context) => {
  const folder = temporaryFolder(context);
  const one = await writeSyntheticSet(folder, 9);
  const path = join(folder, "train.json");
  const coco = JSON.parse(readFileSync(path, "utf8"));
  const grouped = (images: Record<string, unknown>[]) =>
    images.map((image, i) => ({ ...image, group: `group ${i % 3}` }));
  writeFileSync(path, JSON.stringify({ ...coco, images: grouped(coco.images) }));
  const more = join(folder, "more.json");
  const images = coco.images.map((image: { file_name: string }, i: number) => {
    copyFileSync(join(folder, image.file_name), join(folder, `more-${i}.png`));
    return { ...image, file_name: `more-${i}.png` };
  });
  writeFileSync(more, JSON.stringify({ ...coco, images: grouped(images), annotations: [] }));
  const both = await readTrainingSet([path, more], folder);
  assert.deepEqual(
    both.images.map(({ fileName }) => fileName),
    [
      ...one.images.map(({ fileName }) => fileName),
      ...Array.from({ length: 9 }, (_, i) => `more-${i}.png`),
    ],
  );
  assert.equal(both.images.filter(({ target }) => target.boxes.length > 0).length, 6);
  assert.notEqual(both.annotationsSha256, (await readTrainingSet(path, folder)).annotationsSha256);
  const { tuning } = holdOut(both, 0.4, 1);
  const held = tuning.images.map(({ fileName }) => Number(fileName.match(/\d/)?.[0]) % 3);
  assert.deepEqual(held, Array(6).fill(held[0]));
});

test("training set: a second file may be without objects, a first one alone not", async (context) => {
  const folder = temporaryFolder(context);
  await writeSyntheticSet(folder, 3);
  const path = join(folder, "train.json");
  const coco = JSON.parse(readFileSync(path, "utf8"));
  const without = join(folder, "without.json");
  writeFileSync(
    without,
    JSON.stringify({ ...coco, images: coco.images.slice(2), annotations: [] }),
  );
  await assert.rejects(
    readTrainingSet(without, folder),
    /expected an annotated object in 1 images, got none/,
  );
  const { images } = await readTrainingSet([path, without], folder);
  assert.deepEqual(
    images.map(({ id }) => id),
    [1, 2, 3, 4],
  );
});

test("training set: a radiograph with objects in two files, and a file that is named twice, are refused", async (context) => {
  const folder = temporaryFolder(context);
  await writeSyntheticSet(folder, 3);
  const path = join(folder, "train.json");
  await assert.rejects(
    readTrainingSet([path, path], folder),
    /expected another file than .*, got the same/,
  );
  const coco = JSON.parse(readFileSync(path, "utf8"));
  const others = join(folder, "others.json");
  const write = (changes: object) =>
    writeFileSync(others, JSON.stringify({ ...coco, images: [coco.images[1]], ...changes }));
  const [own] = coco.annotations.filter(
    ({ image_id }: { image_id: number }) => image_id === coco.images[1].id,
  );
  // Another's outline of the same fracture.
  const [x, y] = own.bbox;
  const segmentation = [[x, y, x + 5, y, x + 5, y + 5]];
  write({ annotations: [{ ...own, bbox: [x, y, 5, 5], segmentation }] });
  await assert.rejects(
    readTrainingSet([path, others], folder),
    /image-1\.png: expected one image of the file, got the images 2 in \S*train\.json, and 2 in \S*others\.json, with/,
  );
  // Ids are those that stand in the file, though they are given anew.
  write({ annotations: [{ ...own, segmentation: undefined }] });
  await assert.rejects(
    readTrainingSet([path, others], folder),
    new RegExp(`got only a box in annotation ${own.id} in \\S*others\\.json; `),
  );
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

/** The synthetic set, with its COCO file and its folder changed. */
async function changed(
  context: TestContext,
  change: (
    coco: { images: Record<string, unknown>[]; annotations: Record<string, unknown>[] },
    folder: string,
  ) => void,
) {
  const folder = temporaryFolder(context);
  await writeSyntheticSet(folder, 9);
  const path = join(folder, "train.json");
  const coco = JSON.parse(readFileSync(path, "utf8"));
  change(coco, folder);
  writeFileSync(path, JSON.stringify(coco));
  return { path, folder };
}

test("training set: patients under every name that an import knows stay on one side", async (context) => {
  const names = ["patient_id", "patient", "PatientID"];
  const { path, folder } = await changed(context, ({ images }) => {
    for (const [i, image] of images.entries()) image[names[i % 3]] = Math.floor(i / 3);
  });
  const set = await readTrainingSet(path, folder);
  for (let seed = 0; seed < 10; seed++) {
    const { tuning } = holdOut(set, 0.4, seed);
    const held = tuning.images.map(({ id }) => Math.floor((id - 1) / 3));
    assert.deepEqual(held, [held[0], held[0], held[0]]);
  }
});

test("training set: an empty name is none, and a blank one neither", async (context) => {
  const { path, folder } = await changed(context, ({ images }) => {
    for (const image of images)
      Object.assign(image, { group: "", patient: "  ", patient_id: null });
  });
  const set = await readTrainingSet(path, folder);
  assert.equal(holdOut(set, 0.4, 1).tuning.images.length, 3);
});

test("training set: one file under two names, and an equal copy, are the same radiograph", async (context) => {
  const { path, folder } = await changed(context, ({ images, annotations }, folder) => {
    copyFileSync(join(folder, "image-0.png"), join(folder, "copy.png"));
    for (const [i, file_name] of ["./image-0.png", "copy.png"].entries()) {
      images.push({ ...images[0], id: 50 + i, file_name });
      annotations.push({ ...annotations[0], id: 50 + i, image_id: 50 + i });
    }
  });
  const set = await readTrainingSet(path, folder);
  for (let seed = 0; seed < 10; seed++) {
    const held = holdOut(set, 0.4, seed).tuning.images.map(({ id }) => id);
    assert.ok([0, 3].includes(held.filter((id) => [1, 50, 51].includes(id)).length), `${held}`);
  }
  assert.match(
    set.remarks.join("\n"),
    /image-0\.png is listed twice or more, as the images 1 and 50/,
  );
  assert.match(set.remarks.join("\n"), /1 set of files is equal .*image-0\.png = copy\.png/);
});

test("training set: all images that are cut or of another size are named before anything is learned", async (context) => {
  const { path, folder } = await changed(context, ({ images }, folder) => {
    images[4].width = 97;
    const whole = readFileSync(join(folder, "image-7.png"));
    writeFileSync(join(folder, "image-7.png"), whole.subarray(0, 200));
  });
  await assert.rejects(
    readTrainingSet(path, folder),
    /2 faults: \S*image-4\.png: expected 97 x 80 .* got 96 x 80.*; \S*image-7\.png: expected a whole PNG/,
  );
});

test("training set: what is left out is told", async (context) => {
  const { path, folder } = await changed(context, ({ annotations }) => {
    annotations[1].iscrowd = 1;
  });
  const { remarks, images } = await readTrainingSet(path, folder);
  assert.match(
    remarks[0],
    /^1 of 6 annotations, on 1 image, is a crowd .*annotation 2 of image-1\.png.*background/,
  );
  assert.equal(images[1].target.boxes.length, 0);
});

test("training set: a COCO file that is not there", async () => {
  await assert.rejects(readTrainingSet("/nowhere/train.json", "/nowhere"), {
    name: "DataError",
    message: /^\/nowhere\/train\.json: expected COCO annotations/,
  });
});
