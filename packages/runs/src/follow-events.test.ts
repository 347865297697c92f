import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { followEvents } from "./follow-events.ts";

const step = (number: number, time = "first") =>
  `${JSON.stringify({ event: "step", time, step: number, loss: 1 / number, seconds: 1, imagesPerSecond: 2 })}\n`;

test("followEvents: what is new, whole lines alone, and anew where a run went back to its checkpoint", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-events-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "events.jsonl");
  const next = followEvents(path);
  const steps = () => {
    const found = next();
    return found && [found.isAnew, found.events.map((one) => "step" in one && one.step)];
  };
  assert.equal(steps(), null, "no file yet");
  writeFileSync(path, step(1) + step(2) + step(3).slice(0, 9));
  assert.deepEqual(steps(), [false, [1, 2]]);
  assert.equal(steps(), null, "half a line");
  appendFileSync(path, step(3).slice(9) + step(4));
  assert.deepEqual(steps(), [false, [3, 4]]);
  writeFileSync(path, step(1) + step(2));
  assert.deepEqual(steps(), [true, [1, 2]]);
  const [again, longer] = [step(1) + step(2, "again"), step(3, "again") + step(4, "again")];
  writeFileSync(path, again + longer);
  assert.deepEqual(steps(), [true, [1, 2, 3, 4]], "it grew beyond where it was cut");
  appendFileSync(path, "{}\n");
  assert.throws(steps, /line 5/);
});
