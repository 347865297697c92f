import assert from "node:assert/strict";
import { test } from "node:test";
import { profile } from "./profile.ts";

test("profile: goes through its rows, never beyond them, and stays at the ends", () => {
  const width = profile([-10, 4], [0, 8], [10, 7], [40, 7.5]);
  for (const [level, value] of [
    [-10, 4],
    [0, 8],
    [10, 7],
    [40, 7.5],
    [-50, 4],
    [90, 7.5],
  ]) {
    assert.ok(Math.abs(width(level) - value) < 1e-12);
  }
  for (let level = -10; level <= 40; level += 0.25) {
    assert.ok(width(level) >= 4 && width(level) <= 8, `at ${level}: ${width(level)}`);
  }
});
