/**
 * A DICOM Segmentation as outlines: our own as they were drawn, anybody else's as the borders of their pixels. The
 * image is known by the SOP instance that the frames were made from.
 */
import { type Mask, maskOutlines } from "@malleolus/geometry";
import type { Outline } from "@malleolus/schema";
import { DataError } from "../../errors.ts";
import type { OutlinedImage, OutlinedShape, OutlinesFile } from "../../outlines/outlined-image.ts";
import type { Attributes } from "../attributes.ts";
import { parseDataSet } from "../data-set.ts";
import { nativeBytes } from "../pixel-data.ts";
import {
  DRAWING_CREATOR,
  DRAWING_ELEMENT,
  drawingElementSchema,
  pixelsHash,
} from "./drawn-segmentation.ts";
import { RESULT_KINDS } from "./result-object.ts";

/** Frames of a segmentation are as large as its image; more than this is none. */
const MOST_PIXELS = 2 ** 31;

/**
 * @throws DataError `damaged` or `truncated` as `parseDataSet`, `unsupported` for an object that is no segmentation
 *   of bits, `invalid-annotations` for one that does not say which image it is of.
 */
export function readSegmentation(bytes: Uint8Array, where: string): OutlinesFile {
  const attributes = parseDataSet(bytes, where);
  requireBits(attributes, where);
  const labels = segmentLabels(attributes, where);
  const { frames, bits } = framesOf(attributes, where);
  const own = drawingOf(attributes, where);
  const bySource = Map.groupBy(frames, ({ source }) => source);
  const images = [...bySource].map(([source, all]): OutlinedImage => {
    const bySegment = Map.groupBy(all, ({ segment }) => segment);
    const shapes = [...bySegment].map(([segment, [{ mask }]]): OutlinedShape => {
      const category = labels.get(segment) ?? `segment ${segment}`;
      return { category, polygons: maskOutlines(mask), line: null };
    });
    const [{ mask }] = all;
    return {
      place: `${where}, ${source}`,
      fileName: source,
      size: [mask.width, mask.height],
      extra: {},
      annotations: [{ author: null, shapes, visibility: null }],
    };
  });
  const [only] = images;
  if (own !== null && images.length === 1 && own.pixels === pixelsHash(bits)) {
    const drawn = own.outlines.flatMap(openShapes);
    const annotations = [{ author: null, shapes: drawn, visibility: own.visibility }];
    return { categories: [...labels.values()], images: [{ ...only, annotations }], remarks: [] };
  }
  const remarks =
    own === null ? [] : [`${where}: its pixels were changed since it was written; they count`];
  return { categories: [...labels.values()], images, remarks };
}

function openShapes({ structure, polygons, lines = [] }: Outline): OutlinedShape[] {
  return [
    ...(polygons.length === 0 ? [] : [{ category: structure, polygons, line: null }]),
    ...lines.map(({ points }) => ({ category: structure, polygons: [], line: points })),
  ];
}

function requireBits(attributes: Attributes, where: string): void {
  const sopClass = attributes.text("x00080016");
  if (sopClass !== RESULT_KINDS.segmentation.sopClass) {
    throw new DataError(
      "unsupported",
      `${where}: expected a DICOM Segmentation, got an object of SOP class ${sopClass ?? "none"}; give the ` +
        "segmentation of the radiograph",
    );
  }
  const type = attributes.text("x00620001");
  const bits = attributes.short("x00280100");
  if (type !== "BINARY" || bits !== 1) {
    throw new DataError(
      "unsupported",
      `${where}: expected a binary segmentation of one bit a pixel, got ${type ?? "none"} of ${bits ?? "no"} bits; ` +
        "export it as binary",
    );
  }
}

function segmentLabels(attributes: Attributes, where: string): Map<number, string> {
  const labels = new Map<number, string>();
  for (const item of attributes.items("x00620002")) {
    const number = item.short("x00620004");
    if (number !== null) labels.set(number, item.text("x00620005") ?? `segment ${number}`);
  }
  if (labels.size > 0) return labels;
  throw new DataError(
    "invalid-annotations",
    `${where}: expected segments, got a segmentation without one; there is nothing to import`,
  );
}

interface Frame {
  readonly segment: number;
  /** SOP instance of the radiograph. */
  readonly source: string;
  readonly mask: Mask;
}

function framesOf(
  attributes: Attributes,
  where: string,
): { readonly frames: Frame[]; readonly bits: Uint8Array } {
  const [height, width] = [attributes.short("x00280010"), attributes.short("x00280011")];
  const items = attributes.items("x52009230");
  const size = (width ?? 0) * (height ?? 0);
  if (width === null || height === null || size === 0 || size * items.length > MOST_PIXELS) {
    throw new DataError(
      "damaged",
      `${where}: expected frames of some rows and columns, got ${items.length} of ${height ?? 0} x ${width ?? 0}; ` +
        "export it again",
    );
  }
  if (attributes.element("x7fe00010") === null) {
    throw new DataError(
      "no-pixels",
      `${where}: expected pixels, got none; the file was cut: export it again`,
    );
  }
  const bits = nativeBytes(attributes, Math.ceil((size * items.length) / 8), where);
  const [shared] = attributes.items("x52009229");
  const otherwise = sourceOf(shared) ?? onlyReference(attributes);
  const frames = items.map((item, frame) => {
    const segment = item.items("x0062000a")[0]?.short("x0062000b") ?? null;
    const source = sourceOf(item) ?? otherwise;
    if (segment === null || source === null) {
      throw new DataError(
        "invalid-annotations",
        `${where}: expected frame ${frame + 1} to name its segment and its image, got ${segment ?? "no segment"} ` +
          `and ${source ?? "no image"}; export it with references`,
      );
    }
    return { segment, source, mask: unpacked(bits, frame * size, width, height) };
  });
  return { frames, bits };
}

/** Bits of all frames follow one another without gaps, the first pixel in the lowest bit. */
function unpacked(bits: Uint8Array, from: number, width: number, height: number): Mask {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const at = from + i;
    data[i] = (bits[at >> 3] >> (at & 7)) & 1;
  }
  return { width, height, data };
}

/** Derivation Image Sequence, Source Image Sequence: the image that a frame was made from. */
function sourceOf(item: Attributes | undefined): string | null {
  const [derivation] = item?.items("x00089124") ?? [];
  const [source] = derivation?.items("x00082112") ?? [];
  return source?.text("x00081155") ?? null;
}

/** Where frames say nothing: the one instance that the object refers to. */
function onlyReference(attributes: Attributes): string | null {
  const instances = attributes
    .items("x00081115")
    .flatMap((series) => series.items("x0008114a"))
    .flatMap((one) => one.text("x00081155") ?? []);
  return instances.length === 1 ? instances[0] : null;
}

/** What lies beside the pixels of our own; null where nothing does, or nothing that can be read. */
function drawingOf(attributes: Attributes, where: string) {
  if (attributes.text(DRAWING_CREATOR.tag) !== DRAWING_CREATOR.name) return null;
  const element = attributes.element(DRAWING_ELEMENT);
  const { bytes } = attributes;
  const text = bytes.subarray(element?.valueStart ?? 0, element?.valueEnd ?? 0);
  try {
    return drawingElementSchema.parse(JSON.parse(Buffer.from(text).toString("utf8").trimEnd()));
  } catch (cause) {
    throw new DataError(
      "invalid-annotations",
      `${where}: expected the outlines of a drawing in ${DRAWING_ELEMENT}, got what cannot be read; export it again`,
      { cause },
    );
  }
}
