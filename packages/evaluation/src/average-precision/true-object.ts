/** An annotated object as average precision compares it: with the mask that its outlines stand for. */
import {
  type Box,
  encodeRuns,
  type Polygon,
  type RunLength,
  rasterizePolygons,
} from "@malleolus/geometry";
import type { TrueObject } from "./labeled-image.ts";

/** What an annotation says of an object; COCO's files say it so. */
export interface OutlinedObject {
  readonly class: string;
  readonly box: Box;
  /** As the file gives them, which the box's corners do not hold to the last digit. */
  readonly boxSize: readonly [width: number, height: number];
  readonly area: number;
  readonly isCrowd: boolean;
  readonly polygons: readonly Polygon[];
  /** Its mask where the file has one; else the polygons are painted. */
  readonly runs: RunLength | null;
}

/** On an image of this size, in whose pixels the annotation is. */
export function trueObject(
  object: OutlinedObject,
  { width, height }: { readonly width: number; readonly height: number },
): TrueObject {
  const { box, boxSize, area, isCrowd, runs, polygons } = object;
  return {
    class: object.class,
    box,
    boxArea: boxSize[0] * boxSize[1],
    mask: runs ?? encodeRuns(rasterizePolygons(polygons, width, height)),
    area,
    isCrowd,
  };
}
