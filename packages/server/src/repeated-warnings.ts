/**
 * Warnings that every request brings, as of a full disk: the log has the first of them, and then one a minute with
 * the number of those between. A log that fills a disk faster than readings do helps nobody.
 */

export type SayRepeated = (
  /** Warnings with the same words are the same. */
  words: string,
  /** How many were not said since the last one that was. */
  say: (unsaid: number) => void,
) => void;

const EVERY_MS = 60_000;
/** Words are few; of more than this many the oldest are forgotten. */
const MOST_WORDS = 100;

export function repeatedWarnings(now: () => number = Date.now): SayRepeated {
  const last = new Map<string, { readonly at: number; unsaid: number }>();
  return (words, say) => {
    const before = last.get(words);
    if (before !== undefined && now() - before.at < EVERY_MS) {
      before.unsaid++;
      return;
    }
    last.delete(words);
    last.set(words, { at: now(), unsaid: 0 });
    const [oldest] = last.keys();
    if (last.size > MOST_WORDS) last.delete(oldest);
    say(before?.unsaid ?? 0);
  };
}
