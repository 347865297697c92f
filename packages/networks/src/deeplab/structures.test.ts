import assert from "node:assert/strict";
import test from "node:test";
import type { Structure } from "@malleolus/schema";
import { checkStructures } from "./structures.ts";

const structures: readonly Structure[] = [
  { name: "tibia", within: null },
  { name: "fibula", within: null },
  { name: "fracture", within: "fibula" },
  { name: "fragment", within: "fracture" },
];

test("checkStructures: parts after what they lie in, names once, as many as labels", () => {
  checkStructures(structures);
  const refuse = (given: readonly Structure[], message: RegExp) =>
    assert.throws(() => checkStructures(given), { code: "config", message });
  refuse([], /expected 1 to 254, got 0/);
  const many = Array.from({ length: 255 }, (_, i) => ({ name: `${i}`, within: null }));
  refuse(many, /got 255; a label is one byte/);
  checkStructures(many.slice(1));
  refuse([many[0], many[0]], /expected each once, got "0" twice/);
  refuse(structures.toReversed(), /expected "fragment" after "fracture", within which it lies/);
  refuse([{ name: "a", within: "a" }], /expected "a" after "a"/);
});
