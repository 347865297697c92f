import assert from "node:assert/strict";
import test from "node:test";
import { backward, liveTensors, ones, scope } from "@malleolus/torch";
import { dropout } from "./dropout.ts";
import { randomFrom } from "./test-heads.ts";

test("dropout: a share is left out, the rest makes up for it, and gradients go the same way", () => {
  const before = liveTensors();
  scope(() => {
    const values = ones([2, 500, 2]).requiresGrad_();
    const kept = dropout(values, 0.25, randomFrom(3), "a");
    const numbers = kept.toNumbers();
    const zeros = numbers.filter((value) => value === 0).length;
    assert.ok(Math.abs(zeros / 2000 - 0.25) < 0.04, `${zeros}`);
    assert.ok(numbers.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6));
    assert.notDeepEqual(
      numbers.slice(0, 1000),
      numbers.slice(1000),
      "every image has its own draw",
    );
    backward(kept.sum());
    assert.deepEqual(values.grad?.toNumbers(), numbers);
    assert.deepEqual(dropout(values, 0.25, randomFrom(3), "a").toNumbers(), numbers);
    assert.notDeepEqual(dropout(values, 0.25, randomFrom(4), "a").toNumbers(), numbers);
    assert.equal(dropout(values, 0, randomFrom(3), "a"), values);
  });
  assert.equal(liveTensors(), before);
});
