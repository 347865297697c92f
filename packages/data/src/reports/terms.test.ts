import assert from "node:assert/strict";
import { test } from "node:test";
import { screeningRulesSchema } from "@malleolus/schema";
import { ankleScreeningRules } from "./ankle-rules.ts";
import { findTerms, indexTerms } from "./terms.ts";
import { tokenize } from "./tokens.ts";

const cases = [
  ["any of several words", "not seen|visible", "fracture not visible", ["not visible"]],
  ["several first words", "is|was absent", "it was absent", ["was absent"]],
  [
    "a wildcard among them",
    "old|*genezen fractuur",
    "volgenezen fractuur",
    ["volgenezen fractuur"],
  ],
  [
    "words between",
    "bones|cortices ... intact|sound",
    "cortices are all sound",
    ["cortices are all sound"],
  ],
  ["four words are too many between", "bones ... intact", "bones of the whole foot intact", []],
] as const;

for (const [what, term, text, expected] of cases) {
  test(`findTerms: ${what}`, () => {
    const tokens = tokenize(text);
    const found = findTerms(tokens, indexTerms([["label", [term]]]));
    const words = found.map(({ from, to }) =>
      tokens
        .slice(from, to)
        .map((token) => token.word)
        .join(" "),
    );
    assert.deepEqual(words, expected);
  });
}

test("screening rules: a bar stands between single words", () => {
  const { en } = ankleScreeningRules.languages;
  const withTerm = (term: string) => ({
    ...ankleScreeningRules,
    languages: { en: { ...en, normal: [term] } },
  });
  for (const term of ["|intact", "intact |sound", "x-ray|film normal", "a||b"]) {
    assert.equal(screeningRulesSchema.safeParse(withTerm(term)).success, false, term);
  }
  assert.ok(screeningRulesSchema.safeParse(withTerm("film|films normal")).success);
  assert.ok(screeningRulesSchema.safeParse(ankleScreeningRules).success);
});
