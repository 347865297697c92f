import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { skipWithout, testDataPath } from "../test-data.ts";
import { parseCoco, readCocoFile } from "./read-coco.ts";

const train = testDataPath("fracatlas", "train.json");
const valid = testDataPath("fracatlas", "valid.json");

const IMAGE = { id: 7, file_name: "a.jpg", width: 20, height: 10, group: "g", ankle: null };
const ANNOTATION = {
  id: 1,
  image_id: 7,
  category_id: 3,
  bbox: [2, 3, 4, 5],
  segmentation: [[2, 3, 6, 3, 6, 8]],
  area: 9.5,
  iscrowd: 0,
};
const FILE = {
  images: [IMAGE],
  categories: [{ id: 3, name: "fracture" }],
  annotations: [ANNOTATION],
};

const parse = (change: object) => parseCoco(JSON.stringify({ ...FILE, ...change }), "a.json");
const parseAnnotation = (change: object) =>
  parse({ annotations: [{ ...ANNOTATION, ...change }] }).annotations[0];

function refuses(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof DataError);
    assert.equal(error.code, "invalid-annotations");
    assert.match(error.message, message);
    assert.match(error.message, /^a\.json[: ][^\n]*$/);
    return true;
  });
}

test("parseCoco: an annotation in pixels, the image's other keys kept", () => {
  const { images, annotations, annotationsByImage } = parse({});
  assert.deepEqual(images[0], {
    id: 7,
    fileName: "a.jpg",
    width: 20,
    height: 10,
    extra: { group: "g", ankle: null },
  });
  assert.deepEqual(annotations[0], {
    id: 1,
    imageId: 7,
    categoryId: 3,
    box: [2, 3, 6, 8],
    boxSize: [4, 5],
    polygons: [[2, 3, 6, 3, 6, 8]],
    runs: null,
    area: 9.5,
    isCrowd: false,
  });
  assert.equal(annotationsByImage.get(7)?.[0], annotations[0]);
});

test("parseCoco: an image without annotations has an empty list", () => {
  assert.deepEqual(parse({ annotations: [] }).annotationsByImage.get(7), []);
});

test("parseCoco: categories by ascending id", () => {
  const categories = [
    { id: 9, name: "b" },
    { id: 3, name: "a" },
  ];
  assert.deepEqual(
    parse({ categories }).categories.map(({ id }) => id),
    [3, 9],
  );
});

test("parseCoco: run lengths as list and as string are the same crowd", () => {
  const size = [10, 20];
  // Two columns of 10, from row 3 to 5 each.
  const listed = parseAnnotation({
    segmentation: { size, counts: [3, 2, 8, 2, 185] },
    iscrowd: 1,
  });
  // As pycocotools writes it.
  const compact = parseAnnotation({ segmentation: { size, counts: "3280a5" }, iscrowd: 1 });
  assert.equal(listed.isCrowd, true);
  assert.deepEqual(listed.polygons, [[2, 3, 2, 5, 0, 5, 0, 3]]);
  assert.deepEqual(compact.runs, { size, counts: [3, 2, 8, 2, 185] });
});

test("parseCoco: without a bbox the outline's bounds, cut at the image's border", () => {
  const outline = [[15, -4, 25, -4, 25, 6, 15, 6]];
  const { box } = parseAnnotation({ bbox: undefined, segmentation: outline });
  assert.deepEqual(box, [15, 0, 20, 6]);
});

test("parseCoco: a box that leaves the image by a rounding is cut", () => {
  assert.deepEqual(parseAnnotation({ bbox: [15, 3, 5.4, 5] }).box, [15, 3, 20, 8]);
});

test("parseCoco: the size of a box is the file's to the last digit, unless it is cut", () => {
  // 0.3 + 0.1 - 0.3 is not 0.1.
  const { box, boxSize } = parseAnnotation({ bbox: [0.3, 0.3, 0.1, 0.1] });
  assert.deepEqual(boxSize, [0.1, 0.1]);
  assert.notEqual(box[2] - box[0], 0.1);
  assert.deepEqual(parseAnnotation({ bbox: [15, 3, 5.4, 5] }).boxSize, [5, 5]);
});

test("parseCoco: a box without an outline is kept", () => {
  const { polygons, area } = parseAnnotation({ segmentation: [], area: undefined });
  assert.deepEqual([polygons, area], [[], 20]);
});

test("parseCoco: an empty file and other text are refused", () => {
  refuses(() => parseCoco("", "a.json"), /got an empty file/);
  refuses(() => parseCoco("x,y\n1,2", "a.json"), /expected JSON/);
  refuses(() => parseCoco("[]", "a.json"), /expected object, received array/);
});
test("parseCoco: a file without images or categories is refused", () => {
  refuses(() => parse({ images: [], annotations: [] }), /expected images, got an empty list/);
  refuses(() => parse({ categories: [] }), /expected categories, got an empty list/);
  refuses(() => parse({ images: undefined }), /at images: .*undefined/);
});
test("parseCoco: an unknown category is refused", () =>
  refuses(() => parseAnnotation({ category_id: 4 }), /annotation 1: .*\(3\), got 4/));
test("parseCoco: an annotation of an unknown image is refused", () =>
  refuses(() => parseAnnotation({ image_id: 8 }), /annotation 1: .*image_id 8/));
test("parseCoco: a polygon of two points is refused", () =>
  refuses(
    () => parseAnnotation({ segmentation: [[1, 1, 2, 2]] }),
    /annotation 1 of a\.jpg: expected a polygon of at least 3 points, got 2/,
  ));
test("parseCoco: an odd number of coordinates is refused", () =>
  refuses(() => parseAnnotation({ segmentation: [[1, 1, 2, 2, 3, 3, 4]] }), /got 7 coordinates/));
test("parseCoco: a polygon of something else than numbers is refused", () =>
  refuses(() => parseAnnotation({ segmentation: [["1", 1, 2, 2, 3, 3]] }), /list of numbers/));
test("parseCoco: a polygon far outside its image is refused", () =>
  refuses(() => parseAnnotation({ segmentation: [[1, 1, 2, 2, 1e12, 3]] }), /20 x 10 pixels/));
test("parseCoco: a box outside its image is refused", () =>
  refuses(
    () => parseAnnotation({ bbox: [15, 3, 9, 5] }),
    /within 20 x 10 pixels, got \[15, 3, 24/,
  ));
test("parseCoco: a box without area is refused", () =>
  refuses(() => parseAnnotation({ bbox: [5, 3, 0, 5] }), /a box with an area/));
test("parseCoco: neither box nor outline is refused", () =>
  refuses(() => parseAnnotation({ bbox: undefined, segmentation: undefined }), /neither/));
test("parseCoco: ids that occur twice are refused", () => {
  refuses(() => parse({ images: [IMAGE, IMAGE] }), /image id 7 twice/);
  refuses(() => parse({ annotations: [ANNOTATION, ANNOTATION] }), /annotation id 1 twice/);
});
test("parseCoco: run lengths of another size or sum are refused", () => {
  refuses(
    () => parseAnnotation({ segmentation: { size: [20, 10], counts: [200] } }),
    /size \[10, 20\] as the image, got \[20, 10\]/,
  );
  refuses(
    () => parseAnnotation({ segmentation: { size: [10, 20], counts: [3, 2] } }),
    /fill the image, got .* got 5/,
  );
  refuses(() => parseAnnotation({ segmentation: { counts: [200] } }), /polygons or run lengths/);
});
test("parseCoco: a width that is no number is refused with its place", () =>
  refuses(
    () => parse({ images: [{ ...IMAGE, width: "20" }] }),
    /a\.json at images\[0\]\.width \(image 7\): /,
  ));

test("readCocoFile: a missing file is one clear line", async () => {
  await assert.rejects(
    () => readCocoFile("/nowhere/train.json"),
    (error) => error instanceof DataError && error.code === "unreadable",
  );
});

test("readCocoFile: FracAtlas", skipWithout(train), async () => {
  const data = await readCocoFile(train ?? "");
  assert.deepEqual([data.images.length, data.annotations.length], [1408, 723]);
  assert.deepEqual(data.categories, [{ id: 1, name: "fracture" }]);
  const fractured = data.images.filter(({ extra }) => extra.fractured === true).length;
  const annotated = [...data.annotationsByImage.values()].filter((all) => all.length > 0).length;
  assert.equal(annotated, fractured);
  const other = await readCocoFile(valid ?? "");
  assert.deepEqual([other.images.length, other.annotations.length], [238, 100]);
});
