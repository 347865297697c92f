/**
 * What was tried, a line each, so that a sample that takes hours may be stopped and gone on with. A line
 * counts as long as the file with the fault is as it was; the tests may have changed: whoever names the
 * log must know whether they did. What timed out is not kept, since other work on the processors may have been why.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Candidate, Tried } from "./run-mutants.ts";

const OUTCOMES = ["killed", "survived", "no test"] as const;

export interface TrialLog {
  /** Null for what was not tried, or in another text. */
  outcomeOf(candidate: Candidate): Tried["outcome"] | null;
  add(tried: Tried): void;
}

/**
 * Made where there is none; files stand in it relative to `root`. What the tests beside a file alone were asked is
 * another question than what all of its package were.
 */
export function openTrialLog(path: string, root: string, beside: boolean): TrialLog {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  // A line that was cut off ends here, lest the next one go with it.
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  const known = new Map(text.split("\n").flatMap(parsed));
  const keyOf = (candidate: Candidate) =>
    [beside ? "beside" : "package", ...partsOf(candidate, root)].join(" | ");
  return {
    outcomeOf: (candidate) => known.get(keyOf(candidate)) ?? null,
    add(tried) {
      if (tried.outcome === "timed out") return;
      appendFileSync(path, `${JSON.stringify([keyOf(tried), tried.outcome])}\n`);
    },
  };
}

/** Nothing for a line that was cut off, or is no line of a log. */
function parsed(line: string): [key: string, outcome: Tried["outcome"]][] {
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value) || typeof value[0] !== "string") return [];
    const outcome = OUTCOMES.find((one) => one === value[1]);
    return outcome === undefined ? [] : [[value[0], outcome]];
  } catch {
    return [];
  }
}

function partsOf({ file, text, mutant }: Candidate, root: string): string[] {
  const { line, start, end, original, replacement } = mutant;
  const state = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return [`${relative(root, file)}:${line}`, `${start}-${end}`, original, replacement, state];
}
