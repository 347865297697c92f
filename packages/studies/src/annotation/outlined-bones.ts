/**
 * The bones of an assignment's radiographs as they are outlined: by the latest model that has looked at a
 * radiograph, else as the annotators' truth has them.
 */
import type { Polygon } from "@malleolus/geometry";
import { type Assignment, type ImageRecord, imageColumn, outlinesColumn } from "@malleolus/schema";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";
import { outlinePolygons } from "./outline-polygons.ts";

export interface BonesOnRadiograph {
  /** Relative to the study's images, with slashes. */
  readonly fileName: string;
  /** Without a ring where the bone is not outlined. */
  readonly fibula: readonly Polygon[];
  readonly tibia: readonly Polygon[];
  readonly by: "model" | "annotators";
  readonly spacingMm: ImageRecord["pixelSpacingMm"];
}

/** By their hash; radiographs on which nobody has outlined anything are left out. */
export async function outlinedBones(
  { database }: Study,
  assignment: Assignment,
): Promise<BonesOnRadiograph[]> {
  const rows = await database
    .selectFrom("assigned_images")
    .innerJoin("images", "images.sha256", "assigned_images.image_sha256")
    .leftJoin("image_truths", "image_truths.image_sha256", "images.sha256")
    .where("assigned_images.assignment", "=", assignment)
    .select(["images.sha256", "images.facts", "image_truths.outlines"])
    .orderBy("images.sha256")
    .execute();
  const proposed = await database
    .selectFrom("prelabels")
    .innerJoin("annotations", "annotations.id", "prelabels.annotation_id")
    .innerJoin("assigned_images", "assigned_images.image_sha256", "prelabels.image_sha256")
    .where("assigned_images.assignment", "=", assignment)
    .select(["prelabels.image_sha256", "annotations.outlines"])
    .orderBy("prelabels.annotation_id")
    .execute();
  // Of several proposals the last one stays.
  const byModel = new Map(proposed.map((one) => [one.image_sha256, one.outlines]));
  return rows.flatMap(({ sha256, facts: text, outlines: drawn }) => {
    const own = byModel.get(sha256) ?? null;
    const chosen = own ?? drawn;
    if (chosen === null) return [];
    const facts = imageColumn.read(text, `image ${sha256}`);
    const outlines = outlinesColumn.read(chosen, `outlines of ${sha256}`);
    const bone = (id: string) =>
      outlines
        .filter(({ structure }) => structure === id)
        .flatMap((outline) => outlinePolygons(outline, facts));
    return [
      {
        fileName: imagePath("", sha256, facts.format).replaceAll("\\", "/"),
        fibula: bone("fibula"),
        tibia: bone("tibia"),
        by: own === null ? ("annotators" as const) : ("model" as const),
        spacingMm: facts.pixelSpacingMm,
      },
    ];
  });
}
