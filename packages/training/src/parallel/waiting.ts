/** What the leader of a team does alone, and how the others wait for it. */
import { setImmediate } from "node:timers/promises";
import { TrainingError } from "../errors.ts";
import type { Team } from "./team.ts";

/** Far below the time for which a process may be silent. */
const PULSE_MS = 10_000;

/**
 * The leader's side. The others hear every `pulseMs` that it lives, however long it takes; work that blocks the
 * event loop for longer calls `alive` now and then.
 */
export async function whileOthersWait<T>(
  team: Team,
  work: (alive: () => void) => Promise<T>,
  pulseMs: number = PULSE_MS,
): Promise<T> {
  // One who is lost is noticed at the next meeting, where it can be said.
  const alive = () => quietly(() => team.pulse("working"));
  const pulses = setInterval(alive, pulseMs);
  let result: T;
  try {
    result = await work(alive);
  } catch (error) {
    quietly(() => team.pulse("failed"));
    throw error;
  } finally {
    clearInterval(pulses);
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
