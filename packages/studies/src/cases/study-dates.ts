/** From when to when the examinations of a study's cases are, as they are stored: shifted by patient. */
import type { Study } from "../study.ts";

/** `2019-04-10`, the first and the last; null where no case has a date. */
export async function studyDates({
  database,
}: Study): Promise<readonly [first: string, last: string] | null> {
  const row = await database
    .selectFrom("cases")
    .select(({ fn }) => [fn.min("study_date").as("first"), fn.max("study_date").as("last")])
    .executeTakeFirst();
  const [first, last] = [row?.first ?? null, row?.last ?? null];
  return first === null || last === null ? null : [first, last];
}
