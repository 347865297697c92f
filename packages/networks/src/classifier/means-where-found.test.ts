import assert from "node:assert/strict";
import test from "node:test";
import { backward, fromTypedArray, liveTensors, ones, scope } from "@malleolus/torch";
import { featuresWhereFound, meansWhereFound } from "./means-where-found.ts";

test("meansWhereFound: cells weigh as the square of a structure's probability, padding not at all", () => {
  const before = liveTensors();
  scope(() => {
    // Two cells of image, 8 pixels wide, and one of padding; two channels; one structure and the background.
    const map = fromTypedArray(Float32Array.of(1, 3, 1000, 10, 20, 1000), [1, 2, 1, 3]);
    const probabilities = fromTypedArray(Float32Array.of(0.5, 1, 1, 0.5, 0, 0), [1, 2, 1, 3]);
    const features = meansWhereFound(map, probabilities, [[4, 8]]);
    assert.deepEqual(features.shape, [1, featuresWhereFound(2, 1)]);
    const [first, second, share] = features.toNumbers();
    // Weights of a quarter and one.
    assert.ok(Math.abs(first - (0.25 * 1 + 3) / 1.25) < 1e-5, `${first}`);
    assert.ok(Math.abs(second - (0.25 * 10 + 20) / 1.25) < 1e-4, `${second}`);
    assert.ok(Math.abs(share - Math.log10((1.25 / 2 + 1e-4) / 1e-2)) < 1e-5, `${share}`);

    const none = meansWhereFound(map, ones([1, 2, 1, 3]).mul(0), [[4, 8]]).toNumbers();
    assert.deepEqual(none.slice(0, 2), [0, 0]);
    assert.ok(Math.abs(none[2] + 2) < 1e-6);
  });
  assert.equal(liveTensors(), before);
});

test("meansWhereFound: structures one after the other; gradients reach the map and not the weights", () => {
  scope(() => {
    const map = fromTypedArray(Float32Array.of(1, 2), [1, 1, 1, 2]).requiresGrad_();
    const probabilities = fromTypedArray(Float32Array.of(1, 0, 0, 1, 0, 0), [1, 3, 1, 2]);
    probabilities.requiresGrad_();
    const features = meansWhereFound(map, probabilities, [[4, 8]]);
    const [first, , second] = features.toNumbers();
    assert.ok(Math.abs(first - 1) < 1e-5 && Math.abs(second - 2) < 1e-5);
    backward(features.select(1, 0).sum());
    assert.ok(Math.abs((map.grad?.toNumbers()[0] ?? 0) - 1) < 1e-5);
    assert.equal(map.grad?.toNumbers()[1], 0);
    assert.equal(probabilities.grad, null);
  });
});
