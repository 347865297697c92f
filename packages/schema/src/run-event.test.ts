import assert from "node:assert/strict";
import { test } from "node:test";
import { runEventSchema, shownEventSchema } from "./run-event.ts";

const time = "2026-01-01T00:00:00Z";
const step = {
  event: "step",
  step: 3,
  loss: 0.5,
  losses: { mask: 0.5 },
  learningRate: 0.01,
  gradientNorm: 1,
  seconds: 2,
  imagesPerSecond: 4,
  waitedMs: 0,
  time,
};

test("runEventSchema: null is what JSON makes of a loss that is no number", () => {
  const read = runEventSchema.parse(JSON.parse(JSON.stringify({ ...step, loss: Number.NaN })));
  assert.deepEqual(read, { ...step, loss: Number.NaN });
});

test("shownEventSchema: of an event what is shown, and of an unknown one its name and time", () => {
  const validation = {
    event: "validation",
    time,
    step: 3,
    isBest: true,
    measures: { "box AP": 0.5, "mask AP": null },
  };
  for (const [written, shown] of [
    [step, { event: "step", time, step: 3, loss: 0.5, seconds: 2, imagesPerSecond: 4 }],
    [{ ...validation, losses: {}, seconds: 1 }, validation],
    [
      { event: "end", time, step: 3, reason: "stopped early" },
      { event: "end", time, reason: "stopped early" },
    ],
    [
      { event: "pause", time, why: "noise" },
      { event: "pause", time },
    ],
  ]) {
    assert.deepEqual(shownEventSchema.parse(written), shown);
  }
  assert.ok(!shownEventSchema.safeParse({ event: "step" }).success);
});
