/**
 * What was selected beside what was passed over: every radiograph that could have been chosen, with what the
 * model says of it. For those who run the study.
 *
 * The pool is that of the selection's time as far as it is known: patients who were drawn for tuning since then
 * could be chosen, those drawn before could not; patients of the tests never. Radiographs that came later and that
 * the model has not looked at are not in it.
 */
import type { ClassProbabilities, ImageRecord, View, Visibility } from "@malleolus/schema";
import { imageColumn } from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import type { Study } from "../study.ts";
import { classifiedImages, findModel, knownScores } from "./scored-images.ts";
import { type SeenSelection, selectionVisibleTo } from "./selection-visibility.ts";

export interface PoolRadiograph {
  readonly image: string;
  readonly format: ImageRecord["format"];
  readonly patient: string;
  /** By its readers. */
  readonly class: string;
  readonly view: View | null;
  /** By its annotators; null where nobody has drawn it. */
  readonly visibility: Visibility | null;
  readonly probabilities: ClassProbabilities;
  /** Its place among the picks, from 0; null where it was passed over. */
  readonly rank: number | null;
  /** Why it was picked, in words. */
  readonly reason: string | null;
}

export interface SelectionBesidePool {
  readonly selection: Omit<SeenSelection, "picks">;
  readonly radiographs: readonly PoolRadiograph[];
}

/**
 * The latest selection for training; null where there was none.
 *
 * @throws StudyError `person` for one of the study's readers and annotators.
 */
export async function selectionBesidePool(
  study: Study,
  { viewer }: { readonly viewer: string },
): Promise<SelectionBesidePool | null> {
  const chosen = await study.database
    .selectFrom("selections")
    .where("purpose", "=", "training")
    .select(["id", "model_sha256"])
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (chosen === undefined) return null;
  const { picks, ...selection } = await selectionVisibleTo(study, { viewer, id: chosen.id });
  const { all, scored } = await inTransaction(study.database, async (transaction) => {
    const model = await findModel(transaction, chosen.model_sha256);
    const images = await classifiedImages(transaction, study);
    return { all: images, scored: await knownScores(transaction, images, model) };
  });
  const rows = await study.database
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .leftJoin("image_truths", "image_truths.image_sha256", "images.sha256")
    .leftJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .select([
      "images.sha256",
      "images.facts",
      "image_truths.visibility",
      "patient_partitions.at as partitioned",
    ])
    .execute();
  const factsOf = new Map(rows.map((row) => [row.sha256, row]));
  const places = new Map(picks.map(({ image, reason }, rank) => [image, { rank, reason }]));
  const radiographs = all.flatMap(({ image, patient, class: name, partition }) => {
    const facts = factsOf.get(image);
    const seen = scored.get(image);
    if (facts === undefined || seen === undefined) return [];
    const place = places.get(image) ?? null;
    const isLater = facts.partitioned !== null && facts.partitioned >= selection.at;
    const isThere =
      partition === null || partition === "training" || (partition === "tuning" && isLater);
    const isSeen = facts.visibility !== "impossible";
    if (place === null && !(isThere && isSeen)) return [];
    const { format, view } = imageColumn.read(facts.facts, `image ${image}`);
    return [
      {
        image,
        format,
        patient,
        class: name,
        view,
        visibility: facts.visibility,
        probabilities: seen.probabilities,
        rank: place?.rank ?? null,
        reason: place?.reason ?? null,
      },
    ];
  });
  return { selection, radiographs };
}
