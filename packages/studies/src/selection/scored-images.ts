/** What a model said of the radiographs of the classified cases, read from the study. */
import type { Model, Partition } from "@malleolus/schema";
import { prelabelColumn } from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import type { ScoredImage } from "./signals.ts";

export interface ClassifiedImage {
  readonly image: string;
  readonly caseId: string;
  readonly patient: string;
  /** What holds of its case. */
  readonly class: string;
  readonly partition: Partition | null;
}

/** Of the internal hospitals, tests and all, by the image's hash. */
export async function classifiedImages(
  transaction: StudyTransaction,
  { configuration }: Study,
): Promise<ClassifiedImage[]> {
  const hospitals = configuration.hospitals.filter(({ role }) => role === "internal");
  const rows = await transaction
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .leftJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .where("cases.class", "is not", null)
    .where(
      "patients.hospital",
      "in",
      hospitals.map(({ id }) => id),
    )
    .select([
      "images.sha256",
      "cases.id",
      "cases.patient_id",
      "cases.class",
      "patient_partitions.partition",
    ])
    .orderBy("images.sha256")
    .execute();
  return rows.map((row) => ({
    image: row.sha256,
    caseId: row.id,
    patient: row.patient_id,
    class: row.class ?? "",
    partition: row.partition,
  }));
}

/**
 * The model by the beginning of its hash; without one, the one that proposed last.
 *
 * @throws StudyError `record` where there is none, or several begin so.
 */
export async function findModel(
  transaction: StudyTransaction,
  written: string | undefined,
): Promise<Model> {
  const rows = await transaction
    .selectFrom("models")
    .innerJoin("prelabels", "prelabels.model_sha256", "models.sha256")
    .select(({ fn }) => [
      "models.sha256",
      "models.name",
      "models.version",
      fn.max("prelabels.annotation_id").as("latest"),
    ])
    .groupBy(["models.sha256", "models.name", "models.version"])
    .execute();
  const found =
    written === undefined
      ? rows.toSorted((a, b) => Number(b.latest) - Number(a.latest)).slice(0, 1)
      : rows.filter(({ sha256 }) => sha256.startsWith(written.toLowerCase()));
  if (found.length === 1) {
    const [{ sha256, name, version }] = found;
    return { sha256, name, version };
  }
  const known = rows.map(
    ({ sha256, name, version }) => `${sha256.slice(0, 12)} (${name} ${version})`,
  );
  throw new StudyError(
    "record",
    known.length === 0
      ? "expected radiographs that a model has scored, got none; run malleolus prelabel first"
      : `expected the beginning of one model's hash (${known.join(", ")}), got "${written}"`,
  );
}

/**
 * The model's latest word on each image, by its hash.
 *
 * @throws StudyError `record` where it gave no class probabilities for some of them.
 */
export async function scoredImages(
  transaction: StudyTransaction,
  images: readonly ClassifiedImage[],
  model: Model,
): Promise<Map<string, ScoredImage>> {
  const scored = await knownScores(transaction, images, model);
  const missing = images.length - scored.size;
  if (missing === 0) return scored;
  throw new StudyError(
    "record",
    `expected class probabilities of ${model.name} ${model.version} for every radiograph to choose from, got ` +
      `none for ${missing} of ${images.length}; run malleolus prelabel first`,
  );
}

/** The same of those images alone that have class probabilities. */
export async function knownScores(
  transaction: StudyTransaction,
  images: readonly ClassifiedImage[],
  { sha256 }: Model,
): Promise<Map<string, ScoredImage>> {
  const rows = await transaction
    .selectFrom("prelabels")
    .select(["image_sha256", "record"])
    .where("model_sha256", "=", sha256)
    .orderBy("annotation_id")
    .execute();
  const latest = new Map(rows.map(({ image_sha256, record }) => [image_sha256, record]));
  const scored = new Map<string, ScoredImage>();
  for (const { image, caseId } of images) {
    const record = latest.get(image);
    if (record === undefined) continue;
    const { probabilities, flippedProbabilities, segmentation } = prelabelColumn.read(
      record,
      `prelabel of ${image}`,
    );
    if (probabilities === null) continue;
    scored.set(image, { image, caseId, probabilities, flippedProbabilities, segmentation });
  }
  return scored;
}
