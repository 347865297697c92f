/** Words with one slip of the fingers: a letter lost, doubled, wrong, or swapped. */

/** Shorter words have too many real neighbours: `tibia` and `tibial`, `cast` and `last`. */
const SHORTEST = 7;
/** Of the ends of words: `breuken` would be found in `ontbreken`. */
const SHORTEST_END = 8;

export interface OpenEnds {
  readonly start: boolean;
  readonly end: boolean;
}

/** Compares the whole word, or, where the term is open, what begins or ends the word. */
export function isMisspelling(word: string, term: string, open: OpenEnds): boolean {
  if (term.length < (open.start ? SHORTEST_END : SHORTEST)) return false;
  if (word.length < term.length - 1) return false;
  if (!open.start && word[0] !== term[0]) return false;
  const lengths = [term.length - 1, term.length, term.length + 1];
  if (open.end) return lengths.some((length) => isOneSlip(word.slice(0, length), term));
  if (open.start) return lengths.some((length) => isOneSlip(word.slice(-length), term));
  return isOneSlip(word, term);
}

function isOneSlip(word: string, term: string): boolean {
  let at = 0;
  while (at < word.length && word[at] === term[at]) at++;
  const [wordRest, termRest] = [word.slice(at), term.slice(at)];
  if (wordRest === termRest) return false;
  const swapped = `${wordRest[1] ?? ""}${wordRest[0] ?? ""}${wordRest.slice(2)}`;
  return (
    wordRest.slice(1) === termRest ||
    wordRest === termRest.slice(1) ||
    wordRest.slice(1) === termRest.slice(1) ||
    swapped === termRest
  );
}
