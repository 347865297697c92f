/**
 * Something to read in the demonstration's reading room: its simulated readers have read everything, so a
 * person finds a round of a few cases. A round's readings come to no verdict and change no figure.
 */
import { createRound, listRounds, type Study } from "@malleolus/studies";

const CASES = 12;

/** Once: a demonstration that goes on finds the round there. */
export async function offerReading(study: Study): Promise<void> {
  if ((await listRounds(study)).length > 0) return;
  const [reader] = study.configuration.observers;
  await createRound(
    study,
    {
      name: "Try the reading room",
      people: [reader.id],
      cases: CASES,
      repeatShare: 0,
      washoutDays: 0,
      seed: study.protocol.splits.seed,
    },
    { who: "demo", at: new Date().toISOString() },
  );
}
