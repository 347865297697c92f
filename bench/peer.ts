/**
 * The peer: a Python with PyTorch that answers one JSON line with another.
 *
 * It holds what it prepared between calls, so that a run times the work alone. Which Python it is
 * stands in peer-python.ts.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("peers/peer.py", import.meta.url));

export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  /** Asks the peer for one thing; what it answers, beside `error`, is up to the action. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** As `ask`, for an action that runs work and answers its milliseconds. */
  run(request: Readonly<Record<string, unknown>>): Promise<number>;
  close(): void;
}

/** Starts it in this Python; `script` answers in the same way as the one with PyTorch. */
export async function openPeer(python: string, threads: number, script = SCRIPT): Promise<Peer> {
  const child = spawn(python, [script, String(threads)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const answers = answersOf(child);
  const ask = async (request: Readonly<Record<string, unknown>>) => {
    child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error(`the peer ended while it was asked for ${JSON.stringify(request)}`);
    const answer: unknown = JSON.parse(value);
    if (typeof answer !== "object" || answer === null)
      throw new Error(`the peer answered ${value}`);
    const record = Object.fromEntries(Object.entries(answer));
    if (record.error !== undefined) throw new Error(`the peer failed: ${record.error}`);
    return record;
  };
  const hello = await ask({ action: "hello" });
  const versions = Object.fromEntries(
    Object.entries(hello).map(([key, value]) => [key, String(value)]),
  );
  return {
    versions,
    ask,
    async run(request) {
      const { ms } = await ask(request);
      if (typeof ms !== "number") throw new Error("the peer gave no time");
      return ms;
    },
    close: () => child.stdin?.end(),
  };
}

function answersOf(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Error("internal: the peer has no output");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}
