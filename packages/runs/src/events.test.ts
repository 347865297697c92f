import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { RunEvent } from "@malleolus/schema";
import { openEvents, readEvents } from "./events.ts";
import { followEvents } from "./follow-events.ts";

function eventsPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-events-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "events.jsonl");
}

const resumed = (step: number): RunEvent => ({ event: "resume", step, checkpoint: "c", time: "t" });
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
    name: "RunError",
    message: /^\/nowhere\/events\.jsonl: cannot be written: ENOENT/,
  });
});

const time = "2026-01-02T03:04:05.000Z";
const measures = {
  "box AP": 0.25,
  "box AP50": 0.5,
  "mask AP": 0.125,
  "mask AP50": null,
  "image AUC": 0.75,
  loss: 1.5,
};
const start = {
  event: "start",
  time,
  images: 9,
  imagesWithObjects: 6,
  classes: ["fracture"],
  tuning: ["a.png"],
  device: "cpu",
  dtype: "float32",
  threads: 2,
  libtorch: "2.15.0",
  weights: { found: ["a"], missing: [], leftOver: [], fresh: ["b"], trainedNorms: ["res5"] },
  activations: { stem: 0.5 },
} as const;
const step = {
  event: "step",
  step: 1,
  loss: 2,
  losses: { rpnClass: 1, mask: 1 },
  learningRate: 0.01,
  gradientNorm: 3,
  seconds: 0.5,
  imagesPerSecond: 4,
  waitedMs: 1,
  time,
} as const;
const events: readonly RunEvent[] = [
  { ...start, format: "malleolus-events-1" },
  step,
  { event: "validation", step: 1, measures, losses: {}, isBest: true, seconds: 2, time },
  { event: "checkpoint", step: 1, checkpoint: "c", activations: { stem: 0.5 }, time },
  { event: "resume", step: 1, checkpoint: "c", time },
  { event: "end", step: 1, reason: "stopped early", time },
];

test("events: every kind is read as it was written, whole lines only", (context) => {
  const path = eventsPath(context);
  const log = openEvents(path, 0);
  for (const event of events) log.append(event);
  log.close();
  appendFileSync(path, '{"event":"ste');
  assert.deepEqual(readEvents(path), events);
  assert.equal(followEvents(path)()?.events.length, events.length);
});

test("events: a loss that is no number is read as one, and a file without a version is read", (context) => {
  const path = eventsPath(context);
  const log = openEvents(path, 0);
  log.append(start);
  log.append({ ...step, loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY });
  log.close();
  const [first, second] = readEvents(path);
  assert.deepEqual(first, start);
  assert.ok(second.event === "step" && Number.isNaN(second.loss));
  assert.ok(Number.isNaN(second.gradientNorm));
});

test("events: one of another version is shown by what is known of it, and its line is named otherwise", (context) => {
  const path = eventsPath(context);
  const { losses: _, waitedMs: __, ...older } = step;
  const newer = { event: "pruned", time, channels: 3 };
  writeFileSync(path, [start, older, newer].map((one) => `${JSON.stringify(one)}\n`).join(""));
  assert.deepEqual(followEvents(path)()?.events, [
    { event: "start", time },
    { event: "step", step: 1, loss: 2, seconds: 0.5, imagesPerSecond: 4, time },
    { event: "pruned", time },
  ]);
  assert.throws(() => readEvents(path), { name: "SchemaError", message: /events\.jsonl, line 2 / });
});
