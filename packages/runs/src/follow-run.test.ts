import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { followRun } from "./follow-run.ts";
import { quickRecipe } from "./recipes/quick.ts";
import { readRun } from "./training-run.ts";

const line = (event: object) => `${JSON.stringify({ time: "2026-01-01", ...event })}\n`;
const step = (number: number, loss: number | null) =>
  line({ event: "step", step: number, loss, seconds: number, imagesPerSecond: 12 / number });
const validation = (number: number, value: number, isBest: boolean) =>
  line({ event: "validation", step: number, measures: { other: 1, ap: value }, isBest });

function runFolder(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-follow-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = (metric: string) => {
    const recipe = { ...quickRecipe, validation: { metric } };
    writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe));
  };
  return { folder, events: join(folder, "events.jsonl"), writeRecipe: write };
}

test("followRun: figures are of what was written, and the same to who reads it once", (context) => {
  const { folder, events, writeRecipe } = runFolder(context);
  const ask = followRun(folder);
  assert.deepEqual([ask().recipe, ask().figures.loss, ask().figures.end], [null, null, null]);
  writeRecipe("ap");
  writeFileSync(events, step(1, 3) + step(2, null));
  assert.deepEqual(ask().losses, [{ step: 1, loss: 3 }]);
  appendFileSync(events, validation(2, 0.5, true) + step(3, 1) + validation(3, 0.4, false));
  appendFileSync(events, line({ event: "end", step: 3, reason: "stopped" }));
  const { figures, losses, validations, recipe } = ask();
  assert.deepEqual(figures, {
    steps: 3,
    loss: 2,
    best: { metric: "ap", value: 0.5, step: 2 },
    imagesPerSecond: 36 / 6,
    trainedSeconds: 6,
    began: "2026-01-01",
    last: "2026-01-01",
    end: "stopped",
  });
  const once = readRun(folder);
  assert.deepEqual(once.losses, losses);
  assert.deepEqual(once.validations, validations);
  const { end, ...rest } = figures;
  const { name, steps: stepsPlanned } = recipe ?? { name: "", steps: 0 };
  const more = { run: folder, recipe: name, stepsPlanned, state: end };
  assert.deepEqual(once.summary, { ...rest, ...more });
});

test("followRun: one that went back begins anew, and a line that was damaged counts once it is mended", (context) => {
  const { folder, events, writeRecipe } = runFolder(context);
  writeRecipe("ap");
  writeFileSync(events, step(1, 3) + step(2, 2) + validation(2, 0.5, true));
  const ask = followRun(folder);
  const { generation } = ask();
  writeFileSync(events, step(1, 3));
  const back = ask();
  assert.deepEqual(
    [back.figures.steps, back.figures.best, back.losses.length, back.generation],
    [1, null, 1, generation + 1],
  );
  writeFileSync(events, "{}\n");
  assert.throws(ask, /events\.jsonl, line 1/);
  assert.throws(ask, /events\.jsonl, line 1/, "asked again");
  writeFileSync(events, step(1, 5));
  assert.deepEqual(ask().losses, [{ step: 1, loss: 5 }]);
});
