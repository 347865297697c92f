import assert from "node:assert/strict";
import { test } from "node:test";
import { faultSeen } from "./study-analysis.ts";

const LATERAL = { isAnkle: true, view: "lateral" } as const;
const FRONTAL = { isAnkle: true, view: "frontal" } as const;
const UNSURE = { isAnkle: true, view: null } as const;
const HAND = { isAnkle: false, view: "lateral" } as const;

for (const [what, look, said, refused, withAnyPart] of [
  ["an ankle as its header says", LATERAL, "lateral", null, null],
  ["one that its header calls frontal", LATERAL, "ap", "another view", "another view"],
  ["one that its header calls lateral", FRONTAL, "lateral", "another view", "another view"],
  ["frontal ones", FRONTAL, "mortise", null, null],
  ["one of which the network is not sure", UNSURE, "ap", null, null],
  ["one that its header calls oblique", LATERAL, "oblique", null, null],
  ["one without a view", LATERAL, null, null, null],
  ["another part, whose view is not told", HAND, "ap", "another part", null],
] as const) {
  test(`faultSeen: ${what}`, () => {
    assert.equal(faultSeen(look, said, false), refused);
    assert.equal(faultSeen(look, said, true), withAnyPart);
  });
}
