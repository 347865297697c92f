import assert from "node:assert/strict";
import test from "node:test";
import { type LabelProbabilities, placeLabels } from "./place-labels.ts";

/** Two labels, from the probabilities of the first. */
function found(width: number, height: number, first: readonly number[]): LabelProbabilities {
  const probabilities = Float32Array.from([...first, ...first.map((value) => 1 - value)]);
  const data = Uint8Array.from(first, (value) => (value >= 0.5 ? 0 : 1));
  return { width, height, probabilities, labels: { width, height, data } };
}

function rowsOf(map: { width: number; data: Uint8Array }): string[] {
  const rows = map.data.length / map.width;
  return Array.from({ length: rows }, (_, y) =>
    map.data.subarray(y * map.width, (y + 1) * map.width).join(""),
  );
}

test("placeLabels: at the network's own size nothing changes", () => {
  const given = found(3, 1, [0.9, 0.2, 0.6]);
  assert.equal(placeLabels(given, { width: 3, height: 1 }), given.labels);
});

test("placeLabels: a border lies where the probabilities are equal, not where a pixel ends", () => {
  // Between centres at 4 and 12 the probability falls from 1 to 0.25: a half is reached at 9.33.
  const placed = placeLabels(found(2, 1, [1, 0.25]), { width: 16, height: 2 });
  assert.deepEqual(rowsOf(placed), ["0000000001111111", "0000000001111111"]);
  assert.deepEqual(
    rowsOf(placeLabels(found(1, 2, [0.25, 1]), { width: 1, height: 8 })),
    [..."11110000"].toSpliced(3, 1, "0"),
  );
});

test("placeLabels: smaller than the network's image, every place takes the pixels around it", () => {
  const placed = placeLabels(
    found(4, 4, [
      1,
      1,
      0,
      0, //
      1,
      1,
      0,
      0,
      0,
      0,
      1,
      1,
      0,
      0,
      1,
      1,
    ]),
    { width: 2, height: 2 },
  );
  assert.deepEqual(rowsOf(placed), ["01", "10"]);
});

test("placeLabels: a third label wins between two that meet", () => {
  const probabilities = Float32Array.of(0.6, 0, 0, 0.6, 0.4, 0.4);
  const labels = { width: 2, height: 1, data: Uint8Array.of(0, 1) };
  const placed = placeLabels(
    { width: 2, height: 1, probabilities, labels },
    { width: 8, height: 1 },
  );
  assert.deepEqual(rowsOf(placed), ["00022111"]);
});
