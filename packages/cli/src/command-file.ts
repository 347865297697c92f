/** What every file in `commands/` exports, so that the table in command-line.ts can hold it. */
import type { Command } from "commander";
import type { Output } from "./output.ts";

/** Done, failed, wrong usage. */
export type ExitCode = 0 | 1 | 2;

/**
 * Builds one command. Its action throws the packages' errors as they come, and calls `finish` where
 * it ends with a failure that it has already told (one bad file among many). It imports packages
 * that need tensors inside the action: help and the other commands run without LibTorch.
 */
export type CommandFile = (output: Output, finish: (code: ExitCode) => void) => Command;
