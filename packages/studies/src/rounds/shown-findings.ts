/**
 * What a model found, for a reading of a round that shows it. Readers see it here and nowhere else: the task
 * says so, never the request.
 */
import { type ModelFinding, prelabelColumn } from "@malleolus/schema";
import type { Study } from "../study.ts";

/** Of the newest proposals of each radiograph, by its SHA-256. */
export async function shownFindings(
  { database }: Study,
  images: readonly string[],
): Promise<ModelFinding[]> {
  if (images.length === 0) return [];
  const rows = await database
    .selectFrom("prelabels")
    .select(["image_sha256", "record"])
    .where("image_sha256", "in", images)
    .orderBy("annotation_id")
    .execute();
  const newest = new Map(rows.map(({ image_sha256, record }) => [image_sha256, record] as const));
  return [...newest].flatMap(([image, record]) =>
    prelabelColumn
      .read(record, "prelabels.record")
      .shapes.map(({ structure, polygons, score }) => ({ image, structure, polygons, score })),
  );
}
