/**
 * When whoever looks at radiographs is reminded of a pause: for a minute after every twenty minutes without one, over
 * all cases. A function of what hands do; it is said in the status line and stops nobody.
 */

export interface Looking {
  /** When the last pause ended; null before anything was done. */
  readonly since: number | null;
  readonly lastAt: number;
  readonly hinted: boolean;
}

export interface Activity {
  readonly type: "activity";
  /** Milliseconds since 1970. */
  readonly at: number;
}

const EVERY_MS = 20 * 60_000;
const SHOWN_MS = 60_000;
/** So long without a hand on mouse or keyboard is a pause, and not a look at a difficult picture. */
const PAUSE_MS = 3 * 60_000;

export const notLooking: Looking = { since: null, lastAt: 0, hinted: false };

export function nextLooking({ since, lastAt }: Looking, { at }: Activity): Looking {
  // A clock that was set back says nothing about eyes.
  const paused = since === null || at < lastAt || at - lastAt >= PAUSE_MS;
  if (paused) return { since: at, lastAt: at, hinted: false };
  const looked = at - since;
  return { since, lastAt: at, hinted: looked >= EVERY_MS && looked % EVERY_MS < SHOWN_MS };
}
