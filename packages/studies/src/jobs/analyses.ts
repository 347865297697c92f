/**
 * A detector looks at a study's radiographs, by jobs of some dozens each. What it says of a radiograph is kept once,
 * however often the radiograph was looked at: model and radiograph are its key.
 */
import { createHash } from "node:crypto";
import {
  type Model,
  type RadiographAnalysis,
  radiographAnalysisSchema,
  readRecord,
} from "@malleolus/schema";
import { rememberModel } from "../annotation/proposals/store-proposals.ts";
import type { StudyTransaction } from "../database/in-transaction.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import type { JobQueue, NewJob } from "./job-queue.ts";

/** So many that a claim costs nothing beside the work, so few that a lost worker costs a minute or two. */
export const IMAGES_A_JOB = 48;

/** What came of a radiograph: an analysis, or why there is none. */
export type AnalyzedImage =
  | { readonly image: string; readonly analysis: RadiographAnalysis }
  | { readonly image: string; readonly failure: string };

export interface SentJobs {
  /** Radiographs that the model has not looked at. */
  readonly images: number;
  readonly jobs: number;
}

/** Radiographs whose jobs are put into the queue together. */
const PAGE = 64 * IMAGES_A_JOB;

/**
 * Puts jobs for all radiographs into the queue that the model has not looked at, some at a time; waits while
 * the queue is full. Called again, it adds what is new.
 */
export async function sendAnalyses(
  study: Study,
  queue: JobQueue,
  model: Model,
  who: string,
  stop: AbortSignal,
): Promise<SentJobs> {
  await inTransaction(study.database, (transaction) => rememberModel(transaction, model, who));
  const sent = { images: 0, jobs: 0 };
  for (let after = ""; !stop.aborted; ) {
    const page = await imagesAfter(study, model.sha256, after);
    if (page.length === 0) break;
    after = page[page.length - 1];
    const jobs = jobsOf(page, model.sha256);
    while (!stop.aborted && (await queue.room()) < jobs.length) await queue.wait(FULL_MS, stop);
    if (stop.aborted) break;
    await queue.send(jobs);
    sent.images += page.length;
    sent.jobs += jobs.length;
  }
  return sent;
}

const FULL_MS = 1000;

function jobsOf(images: readonly string[], model: string): NewJob[] {
  const jobs: NewJob[] = [];
  for (let i = 0; i < images.length; i += IMAGES_A_JOB) {
    const own = images.slice(i, i + IMAGES_A_JOB);
    const content = { kind: "analyze" as const, model, images: own };
    jobs.push({
      key: createHash("sha256").update(JSON.stringify(content)).digest("hex"),
      content,
    });
  }
  return jobs;
}

async function imagesAfter({ database }: Study, model: string, after: string): Promise<string[]> {
  const rows = await database
    .selectFrom("images")
    .select("sha256")
    .where("sha256", ">", after)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("analyses")
            .select("analyses.image_sha256")
            .whereRef("analyses.image_sha256", "=", "images.sha256")
            .where("analyses.model_sha256", "=", model),
        ),
      ),
    )
    .orderBy("sha256")
    .limit(PAGE)
    .execute();
  return rows.map(({ sha256 }) => sha256);
}

/** @throws StudyError `worker` for a job of another model. */
export function requireModel({ content }: NewJob, model: string): void {
  if (content.model === model) return;
  throw new StudyError(
    "worker",
    `expected the detector ${content.model}, for which the job was sent, got ${model}; ` +
      "start this worker with the other one's file",
  );
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
