/**
 * HTML that cannot be broken by what stands in it: every value that is put into a template is
 * escaped, unless it is markup itself.
 */
export interface Markup {
  readonly markup: string;
}

export type Piece = Markup | string | number | null | readonly Piece[];

/** A template; null is nothing, a list is its parts one after the other. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return {
    markup: strings.reduce((text, part, i) => text + markupOf(values[i - 1] ?? null) + part),
  };
}

/** Text of this program's own, such as a style sheet, that must stay as it is. */
export function verbatim(markup: string): Markup {
  return { markup };
}

function markupOf(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "string") return escaped(piece);
  if (typeof piece === "number") return String(piece);
  return "markup" in piece ? piece.markup : piece.map(markupOf).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
