/**
 * What was tried, a line each, so that a sample that takes hours may be stopped and gone on with. A line
 * counts as long as the file with the fault is as it was; the tests may have changed, which whoever names
 * the log has to know.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Candidate, Tried } from "./run-mutants.ts";

export interface TrialLog {
  /** Null for what was not tried, or in another text. */
  outcomeOf(candidate: Candidate): Tried["outcome"] | null;
  add(tried: Tried): void;
}

/** Made where there is none; files stand in it relative to `root`. */
export function openTrialLog(path: string, root: string): TrialLog {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  // A line that was cut off ends here, lest the next one go with it.
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
  const known = new Map(text.split("\n").flatMap(parsed));
  return {
    outcomeOf: (candidate) => known.get(keyOf(candidate, root)) ?? null,
    add: (tried) =>
      appendFileSync(path, `${JSON.stringify([keyOf(tried, root), tried.outcome])}\n`),
  };
}

/** Nothing for a line that was cut off. */
function parsed(line: string): [key: string, outcome: Tried["outcome"]][] {
  try {
    return [JSON.parse(line) as [string, Tried["outcome"]]];
  } catch {
    return [];
  }
}

function keyOf({ file, text, mutant }: Candidate, root: string): string {
  const { line, start, end, original, replacement } = mutant;
  const state = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return [`${relative(root, file)}:${line}`, `${start}-${end}`, original, replacement, state].join(
    " | ",
  );
}
