/** Annotation files as other tools write them: taken as they are meant, or refused as what they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { parseCoco } from "./read-coco.ts";

/** Three images of 90 x 60 pixels, each with a rectangle. */
function base() {
  return {
    images: [1, 2, 3].map(
      (id): Record<string, unknown> => ({ id, file_name: `${id}.png`, width: 90, height: 60 }),
    ),
    categories: [{ id: 1, name: "fracture" }],
    annotations: [1, 2, 3].map((id): Record<string, unknown> => {
      const [x, y, x2, y2] = [10 + id, 20 + id, 40 + id, 44 + id];
      return {
        id,
        image_id: id,
        category_id: 1,
        bbox: [x, y, x2 - x, y2 - y],
        segmentation: [[x, y, x2, y, x2, y2, x, y2]],
        area: 720,
        iscrowd: 0,
      };
    }),
  };
}
type Base = ReturnType<typeof base>;

function read(change: (file: Base) => void) {
  const file = base();
  change(file);
  return parseCoco(JSON.stringify(file), "a.json");
}

function refuses(change: (file: Base) => void, ...expected: RegExp[]): void {
  assert.throws(
    () => read(change),
    (error) => {
      assert.ok(error instanceof DataError && error.code === "invalid-annotations");
      assert.match(error.message, /^a\.json[: ][^\n]*$/);
      for (const pattern of expected) assert.match(error.message, pattern);
      return true;
    },
  );
}

test("parseCoco: null for area, iscrowd and bbox is absence, and an empty bbox too", () => {
  const { annotations } = read(({ annotations: [first, second] }) => {
    Object.assign(first, { area: null, iscrowd: null, bbox: null });
    second.bbox = [];
  });
  assert.deepEqual(annotations[0].box, [11, 21, 41, 45]);
  assert.deepEqual([annotations[0].area, annotations[0].isCrowd], [720, false]);
  assert.deepEqual(annotations[1].box, [12, 22, 42, 46]);
});

test("parseCoco: without an area, that of the mask, also of an outline that crosses itself", () => {
  const { annotations } = read(({ annotations: [first] }) => {
    first.segmentation = [[10, 10, 40, 30, 40, 10, 10, 30]];
    Object.assign(first, { bbox: undefined, area: undefined });
  });
  // Two triangles of 15 x 20 / 2 pixels.
  assert.ok(Math.abs(annotations[0].area - 300) <= 20, `${annotations[0].area}`);
});

test("parseCoco: an empty part of an outline is none", () => {
  const { annotations } = read(({ annotations: [first, second] }) => {
    first.segmentation = [[]];
    second.segmentation = [[], [12, 22, 42, 22, 42, 46]];
  });
  assert.deepEqual(annotations[0].polygons, []);
  assert.equal(annotations[1].polygons.length, 1);
});

test("parseCoco: a bbox that leaves the image as its outline does is cut as that is", () => {
  const { annotations } = read(({ annotations: [first] }) => {
    first.segmentation = [[-4, 12, 30, 12, 30, 66, -4, 66]];
    first.bbox = [-4, 12, 34, 54];
  });
  assert.deepEqual(annotations[0].box, [0, 12, 30, 60]);
  refuses(({ annotations: [first] }) => {
    first.bbox = [-4, 12, 34, 54];
  }, /annotation 1 of 1\.png: expected a box with an area within 90 x 60 pixels/);
});

test("parseCoco: all that is wrong is named at once", () => {
  refuses(({ annotations: [first, second, third] }) => {
    first.segmentation = [[5, 5, 6, 6]];
    second.category_id = 9;
    third.image_id = 77;
  }, /3 faults: annotation 1 of 1\.png: .*at least 3 points, got 2; annotation 2: .*\(1\), got 9; annotation 3: .*image_id 77/);
  refuses(({ images }) => {
    for (let id = 10; id < 18; id++)
      images.push({ id: String(id), file_name: "x", width: 1, height: null });
  }, /8 faults: at images\[3\]\.id: .*received string.*; and 3 more$/);
});

test("parseCoco: an annotation with a wrong value is named by its id", () =>
  refuses(({ annotations: [, second] }) => {
    second.area = "720";
  }, /^a\.json at annotations\[1\]\.area \(annotation 2\): .*received string/));

test("parseCoco: two categories of one name are refused", () =>
  refuses(({ categories }) => {
    categories.push({ id: 2, name: "fracture " });
  }, /every category's name once, got "fracture" for the categories 1, 2/));

test("parseCoco: coordinates as shares of the image are refused", () => {
  const normalize = ({ annotations }: Base, count: number) => {
    for (const one of annotations.slice(0, count)) {
      one.segmentation = [[0.1, 0.2, 0.5, 0.2, 0.5, 1, 0.1, 1]];
      one.bbox = [0.1, 0.2, 0.4, 0.8];
    }
  };
  refuses((file) => normalize(file, 3), /in pixels, got shares of the image, 0 to 1, in all 3/);
  assert.equal(read((file) => normalize(file, 2)).annotations.length, 3);
});

test("parseCoco: boxes by two corners are refused, one among many is not", () => {
  const asCorners = ({ annotations }: Base, count: number) => {
    for (const one of annotations.slice(0, count)) {
      const [x, y, width, height] = Array.isArray(one.bbox) ? one.bbox : [];
      one.bbox = [x, y, x + width, y + height];
    }
  };
  refuses((file) => asCorners(file, 3), /two corners \[x1, y1, x2, y2\].* 3 of 3 .*\(1, 2, 3\)/);
  // On an image that is large enough for it.
  const { annotations } = read((file) => {
    for (const image of file.images) Object.assign(image, { width: 200, height: 200 });
    asCorners(file, 1);
  });
  assert.deepEqual(annotations[0].box, [11, 21, 52, 66]);
});

test("parseCoco: outlines in other forms are refused, and the message says which", () => {
  const segmented = (segmentation: unknown) => (file: Base) => {
    file.annotations[0].segmentation = segmentation;
  };
  refuses(segmented([1, 2, 3, 4, 5, 6]), /put brackets around the only one/);
  refuses(
    segmented([
      [
        [1, 2],
        [3, 4],
        [5, 9],
      ],
    ]),
    /x and y one after another/,
  );
  refuses(segmented({ size: [60, 90], counts: "b'0Pe0'" }), /Python bytes.*counts\.decode\(\)/);
});

test("parseCoco: whole numbers written as decimals are ids, larger ones than a double's are not", () => {
  const text = JSON.stringify(base()).replaceAll('"id":1,', '"id":1.0,');
  assert.equal(parseCoco(text, "a.json").images[0].id, 1);
  const large = JSON.stringify(base()).replace(
    '"images":[{"id":1',
    '"images":[{"id":20181215143007123',
  );
  assert.throws(() => parseCoco(large, "a.json"), /at images\[0\]\.id.*Too big/);
});

test("parseCoco: exports of other kinds are called by their names", () => {
  const parse = (value: unknown) => () => parseCoco(JSON.stringify(value), "a.json");
  assert.throws(parse({ data_row: {}, projects: {} }), /at images: .*Labelbox's export/);
  assert.throws(parse([{ id: 1, annotations: [] }]), /a list is the own format of Label Studio/);
  assert.throws(parse({ shapes: [], imagePath: "a.png" }), /labelme/);
});
