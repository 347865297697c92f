import assert from "node:assert/strict";
import test from "node:test";
import { liveTensors, ones, scope, zerosLike } from "@malleolus/torch";
import { newOptimizer } from "./optimizer.ts";

const settings = {
  method: { kind: "adamw", beta1: 0.9, beta2: 0.99 },
  weightDecay: 0.5,
  normWeightDecay: 0,
  clipNorm: null,
  schedule: {
    baseLearningRate: 0.1,
    warmup: { steps: 0, factor: 1 },
    decay: { kind: "cosine" },
  },
} as const;

test("newOptimizer: scales and shifts of norms do not decay, whatever their layers are called", () => {
  const before = liveTensors();
  scope(() => {
    const parameters = new Map([
      ["backbone.res2.0.conv1.weight", ones([2, 2, 1, 1])],
      ["backbone.res2.0.conv1.norm.weight", ones([2])],
      ["backbone.res2.0.conv1.norm.bias", ones([2])],
      ["features.1.conv.0.0.weight", ones([2, 2, 1, 1])],
      ["features.1.conv.0.1.weight", ones([2])],
      ["features.1.conv.0.1.bias", ones([2])],
      ["predictor.weight", ones([3, 2, 1, 1])],
      ["predictor.bias", ones([3])],
    ]);
    for (const parameter of parameters.values()) {
      parameter.requiresGrad_();
      parameter.grad = zerosLike(parameter);
    }
    const optimizer = newOptimizer(parameters, settings);
    optimizer.step(0.1, 0);
    const decayed = [...parameters].flatMap(([name, parameter]) =>
      parameter
        .detach()
        .toNumbers()
        .every((value) => value < 0.96)
        ? [name]
        : [],
    );
    assert.deepEqual(decayed, [
      "backbone.res2.0.conv1.weight",
      "features.1.conv.0.0.weight",
      "predictor.weight",
      "predictor.bias",
    ]);
    // Moments go to the rule that their parameters have.
    const state = optimizer.state();
    const other = newOptimizer(parameters, settings);
    other.loadState(state);
    assert.deepEqual([...other.state().keys()].toSorted(), [...state.keys()].toSorted());
    for (const one of [optimizer, other]) one.free();
  });
  assert.equal(liveTensors(), before);
});
