/** The pool of a draw: cases with a class, of patients in no other part. */
import { type CaseState, imageColumn, type Partition, type View } from "@malleolus/schema";
import type { Transaction } from "kysely";
import type { StudyTables } from "../database/tables.ts";
import type { Study } from "../study.ts";

export interface PoolImage {
  readonly image: string;
  readonly view: View | null;
  /** Whether its truth says that the fracture cannot be seen on it; such an image is not trained on. */
  readonly impossible: boolean;
  readonly preliminary: boolean;
}

export interface PoolCase {
  readonly id: string;
  readonly patient: string;
  readonly class: string;
  /** The part that the patient is in already; null for none. */
  readonly partition: Partition | null;
  readonly images: readonly PoolImage[];
}

const ASSIGNABLE: readonly CaseState[] = ["agreed", "adjudicated", "annotated"];

/** Cases of the internal or the external hospitals that may be drawn, by id. */
export async function readPool(
  transaction: Transaction<StudyTables>,
  { configuration }: Study,
  role: "internal" | "external",
): Promise<PoolCase[]> {
  const hospitals = configuration.hospitals.filter((one) => one.role === role).map(({ id }) => id);
  const rows = await transaction
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .innerJoin("images", "images.case_id", "cases.id")
    .leftJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .leftJoin("image_truths", "image_truths.image_sha256", "images.sha256")
    .leftJoin("assigned_images", (join) =>
      join
        .onRef("assigned_images.image_sha256", "=", "images.sha256")
        .on("assigned_images.assignment", "=", "preliminary training"),
    )
    .where("patients.hospital", "in", hospitals)
    .where("cases.state", "in", [...ASSIGNABLE, "preliminary training"])
    .where("cases.class", "is not", null)
    .select([
      "cases.id",
      "cases.patient_id",
      "cases.class",
      "images.sha256",
      "images.facts",
      "patient_partitions.partition",
      "image_truths.visibility",
      "assigned_images.assignment",
    ])
    .orderBy("cases.id")
    .orderBy("images.sha256")
    .execute();
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, own]) => ({
    id,
    patient: own[0].patient_id,
    class: own[0].class ?? "",
    partition: own[0].partition,
    images: own.map(({ sha256, facts, visibility, assignment }) => ({
      image: sha256,
      view: imageColumn.read(facts, `image ${sha256}`).view,
      impossible: visibility === "impossible",
      preliminary: assignment !== null,
    })),
  }));
}

export function hasViews({ images }: PoolCase, views: readonly View[]): boolean {
  return views.every((view) => images.some((image) => image.view === view));
}
