/** What goes out to another tool and comes back is what it was; and other tools' own files are read. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import type { OutlinedImage, OutlinedShape } from "./outlined-image.ts";
import { readOutlines } from "./read-outlines.ts";
import { outlinesFormats, outlinesText } from "./write-outlines.ts";

function scratch(context: TestContext): (text: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-outlines-"));
  context.after(() => rmSync(folder, { recursive: true }));
  let count = 0;
  return (text) => {
    const path = join(folder, `drawn-${count++}`);
    writeFileSync(path, text);
    return path;
  };
}

const [WIDTH, HEIGHT] = [2371, 2989];

function image(
  fileName: string,
  shapes: readonly OutlinedShape[],
  visibility: string | null = null,
) {
  const annotations = [{ author: null, shapes, visibility }];
  return { place: fileName, fileName, size: [WIDTH, HEIGHT] as const, extra: {}, annotations };
}

/** Every ring and line of an image by its category, in their order. */
function drawnOn({ annotations }: OutlinedImage) {
  return annotations.flatMap(({ shapes }) =>
    shapes.flatMap(({ category, polygons, line }) => [
      ...polygons.map((points) => ({ category, kind: "ring", points })),
      ...(line === null ? [] : [{ category, kind: "line", points: line }]),
    ]),
  );
}

// COCO refuses what looks like shares of the image, which are at most 1.
const coordinate = (most: number) => fc.double({ min: 2, max: most, noNaN: true });
const points = (least: number) =>
  fc
    .array(fc.tuple(coordinate(WIDTH), coordinate(HEIGHT)), { minLength: least, maxLength: 12 })
    // Labelbox repeats a ring's first point at its end, which tells nothing of a ring that does so itself.
    .filter((all) => String(all[0]) !== String(all.at(-1)))
    .map((all) => all.flat());
const category = fc.constantFrom("fibula", "tibia", 'odd & <"label">');
const ring = fc
  .tuple(category, points(3))
  .map(([name, one]): OutlinedShape => ({ category: name, polygons: [one], line: null }));
const line = fc
  .tuple(category, points(2))
  .map(([name, one]): OutlinedShape => ({ category: name, polygons: [], line: one }));

for (const format of outlinesFormats) {
  test(`outlines: as ${format} out and back they are equal within half a pixel`, async (context) => {
    const write = scratch(context);
    const shape = format === "coco" ? ring : fc.oneof(ring, line);
    const grade = fc.constantFrom("easy", "difficult", null);
    const drawn = fc.array(fc.tuple(fc.array(shape, { maxLength: 4 }), grade), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(drawn, async (all) => {
        const images = all.map(([shapes, visibility], i) =>
          image(`${i} a.png`, shapes, visibility),
        );
        const back = await readOutlines(write(outlinesText(images, format)));
        assert.equal(back.images.length, images.length);
        for (const [i, was] of images.entries()) {
          const is = back.images[i];
          assert.deepEqual(
            [is.fileName, is.annotations[0]?.visibility ?? null],
            [was.fileName, was.annotations[0].visibility],
          );
          const [before, after] = [drawnOn(was), drawnOn(is)];
          assert.deepEqual(
            after.map((one) => [one.category, one.kind, one.points.length]),
            before.map((one) => [one.category, one.kind, one.points.length]),
          );
          for (const [k, one] of before.entries()) {
            for (const [n, value] of one.points.entries()) {
              assert.ok(
                Math.abs(value - after[k].points[n]) < 0.5,
                `${value} ${after[k].points[n]}`,
              );
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });
}

test("outlines: an open line does not go into COCO, an image without a size nowhere", () => {
  const open = image("a.png", [{ category: "fracture", polygons: [], line: [1, 1, 2, 2] }]);
  assert.throws(() => outlinesText([open], "coco"), /an open line of fracture; widen it/);
  assert.throws(() => outlinesText([{ ...open, size: null }], "cvat"), /with its size/);
});

/** In the form that CVAT documents for "CVAT for images 1.1". */
const CVAT = `<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><id>7</id><name>ankles</name><labels><label><name>fracture</name></label></labels></task></meta>
  <!-- a comment with a <polygon label="none" points="1,1"/> in it -->
  <image id="0" name="case 1/ap.png" width="200" height="240">
    <polygon label="fibula" source="manual" occluded="0" points="10.50,20.00;60.00,20.00;60.00,80.25" z_order="0">
    </polygon>
    <polyline label="fracture" occluded="0" points="12,30;40,44" z_order="0"><attribute name="sure">yes</attribute></polyline>
    <tag label="grade"><attribute name="Visibility">difficult</attribute></tag>
  </image>
  <image id="1" name="b.png" width="200" height="240"/>
</annotations>`;

test("outlines: CVAT's own XML, with its comments, attributes and images without a shape", async (context) => {
  const { images, categories } = await readOutlines(scratch(context)(CVAT));
  assert.deepEqual(categories, ["fibula", "fracture"]);
  assert.deepEqual(drawnOn(images[0]), [
    { category: "fibula", kind: "ring", points: [10.5, 20, 60, 20, 60, 80.25] },
    { category: "fracture", kind: "line", points: [12, 30, 40, 44] },
  ]);
  assert.deepEqual(images[0].annotations[0].visibility, "difficult");
  assert.deepEqual([images[1].fileName, drawnOn(images[1]).length], ["b.png", 0]);
});

test("outlines: what CVAT has and is no outline is refused, and where", async (context) => {
  const write = scratch(context);
  const box = CVAT.replace(/<polyline[\s\S]*?<\/polyline>/, '<box label="fracture" xtl="1"/>');
  await assert.rejects(readOutlines(write(box)), /image 0: expected fracture as a polygon/);
  const broken = CVAT.replace("12,30;40,44", "12,30;forty");
  await assert.rejects(readOutlines(write(broken)), /at least 2 points/);
});

/** In the form that Label Studio documents for its JSON export. */
const LABEL_STUDIO = JSON.stringify([
  {
    id: 12,
    data: { image: "/data/upload/1/0f3a1b2c-ap.png" },
    annotations: [
      {
        id: 5,
        completed_by: { id: 1, email: "ann@a.org" },
        was_cancelled: false,
        result: [
          {
            id: "x",
            type: "polygonlabels",
            from_name: "label",
            to_name: "image",
            original_width: 200,
            original_height: 400,
            image_rotation: 0,
            value: {
              points: [
                [10, 10],
                [50, 10],
                [50, 25],
              ],
              closed: true,
              polygonlabels: ["fibula"],
            },
          },
          {
            type: "choices",
            from_name: "Visibility",
            to_name: "image",
            value: { choices: ["easy"] },
          },
        ],
      },
      { completed_by: 2, was_cancelled: true, result: [] },
    ],
  },
]);

test("outlines: Label Studio's own JSON: per cent become pixels, what was cancelled is left out", async (context) => {
  const { images } = await readOutlines(scratch(context)(LABEL_STUDIO));
  assert.deepEqual(images[0].annotations, [
    {
      author: "ann@a.org",
      shapes: [{ category: "fibula", polygons: [[20, 40, 100, 40, 100, 100]], line: null }],
      visibility: "easy",
    },
  ]);
  assert.deepEqual(images[0].size, [200, 400]);
  const turned = LABEL_STUDIO.replace('"image_rotation":0', '"image_rotation":90');
  await assert.rejects(
    readOutlines(scratch(context)(turned)),
    /task 12: expected fibula on an image that is not turned, got one turned by 90 degrees/,
  );
  const box = LABEL_STUDIO.replaceAll("polygonlabels", "rectanglelabels");
  await assert.rejects(
    readOutlines(scratch(context)(box)),
    /task 12: expected polygons with a label/,
  );
});
