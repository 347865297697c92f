/** Records a draw: parts of patients, radiographs, and the cases' states. */
import { type Assignment, type Partition, partitionOf } from "@malleolus/schema";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { SampledImage, SampledPatient, Shortage } from "./sample-pool.ts";

/** Rows in one statement: SQLite takes 32,766 values. */
const BATCH = 1000;

/**
 * @throws StudyError `assignment` where the pool has less than is asked for: what, and what to
 *   change.
 */
export function refuseShortages(shortages: readonly Shortage[]): void {
  if (shortages.length === 0) return;
  const lines = shortages.map(
    ({ what, asked, found, keys }) =>
      `${what}: ${asked} asked (${keys.join(" + ")}), ${found} there`,
  );
  throw new StudyError(
    "assignment",
    `the pool is too small, and nothing was assigned; ${lines.join("; ")}; ` +
      "change these keys of the protocol or have more cases read",
  );
}

/** Writes the patients of a test: their parts, their radiographs, their rank. */
export async function recordTest(
  transaction: StudyTransaction,
  partition: "internal test" | "external test",
  sampled: readonly SampledPatient[],
  describe: (sampled: SampledPatient) => string,
  stamp: AuditStamp,
): Promise<void> {
  await addToPartition(
    transaction,
    partition,
    sampled.map((one) => one.case.patient),
    stamp,
  );
  await inBatches(sampled, (some) =>
    transaction
      .insertInto("test_patients")
      .values(
        some.map((one) => ({
          patient_id: one.case.patient,
          partition,
          case_id: one.case.id,
          drawn_class: one.case.class,
          rank: one.rank,
        })),
      )
      .execute(),
  );
  const images = sampled.flatMap((one) =>
    one.case.images.map((image) => ({ case: one.case, image })),
  );
  await addImages(transaction, partition, images);
  for (const one of sampled) {
    const why = describe(one);
    await transitionCase(transaction, { caseId: one.case.id, to: partition, why, ...stamp });
  }
}

/** Writes radiographs for training or tuning; patients who are in its part already stay there. */
export async function recordRadiographs(
  transaction: StudyTransaction,
  assignment: "preliminary training" | "training" | "tuning",
  sampled: readonly SampledImage[],
  why: string,
  stamp: AuditStamp,
): Promise<void> {
  const patients = new Set(
    sampled.filter((one) => one.case.partition === null).map((one) => one.case.patient),
  );
  await addToPartition(transaction, partitionOf(assignment), [...patients], stamp);
  await addImages(transaction, assignment, sampled);
  for (const caseId of new Set(sampled.map((one) => one.case.id))) {
    await transitionCase(transaction, { caseId, to: assignment, why, ...stamp });
  }
}

async function addToPartition(
  transaction: StudyTransaction,
  partition: Partition,
  patients: readonly string[],
  stamp: AuditStamp,
): Promise<void> {
  await inBatches(patients, (some) =>
    transaction
      .insertInto("patient_partitions")
      .values(some.map((patient) => ({ patient_id: patient, partition, ...stamp })))
      .execute(),
  );
}

async function addImages(
  transaction: StudyTransaction,
  assignment: Assignment,
  sampled: readonly SampledImage[],
): Promise<void> {
  await inBatches(sampled, (some) =>
    transaction
      .insertInto("assigned_images")
      .values(
        some.map((one) => ({
          image_sha256: one.image.image,
          case_id: one.case.id,
          patient_id: one.case.patient,
          assignment,
          partition: partitionOf(assignment),
        })),
      )
      .execute(),
  );
}

async function inBatches<T>(
  rows: readonly T[],
  write: (some: readonly T[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH) {
    await write(rows.slice(start, start + BATCH));
  }
}
