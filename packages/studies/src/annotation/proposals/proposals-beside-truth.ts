/**
 * What a model proposed of a radiograph beside what is true of it: how good the preliminary networks are on the
 * study's own radiographs. For those who run the study.
 *
 * The truth must not come of the proposals. Without a reference of its own only cases count that were drawn
 * without proposals; the others' outlines began as what is to be judged.
 */

import type { Polygon } from "@malleolus/geometry";
import {
  type ClassProbabilities,
  type ImageRecord,
  imageColumn,
  type Model,
  type Outline,
  outlinesColumn,
  type ProposedShape,
  type View,
} from "@malleolus/schema";
import { inTransaction } from "../../database/in-transaction.ts";
import { findModel } from "../../selection/scored-images.ts";
import type { Study } from "../../study.ts";
import { outlinePolygons } from "../outline-polygons.ts";
import type { Reference } from "./audited-annotations.ts";
import { prelabelsOf } from "./proposal-visibility.ts";

export interface ProposalBesideTruth {
  readonly image: string;
  /** Below the study's images. */
  readonly format: ImageRecord["format"];
  readonly patient: string;
  readonly class: string;
  readonly view: View | null;
  readonly width: number;
  readonly height: number;
  readonly isLowerLeg: boolean;
  readonly shapes: readonly ProposedShape[];
  readonly probabilities: ClassProbabilities | null;
  /** By structure. */
  readonly truth: ReadonlyMap<string, readonly Polygon[]>;
}

export interface ProposalsBesideTruth {
  readonly model: Model;
  readonly radiographs: readonly ProposalBesideTruth[];
}

/**
 * Of the annotated radiographs, by image; null where no model has proposed anything.
 *
 * @throws StudyError `record` for a record that cannot be read.
 */
export async function proposalsBesideTruth(
  study: Study,
  reference?: Reference,
): Promise<ProposalsBesideTruth | null> {
  const known = await study.database
    .selectFrom("prelabels")
    .select("annotation_id")
    .executeTakeFirst();
  if (known === undefined) return null;
  const model = await inTransaction(study.database, (transaction) =>
    findModel(transaction, undefined),
  );
  const rows = await study.database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("case_classes", "case_classes.case_id", "cases.id")
    .leftJoin("annotation_arms", "annotation_arms.case_id", "cases.id")
    .$if(reference === undefined, (all) => all.where("annotation_arms.arm", "=", "unassisted"))
    .select([
      "images.sha256",
      "images.facts",
      "cases.patient_id",
      "case_classes.class",
      "image_truths.outlines",
    ])
    .orderBy("images.sha256")
    .execute();
  const radiographs: ProposalBesideTruth[] = [];
  for (const { sha256, facts, patient_id, class: name, outlines } of rows) {
    const prelabels = await prelabelsOf(study.database, sha256);
    const own = prelabels.findLast(({ record }) => record.model.sha256 === model.sha256);
    const drawn =
      reference === undefined
        ? outlinesColumn.read(outlines, `truth of ${sha256}`)
        : reference(sha256);
    if (own === undefined || drawn === null || name === null) continue;
    const image = imageColumn.read(facts, `image ${sha256}`);
    const { isLowerLeg, shapes, probabilities } = own.record;
    radiographs.push({
      image: sha256,
      format: image.format,
      patient: patient_id,
      class: name,
      view: image.view,
      width: image.width,
      height: image.height,
      isLowerLeg,
      shapes,
      probabilities,
      truth: byStructure(drawn, image),
    });
  }
  return { model, radiographs };
}

function byStructure(
  outlines: readonly Outline[],
  image: ImageRecord,
): ReadonlyMap<string, readonly Polygon[]> {
  const grouped = Map.groupBy(outlines, ({ structure }) => structure);
  return new Map(
    [...grouped].map(([structure, own]) => [
      structure,
      own.flatMap((outline) => outlinePolygons(outline, image)),
    ]),
  );
}
