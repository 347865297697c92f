/**
 * The outline of a COCO annotation: polygons, or run lengths (of crowds, mostly).
 */
import {
  type Box,
  decodeRuns,
  maskBounds,
  type Polygon,
  polygonArea,
  polygonBounds,
  polygonSignedArea,
  type RunLength,
  runsFromString,
  traceMask,
} from "@malleolus/geometry";
import { causeText, DataError } from "../errors.ts";
import { runLengthSchema } from "./file-format.ts";

export interface Segmentation {
  /** In pixels of the image. Of run lengths: the outer outlines of their mask. */
  readonly polygons: readonly Polygon[];
  /** As the file gives them; null for polygons. */
  readonly runs: RunLength | null;
  readonly bounds: Box;
  /** In square pixels. */
  readonly area: number;
}

/**
 * Reads a `segmentation` value; null where there is none. `where` names file and annotation.
 *
 * Throws DataError `invalid-annotations`.
 */
export function readSegmentation(
  value: unknown,
  image: { readonly width: number; readonly height: number },
  where: string,
): Segmentation | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return readRunLengths(value, image, where);
  if (value.length === 0) return null;
  const polygons = value.map((polygon) => readPolygon(polygon, image, where));
  const area = polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0);
  return { polygons, runs: null, bounds: polygonBounds(...polygons), area };
}

function readPolygon(
  value: unknown,
  image: { readonly width: number; readonly height: number },
  where: string,
): Polygon {
  if (!Array.isArray(value) || !value.every((v): v is number => Number.isFinite(v))) {
    throw invalid(where, "a polygon as a list of numbers", JSON.stringify(value)?.slice(0, 60));
  }
  if (value.length % 2 !== 0) {
    throw invalid(where, "a polygon with as many y as x", `${value.length} coordinates`);
  }
  if (value.length < 6) {
    throw invalid(where, "a polygon of at least 3 points", `${value.length / 2}`);
  }
  // Annotators draw beyond the border, and the part outside is cut off; a point that is further
  // away than the image is large belongs to another image or another scale.
  const isNear = value.every((v, i) => {
    const size = i % 2 === 0 ? image.width : image.height;
    return v >= -size && v <= 2 * size;
  });
  if (!isNear) {
    const bounds = polygonBounds(value).join(", ");
    throw invalid(
      where,
      `a polygon in ${image.width} x ${image.height} pixels`,
      `one in ${bounds}`,
    );
  }
  return value;
}

function readRunLengths(
  value: unknown,
  image: { readonly width: number; readonly height: number },
  where: string,
): Segmentation {
  const parsed = runLengthSchema.safeParse(value);
  if (!parsed.success) {
    const got = JSON.stringify(value)?.slice(0, 60);
    throw invalid(where, "polygons or run lengths { size, counts }", got);
  }
  const { size, counts } = parsed.data;
  const [height, width] = size;
  if (height !== image.height || width !== image.width) {
    const expected = `run lengths of size [${image.height}, ${image.width}] as the image`;
    throw invalid(where, expected, `[${height}, ${width}]`);
  }
  try {
    const runs = { size, counts: typeof counts === "string" ? runsFromString(counts) : counts };
    const mask = decodeRuns(runs);
    const area = runs.counts.reduce((sum, count, i) => sum + (i % 2 === 1 ? count : 0), 0);
    const polygons = traceMask(mask).filter((outline) => polygonSignedArea(outline) > 0);
    return { polygons, runs, bounds: maskBounds(mask), area };
  } catch (cause) {
    throw invalid(where, "run lengths that fill the image", causeText(cause), cause);
  }
}

function invalid(where: string, expected: string, got: unknown, cause?: unknown): DataError {
  return new DataError(
    "invalid-annotations",
    `${where}: expected ${expected}, got ${got}`,
    cause === undefined ? undefined : { cause },
  );
}
