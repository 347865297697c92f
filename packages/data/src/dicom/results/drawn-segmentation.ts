/**
 * What a person has drawn on a radiograph as a DICOM Segmentation: a segment a structure, for viewers and archives.
 *
 * A segmentation is pixels. The outlines themselves, and lines that are still open, lie beside them in a private
 * element, so that a drawing that comes back as it went is the drawing; a program that changes the pixels, or
 * knows nothing of the element, leaves pixels that count. `read-segmentation.ts` is the way back.
 */
import { createHash } from "node:crypto";
import { type Polygon, rasterizePolygons } from "@malleolus/geometry";
import { type Outline, outlineSchema, type Visibility, visibilitySchema } from "@malleolus/schema";
import { z } from "zod";
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { CODES, codeSequence, structureCodes } from "./code.ts";
import { type Analysis, NOTICE, resultUid } from "./result-object.ts";
import type { ResultSource } from "./result-source.ts";
import { packBits, writeSegmentation } from "./segmentation.ts";

/** An odd group is private; its creator says what the elements mean. */
export const DRAWING_CREATOR = { tag: "x00990010", name: "MALLEOLUS DRAWING" } as const;
export const DRAWING_ELEMENT = "x00991001";

export const drawingElementSchema = z.strictObject({
  version: z.literal(1),
  annotator: z.string(),
  visibility: visibilitySchema.nullable(),
  outlines: z.array(outlineSchema),
  /** Hash of the pixel data: as long as it holds, they are these outlines. */
  pixels: z.string(),
});

export interface DrawnRadiograph {
  readonly annotator: string;
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
  /** The polygons of each outline, its lines widened. */
  readonly polygonsOf: (outline: Outline) => readonly Polygon[];
}

/** Null where nothing is drawn. The same drawing makes the same object, byte for byte. */
export function drawnSegmentationFile(
  source: ResultSource,
  drawn: DrawnRadiograph,
  softwareVersion: string,
): Uint8Array | null {
  const { annotator, visibility, outlines, polygonsOf } = drawn;
  const masks = outlines.map((outline) =>
    rasterizePolygons(polygonsOf(outline), source.width, source.height),
  );
  const pixels = pixelsHash(packBits(masks));
  const text = JSON.stringify({ version: 1, annotator, visibility, outlines, pixels });
  const analysis: Analysis = {
    model: {
      name: "Malleolus reading room",
      version: softwareVersion,
      sha256: createHash("sha256").update(text).digest("hex"),
      settings: [`drawn by ${annotator}`.slice(0, 64)],
    },
    sources: [source],
  };
  const segments = outlines.map(({ structure }, index) => ({
    item: segmentItem(analysis, source, structure, index + 1),
    mask: masks[index],
  }));
  return writeSegmentation(analysis, source, segments, {
    label: "DRAWN",
    creator: annotator,
    more: [
      [0x00990010, { vr: "LO", value: DRAWING_CREATOR.name }],
      [0x00991001, { vr: "UT", value: text }],
    ],
  });
}

/** Without the byte that makes an odd length even. */
export function pixelsHash(bits: Uint8Array): string {
  return createHash("sha256").update(bits).digest("hex");
}

function segmentItem(
  analysis: Analysis,
  source: ResultSource,
  structure: string,
  number: number,
): DataSet {
  const { category, type } = structureCodes(structure);
  return new Map<number, ElementValue>([
    [0x00082218, codeSequence(CODES.ankle)],
    [0x00620003, codeSequence(category)],
    [0x00620004, { vr: "US", value: number }],
    [0x00620005, { vr: "LO", value: structure.slice(0, 64) }],
    [0x00620006, { vr: "ST", value: `${structure}, drawn by a person. ${NOTICE}` }],
    [0x00620008, { vr: "CS", value: "MANUAL" }],
    [0x0062000f, codeSequence(type)],
    [0x00620020, { vr: "UT", value: structure }],
    [0x00620021, { vr: "UI", value: resultUid(analysis, "drawn", source.sopInstance, structure) }],
  ]);
}
