/**
 * The time that somebody spends on a case: from its first picture on, without pauses. A function of
 * events with their times, so that nothing ticks.
 *
 * Whoever does nothing for half a minute has gone; the half minute counts, since looking needs no
 * hand. A page that is hidden does not count at all.
 */

export interface CaseClock {
  readonly spentMs: number;
  /** When somebody was last known to look; null while the page is hidden or before the picture. */
  readonly since: number | null;
}

export type ClockEvent = "shown" | "activity" | "hidden";

const IDLE_AFTER_MS = 30_000;

export const stoppedClock: CaseClock = { spentMs: 0, since: null };

export function nextClock(clock: CaseClock, event: ClockEvent, at: number): CaseClock {
  // Moving the mouse over a page that has shown nothing yet is no reading.
  if (clock.since === null && event === "activity") return clock;
  return { spentMs: spentUntil(clock, at), since: event === "hidden" ? null : at };
}

export function secondsOf(clock: CaseClock, at: number): number {
  return Math.round(spentUntil(clock, at) / 100) / 10;
}

function spentUntil({ spentMs, since }: CaseClock, at: number): number {
  return since === null ? spentMs : spentMs + Math.min(Math.max(at - since, 0), IDLE_AFTER_MS);
}
