/**
 * What one annotator has drawn, for another tool: the latest annotation of every radiograph, by the radiograph's
 * hash. `import annotations` reads it back. Nothing of others is in it, nor of readers or models.
 */
import type { OutlinedImage, OutlinedShape } from "@malleolus/data";
import { imageColumn, type Outline, outlinesColumn } from "@malleolus/schema";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { imagePath } from "../image-store.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";

/**
 * Lines stay open, or become the polygons that they stand for where `lines` is "widened".
 *
 * @throws StudyError `person` for someone who does not annotate.
 */
export async function drawnOutlines(
  study: Study,
  annotator: string,
  lines: "open" | "widened",
): Promise<OutlinedImage[]> {
  requireRole(study, annotator, "annotator");
  const rows = await study.database
    .selectFrom("annotations")
    .innerJoin("images", "images.sha256", "annotations.image_sha256")
    .select(["images.sha256", "images.facts", "annotations.outlines", "annotations.visibility"])
    .where("annotations.source", "=", "person")
    .where("annotations.author", "=", annotator)
    .orderBy("images.sha256")
    .orderBy("annotations.revision")
    .execute();
  const latest = [...new Map(rows.map((row) => [row.sha256, row])).values()];
  return latest.map(({ sha256, facts: text, outlines, visibility }) => {
    const facts = imageColumn.read(text, `image ${sha256}`);
    const drawn = outlinesColumn.read(outlines, `annotation of ${sha256}`);
    const shapes = drawn.flatMap((outline) =>
      lines === "open" ? openShapes(outline) : [widened(outline, outlinePolygons(outline, facts))],
    );
    return {
      place: `image ${sha256}`,
      fileName: imagePath("", sha256, facts.format).replaceAll("\\", "/"),
      size: [facts.width, facts.height] as const,
      extra: {},
      annotations: [{ author: annotator, shapes, visibility }],
    };
  });
}

function openShapes({ structure, polygons, lines = [] }: Outline): OutlinedShape[] {
  return [
    ...(polygons.length === 0 ? [] : [widened({ structure }, polygons)]),
    ...lines.map(({ points }) => ({ category: structure, polygons: [], line: points })),
  ];
}

function widened(
  { structure }: Pick<Outline, "structure">,
  polygons: OutlinedShape["polygons"],
): OutlinedShape {
  return { category: structure, polygons, line: null };
}
