import assert from "node:assert/strict";
import { test } from "node:test";
import { connected } from "./connected.ts";

test("connected: items that share a key, and those that others join", () => {
  const keys: Record<string, string[]> = {
    a: ["1"],
    b: ["2", "3"],
    c: ["4"],
    d: ["3", "1"],
    e: [],
    f: ["5", "5"],
    g: ["2"],
  };
  const found = connected(Object.keys(keys), (item) => keys[item]);
  assert.deepEqual(found, [["a", "b", "d", "g"], ["c"], ["e"], ["f"]]);
});

test("connected: a long chain is one", () => {
  const items = Array.from({ length: 20_000 }, (_, i) => i).toReversed();
  assert.equal(connected(items, (i) => [String(i), String(i + 1)]).length, 1);
});
