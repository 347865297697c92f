import assert from "node:assert/strict";
import { test } from "node:test";
import { evenly } from "./gallery.ts";

test("evenly: first and last, the others at even distances, none twice, all where they are few", () => {
  const all = Array.from({ length: 15 }, (_, i) => i);
  assert.deepEqual(evenly(all, 8), [0, 2, 4, 6, 8, 10, 12, 14]);
  assert.deepEqual(evenly(all.slice(0, 8), 8), all.slice(0, 8));
  assert.deepEqual(evenly([], 8), []);
  for (let length = 9; length < 60; length++) {
    const chosen = evenly(
      Array.from({ length }, (_, i) => i),
      8,
    );
    assert.equal(new Set(chosen).size, 8);
    assert.deepEqual([chosen[0], chosen[7]], [0, length - 1]);
  }
});
