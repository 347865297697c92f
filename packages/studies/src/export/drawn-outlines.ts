/**
 * What one annotator has drawn, for another tool: the latest annotation of every radiograph, by the radiograph's
 * hash. `import annotations` reads it back. Nothing of others is in it, nor of readers or models.
 */
import type { DrawnRadiograph, OutlinedImage, OutlinedShape } from "@malleolus/data";
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
  const latest = await latestDrawings(study, annotator);
  return latest.map(({ sha256, facts, outlines, visibility }) => {
    const shapes = outlines.flatMap((outline) =>
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

export interface DrawnImage extends DrawnRadiograph {
  readonly sha256: string;
  /** Where its file lies; null for one that is no DICOM file. */
  readonly path: string | null;
}

/**
 * The same for an archive: each radiograph's outlines as they were drawn, beside its file.
 *
 * @throws StudyError `person` for someone who does not annotate.
 */
export async function drawnImages(study: Study, annotator: string): Promise<DrawnImage[]> {
  const latest = await latestDrawings(study, annotator);
  return latest.map(({ sha256, facts, outlines, visibility }) => ({
    sha256,
    path: facts.format === "dicom" ? imagePath(study.images, sha256) : null,
    annotator,
    visibility,
    outlines,
    polygonsOf: (outline) => outlinePolygons(outline, facts),
  }));
}

async function latestDrawings(study: Study, annotator: string) {
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
  return latest.map(({ sha256, facts, outlines, visibility }) => ({
    sha256,
    facts: imageColumn.read(facts, `image ${sha256}`),
    outlines: outlinesColumn.read(outlines, `annotation of ${sha256}`),
    visibility,
  }));
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
