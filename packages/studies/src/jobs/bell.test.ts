import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { newBell } from "./bell.ts";

/** Far from the 24 MB that so many waits left behind when each was a race against the next ring. */
const MOST_KEPT_BYTES = 1_000_000;
/** One after the other, some at a time. */
const [WAITS, TOGETHER] = [20_000, 200];

/** What is in use, of what the collector finds. */
function usedBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  return process.memoryUsage().heapUsed;
}

async function waitInVain(bell: ReturnType<typeof newBell>, stop: AbortSignal): Promise<void> {
  for (let i = 0; i < WAITS; i += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, () => bell.wait(1, stop)));
  }
}

test("newBell: of waits in vain nothing is kept", async () => {
  const bell = newBell();
  const stop = new AbortController();
  await waitInVain(bell, stop.signal);
  const before = usedBytes();
  await waitInVain(bell, stop.signal);
  const kept = usedBytes() - before;
  assert.ok(kept < MOST_KEPT_BYTES, `${kept} bytes`);
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
});

test("newBell: whoever waits is woken by a ring, and by the end of all work, at once", async () => {
  const bell = newBell();
  const stop = new AbortController();
  const rung = Promise.all([bell.wait(600_000, stop.signal), bell.wait(600_000, stop.signal)]);
  bell.ring();
  await rung;
  const stopped = bell.wait(600_000, stop.signal);
  stop.abort();
  await stopped;
  await bell.wait(600_000, stop.signal);
});
