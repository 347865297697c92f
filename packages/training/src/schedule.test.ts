import assert from "node:assert/strict";
import test from "node:test";
import { learningRateAt, type Schedule } from "./schedule.ts";

// The paper's: 0.05, a tenth each 1000 steps, over 3995 of them, with our warm-up.
const paper: Schedule = {
  baseLearningRate: 0.05,
  warmup: { steps: 100, factor: 0.001 },
  decay: { kind: "steps", milestones: [1000, 2000, 3000], gamma: 0.1 },
};
const cosine: Schedule = {
  baseLearningRate: 0.02,
  warmup: { steps: 0, factor: 0.001 },
  decay: { kind: "cosine" },
};

const cases: readonly (readonly [name: string, Schedule, step: number, expected: number])[] = [
  ["warm-up begins at its factor", paper, 0, 0.00005],
  ["warm-up is half done", paper, 50, 0.05 * (0.001 + 0.999 / 2)],
  ["warm-up ends at the base rate", paper, 100, 0.05],
  ["the step before a milestone", paper, 999, 0.05],
  ["a milestone", paper, 1000, 0.005],
  ["after all milestones", paper, 3994, 0.00005],
  ["cosine begins at the base rate", cosine, 0, 0.02],
  ["cosine half way", cosine, 500, 0.01],
  ["cosine at the end", cosine, 1000, 0],
];
for (const [name, schedule, step, expected] of cases) {
  test(`learning rate: ${name}`, () => {
    const steps = schedule === paper ? 3995 : 1000;
    assert.ok(Math.abs(learningRateAt(schedule, step, steps) - expected) < 1e-12);
  });
}
