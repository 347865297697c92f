/**
 * A detector looks at a study's radiographs, by jobs of some dozens each (`chunks.ts`). What it says of a radiograph is kept once,
 * however often the radiograph was looked at: model and radiograph are its key.
 */
import {
  type Model,
  type RadiographAnalysis,
  radiographAnalysisSchema,
  readRecord,
} from "@malleolus/schema";
import type { StudyTransaction } from "../database/in-transaction.ts";
import type { Study } from "../study.ts";
import type { Listed, Sending, SentJobs } from "./chunks.ts";
import type { JobQueue, JobResults } from "./job-queue.ts";
import { sendImages } from "./send-images.ts";

/** What came of a radiograph: an analysis, or why there is none. */
export type AnalyzedImage =
  | { readonly image: string; readonly analysis: RadiographAnalysis }
  | { readonly image: string; readonly failure: string };

/**
 * Puts jobs for all radiographs into the queue that the model has not looked at, some at a time; waits while
 * the queue is full. Called again, it adds what is new.
 */
export async function sendAnalyses(
  study: Study,
  queue: JobQueue,
  model: Model,
  who: string,
  sending: Sending,
): Promise<SentJobs> {
  const ofModel = (after: string, most: number) => imagesAfter(study, model.sha256, after, most);
  return sendImages(study, queue, { kind: "analyze", model, who, imagesAfter: ofModel }, sending);
}

async function imagesAfter(
  { database }: Study,
  model: string,
  after: string,
  most: number,
): Promise<Listed[]> {
  const rows = await database
    .selectFrom("images")
    .leftJoin("analyses", (join) =>
      join
        .onRef("analyses.image_sha256", "=", "images.sha256")
        .on("analyses.model_sha256", "=", model),
    )
    .select(["images.sha256", "analyses.image_sha256 as seen"])
    .where("images.sha256", ">", after)
    .orderBy("images.sha256")
    .limit(most)
    .execute();
  return rows.map(({ sha256, seen }) => ({ mark: sha256, isOpen: seen === null }));
}

export interface ImageToAnalyze {
  readonly sha256: string;
  readonly facts: string;
}

/** Of these images those that the model has not looked at: a job that comes twice is not done twice. */
export async function imagesToAnalyze(
  { database }: Study,
  model: string,
  images: readonly string[],
): Promise<ImageToAnalyze[]> {
  if (images.length === 0) return [];
  return database
    .selectFrom("images")
    .leftJoin("analyses", (join) =>
      join
        .onRef("analyses.image_sha256", "=", "images.sha256")
        .on("analyses.model_sha256", "=", model),
    )
    .select(["images.sha256", "images.facts"])
    .where("images.sha256", "in", images)
    .where("analyses.image_sha256", "is", null)
    .orderBy("images.sha256")
    .execute();
}

/** What a job came to: kept under keys of its own, whatever others keep meanwhile. */
export function analysisResults(
  model: string,
  analyzed: readonly AnalyzedImage[],
  who: string,
): JobResults {
  return {
    isolation: "read committed",
    store: (transaction) => storeAnalyses(transaction, model, analyzed, who),
  };
}

/** To be called in the transaction that completes the job. What is there already stays as it is. */
export async function storeAnalyses(
  transaction: StudyTransaction,
  model: string,
  analyzed: readonly AnalyzedImage[],
  who: string,
): Promise<void> {
  if (analyzed.length === 0) return;
  const at = new Date().toISOString();
  const rows = analyzed.map((one) => ({
    model_sha256: model,
    image_sha256: one.image,
    record: "analysis" in one ? JSON.stringify(one.analysis) : null,
    failure: "failure" in one ? one.failure : null,
    at,
    who,
  }));
  await transaction
    .insertInto("analyses")
    .values(rows)
    .onConflict((conflict) => conflict.columns(["model_sha256", "image_sha256"]).doNothing())
    .execute();
}

/** What a model says of a radiograph; null where it has not looked at it, or could not. */
export async function analysisOf(
  { database }: Study,
  model: string,
  image: string,
): Promise<RadiographAnalysis | null> {
  const row = await database
    .selectFrom("analyses")
    .select("record")
    .where("model_sha256", "=", model)
    .where("image_sha256", "=", image)
    .executeTakeFirst();
  if (row === undefined || row.record === null) return null;
  return readRecord(radiographAnalysisSchema, JSON.parse(row.record), `analysis of ${image}`);
}
