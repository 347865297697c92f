/**
 * The preliminary networks look at a study's radiographs, by jobs of some dozens each (`chunks.ts`). What they
 * propose is kept once a radiograph, however often it was looked at.
 */
import type { Model, Prelabel } from "@malleolus/schema";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { anyOf } from "../database/any-of.ts";
import type { StudyTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import type { Study } from "../study.ts";
import type { ImageToAnalyze } from "./analyses.ts";
import type { Listed, Sending, SentJobs } from "./chunks.ts";
import type { JobQueue } from "./job-queue.ts";
import { sendImages } from "./send-images.ts";

/**
 * Puts jobs for all radiographs into the queue that the networks have not looked at, some at a time; waits while
 * the queue is full. Called again, it adds what is new.
 */
export async function sendPrelabels(
  study: Study,
  queue: JobQueue,
  model: Model,
  who: string,
  sending: Sending,
): Promise<SentJobs> {
  const ofModel = (after: string, most: number) => imagesAfter(study, model.sha256, after, most);
  return sendImages(study, queue, { kind: "prelabel", model, who, imagesAfter: ofModel }, sending);
}

/** The model as the study knows it; null where nobody has sent a job of it. */
export async function knownModel({ database }: Study, sha256: string): Promise<Model | null> {
  const found = await database
    .selectFrom("models")
    .select(["sha256", "name", "version"])
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  return found ?? null;
}

async function imagesAfter(
  { database }: Study,
  model: string,
  after: string,
  most: number,
): Promise<Listed[]> {
  const rows = await database
    .selectFrom("images")
    .select("sha256")
    .where("sha256", ">", after)
    .orderBy("sha256")
    .limit(most)
    .execute();
  const names = rows.map(({ sha256 }) => sha256);
  const seen = await prelabelled(database, model, names);
  return names.map((mark) => ({ mark, isOpen: !seen.has(mark) }));
}

/** Of these images those that have no prelabel of the networks. */
export async function imagesToPrelabel(
  { database }: Study,
  model: string,
  images: readonly string[],
): Promise<ImageToAnalyze[]> {
  if (images.length === 0) return [];
  const seen = await prelabelled(database, model, images);
  const rows = await database
    .selectFrom("images")
    .select(["sha256", "facts"])
    .where("sha256", "in", images)
    .orderBy("sha256")
    .execute();
  return rows.filter(({ sha256 }) => !seen.has(sha256));
}

/**
 * To be called in the transaction that completes the job. What is there already stays as it is.
 *
 * @throws StudyError `record` as `storeProposals`.
 */
export async function storePrelabels(
  transaction: StudyTransaction,
  study: Study,
  model: string,
  prelabels: readonly Prelabel[],
  who: string,
): Promise<void> {
  const images = prelabels.map(({ image }) => image);
  const seen = await prelabelled(transaction, model, images);
  const open = prelabels.filter(({ image }) => !seen.has(image));
  await storeProposals({ ...study, database: transaction }, open, who);
}

async function prelabelled(
  database: StudyDatabase,
  model: string,
  images: readonly string[],
): Promise<Set<string>> {
  const rows = await database
    .selectFrom("prelabels")
    .select("image_sha256")
    .where("model_sha256", "=", model)
    .where("image_sha256", "in", anyOf(database, images))
    .execute();
  return new Set(rows.map(({ image_sha256 }) => image_sha256));
}
