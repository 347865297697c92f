/**
 * A silent prospective study: what was found is sent nowhere, is kept apart from everybody until the follow-up is
 * entered (CT, or an operation), and is then measured against it.
 */
import { NO_FRACTURE, proportionOf } from "@malleolus/evaluation";
import { proportionSchema } from "@malleolus/schema";
import { z } from "zod";
import type { LiveResult, LiveStudy } from "./inbox/live-study.ts";

/** Whether nobody may be told what was found. */
export function isKeptApart({ isSilent, followUp }: Pick<LiveStudy, "isSilent" | "followUp">) {
  return isSilent && followUp === null;
}

export const silentMeasuresSchema = z.strictObject({
  /** With a result that was kept apart. */
  studies: z.int(),
  followedUp: z.int(),
  /** Of fractures by the follow-up, those that were called one; of others, those that were not. */
  sensitivity: proportionSchema,
  specificity: proportionSchema,
  /** Of those followed up, those of the class that the follow-up has. */
  classRight: proportionSchema,
});

export function silentMeasures(
  studies: readonly LiveStudy[],
): z.infer<typeof silentMeasuresSchema> {
  const silent = studies.flatMap(({ isSilent, result, followUp }) =>
    isSilent && result !== null ? [{ called: calledClass(result), truth: followUp?.class }] : [],
  );
  const followed = silent.filter(({ truth }) => truth !== undefined);
  const fractures = followed.filter(({ truth }) => truth !== NO_FRACTURE);
  const sound = followed.filter(({ truth }) => truth === NO_FRACTURE);
  const share = (of: typeof silent, isRight: (one: (typeof silent)[number]) => boolean) =>
    proportionOf(of.filter(isRight).length, of.length);
  return {
    studies: silent.length,
    followedUp: followed.length,
    sensitivity: share(fractures, ({ called }) => called !== NO_FRACTURE),
    specificity: share(sound, ({ called }) => called === NO_FRACTURE),
    classRight: share(followed, ({ called, truth }) => called === truth),
  };
}

/** By the decision; of a detector without one, that of the best finding that is shown. */
function calledClass({ answer, predictions }: LiveResult): string {
  if (answer !== null) return answer.class;
  const [best] = predictions
    .flatMap(({ findings }) => findings)
    .toSorted((a, b) => b.score - a.score);
  return best?.class ?? NO_FRACTURE;
}
