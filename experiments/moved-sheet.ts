/**
 * A picture of moved patches to judge by eye: each with what it was cut out of, the target as it was, and the result
 * without and with its outline.
 *
 *     node experiments/moved-sheet.ts FRACATLAS SET.json SHEET.png [FIRST [COUNT]]
 *
 * SET.json is moved.json or controls.json of `moved-fractures`; COUNT of its images, 24 unless given, spread over it
 * evenly and beginning with FIRST, 0. Windows are four times as large as the outlines' box, three by row.
 */
import { join } from "node:path";
import { readCocoFile } from "@malleolus/data";
import { polygonBounds } from "@malleolus/geometry";
import sharp from "sharp";
import { z } from "zod";
import { outlinedCrop } from "./outlined-crop.ts";

const [fracatlas, set, sheet, firstText = "0", countText = "24"] = process.argv.slice(2);
if (sheet === undefined) {
  console.error(
    "usage: node experiments/moved-sheet.ts FRACATLAS SET.json SHEET.png [FIRST [COUNT]]",
  );
  process.exit(2);
}

const [SIDE, ACROSS, GAP] = [150, 3, 2];
const outlinesSchema = z.array(z.array(z.number()));
const extraSchema = z.looseObject({
  source: z.string(),
  target: z.string(),
  sourceOutlines: outlinesSchema,
  outlines: outlinesSchema,
});

const { images } = await readCocoFile(set);
const wanted = Math.min(Number(countText), images.length);
const chosen = Array.from(
  { length: wanted },
  (_, i) => images[(Number(firstText) + Math.floor((i * images.length) / wanted)) % images.length],
);
const tiles: { input: Buffer; left: number; top: number }[] = [];
for (const [i, { fileName, extra }] of chosen.entries()) {
  const { source, target, sourceOutlines, outlines } = extraSchema.parse(extra);
  const row = [
    await tileOf(join(fracatlas, "images", source), sourceOutlines, true),
    await tileOf(join(fracatlas, "images", target), outlines, false),
    await tileOf(fileName, outlines, false),
    await tileOf(fileName, outlines, true),
  ];
  const left = (i % ACROSS) * (4 * (SIDE + GAP) + 4 * GAP);
  for (const [k, input] of row.entries()) {
    tiles.push({
      input,
      left: left + k * (SIDE + GAP),
      top: Math.floor(i / ACROSS) * (SIDE + GAP),
    });
  }
}
await sharp({
  create: {
    width: ACROSS * (4 * (SIDE + GAP) + 4 * GAP),
    height: Math.ceil(wanted / ACROSS) * (SIDE + GAP),
    channels: 3,
    background: "#204060",
  },
})
  .composite(tiles)
  .png()
  .toFile(sheet);

function tileOf(
  path: string,
  outlines: readonly (readonly number[])[],
  isDrawn: boolean,
): Promise<Buffer> {
  return outlinedCrop(path, polygonBounds(...outlines), {
    side: SIDE,
    times: 4,
    outlines: isDrawn ? outlines : [],
    isDashed: false,
  });
}
