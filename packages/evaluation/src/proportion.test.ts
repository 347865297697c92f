import assert from "node:assert/strict";
import { test } from "node:test";
import { proportionOf } from "./proportion.ts";

test("proportionOf: Wilson's interval, against published values", () => {
  // Newcombe 1998, table I: cases (a) to (d), rounded to four places.
  const table = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [count, total, low, high] of table) {
    const { interval } = proportionOf(count, total);
    assert.deepEqual(
      interval?.map((end) => Math.round(end * 1e4) / 1e4),
      [low, high],
    );
  }
  assert.deepEqual(proportionOf(0, 0), { count: 0, total: 0, share: null, interval: null });
});

test("proportionOf: the interval holds the share and stays within 0 and 1", () => {
  for (let total = 1; total <= 300; total++) {
    for (const count of [0, 1, Math.floor(total / 2), total - 1, total]) {
      const { share, interval } = proportionOf(count, total);
      assert.ok(share !== null && interval !== null);
      const [low, high] = interval;
      assert.ok(0 <= low && low <= share && share <= high && high <= 1, `${count} of ${total}`);
    }
  }
});

test("proportionOf: what cannot be counted is refused", () => {
  const wrong = [
    [5, 3],
    [-1, 3],
    [Number.NaN, 3],
    [0, Number.NaN],
    [1.5, 3],
    [1, Number.POSITIVE_INFINITY],
  ];
  for (const [count, total] of wrong) {
    const message = new RegExp(`got ${count} of ${total}$`);
    assert.throws(() => proportionOf(count, total), { name: "RangeError", message });
  }
});
