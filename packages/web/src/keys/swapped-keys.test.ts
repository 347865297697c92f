import assert from "node:assert/strict";
import test from "node:test";
import { canSwap, meantBy, noSwaps, pressedFor, swapKeys } from "./swapped-keys.ts";

test("swapped keys: two change places, and whatever is changed, each key has one meaning", () => {
  const once = swapKeys(noSwaps, "i", "v");
  assert.deepEqual([meantBy(once, "v"), meantBy(once, "i"), meantBy(once, "h")], ["i", "v", "h"]);
  assert.equal(pressedFor(once, "i"), "v");
  // I's command goes on to another key: V gets what that key meant.
  const twice = swapKeys(once, "i", "h");
  assert.deepEqual(
    ["h", "v", "i"].map((key) => meantBy(twice, key)),
    ["i", "h", "v"],
  );
  for (const key of ["i", "v", "h"]) assert.equal(meantBy(twice, pressedFor(twice, key)), key);
});

test("swapped keys: a key that gets its own meaning back is changed no more", () => {
  const there = swapKeys(noSwaps, "i", "v");
  assert.deepEqual(swapKeys(there, "i", "i"), noSwaps);
  assert.deepEqual(swapKeys(noSwaps, "i", "i"), noSwaps);
  assert.equal(meantBy(noSwaps, "constructor"), "constructor");
});

test("swapped keys: single characters alone", () => {
  assert.deepEqual(["a", "0", "/", " ", "Enter", "Shift+1", "Ctrl+s"].map(canSwap), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
