import assert from "node:assert/strict";
import test from "node:test";
import { differingSettings } from "./differing-settings.ts";

test("differingSettings: what is the same is left out, lists are one setting, and what is missing is a dash", () => {
  const first = { seed: 1, input: { minSizes: [320, 384], flip: 0.5 }, weights: null };
  const second = { seed: 2, input: { minSizes: [320], flip: 0.5 }, weights: null, extra: true };
  const texts = [JSON.stringify(first), JSON.stringify(second)];
  assert.deepEqual(differingSettings(texts), [
    { name: "seed", values: ["1", "2"] },
    { name: "input.minSizes", values: ["[320,384]", "[320]"] },
    { name: "extra", values: ["–", "true"] },
  ]);
  assert.deepEqual(differingSettings([texts[0], texts[0]]), []);
  assert.deepEqual(differingSettings([null, JSON.stringify({ seed: 1 })]), [
    { name: "seed", values: ["–", "1"] },
  ]);
});
