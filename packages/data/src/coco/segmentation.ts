/**
 * The outline of a COCO annotation: polygons, or run lengths (of crowds, mostly).
 */

import { causeText } from "@malleolus/errors";
import {
  type Box,
  decodeRuns,
  maskArea,
  maskBounds,
  type Polygon,
  polygonBounds,
  polygonSignedArea,
  type RunLength,
  rasterizePolygons,
  runsFromString,
  traceMask,
} from "@malleolus/geometry";
import { Fault } from "./faults.ts";
import { runLengthSchema } from "./file-format.ts";

/** Of an image in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Segmentation {
  /** In pixels of the image. Of run lengths: the outer outlines of their mask. */
  readonly polygons: readonly Polygon[];
  /** As the file gives them; null for polygons. */
  readonly runs: RunLength | null;
  readonly bounds: Box;
  /**
   * Pixels of the mask, in the image, as pycocotools counts them: the shoelace formula takes the parts
   * of an outline that crosses itself from one another.
   */
  area(): number;
}

/**
 * Reads a `segmentation` value; null without one, or for an empty one.
 *
 * @throws a Fault.
 */
export function readSegmentation(value: unknown, image: Size): Segmentation | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return readRunLengths(value, image);
  // `[[]]` is how some tools write an object that has only a box.
  const drawn = value.filter((polygon) => !Array.isArray(polygon) || polygon.length > 0);
  if (drawn.length === 0) return null;
  const polygons = drawn.map((polygon) => readPolygon(polygon, image));
  return {
    polygons,
    runs: null,
    bounds: polygonBounds(...polygons),
    area: () => maskArea(rasterizePolygons(polygons, image.width, image.height)),
  };
}

function readPolygon(value: unknown, image: Size): Polygon {
  if (!Array.isArray(value) || !value.every((v): v is number => Number.isFinite(v))) {
    throw new Fault("a polygon as a list of numbers", describeOtherPolygon(value));
  }
  if (value.length % 2 !== 0) {
    throw new Fault("a polygon with as many y as x", `${value.length} coordinates`);
  }
  if (value.length < 6) {
    throw new Fault("a polygon of at least 3 points", `${value.length / 2}`);
  }
  // Annotators draw beyond the border, and the part outside is cut off; a point that is further
  // away than the image is large belongs to another image or another scale.
  const isNear = value.every((v, i) => {
    const size = i % 2 === 0 ? image.width : image.height;
    return v >= -size && v <= 2 * size;
  });
  if (!isNear) {
    const bounds = polygonBounds(value).join(", ");
    throw new Fault(`a polygon in ${image.width} x ${image.height} pixels`, `one in ${bounds}`);
  }
  return value;
}

function describeOtherPolygon(value: unknown): string {
  const got = String(JSON.stringify(value)).slice(0, 60);
  if (typeof value === "number") {
    return `${got}; a segmentation is a list of polygons: put brackets around the only one`;
  }
  const isPairs = Array.isArray(value) && value.every((point) => Array.isArray(point));
  return isPairs ? `${got}; write the points' x and y one after another, without brackets` : got;
}

function readRunLengths(value: unknown, image: Size): Segmentation {
  const parsed = runLengthSchema.safeParse(value);
  if (!parsed.success) {
    const got = JSON.stringify(value)?.slice(0, 60);
    throw new Fault("polygons or run lengths { size, counts }", got);
  }
  const { size, counts } = parsed.data;
  const [height, width] = size;
  if (height !== image.height || width !== image.width) {
    const expected = `run lengths of size [${image.height}, ${image.width}] as the image`;
    throw new Fault(expected, `[${height}, ${width}]`);
  }
  if (typeof counts === "string" && /^b(['"]).*\1$/s.test(counts)) {
    throw new Fault(
      "run lengths as text",
      `the text of Python bytes, ${counts.slice(0, 20)}; write counts.decode() into the file`,
    );
  }
  try {
    const runs = { size, counts: typeof counts === "string" ? runsFromString(counts) : counts };
    const mask = decodeRuns(runs);
    const area = runs.counts.reduce((sum, count, i) => sum + (i % 2 === 1 ? count : 0), 0);
    const polygons = traceMask(mask).filter((outline) => polygonSignedArea(outline) > 0);
    return { polygons, runs, bounds: maskBounds(mask), area: () => area };
  } catch (cause) {
    throw new Fault("run lengths that fill the image", causeText(cause), { cause });
  }
}
