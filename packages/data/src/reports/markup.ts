/**
 * Markup that systems put between a report's words: tags, HL7's escapes, boxes to tick. They are
 * replaced by as many blanks, line ends or colons, so that every word stays where it stands.
 */

/** Tags of text within a line; every other tag begins a new one. */
const INLINE = new Set(["a", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"]);

/** The text without markup, of the same length. */
export function blankMarkup(text: string): string {
  const plain = text
    .replace(/<\/?([a-z][a-z0-9]*)(?:\s[^<>]*)?\/?>/gi, (tag, name: string) =>
      INLINE.has(name.toLowerCase()) ? blank(tag) : lineEnd(tag),
    )
    .replace(/&(?:#8226|#183|bull|middot);/gi, (entity) => `•${blank(entity.slice(1))}`)
    .replace(/&(?:#\d+|#x[0-9a-f]+|[a-z]+);/gi, blank)
    // HL7: \.br\ and its kind end a line, \X0D\ is a character, \H\ and \N\ highlight, ~ repeats a field.
    .replace(/\\(?:\.[a-z]+[^\\\n]{0,6}|X(?:0D|0A)+)\\/gi, lineEnd)
    .replace(/\\(?:[HNFSTRE]|X[0-9A-F]{2,8})\\/gi, blank)
    .replace(/~/g, "\n")
    .replace(/\*\*|__|\((?:y|yes|j|ja)\s?\/\s?(?:n|no|nee|neen)\)/gi, blank);
  return plain
    .split(/(?<=\n)/)
    .map(tickBoxes)
    .join("");
}

function blank(found: string): string {
  return " ".repeat(found.length);
}

function lineEnd(found: string): string {
  return `\n${" ".repeat(found.length - 1)}`;
}

const BOX = /\[(?:\s*|[xXvV✓✔])\]|\((?:\s+|[xX✓✔])\)|[☐□☑☒]/gu;
const IS_TICKED = /[xXvV✓✔☑☒]/u;
const ANSWER = /(?:yes|no|ja|nee|neen)\s*$/i;

/** Of the boxes of a line what is ticked stays, behind a colon; what is not goes with its label. */
function tickBoxes(line: string): string {
  const boxes = [...line.matchAll(BOX)].map(({ 0: box, index }) => ({ box, at: index }));
  if (boxes.length === 0) return line;
  const last = boxes[boxes.length - 1];
  const ends = [...boxes.slice(1).map(({ at }) => at), line.length];
  const labeled = /[\p{L}\p{N}]/u;
  // "Fracture: yes [ ] no [x]", where the boxes follow their labels.
  if (
    !labeled.test(line.slice(last.at + last.box.length)) ||
    ANSWER.test(line.slice(0, boxes[0].at))
  ) {
    let from = 0;
    const kept = boxes.map(({ box, at }) => {
      const text = line.slice(from, at);
      const label = ANSWER.exec(text)?.[0] ?? text;
      const before = text.slice(0, text.length - label.length);
      from = at + box.length;
      return before + (IS_TICKED.test(box) ? label : blank(label)) + blank(box);
    });
    return kept.join("") + line.slice(from);
  }
  const kept = boxes.map(({ box, at }, number) => {
    const label = line.slice(at + box.length, ends[number]);
    return IS_TICKED.test(box)
      ? `:${blank(box.slice(1))}${label}`
      : blank(box) + label.replace(/[^\n]/g, " ");
  });
  return line.slice(0, boxes[0].at) + kept.join("");
}
