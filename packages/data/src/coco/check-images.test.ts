import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import sharp from "sharp";
import { dicomFile, GRAY_2X2 } from "../dicom/test-dicom.ts";
import { checkImages, throwFaults } from "./check-images.ts";
import { type CocoDataset, parseCoco } from "./read-coco.ts";

const [WIDTH, HEIGHT] = [40, 30];

function picture(shade: number) {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(shade);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } }).toColourspace("b-w");
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-images-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

type Extra = Readonly<Record<string, unknown>>;

/** A data set of the named images, the first one with an object. */
function datasetOf(
  names: readonly string[],
  extra: (i: number) => Extra = () => ({}),
): CocoDataset {
  const images = names.map((file_name, i) => ({
    file_name,
    width: WIDTH,
    height: HEIGHT,
    ...extra(i),
    id: i + 1,
  }));
  return parseCoco(
    JSON.stringify({
      images,
      categories: [{ id: 1, name: "fracture" }],
      annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [[0, 0, 2, 0, 2, 2]] }],
    }),
    "a.json",
  );
}

test("checkImages: an image is found by the spelling of another system", async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "left"));
  await picture(1).png().toFile(join(folder, "left/a.png"));
  await picture(2)
    .png()
    .toFile(join(folder, "Röntgen.png".normalize("NFD")));
  await picture(3).png().toFile(join(folder, "c.png"));
  const names = ["left\\a.png", "Röntgen.png".normalize("NFC"), join(folder, "c.png")];
  const { images, faults } = await checkImages(datasetOf(names), folder);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    images.map(({ path }) => path),
    [
      join(folder, "left/a.png"),
      join(folder, "Röntgen.png".normalize("NFD")),
      join(folder, "c.png"),
    ],
  );
});

test("checkImages: what is missing is counted, with what may be wrong with the names", async (context) => {
  const folder = temporaryFolder(context);
  await picture(1).png().toFile(join(folder, "my a.png"));
  const cases: readonly (readonly [name: string, RegExp])[] = [
    ["b.png", /expected 1 images, but 1 are missing: \S*b\.png$/],
    ["/data/images/b.png", /absolute paths/],
    ["C:\\images\\b.png", /absolute paths/],
    ["my%20a.png", /%20.*decode them/],
    ["images\\b.png", /backslashes/],
  ];
  for (const [name, expected] of cases) {
    const { faults } = await checkImages(datasetOf([name]), folder);
    assert.equal(faults.length, 1);
    assert.match(faults[0], expected);
  }
});

test("checkImages: cut, foreign and wrongly sized files are all named", async (context) => {
  const folder = temporaryFolder(context);
  const [png, jpeg] = [await picture(1).png().toBuffer(), await picture(1).jpeg().toBuffer()];
  writeFileSync(join(folder, "cut.png"), png.subarray(0, 60));
  writeFileSync(join(folder, "cut.jpg"), jpeg.subarray(0, jpeg.length / 2));
  writeFileSync(join(folder, "text.png"), "hello");
  await picture(1).resize(20, 30).png().toFile(join(folder, "small.png"));
  writeFileSync(join(folder, "whole.jpg"), Buffer.concat([jpeg, Buffer.alloc(64)]));
  const names = ["cut.png", "cut.jpg", "text.png", "small.png", "whole.jpg"];
  const { faults } = await checkImages(datasetOf(names), folder);
  assert.equal(faults.length, 4);
  assert.match(faults[0], /cut\.png: expected a whole PNG/);
  assert.match(faults[1], /cut\.jpg: expected a whole JPEG/);
  assert.match(faults[2], /text\.png: expected DICOM, JPEG or PNG/);
  assert.match(faults[3], /small\.png: expected 40 x 30 pixels as annotated, got 20 x 30/);
  assert.throws(
    () => throwFaults(faults, "a.json"),
    /^DataError: a\.json: 4 faults: .*cut\.png.*small\.png/,
  );
});

test("checkImages: an EXIF orientation is told, and named where it explains the size", async (context) => {
  const folder = temporaryFolder(context);
  await picture(1).jpeg().withMetadata({ orientation: 3 }).toFile(join(folder, "a.jpg"));
  await picture(2).jpeg().withMetadata({ orientation: 6 }).toFile(join(folder, "b.jpg"));
  await picture(3).jpeg().toFile(join(folder, "c.jpg"));
  const turned = (i: number): Extra => (i === 1 ? { width: HEIGHT, height: WIDTH } : {});
  const { remarks, faults } = await checkImages(
    datasetOf(["a.jpg", "b.jpg", "c.jpg"], turned),
    folder,
  );
  assert.equal(remarks.length, 1);
  assert.match(
    remarks[0],
    /^2 of 3 images have an EXIF orientation \(a\.jpg, b\.jpg\): it is not applied/,
  );
  assert.match(
    faults.join(),
    /b\.jpg: expected 30 x 40 .* got 40 x 30; its EXIF orientation \(6\)/,
  );
});

test("checkImages: one file under two ids with and without objects contradicts itself", async (context) => {
  const folder = temporaryFolder(context);
  await picture(1).png().toFile(join(folder, "a.png"));
  symlinkSync("a.png", join(folder, "link.png"));
  for (const other of ["a.png", "./a.png", "link.png"]) {
    const { contradictions, remarks } = await checkImages(datasetOf(["a.png", other]), folder);
    assert.deepEqual(contradictions, [
      "a.png: expected one image of the file, got the images 1, with objects, and 2, without; take one of the two out",
    ]);
    assert.match(remarks.join(), /a\.png is listed twice or more, as the images 1 and 2/);
  }
});

test("checkImages: what makes images the same radiograph or the same patient's", async (context) => {
  const folder = temporaryFolder(context);
  for (const shade of [1, 2, 3, 4, 5])
    await picture(shade)
      .png()
      .toFile(join(folder, `${shade}.png`));
  copyFileSync(join(folder, "3.png"), join(folder, "copy.png"));
  const extras: Extra[] = [
    { patient_id: 7, group: "g", case_id: "x" },
    { patient: "7", case_id: "" },
    { case_id: "x", group: " " },
    { PatientID: null },
    // Composed of two radiographs: related to what either is related to.
    { group: ["g", " ", 4, "g"] },
    { group: [] },
  ];
  const dataset = datasetOf(
    ["1.png", "2.png", "3.png", "copy.png", "4.png", "5.png"],
    (i) => extras[i],
  );
  const { images } = await checkImages(dataset, folder);
  const kinds = images.map(({ keys }) =>
    keys.slice(1).map((key) => key.replace(/^bytes [0-9a-f]{64}$/, "bytes")),
  );
  assert.deepEqual(kinds, [
    ["group g", "patient 7"],
    ["patient 7"],
    ["bytes", "case x"],
    ["bytes"],
    ["group g", "group 4"],
    [],
  ]);
  assert.equal(images[2].keys[1], images[3].keys[1]);
});

test("checkImages: DICOM files name their patients, unless they all name the same", async (context) => {
  const folder = temporaryFolder(context);
  const size = { width: 2, height: 2 };
  const write = (ids: readonly string[]) => {
    for (const [i, id] of ids.entries()) {
      const elements = { ...GRAY_2X2, "00100020 LO": id, "7fe00010 OW": [i, 100, 200, 400] };
      writeFileSync(join(folder, `${i}.dcm`), dicomFile(elements));
    }
  };
  const keys = async () => {
    const { images, faults } = await checkImages(
      datasetOf(["0.dcm", "1.dcm", "2.dcm"], () => size),
      folder,
    );
    assert.deepEqual(faults, []);
    return images.map(({ keys }) => keys.slice(1));
  };
  write(["p", "q", "p"]);
  assert.deepEqual(await keys(), [["DICOM patient p"], ["DICOM patient q"], ["DICOM patient p"]]);
  write(["anonymous", "anonymous", "anonymous"]);
  assert.deepEqual(await keys(), [[], [], []]);
});

test("checkImages: pictures of 16 bits that use 12 of them are told", async (context) => {
  const folder = temporaryFolder(context);
  const deep = (greatest: number) => {
    const values = Uint16Array.from(
      { length: WIDTH * HEIGHT },
      (_, i) => (i * 97) % (greatest + 1),
    );
    return sharp(values, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } }).toColourspace(
      "grey16",
    );
  };
  await deep(4095).png().toFile(join(folder, "a.png"));
  assert.match(
    (await checkImages(datasetOf(["a.png"]), folder)).remarks.join(),
    /use 12 of their 16 bits/,
  );
  await deep(65_535).png().toFile(join(folder, "a.png"));
  assert.deepEqual((await checkImages(datasetOf(["a.png"]), folder)).remarks, []);
});

test("checkImages: what is left out or contradicts itself is told with its count", async (context) => {
  const folder = temporaryFolder(context);
  await picture(1).png().toFile(join(folder, "a.png"));
  const outline = [[2, 2, 22, 2, 22, 22, 2, 22]];
  const annotations: Extra[] = [
    { segmentation: outline, bbox: [2, 2, 20, 20] },
    { segmentation: outline, bbox: [2, 2, 12, 20] },
    { segmentation: [[5, 5, 5.4, 5, 5.4, 9]] },
    { segmentation: [[30, 2, 48, 2, 48, 9]] },
    { segmentation: outline, iscrowd: 1 },
    { segmentation: outline, iscrowd: 1 },
  ];
  const dataset = parseCoco(
    JSON.stringify({
      images: [{ id: 1, file_name: "a.png", width: WIDTH, height: HEIGHT }],
      categories: [
        { id: 0, name: "fractures" },
        { id: 1, name: "fracture" },
      ],
      annotations: annotations.map((one, i) => ({
        id: i + 1,
        image_id: 1,
        category_id: 1,
        ...one,
      })),
    }),
    "a.json",
  );
  const { remarks } = await checkImages(dataset, folder);
  const expected = [
    /^2 of 6 annotations, on 1 image, are crowds \(iscrowd 1, .*annotations 5 of a\.png, 6 of a\.png\)/,
    /^1 of 4 objects has a bbox that is not its outline's \(annotation 2 of a\.png\)/,
    /^1 of 4 objects has a side below a pixel \(annotation 3 of a\.png\)/,
    /^1 of 4 objects has an outline that reaches beyond its image \(annotation 4 of a\.png\)/,
    /^no annotation is of fractures/,
  ];
  assert.equal(remarks.length, expected.length, remarks.join("\n"));
  for (const [i, pattern] of expected.entries()) assert.match(remarks[i], pattern);
});
