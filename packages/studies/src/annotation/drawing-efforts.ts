/**
 * What each drawing cost: its time without pauses, how much was drawn, and how far proposals were moved that were
 * mended. For those who run the study. Revisions count as work on the same drawing.
 */
import { type DrawingEffort, imageColumn, type Outline, outlinesColumn } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { distanceMm, polygonsOf } from "./proposals/proposal-distance.ts";
import { prelabelsOf } from "./proposals/proposal-visibility.ts";

export async function drawingEfforts({ database }: Study): Promise<DrawingEffort[]> {
  const rows = await database
    .selectFrom("annotations")
    .innerJoin("images", "images.sha256", "annotations.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .leftJoin("annotation_arms", "annotation_arms.case_id", "cases.id")
    .where("annotations.source", "=", "person")
    .select([
      "annotations.id",
      "annotations.author",
      "annotations.outlines",
      "annotations.seconds",
      "images.sha256",
      "images.facts",
      "cases.patient_id",
      "annotation_arms.arm",
    ])
    .orderBy("images.sha256")
    .orderBy("annotations.id")
    .execute();
  const decisions = await database
    .selectFrom("proposal_decisions")
    .select(["annotation_id", "prelabel_id", "structure"])
    .where("decision", "=", "mended")
    .where("structure", "is not", null)
    .execute();
  const mendedIn = Map.groupBy(decisions, ({ annotation_id }) => annotation_id);
  const efforts: DrawingEffort[] = [];
  for (const revisions of Map.groupBy(
    rows,
    ({ sha256, author }) => `${sha256} ${author}`,
  ).values()) {
    const last = revisions[revisions.length - 1];
    const outlines = outlinesColumn.read(last.outlines, `annotation ${last.id}`);
    const mended = new Map(
      revisions
        .flatMap(({ id }) => mendedIn.get(id) ?? [])
        .map(({ structure, prelabel_id }) => [structure ?? "", prelabel_id] as const),
    );
    const times = revisions.flatMap(({ seconds }) => seconds ?? []);
    efforts.push({
      image: last.sha256,
      patient: last.patient_id,
      annotator: last.author,
      arm: last.arm,
      seconds: times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0),
      objects: outlines.reduce(
        (sum, { polygons, lines }) => sum + polygons.length + (lines?.length ?? 0),
        0,
      ),
      movedMm: mended.size === 0 ? null : await movedMm(database, last, outlines, mended),
    });
  }
  return efforts;
}

async function movedMm(
  database: Study["database"],
  { sha256, facts: text }: { readonly sha256: string; readonly facts: string },
  outlines: readonly Outline[],
  mended: ReadonlyMap<string, number>,
): Promise<number | null> {
  const facts = imageColumn.read(text, `image ${sha256}`);
  const prelabels = await prelabelsOf(database, sha256);
  const distances = [...mended].flatMap(([structure, prelabel]) => {
    const { record } = prelabels.find(({ id }) => id === prelabel) ?? {};
    const proposed = record?.shapes.find((shape) => shape.structure === structure);
    if (proposed === undefined) return [];
    return distanceMm(proposed.polygons, polygonsOf(outlines, structure, facts), facts) ?? [];
  });
  return distances.length === 0
    ? null
    : distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}
