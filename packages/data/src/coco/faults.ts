/**
 * What is wrong with an annotation file, all of it at once: whoever mends a file wants the whole list,
 * and not one more message after every repair.
 */
import { DataError } from "../errors.ts";

const NAMED_AT_MOST = 5;

export interface Faults {
  /** `place` names the record (`annotation 4 of a.png`), or is empty for the file itself. */
  add(place: string, expected: string, got: unknown): void;
  /** A sentence of another kind. */
  addText(text: string): void;
  /** @throws DataError `invalid-annotations`, if there are any. */
  throwAny(): void;
}

/** `where` begins the message. */
export function collectFaults(where: string): Faults {
  const texts: string[] = [];
  const addText = (text: string) => void texts.push(text);
  return {
    add: (place, expected, got) =>
      addText(`${place === "" ? "" : `${place}: `}expected ${expected}, got ${got}`),
    addText,
    throwAny() {
      if (texts.length === 0) return;
      const named = texts.slice(0, NAMED_AT_MOST).join("; ");
      const more = texts.length - NAMED_AT_MOST;
      const count = texts.length === 1 ? "" : `${texts.length} faults: `;
      // One wrong value is told as others are: `a.json at images[0].width: …`.
      const join = texts.length === 1 && named.startsWith("at ") ? " " : ": ";
      throw new DataError(
        "invalid-annotations",
        `${where}${join}${count}${named}${more > 0 ? `; and ${more} more` : ""}`,
      );
    },
  };
}

/** What readers of one record throw; the file's reader collects it. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly expected: string;
  readonly got: unknown;

  constructor(expected: string, got: unknown, options?: ErrorOptions) {
    super(`expected ${expected}, got ${got}`, options);
    this.expected = expected;
    this.got = got;
  }
}
