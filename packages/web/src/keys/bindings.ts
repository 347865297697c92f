/**
 * The keys of the reading room. A letter keeps one meaning on every page; the sheet behind `?` shows
 * this table.
 */
import type { Protocol } from "@malleolus/schema";
import type { KeyName } from "./match-key.ts";

export const commands = [
  "previous case",
  "next case",
  "view to the left",
  "view to the right",
  "one view",
  "link views",
  "window default",
  "window bone",
  "window soft tissue",
  "window edge",
  "window mine",
  "invert",
  "zoom in",
  "zoom out",
  "fit",
  "reset view",
  "reset all",
  "overlays",
  "exclude",
  "submit",
  "note",
  "save now",
  "last tool",
  "delete",
  "take back",
  "escape",
  "help",
] as const;
export type Command = (typeof commands)[number];

/** Those that only somebody who reads has a use for; all others every page of a case has. */
const READING_COMMANDS = [
  "exclude",
  "submit",
  "note",
  "last tool",
  "delete",
  "take back",
  "escape",
] as const satisfies readonly Command[];
export type ReadingCommand = (typeof READING_COMMANDS)[number];
export type CaseCommand = Exclude<Command, ReadingCommand>;

export function isReadingCommand(command: Command): command is ReadingCommand {
  return READING_COMMANDS.some((one) => one === command);
}

/** The same in a table from key to command. */
export const readerKeys: ReadonlyMap<KeyName, Command> = new Map<KeyName, Command>([
  ["d", "previous case"],
  ["PageUp", "previous case"],
  ["f", "next case"],
  ["PageDown", "next case"],
  ["ArrowLeft", "view to the left"],
  ["ArrowRight", "view to the right"],
  ["z", "one view"],
  ["y", "link views"],
  ["1", "window default"],
  ["2", "window bone"],
  ["3", "window soft tissue"],
  ["4", "window edge"],
  ["5", "window mine"],
  ["i", "invert"],
  ["+", "zoom in"],
  ["Shift+=", "zoom in"],
  ["-", "zoom out"],
  ["=", "fit"],
  ["Home", "reset view"],
  ["Shift+Home", "reset all"],
  ["h", "overlays"],
  ["x", "exclude"],
  ["Enter", "submit"],
  ["Ctrl+Enter", "submit"],
  ["/", "note"],
  ["Ctrl+s", "save now"],
  ["t", "last tool"],
  ["Delete", "delete"],
  ["Backspace", "take back"],
  ["Escape", "escape"],
  ["?", "help"],
  ["Shift+/", "help"],
]);

/** In a text field only these work. */
export const keysInText: ReadonlySet<KeyName> = new Set(["Escape", "Ctrl+Enter"]);

const LETTERS = "abcegjklmnopqruvw";

/**
 * The key of each class: 0 for no fracture, letters for the others in the protocol's order. Letters
 * that mean something else on the reader's page are passed over.
 */
export function classKeys({
  classes,
  noFractureClass,
}: Pick<Protocol, "classes" | "noFractureClass">): ReadonlyMap<string, KeyName> {
  const letters = LETTERS[Symbol.iterator]();
  return new Map(
    classes.map(({ id }) => [id, id === noFractureClass ? "0" : (letters.next().value ?? "")]),
  );
}

/** The step of certainty, 1 to 5, that `Shift` and a digit mean. */
export function certaintyOfKey(name: KeyName): number | undefined {
  const step = /^Shift\+([1-5])$/.exec(name)?.[1];
  return step === undefined ? undefined : Number(step);
}

/** The place in the list of exclusions, from 0, that a digit means after `X`. */
export function exclusionOfKey(name: KeyName): number | undefined {
  const digit = /^([1-9])$/.exec(name)?.[1];
  return digit === undefined ? undefined : Number(digit) - 1;
}

/** How a key is written for people. */
export function keyLabel(name: KeyName): string {
  const words: Readonly<Record<string, string>> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Escape: "Esc",
    PageUp: "PgUp",
    PageDown: "PgDn",
    Delete: "Del",
  };
  return name
    .split(/(?<=.)\+(?=.)/)
    .map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join("+");
}
