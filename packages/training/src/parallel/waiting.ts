/** What the leader of a team does alone, and how the others wait for it. */
import { setImmediate } from "node:timers/promises";
import { TrainingError } from "../errors.ts";
import type { Team } from "./team.ts";

/** The leader's side. The work calls `team.pulse("working")` now and then. */
export async function whileOthersWait<T>(team: Team, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    quietly(() => team.pulse("failed"));
    throw error;
  }
  team.pulse("done");
  return result;
}

/**
 * The others' side.
 *
 * @throws TrainingError `lost` where the leader's work has failed.
 */
export async function waitForLeader(team: Team): Promise<void> {
  for (;;) {
    const pulse = team.pulse("working");
    if (pulse === "done") return;
    if (pulse === "failed") {
      throw new TrainingError(
        "lost",
        "process 0 could not go on, and says why; this one ends with it",
      );
    }
    // Waiting blocks the event loop: here it hears of signals.
    await setImmediate();
  }
}

/** Where something has failed already, that the others cannot be told is nothing new. */
export function quietly(meeting: () => unknown): void {
  try {
    meeting();
  } catch {
    // What failed first is said.
  }
}
