/**
 * The passphrase of a study's key file: from the environment, or asked for at the terminal without
 * showing it. Never an argument, since every process can read those.
 */
import { isCancel, password } from "@clack/prompts";
import type { Command } from "commander";
import type { Output } from "./output.ts";

const VARIABLE = "MALLEOLUS_PASSPHRASE";

/** The passphrase of a key file that exists. Wrong usage where nobody can be asked. */
export function askPassphrase(output: Output, command: Command): Promise<string> {
  return readPassphrase(output, command, "Passphrase of the key file");
}

/** A new passphrase, asked for twice. Wrong usage where `weaknessOf` names what it should be. */
export async function askNewPassphrase(
  output: Output,
  command: Command,
  weaknessOf: (passphrase: string) => string | null,
): Promise<string> {
  const first = await readPassphrase(output, command, "A passphrase for the key file");
  const expected = weaknessOf(first);
  if (expected !== null) {
    command.error(
      `error: expected ${expected}; take four or five words that do not belong together`,
    );
  }
  if (process.env[VARIABLE]) return first;
  const second = await readPassphrase(output, command, "The same again");
  if (first !== second) command.error("error: the two passphrases differ");
  return first;
}

async function readPassphrase(output: Output, command: Command, message: string): Promise<string> {
  const given = process.env[VARIABLE];
  if (given) return given;
  if (output.terminal === undefined || !process.stdin.isTTY) {
    return command.error(`error: set ${VARIABLE}: without a terminal nobody can be asked for it`);
  }
  // To standard error: results are the only thing that goes to standard output.
  const answer = await password({
    message,
    output: output.terminal,
    validate: (value) => (value ? undefined : "It must not be empty."),
  });
  return isCancel(answer) ? command.error("error: no passphrase was given") : answer;
}
