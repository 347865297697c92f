import assert from "node:assert/strict";
import test from "node:test";
import { scope, tensor } from "@malleolus/torch";
import { assertClose, waveArray } from "../test-heads.ts";
import { boxDeltaLoss, decodeBoxes, encodeBoxes, MAX_LOG_RATIO } from "./box-coding.ts";

const plain = [1, 1, 1, 1] as const;

test("encodeBoxes: centre offsets in sizes of the reference, logarithms of sizes, times weights", () => {
  const reference = Float32Array.of(10, 20, 30, 60); // 20 x 40 around (20, 40)
  const target = Float32Array.of(20, 20, 60, 40); // 40 x 20 around (40, 30)
  assertClose(encodeBoxes(reference, target, plain), [1, -0.25, Math.LN2, -Math.LN2], 1e-7);
  const weighted = [10, -2.5, 5 * Math.LN2, -5 * Math.LN2];
  assertClose(encodeBoxes(reference, target, [10, 10, 5, 5]), weighted, 1e-6);
});

test("decodeBoxes: undoes encodeBoxes", () => {
  const references = waveArray(400, 1, 100).map((v, i) => v + (i % 4 < 2 ? 0 : 250));
  const targets = waveArray(400, 2, 100).map((v, i) => v + (i % 4 < 2 ? 0 : 250));
  for (const weights of [plain, [10, 10, 5, 5]] as const) {
    const decoded = decodeBoxes(encodeBoxes(references, targets, weights), references, weights);
    assertClose(decoded, [...targets], 1e-3);
  }
});

test("decodeBoxes: a side grows to at most 1000 / 16 of the reference", () => {
  const reference = Float32Array.of(0, 0, 16, 16);
  const grown = decodeBoxes(Float32Array.of(0, 0, 100, MAX_LOG_RATIO), reference, plain);
  assertClose(grown, [8 - 500, 8 - 500, 8 + 500, 8 + 500], 1e-3);
  const weighted = decodeBoxes(
    Float32Array.of(0, 0, 5 * MAX_LOG_RATIO, 0),
    reference,
    [10, 10, 5, 5],
  );
  assertClose(weighted, [8 - 500, 0, 8 + 500, 16], 1e-3);
});

test("boxDeltaLoss: a sum, of absolute differences for beta 0", () => {
  scope(() => {
    const found = tensor([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    const wanted = tensor([
      [0.5, -2, 0, 0],
      [1, 1, 1, 4],
    ]);
    assert.equal(boxDeltaLoss(found, wanted, 0).item(), 5.5);
    assert.equal(boxDeltaLoss(found, wanted, 1).item(), 0.125 + 1.5 + 2.5);
  });
});
