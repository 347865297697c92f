/** What two annotators drew of the same fracture, before anything was decided between them. */
import type { Polygon } from "@malleolus/geometry";
import { FRACTURE, imageColumn, outlinesColumn } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { outlinePolygons } from "./outline-polygons.ts";

export interface AnnotationPair {
  readonly sha256: string;
  readonly caseId: string;
  readonly width: number;
  readonly height: number;
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
  /** One of each annotator; empty where one drew no fracture. */
  readonly drawings: readonly [readonly Polygon[], readonly Polygon[]];
}

/** Of the radiographs that have their truth and on which at least one of two has drawn a fracture. */
export async function annotationPairs({ database }: Study): Promise<AnnotationPair[]> {
  const rows = await database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .innerJoin("annotations as first", "first.id", "image_truths.first_annotation")
    .innerJoin("annotations as second", "second.id", "image_truths.second_annotation")
    .select([
      "images.sha256",
      "images.case_id",
      "images.facts",
      "first.outlines as firstOutlines",
      "second.outlines as secondOutlines",
    ])
    .orderBy("images.sha256")
    .execute();
  return rows.flatMap(({ sha256, case_id, facts: text, firstOutlines, secondOutlines }) => {
    const facts = imageColumn.read(text, `image ${sha256}`);
    const polygonsOf = (outlines: string) =>
      outlinesColumn
        .read(outlines, `annotation of ${sha256}`)
        .filter(({ structure }) => structure === FRACTURE)
        .flatMap((outline) => outlinePolygons(outline, facts));
    const drawings = [polygonsOf(firstOutlines), polygonsOf(secondOutlines)] as const;
    if (drawings.every((polygons) => polygons.length === 0)) return [];
    const { width, height, pixelSpacingMm } = facts;
    return [{ sha256, caseId: case_id, width, height, pixelSpacingMm, drawings }];
  });
}
