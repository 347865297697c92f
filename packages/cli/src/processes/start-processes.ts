/**
 * The processes of one training on this machine: each is this command again, with its place in the environment.
 * They meet in a file that only this user can open, and talk over the loopback.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExitCode } from "../command-file.ts";
import type { Output } from "../output.ts";
import { SILENCE_MS } from "./join-place.ts";
import { MEETING_VARIABLE } from "./place.ts";

/** How long the others have to keep what was learned, once one is gone: until they notice, and a minute. */
const GRACE_MS = SILENCE_MS + 60_000;

/** Starts them, hands signals on, and waits for all. What they have to say they say themselves. */
export async function startProcesses(
  count: number,
  args: readonly string[],
  output: Output,
): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-training-"));
  const main = join(import.meta.dirname, "../main.ts");
  const children = Array.from({ length: count }, (_, rank) =>
    spawn(process.execPath, [...process.execArgv, main, ...args], {
      env: {
        ...process.env,
        RANK: String(rank),
        WORLD_SIZE: String(count),
        LOCAL_RANK: String(rank),
        LOCAL_WORLD_SIZE: String(count),
        [MEETING_VARIABLE]: join(folder, "meeting"),
      },
      // Its standard input ends when this process does. The first one's output is the command's.
      stdio: ["pipe", rank === 0 ? "inherit" : "ignore", "inherit"],
      // A terminal's Ctrl-C comes to this process alone, which hands it on: twice would be "at once".
      detached: true,
    }),
  );
  const handOn = (signal: NodeJS.Signals) => {
    for (const child of children) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, handOn);
  try {
    const codes = await Promise.all(
      children.map((child, rank) => endOf(child, rank, children, output)),
    );
    return codes.every((code) => code === 0) ? 0 : 1;
  } finally {
    for (const name of signals) process.off(name, handOn);
    rmSync(folder, { recursive: true });
  }
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
    child.on("error", reject);
  });
}

/** Waits for one of them; once it has failed, the others have a while to notice. */
async function endOf(
  child: ChildProcess,
  rank: number,
  all: readonly ChildProcess[],
  output: Output,
): Promise<number> {
  const { code, signal } = await ended(child);
  if (code === 0) return 0;
  if (signal !== null) {
    output.writeError(`malleolus: process ${rank} of ${all.length} was ended by ${signal}\n`);
  }
  for (const one of all) {
    // One that waits for what does not come any more is ended: nothing can come of it.
    if (isRunning(one)) setTimeout(() => isRunning(one) && one.kill("SIGKILL"), GRACE_MS).unref();
  }
  return code ?? 1;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
