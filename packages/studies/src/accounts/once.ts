/**
 * Acts that happen once however often they are tried: a client numbers each, and whoever tries it again
 * gets the answer of the first time.
 */
import { readJson } from "@malleolus/schema";
import type { z } from "zod";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface Act<T> {
  readonly who: string;
  readonly requestId: string;
  readonly action: string;
  readonly answer: z.ZodType<T>;
}

/** Answers are kept for so long: no client tries again after it. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Called within a transaction.
 *
 * @throws what `work` throws, and StudyError `record` for a number that another act has.
 */
export async function once<T>(
  { database }: Study,
  { who, requestId, action, answer }: Act<T>,
  work: () => Promise<T>,
): Promise<T> {
  const found = await database
    .selectFrom("acts")
    .select(["action", "answer"])
    .where("who", "=", who)
    .where("request_id", "=", requestId)
    .executeTakeFirst();
  if (found !== undefined) {
    if (found.action === action) return readJson(answer, found.answer, "acts.answer");
    throw new StudyError("record", "This request's number belongs to another act. Make a new one.");
  }
  const given = await work();
  await database
    .insertInto("acts")
    .values({
      who,
      request_id: requestId,
      action,
      answer: JSON.stringify(given),
      at: new Date().toISOString(),
    })
    .execute();
  return given;
}

/** Forgets acts that nobody tries again. */
export async function forgetOldActs({ database }: Study): Promise<void> {
  const before = new Date(Date.now() - KEPT_MS).toISOString();
  await database.deleteFrom("acts").where("at", "<", before).execute();
}
