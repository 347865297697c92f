/**
 * Coordinates that were written in another way than COCO's: as shares of the image, or boxes by two
 * corners. A network would learn from them without a complaint, and learn nothing.
 */
import { type Box, boxFromXywh, polygonBounds } from "@malleolus/geometry";
import type { WrittenAnnotation } from "./file-format.ts";

/** A side may be so far from where it is expected: what tools round. */
const ROUNDING = 1;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Says what the file's coordinates must be instead of pixels; null where they may be pixels. */
export function findMisunderstanding(
  annotations: readonly WrittenAnnotation[],
  images: ReadonlyMap<number, Size>,
): string | null {
  return findShares(annotations, images) ?? findCorners(annotations);
}

/** All of them between 0 and 1, on images that are larger than that. */
function findShares(
  annotations: readonly WrittenAnnotation[],
  images: ReadonlyMap<number, Size>,
): string | null {
  const drawn = annotations.filter(
    ({ bbox, segmentation }) => numbersOf(segmentation).length > 0 || (bbox?.length ?? 0) > 0,
  );
  const areShares = drawn.every(({ bbox, segmentation, image_id }) => {
    const image = images.get(image_id);
    const isLarge = image !== undefined && image.width > 2 && image.height > 2;
    const numbers = [...numbersOf(segmentation), ...(bbox ?? [])];
    return isLarge && numbers.every((value) => value >= 0 && value <= 1);
  });
  if (drawn.length === 0 || !areShares) return null;
  return (
    `expected coordinates in pixels, got shares of the image, 0 to 1, in all ${drawn.length} ` +
    "annotations; multiply x by the image's width and y by its height"
  );
}

/** Where most boxes are not their outlines', but would be if they were read as two corners. */
function findCorners(annotations: readonly WrittenAnnotation[]): string | null {
  const pairs = annotations.flatMap(({ id, bbox, segmentation }) => {
    const outline = polygonBounds(numbersOf(segmentation));
    const isOutlined = Array.isArray(segmentation) && outline[2] > outline[0];
    if (bbox === undefined || bbox === null || !isOutlined) return [];
    const areCorners = !isNear(boxFromXywh(bbox), outline) && isNear(bbox, outline);
    return [{ id, areCorners }];
  });
  const other = pairs.filter(({ areCorners }) => areCorners).map(({ id }) => id);
  if (2 * other.length <= pairs.length) return null;
  const named = `${other.slice(0, 3).join(", ")}${other.length > 3 ? ", …" : ""}`;
  return (
    "expected every bbox as [x, y, width, height], got the two corners [x1, y1, x2, y2] of the outline " +
    `in ${other.length} of ${pairs.length} annotations (${named}); take x1 from x2 and y1 from y2`
  );
}

function isNear(box: readonly number[], outline: Box): boolean {
  return box.every((value, i) => Math.abs(value - outline[i]) <= ROUNDING);
}

/** Of all polygons one after another; none where they are no lists of numbers. */
function numbersOf(segmentation: unknown): number[] {
  const flat: unknown[] = Array.isArray(segmentation) ? segmentation.flat() : [];
  return flat.every((value): value is number => typeof value === "number") ? flat : [];
}
