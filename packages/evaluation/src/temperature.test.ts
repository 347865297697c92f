import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTemperature } from "./temperature.ts";

/** Of a hundred answers with these logits so many are right. */
function answers(logits: readonly number[], right: number) {
  return Array.from({ length: 100 }, (_, i) => ({
    logits: Float32Array.from(logits),
    actual: i < right ? 0 : 1,
  }));
}

function fit(all: ReturnType<typeof answers>) {
  return fitTemperature(
    all.map(({ logits }) => logits),
    all.map(({ actual }) => actual),
  );
}

test("fitTemperature: probabilities become the share of right answers", () => {
  // At a temperature of 1 they say 0.982; 80 of 100 are right.
  const { temperature, logLoss, logLossBefore } = fit(answers([4, 0], 80));
  const probability = 1 / (1 + Math.exp(-4 / temperature));
  assert.ok(Math.abs(probability - 0.8) < 1e-6, `${probability}`);
  assert.ok(Math.abs(logLoss - -(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2))) < 1e-9);
  assert.ok(logLossBefore > logLoss);
});

test("fitTemperature: modest answers become surer, large logits stay numbers", () => {
  assert.ok(fit(answers([0.5, 0], 90)).temperature < 0.5);
  const { temperature, logLoss } = fit(answers([4000, 0], 75));
  assert.ok(Math.abs(temperature - 20) < 1e-3 && Number.isFinite(logLoss));
});

test("fitTemperature: refuses no radiograph, and a class that no logit is of", () => {
  assert.throws(() => fitTemperature([], []), { code: "input", message: /got 0 with 0 classes/ });
  assert.throws(() => fitTemperature([Float32Array.of(1, 2)], [2]), { code: "input" });
});
