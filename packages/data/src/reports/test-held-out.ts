/**
 * The held-out reports and phrases: invented, each with where it should land. Both were divided by a
 * hash into a half on which rules may be mended and a half that is only counted. Whoever mends a rule
 * prints the faults of the first half and never those of the second.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ScreenedState } from "@malleolus/schema";

export interface HeldOutReport {
  readonly text: string;
  readonly actual: ScreenedState;
  /** The exclusion code that should be among its codes; null for a candidate. */
  readonly code: string | null;
}

export interface HeldOutReports {
  readonly development: readonly HeldOutReport[];
  readonly test: readonly HeldOutReport[];
}

const SEED = "held-out 1";
const FILES = { en: "english.txt", nl: "dutch.txt" } as const;

export function readHeldOutReports(language: keyof typeof FILES): HeldOutReports {
  const path = new URL(`held-out/${FILES[language]}`, import.meta.url);
  const [, ...blocks] = readFileSync(path, "utf8").split(/^--- /m);
  const drawn = blocks.map(readBlock).toSorted((a, b) => (draw(a) < draw(b) ? -1 : 1));
  const half = Math.ceil(drawn.length / 2);
  return { development: drawn.slice(0, half), test: drawn.slice(half) };
}

export interface HeldOutPhrase {
  readonly text: string;
  /** What it is an example of: `otherobject`, a "no" about something else than the fracture. */
  readonly kind: string;
  /** F a fracture, P a possible one, N none, X:<code> excluded. */
  readonly actual: string;
}

const PHRASE_FILES = { en: "english-phrases.tsv", nl: "dutch-phrases.tsv" } as const;

export function readHeldOutPhrases(language: keyof typeof PHRASE_FILES): {
  readonly development: readonly HeldOutPhrase[];
  readonly test: readonly HeldOutPhrase[];
} {
  const path = new URL(`held-out/${PHRASE_FILES[language]}`, import.meta.url);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const phrases = lines.slice(1).map((line) => {
    const [actual, kind, text, ...rest] = line.split("\t");
    if (text === undefined || rest.length > 0) throw new Error(`expected three columns: ${line}`);
    return { actual, kind, text };
  });
  // Drawn as they are written, and a line's end after that.
  const drawn = phrases.toSorted((a, b) => (draw(a) < draw(b) ? -1 : 1));
  const read = drawn.map((phrase) => ({ ...phrase, text: phrase.text.replaceAll("\\n", "\n") }));
  const half = Math.ceil(read.length / 2);
  return { development: read.slice(0, half), test: read.slice(half) };
}

function readBlock(block: string): HeldOutReport {
  const end = block.indexOf("\n");
  const intended = block.slice(0, end).trim();
  const text = block.slice(end + 1).trim();
  if (intended === "fracture") return { text, actual: "candidate fracture", code: null };
  if (intended === "none") return { text, actual: "candidate no fracture", code: null };
  const code = /^excluded:([a-z-]+)$/.exec(intended)?.[1];
  if (code === undefined) throw new Error(`expected fracture, none or excluded:…, got ${intended}`);
  return { text, actual: "excluded by keyword", code };
}

function draw({ text }: { readonly text: string }): string {
  return createHash("sha256").update(`${SEED}\0${text}`).digest("hex");
}
