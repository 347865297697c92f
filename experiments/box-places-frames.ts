/**
 * Where on the ankle a region lies, for `box-places.ts`: above the plafond and aside of the tibia by the preliminary
 * segmentation, in millimetres; or in the picture, which takes no segmentation. Not started by hand.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { type Box, flipBox, largestComponent, scaleBox } from "@malleolus/geometry";
import { structureMask } from "@malleolus/imaging";
import { openSegmenter, type Regions } from "@malleolus/networks";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import type { Sample } from "./frozen-heads-training.ts";
import { wholeLines } from "./kept-lines.ts";
import { frameOf } from "./patient-head-radiographs.ts";

/** Millimetres along an axis of the leg, of the point `(x, y)` in the file's pixels: x, y and 1 times these. */
const axisSchema = z.tuple([z.number(), z.number(), z.number()]);
const legAxesSchema = z.strictObject({
  /** Above the plafond. */
  above: axisSchema,
  /** To the right of the tibia's middle, where it is upright. */
  aside: axisSchema,
  spacingMm: z.tuple([z.number(), z.number()]),
});
export type LegAxes = z.infer<typeof legAxesSchema>;
const lineSchema = z.strictObject({ path: z.string(), axes: legAxesSchema.nullable() });

export interface LegSource {
  /** Null where too little of the tibia is found, and without millimetres. */
  axesOf(path: string): Promise<LegAxes | null>;
  close(): void;
}

/** What is found is kept in a file as it comes, so that each radiograph is segmented once. */
export function openLegs(given: { readonly segmenter: string; readonly kept: string }): LegSource {
  mkdirSync(dirname(given.kept), { recursive: true });
  const known = new Map(
    wholeLines(given.kept).map((line, i) => {
      const { path, axes } = readJson(lineSchema, line, `${given.kept}, line ${i + 1}`);
      return [path, axes];
    }),
  );
  const segmenter = openSegmenter(given.segmenter);
  return {
    async axesOf(path) {
      const before = known.get(path);
      if (before !== undefined) return before;
      const radiograph = await readRadiograph(path);
      const { labels } = segmenter.segment(radiograph);
      const tibia = structureMask(labels, segmenter.structures, "tibia");
      const axes = legAxes(tibia, radiograph.pixelSpacingMm);
      known.set(path, axes);
      appendFileSync(given.kept, `${JSON.stringify({ path, axes })}\n`);
      return axes;
    },
    close: () => segmenter.close(),
  };
}

function legAxes(
  tibia: Parameters<typeof frameOf>[0],
  spacingMm: Parameters<typeof frameOf>[1],
): LegAxes | null {
  const frame = frameOf(tibia, spacingMm);
  if (frame === null || spacingMm === null) return null;
  const [row, column] = spacingMm;
  const start = frame.heightMm(0, 0);
  const [byX, byY] = [frame.heightMm(1, 0) - start, frame.heightMm(0, 1) - start];
  // Up, turned by a quarter to the right.
  const [toX, toY] = [(-byY / row) * column, (byX / column) * row];
  const { data, width } = largestComponent(tibia);
  let [sum, count] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    sum += toX * ((i % width) + 0.5) + toY * (Math.floor(i / width) + 0.5);
    count++;
  }
  return { above: [byX, byY, start], aside: [toX, toY, -sum / count], spacingMm: [row, column] };
}

/** Which coordinates a box head is told. */
export type Told = "plafond" | "picture";

/**
 * How many numbers a region has: whether its place is known; its middle up and aside, and how far aside whichever way,
 * since left and right ankles and mirrored ones differ in it; its width and its height.
 */
export const PLACE_WIDTH = 6;
/** 30 mm count as 1, and a fifth of the picture, which is about as much: so that all numbers are of about one size. */
const [MM_SCALE, PICTURE_SCALE] = [30, 1 / 5];

/** An image of a batch. */
export interface PlacedImage extends Pick<Sample, "scaleX" | "scaleY" | "isMirrored"> {
  readonly image: Pick<Sample["image"], "width" | "height">;
  readonly axes: LegAxes | null;
}

/** Of every region in order; all 0 where its place is not known. [n * PLACE_WIDTH] */
export function placesOf(
  { boxes, images }: Pick<Regions, "boxes" | "images">,
  batch: readonly PlacedImage[],
  told: Told,
): Float32Array {
  const places = new Float32Array(images.length * PLACE_WIDTH);
  images.forEach((image, i) => {
    const [x1, y1, x2, y2] = boxes.subarray(i * 4, (i + 1) * 4);
    const box = [x1, y1, x2, y2] as const;
    const own =
      told === "plafond" ? aboveThePlafond(box, batch[image]) : inThePicture(box, batch[image]);
    if (own !== null) places.set(own, i * PLACE_WIDTH);
  });
  return places;
}

function inThePicture([x1, y1, x2, y2]: Box, { image }: PlacedImage): number[] {
  const { width, height } = image;
  const aside = (x1 + x2) / 2 / width - 0.5;
  const above = 0.5 - (y1 + y2) / 2 / height;
  const scaled = [above, aside, Math.abs(aside), (x2 - x1) / width, (y2 - y1) / height];
  return [1, ...scaled.map((share) => share / PICTURE_SCALE)];
}

function aboveThePlafond(box: Box, image: PlacedImage): number[] | null {
  const { axes, isMirrored } = image;
  if (axes === null) return null;
  const [x1, y1, x2, y2] = inFile(box, image);
  const along = ([byX, byY, start]: LegAxes["above"]) =>
    (byX * (x1 + x2)) / 2 + (byY * (y1 + y2)) / 2 + start;
  const aside = along(axes.aside) * (isMirrored ? -1 : 1);
  const [row, column] = axes.spacingMm;
  const scaled = [along(axes.above), aside, Math.abs(aside), (x2 - x1) * column, (y2 - y1) * row];
  return [1, ...scaled.map((mm) => mm / MM_SCALE)];
}

/** From what the network sees, mirrored or not, to the file's pixels. */
function inFile(box: Box, { image, scaleX, scaleY, isMirrored }: PlacedImage): Box {
  const upright = isMirrored ? flipBox(box, image.width) : box;
  return scaleBox(upright, 1 / scaleX, 1 / scaleY);
}

/** As told of a plafond that lies so many millimetres lower: every region whose place is known lies higher. */
export function toldHigher(places: Float32Array, mm: number): Float32Array {
  return places.map((value, i) =>
    i % PLACE_WIDTH === 1 && places[i - 1] !== 0 ? value + mm / MM_SCALE : value,
  );
}

/** Millimetres above the plafond of the middle of every region whose place is known, else null. */
export function heightsOf(places: Float32Array): (number | null)[] {
  return Array.from({ length: places.length / PLACE_WIDTH }, (_, i) =>
    places[i * PLACE_WIDTH] === 0 ? null : places[i * PLACE_WIDTH + 1] * MM_SCALE,
  );
}
