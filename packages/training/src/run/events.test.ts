import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type Event, openEvents } from "./events.ts";

function eventsPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-events-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "events.jsonl");
}

const resumed = (step: number): Event => ({ event: "resume", step, checkpoint: "c", time: "t" });
const stepsIn = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).step);

test("events: cut back to a size, with half a line behind it, and written on", (context) => {
  const path = eventsPath(context);
  const first = openEvents(path, 0);
  first.append(resumed(1));
  first.append(resumed(2));
  const size = first.sizeBytes;
  first.append(resumed(3));
  first.close();
  appendFileSync(path, '{"event":"ste');

  const second = openEvents(path, size);
  second.append(resumed(4));
  second.close();
  assert.deepEqual(stepsIn(path), [1, 2, 4]);
  assert.equal(second.sizeBytes, readFileSync(path).length);
});

test("events: a file that is shorter than the checkpoint says is refused and left alone", (context) => {
  const path = eventsPath(context);
  const log = openEvents(path, 0);
  log.append(resumed(1));
  log.close();
  truncateSync(path, 10);
  assert.throws(() => openEvents(path, 20), /expected at least 20 bytes .* got 10/);
  assert.equal(readFileSync(path).length, 10);
});

test("events: a directory that cannot be written to is one clear line", () => {
  assert.throws(() => openEvents("/nowhere/events.jsonl", 0), {
    name: "TrainingError",
    message: /^\/nowhere\/events\.jsonl: cannot be written: ENOENT/,
  });
});
