/** A process takes its place among those that train together. */
import { availableParallelism } from "node:os";
import type { ProcessGroup } from "@malleolus/torch";
import { CliError } from "../errors.ts";
import type { Place } from "./place.ts";

/** A process that says nothing for so long is lost; one that is ended is noticed at once. */
export const SILENCE_MS = 600_000;

/** @throws CliError `device` where this machine's addon has no process groups. */
export async function requireProcessGroups(): Promise<void> {
  const { missingForProcessGroups } = await import("@malleolus/torch");
  const missing = missingForProcessGroups();
  if (missing === null) return;
  throw new CliError(
    "device",
    `several processes: expected an addon with LibTorch's process groups, got one that was built without ` +
      `${missing}; install that, and the next call builds the addon anew`,
  );
}

/** Waits for the others. The machine's cores are divided among its processes, unless somebody has chosen threads. */
export async function joinPlace(
  { rank, size, localSize, meeting }: Place,
  areThreadsChosen: boolean,
): Promise<ProcessGroup> {
  await requireProcessGroups();
  const { joinProcessGroup, setThreads } = await import("@malleolus/torch");
  if (!areThreadsChosen) setThreads(Math.max(1, Math.floor(availableParallelism() / localSize)));
  return joinProcessGroup({ rank, size, meeting, timeoutMs: SILENCE_MS });
}
