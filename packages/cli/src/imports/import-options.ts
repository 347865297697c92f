/** The options of all imports into a study, and their words for faulty lines. */
import type { Command } from "commander";
import type { Output } from "../output.ts";
import { userName } from "../user-name.ts";

export interface ImportArguments {
  readonly study: string;
  readonly hospital?: string;
  readonly who: string;
  readonly json?: true;
}

export function withStudyOptions(command: Command): Command {
  return command
    .option("--study <folder>", "the study's folder", ".")
    .option("--hospital <id>", "the source; needed if the study has several")
    .option("--who <name>", "recorded as the person who acts", userName())
    .option("--json", "JSON objects instead of words");
}

/** What has a `close`, closed at the end of its block. */
export function closing<T extends { close(): void }>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => value.close() };
}

const NAMED_LINES = 10;

export function describeLines(output: Output, what: string, lines: readonly number[]): void {
  if (lines.length === 0) return;
  const named = lines.slice(0, NAMED_LINES).join(", ");
  output.writeError(
    `${lines.length} ${lines.length === 1 ? "line" : "lines"} ${what}: ${named}${lines.length > NAMED_LINES ? ", …" : ""}\n`,
  );
}

/** Each on a line of its own: where, and what is wrong with it. */
export function sayRefusedLines(
  output: Output,
  path: string,
  refused: readonly { readonly line: number; readonly why: string }[],
): void {
  for (const { line, why } of refused.slice(0, NAMED_LINES)) {
    output.writeError(`malleolus: ${path}, line ${line}: ${why}\n`);
  }
  if (refused.length > NAMED_LINES) {
    output.writeError(`… and ${refused.length - NAMED_LINES} more lines like these\n`);
  }
}
