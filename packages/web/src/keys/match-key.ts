/**
 * Which key was meant. Letters are those that the keyboard produces, else those of the place, so that
 * a French keyboard's A is A and a Cyrillic one still has one; digits and punctuation are places, else
 * what is produced.
 */

/** What of a keyboard event counts. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/**
 * A key as the tables write it: `a`, `1`, `Enter`, `ArrowLeft`, `/`, with `Ctrl+` and `Shift+` before
 * it in this order. Ctrl is also a Mac's command key.
 */
export type KeyName = string;

const PLACES: Readonly<Record<string, string>> = {
  Slash: "/",
  Period: ".",
  Comma: ",",
  Minus: "-",
  Equal: "=",
  NumpadAdd: "+",
  NumpadSubtract: "-",
  NumpadDivide: "/",
  NumpadEnter: "Enter",
  Space: " ",
};

/** The names that a press may go by, the likelier first; none where Alt is held. */
export function namesOfKey(press: KeyPress): KeyName[] {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = press;
  if (altKey) return [];
  const before = ctrlKey || metaKey ? "Ctrl+" : "";
  const shift = shiftKey ? "Shift+" : "";
  const letter = letterOf(press);
  if (letter !== undefined) return [`${before}${shift}${letter}`];
  const place = PLACES[code] ?? /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  const names = place === undefined ? [] : [`${before}${shift}${place}`];
  // What is produced already has its Shift in it (`?`), unless it is a named key.
  if (key.length === 1) names.push(`${before}${key}`);
  else if (place === undefined) names.push(`${before}${shift}${key}`);
  return names;
}

function letterOf({ key, code }: KeyPress): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  // Another script's letter: the place tells which.
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  return isLetter ? /^Key([A-Z])$/.exec(code)?.[1].toLowerCase() : undefined;
}
