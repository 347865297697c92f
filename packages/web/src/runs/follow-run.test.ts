import assert from "node:assert/strict";
import test from "node:test";
import type { RunNews } from "@malleolus/schema";
import { nextFollowed } from "./follow-run.ts";

const run: RunNews["run"] = {
  id: "first",
  state: "running",
  recipe: "quick",
  model: null,
  dataset: null,
  who: null,
  steps: 2,
  stepsPlanned: 10,
  loss: 1,
  best: null,
  imagesPerSecond: 1,
  last: null,
  failure: null,
  canResume: false,
};

test("nextFollowed: news are added, news that begin anew replace, and what is no news changes nothing", () => {
  const news = (isAnew: boolean, steps: readonly number[]) =>
    JSON.stringify({
      isAnew,
      run,
      losses: steps.map((step) => ({ step, loss: step })),
      validations: [],
    });
  const steps = (found: ReturnType<typeof nextFollowed>) => found?.losses.map(({ step }) => step);
  const first = nextFollowed(null, news(true, [1, 2]));
  assert.deepEqual(steps(first), [1, 2]);
  assert.deepEqual(steps(nextFollowed(first, news(false, [3]))), [1, 2, 3]);
  assert.deepEqual(steps(nextFollowed(first, news(true, [1]))), [1]);
  assert.equal(nextFollowed(first, "{}"), first);
});
