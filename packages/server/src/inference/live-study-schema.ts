/** A live study as it is answered: without UIDs, names and the inbox's own files. */
import { viewSchema } from "@malleolus/schema";
import { z } from "zod";
import { LIVE_STATES, type LiveStudy } from "./inbox/live-study.ts";
import { isKeptApart } from "./silent-study.ts";

export const liveStudyAnswerSchema = z.strictObject({
  id: z.string(),
  state: z.enum(LIVE_STATES),
  receivedAt: z.string(),
  images: z.array(z.strictObject({ view: viewSchema.nullable() })),
  hasResult: z.boolean(),
  /** None of a study that is kept apart: their number would tell whether something was found. */
  objects: z.int(),
  /** Of these the destination has so many. */
  objectsSent: z.int(),
  problem: z.string().nullable(),
  /** Of a silent study, and without a follow-up: the result is kept from everybody. */
  isKeptApart: z.boolean(),
});

export function answerStudy(study: LiveStudy): z.infer<typeof liveStudyAnswerSchema> {
  const { id, state, receivedAt, images, result, objects, problem } = study;
  return {
    id,
    state,
    receivedAt,
    images: images.map(({ view }) => ({ view })),
    hasResult: result !== null,
    objects: isKeptApart(study) ? 0 : objects.length,
    objectsSent: objects.filter(({ isSent }) => isSent).length,
    problem,
    isKeptApart: isKeptApart(study),
  };
}
