import assert from "node:assert/strict";
import test from "node:test";
import { fromTypedArray, scope, type Tensor, tensor } from "@malleolus/torch";
import { assertClose, waveArray } from "../test-heads.ts";
import { decodeBoxes } from "./box-coding.ts";
import {
  areBoxesLargerThan,
  areFiniteBoxes,
  bestBoxRows,
  decodeBoxTensors,
  readBestBoxes,
  scoresAfterSuppression,
} from "./box-coding-tensors.ts";

test("decodeBoxTensors: the boxes of decodeBoxes, to where a side may grow no further", () => {
  scope(() => {
    const references = waveArray(400, 1, 100).map((v, i) => v + (i % 4 < 2 ? 0 : 250));
    const deltas = waveArray(400, 2, 30);
    for (const weights of [
      [1, 1, 1, 1],
      [10, 10, 5, 5],
    ] as const) {
      const expected = decodeBoxes(deltas, references, weights);
      const given = fromTypedArray(deltas, [2, 50, 4]);
      const decoded = decodeBoxTensors(given, fromTypedArray(references, [2, 50, 4]), weights);
      assert.deepEqual(decoded.shape, [2, 50, 4]);
      assert.equal(decoded.dtype, "float32");
      // The largest are 20,000 pixels away: half a step of float32 there.
      assertClose(decoded.toFloat32Array(), [...expected], 1e-3);
    }
  });
});

test("decodeBoxTensors: one reference for many deltas", () => {
  scope(() => {
    const reference = Float32Array.of(10, 20, 40, 60);
    const deltas = waveArray(12, 3, 1);
    const decoded = decodeBoxTensors(
      fromTypedArray(deltas, [1, 3, 4]),
      fromTypedArray(reference, [1, 1, 4]),
      [1, 1, 1, 1],
    );
    for (let i = 0; i < 3; i++) {
      const expected = decodeBoxes(deltas.subarray(i * 4, i * 4 + 4), reference, [1, 1, 1, 1]);
      assertClose(decoded.at(0, i).toFloat32Array(), [...expected], 1e-4, `${i}`);
    }
  });
});

test("areFiniteBoxes, areBoxesLargerThan: every coordinate, and both sides", () => {
  scope(() => {
    const { NaN: none, POSITIVE_INFINITY: most, NEGATIVE_INFINITY: least } = Number;
    const finite = tensor([
      [0, 1, 2, 3],
      [none, 1, 2, 3],
      [0, 1, 2, most],
      [least, 0, most, 0],
      [3e38, 3e38, 3e38, 3e38],
    ]);
    assert.deepEqual(areFiniteBoxes(finite).toNumbers(), [1, 0, 0, 0, 1]);
    const sides = tensor([
      [0, 0, 5, 6],
      [0, 0, 5.5, 6],
      [0, 0, 6, 4],
      [6, 6, 0, 0],
    ]);
    assert.deepEqual(areBoxesLargerThan(sides, 5).toNumbers(), [0, 1, 0, 0]);
  });
});

test("scoresAfterSuppression: within a group, and only by what is usable", () => {
  scope(() => {
    const boxes = tensor([
      [0, 0, 10, 10],
      [0, 0, 10, 9],
      [0, 0, 9, 10],
      [50, 50, 60, 60],
    ]);
    const scores = tensor([4, 3, 2, 1]);
    const usable = (flags: readonly boolean[]): Tensor => tensor(flags);
    const left = (flags: readonly boolean[], groups?: Tensor): number[] =>
      scoresAfterSuppression(
        { boxes, scores, usable: usable(flags), ...(groups === undefined ? {} : { groups }) },
        0.7,
      ).toNumbers();
    const none = Number.NEGATIVE_INFINITY;
    assert.deepEqual(left([true, true, true, true]), [4, none, none, 1]);
    assert.deepEqual(left([false, true, true, true]), [none, 3, none, 1]);
    const groups = tensor([0, 0, 1, 1], { dtype: "int64" });
    assert.deepEqual(left([true, true, true, true], groups), [4, none, 2, 1]);
  });
});

test("bestBoxRows, readBestBoxes: by falling score, equal ones as they came, as many as there are", () => {
  scope(() => {
    const none = Number.NEGATIVE_INFINITY;
    const boxes = fromTypedArray(
      Float32Array.from({ length: 16 }, (_, i) => i),
      [4, 4],
    );
    const groups = tensor([7, 8, 9, 10], { dtype: "int64" });
    const rows = (scores: readonly number[], most: number): Tensor =>
      bestBoxRows(boxes, tensor(scores), groups, most);
    const found = readBestBoxes([
      rows([-1, none, 5, 5], 10),
      rows([none, none, none, none], 2),
      rows([1, 2, 3, 4], 2),
      rows([1, 2, 3, none], 0),
    ]);
    assert.deepEqual(
      found.map(({ scores, groups: own }) => [[...scores], [...own]]),
      [
        [
          [5, 5, -1],
          [9, 10, 7],
        ],
        [[], []],
        [
          [4, 3],
          [10, 9],
        ],
        [[], []],
      ],
    );
    assert.deepEqual([...found[0].boxes], [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3]);
    assert.deepEqual([...found[2].boxes], [12, 13, 14, 15, 8, 9, 10, 11]);
  });
});
