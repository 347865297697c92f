/** Jobs for the radiographs that a model has not looked at. */
import type { Model } from "@malleolus/schema";
import { rememberModel } from "../annotation/proposals/store-proposals.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Study } from "../study.ts";
import { imagesInOrder, type Listed, type Sending, type SentJobs, sendChunks } from "./chunks.ts";
import type { JobQueue } from "./job-queue.ts";

export interface ImagesToSend {
  readonly kind: "analyze" | "prelabel";
  readonly model: Model;
  readonly who: string;
  /** At most so many of the study's radiographs whose hashes come after this one, in their order. */
  readonly imagesAfter: (after: string, most: number) => Promise<Listed[]>;
}

/** Some at a time; waits while the queue is full. The model is remembered first. */
export async function sendImages(
  study: Study,
  queue: JobQueue,
  { kind, model, who, imagesAfter }: ImagesToSend,
  sending: Sending,
): Promise<SentJobs> {
  await inTransaction(study.database, (transaction) => rememberModel(transaction, model, who));
  const contentOf = (own: readonly Listed[]) => ({
    kind,
    model: model.sha256,
    images: own.map(({ mark }) => mark),
  });
  return sendChunks(queue, imagesInOrder(imagesAfter), contentOf, sending);
}
