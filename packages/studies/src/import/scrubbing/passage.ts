/** A part of a report that says who somebody is. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** What is written in its place. */
  readonly becomes: "[name]" | "[date]" | "[number]" | "[address]" | "[mail]" | "[90+]";
}

/**
 * What an expression finds, or its group of the name `what`. The expression has the flags `d` and `g`.
 */
export function findAll(text: string, expression: RegExp, becomes: Passage["becomes"]): Passage[] {
  return Array.from(text.matchAll(expression), ({ indices, 0: found, index }) => {
    const [start, end] = indices?.groups?.what ?? [index, index + found.length];
    return { start, end, becomes };
  });
}

/** The text with each passage replaced; of passages that overlap, the first one's sign stands. */
export function replacePassages(text: string, passages: readonly Passage[]): string {
  const joined: Passage[] = [];
  for (const passage of passages.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1);
    if (last !== undefined && touches(text, last, passage)) {
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, passage.end) };
    } else {
      joined.push(passage);
    }
  }
  let written = "";
  let from = 0;
  for (const { start, end, becomes } of joined) {
    written += text.slice(from, start) + becomes;
    from = end;
  }
  return written + text.slice(from);
}

/** Whether two passages overlap, or are parts of one name. */
function touches(text: string, first: Passage, second: Passage): boolean {
  if (second.start < first.end) return true;
  return first.becomes === second.becomes && /^ ?$/.test(text.slice(first.end, second.start));
}
