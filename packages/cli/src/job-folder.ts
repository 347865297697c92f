/**
 * The folder that the reading room names to a command that it starts, so that the command is found again by it: its
 * lock, how far it is, how it ended. A command that a person starts has none, and says all of it to the terminal.
 */
import { type OpenJobRecord, openJobRecord } from "@malleolus/runs";
import { Option } from "commander";

export function jobOption(): Option {
  return new Option("--job <folder>", "the job's folder, as the reading room names it").hideHelp();
}

/** @throws RunError `run` where another process works in this folder. */
export function openJob(folder: string | undefined): OpenJobRecord {
  if (folder !== undefined) return openJobRecord(folder);
  return { progress: () => undefined, end: () => undefined, close: () => undefined };
}
