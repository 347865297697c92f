/**
 * The sentences by which scrubbing is measured, divided by a hash into a half on which rules may be
 * mended and a half that is only counted. What is lost and what is left is told by words: those that
 * should have gone and are still there, and those that should have stayed and are not.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PatientEntry } from "../../keys/key-file.ts";
import { scrubReport } from "../scrub-report.ts";

interface Sentence {
  readonly text: string;
  /** What has to go. */
  readonly marked: readonly string[];
  /** The text without it. */
  readonly rest: string;
}

export interface ScrubMeasure {
  readonly sentences: number;
  readonly marked: number;
  /** Sentences in which something that should have gone was left, as it was left. */
  readonly leaks: readonly string[];
  /** Marked parts of which a word was left. */
  readonly leaked: number;
  /** Sentences in which something else went. */
  readonly losses: readonly string[];
}

const PATIENT: PatientEntry = {
  pseudonym: "A-1",
  hospital: "a",
  patientId: "7001234",
  patientName: "Vries^Jan^^de",
  birthDate: "19500412",
};
const SEED = "scrubbing 1";
const MARK = /\{(?:name|date|number|address|mail) ([^}]*)\}/g;

export function scrubSentence(text: string): string {
  return scrubReport(text, PATIENT, ["ACC88"]);
}

export function measureScrubbing(sentences: readonly Sentence[]): ScrubMeasure {
  const leaks: string[] = [];
  const losses: string[] = [];
  let leaked = 0;
  for (const { text, marked, rest } of sentences) {
    const scrubbed = scrubSentence(text);
    const left = words(scrubbed.replace(/\[[a-z]+\]|\[90\+\]/g, " "));
    for (const word of words(rest)) {
      const place = left.indexOf(word);
      if (place >= 0) left.splice(place, 1);
      else if (losses.at(-1) !== scrubbed) losses.push(scrubbed);
    }
    const still = marked.filter((part) => words(part).some((word) => left.includes(word)));
    leaked += still.length;
    if (still.length > 0) leaks.push(scrubbed);
  }
  const marked = sentences.reduce((sum, sentence) => sum + sentence.marked.length, 0);
  return { sentences: sentences.length, marked, leaks, leaked, losses };
}

export function readSentences(
  file: "people.txt" | "medicine.txt",
): Readonly<Record<"development" | "test", readonly Sentence[]>> {
  const written = readFileSync(new URL(`held-out/${file}`, import.meta.url), "utf8");
  const lines = written.slice(written.indexOf("\n\n")).trim().split("\n");
  const drawn = lines.toSorted((a, b) => (draw(a) < draw(b) ? -1 : 1)).map(readSentence);
  const half = Math.ceil(drawn.length / 2);
  return { development: drawn.slice(0, half), test: drawn.slice(half) };
}

function readSentence(line: string): Sentence {
  return {
    text: line.replace(MARK, "$1"),
    marked: [...line.matchAll(MARK)].map(([, part]) => part),
    rest: line.replace(MARK, " "),
  };
}

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function draw(line: string): string {
  return createHash("sha256").update(`${SEED}\0${line}`).digest("hex");
}
