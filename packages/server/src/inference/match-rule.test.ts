import assert from "node:assert/strict";
import { test } from "node:test";
import { serviceSettingsSchema } from "@malleolus/schema";
import { matchesRule } from "./match-rule.ts";

const image = { modality: "DX", bodyPart: "Ankle ", view: "mortise" } as const;
const ruleOf = (rule: object) => serviceSettingsSchema.parse({ rule }).rule;

for (const [what, rule, expected] of [
  ["by default CR and DX of ankles are looked at", {}, true],
  ["a list without the modality does not match", { modalities: ["CR"] }, false],
  ["a list without the body part does not match", { bodyParts: ["FOOT"] }, false],
  ["an empty list matches any", { modalities: [], bodyParts: [] }, true],
  ["a view of the list matches", { views: ["ap", "mortise"] }, true],
  ["another view does not", { views: ["lateral"] }, false],
] as const) {
  test(`matchesRule: ${what}`, () => assert.equal(matchesRule(image, ruleOf(rule)), expected));
}

test("matchesRule: what a file does not say matches no list", () => {
  const silent = { modality: "DX", bodyPart: null, view: null };
  assert.equal(matchesRule(silent, ruleOf({})), false);
  assert.equal(matchesRule(silent, ruleOf({ bodyParts: [] })), true);
  assert.equal(matchesRule(silent, ruleOf({ bodyParts: [], views: ["ap"] })), false);
});
