import assert from "node:assert/strict";
import test from "node:test";
import { liveTensors, noGrad, scope, tensor } from "@malleolus/torch";
import { weightAverage } from "./weight-average.ts";

test("weightAverage: the formula, its first decays smaller; both values at hand", () => {
  const before = liveTensors();
  scope(() => {
    const weight = tensor([1, 2]).requiresGrad_();
    const average = weightAverage(new Map([["w", weight]]), 0.5);
    const expected = [1, 2];
    for (const step of [0, 1, 10, 11]) {
      noGrad(() => weight.add_(tensor([0.5, -1])));
      average.update(step);
      const decay = Math.min(0.5, (1 + step) / (10 + step));
      for (const [i, value] of weight.toNumbers().entries()) {
        expected[i] = decay * expected[i] + (1 - decay) * value;
      }
    }
    const last = weight.toNumbers();
    assert.deepEqual(last, [3, -2]);
    average.swap();
    const shown = weight.toNumbers();
    for (const [i, value] of shown.entries()) assert.ok(Math.abs(value - expected[i]) < 1e-6);
    assert.notDeepEqual(shown, last);
    average.swap();
    assert.deepEqual(weight.toNumbers(), last);
    average.free();
  });
  assert.equal(liveTensors(), before);
});
