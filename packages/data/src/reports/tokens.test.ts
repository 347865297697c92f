import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenize } from "./tokens.ts";

const cases: readonly (readonly [what: string, text: string, words: string])[] = [
  ["a contraction is two words", "There isn't one", "there is not one"],
  ["whatever its apostrophe", "can’t, doesnʼt", "can not , does not"],
  ["or without one", "dont won't", "do not will not"],
  ["other words in t are themselves", "want patient", "want patient"],
  ["a measure is one word", "3 mm, 2,5cm, 1-2 MM, 6 foot", "3 mm , 2,5cm , 1-2 mm , 6 foot"],
  ["a place without a number is none", "MM fracture", "mm fracture"],
  ["a number sign before a number", "image #4, order # 881", "image 4 , order 881"],
  ["a fracture sign", "# fibula, #5th toe, # 44-B1", "# fibula , # 5th toe , # 44 b1"],
  ["ligatures and soft hyphens", "ﬁbula frac\u00adture", "fibula fracture"],
  ["a word that a line's end divides", "frac-\nture", "fracture"],
  ["a word of two halves", "tibia-\nof fibulafractuur", "tibia of fibulafractuur"],
  ["a dash between blanks", "Fracture - none, T-shirt", "fracture - none , t shirt"],
];

for (const [what, text, words] of cases) {
  test(`tokenize: ${what}`, () => {
    const tokens = tokenize(text);
    assert.equal(tokens.map(({ word }) => word).join(" "), words);
    for (const token of tokens) assert.equal(text.slice(token.start, token.end), token.text);
  });
}
