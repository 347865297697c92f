/**
 * A record of a reader's questions to a data set, with the answers: whoever asks another data set the
 * same and is told the same need not work it out again. A file before and after de-identification is
 * the case: its picture takes a tenth of a second to decode, and nothing that it depends on may have
 * changed.
 */
import type { Attributes } from "./attributes.ts";

/** By the question: the answer as text, or the bytes of an element. */
export type Reads = ReadonlyMap<string, Read>;

interface Read {
  readonly answer: string | Uint8Array;
  /** Asked of another data set. */
  readonly again: (other: Attributes) => string | Uint8Array;
}

export interface Recorded {
  readonly attributes: Attributes;
  /** Grows with every question. */
  readonly reads: Reads;
}

/** The same attributes; every question to them and to their items is written down. */
export function recordReads(attributes: Attributes): Recorded {
  const reads = new Map<string, Read>();
  return { attributes: recording(attributes, (other) => other, "", reads), reads };
}

/** Whether another data set gives every answer that was given. */
export function answersAlike(reads: Reads, other: Attributes): boolean {
  return [...reads.values()].every(({ answer, again }) => {
    const got = again(other);
    if (typeof answer === "string" || typeof got === "string") return answer === got;
    return Buffer.compare(answer, got) === 0;
  });
}

function recording(
  of: Attributes,
  /** The corresponding item of another data set. */
  within: (other: Attributes) => Attributes | undefined,
  path: string,
  reads: Map<string, Read>,
): Attributes {
  const note = (question: string, ask: (of: Attributes) => string | Uint8Array) => {
    const again = (other: Attributes) => {
      const item = within(other);
      return item === undefined ? "no such item" : ask(item);
    };
    reads.set(`${path}${question}`, { answer: ask(of), again });
  };
  const asking =
    <Rest extends unknown[], Answer>(
      name: string,
      ask: (of: Attributes, ...rest: Rest) => Answer,
    ) =>
    (...rest: Rest): Answer => {
      note(`${name} ${JSON.stringify(rest)}`, (one) => JSON.stringify(ask(one, ...rest)));
      return ask(of, ...rest);
    };
  note("written", ({ transferSyntax, writing }) => JSON.stringify([transferSyntax, writing]));
  return {
    transferSyntax: of.transferSyntax,
    writing: of.writing,
    bytes: of.bytes,
    text: asking("text", (one, tag: string, index?: number) => one.text(tag, index)),
    decimal: asking("decimal", (one, tag: string, index?: number) => one.decimal(tag, index)),
    decimals: asking("decimals", (one, tag: string) => one.decimals(tag)),
    short: asking("short", (one, tag: string, options?: { index?: number; signed?: boolean }) =>
      one.short(tag, options),
    ),
    numbers: asking("numbers", (one, tag: string, bytesEach: 1 | 2) => one.numbers(tag, bytesEach)),
    items(tag) {
      const items = of.items(tag);
      note(`items ${tag}`, (one) => String(one.items(tag).length));
      return items.map((item, i) =>
        recording(item, (other) => within(other)?.items(tag)[i], `${path}${tag}[${i}] `, reads),
      );
    },
    element(tag) {
      const element = of.element(tag);
      note(`element ${tag}`, (one) => {
        const { vr, writtenVr, undefinedLength } = one.element(tag) ?? {};
        return JSON.stringify([vr, writtenVr, undefinedLength]);
      });
      note(`bytes ${tag}`, (one) => {
        const found = one.element(tag);
        if (found === null) return "no such element";
        return one.bytes.subarray(found.valueStart, found.valueEnd);
      });
      return element;
    },
  };
}
