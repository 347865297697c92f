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

test("placeLabels: at every place the likeliest of what lies between the centres around it", () => {
  const [width, height, count] = [7, 5, 3];
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const probabilities = Float32Array.from({ length: count * width * height }, random);
  const at = (label: number, x: number, y: number) => {
    const column = Math.min(Math.max(x, 0), width - 1);
    const row = Math.min(Math.max(y, 0), height - 1);
    return probabilities[(label * height + row) * width + column];
  };
  const likeliest = (values: readonly number[]) => values.indexOf(Math.max(...values));
  const everyLabel = (value: (label: number) => number) =>
    likeliest(Array.from({ length: count }, (_, label) => value(label)));
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    everyLabel((label) => at(label, i % width, Math.floor(i / width))),
  );
  for (const size of [
    { width: 23, height: 31 },
    { width: 4, height: 12 },
    { width: 7, height: 9 },
  ]) {
    const found = { width, height, probabilities, labels: { width, height, data } };
    const expected = Array.from({ length: size.width * size.height }, (_, i) => {
      const x = (((i % size.width) + 0.5) * width) / size.width - 0.5;
      const y = ((Math.floor(i / size.width) + 0.5) * height) / size.height - 0.5;
      const place = (value: number, most: number) => Math.min(Math.max(value, 0), most - 1);
      const [left, top] = [Math.floor(place(x, width)), Math.floor(place(y, height))];
      const [u, v] = [place(x, width) - left, place(y, height) - top];
      return everyLabel((label) => {
        const above = at(label, left, top) * (1 - u) + at(label, left + 1, top) * u;
        const below = at(label, left, top + 1) * (1 - u) + at(label, left + 1, top + 1) * u;
        return above * (1 - v) + below * v;
      });
    });
    assert.deepEqual([...placeLabels(found, size).data], expected);
  }
});
