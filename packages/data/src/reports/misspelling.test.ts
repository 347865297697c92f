import assert from "node:assert/strict";
import { test } from "node:test";
import { isMisspelling } from "./misspelling.ts";

const WHOLE = { start: false, end: false };
const BEGINS = { start: false, end: true };
const ENDS = { start: true, end: false };

const cases = [
  ["a letter lost", "frature", "fracture", WHOLE, true],
  ["a letter doubled", "fractture", "fracture", WHOLE, true],
  ["a wrong letter", "fractire", "fracture", WHOLE, true],
  ["two letters swapped", "fracutre", "fracture", WHOLE, true],
  ["the last letter lost", "fractur", "fracture", WHOLE, true],
  ["the word itself", "fracture", "fracture", WHOLE, false],
  ["two slips", "fratuer", "fracture", WHOLE, false],
  ["another first letter", "tracture", "fracture", WHOLE, false],
  ["a short word", "tibia", "fibia", WHOLE, false],
  ["what begins a word", "maleolair", "malleol", BEGINS, true],
  ["what ends a word", "enkelfractuut", "fractuur", ENDS, true],
  ["a word that ends alike", "ontbreken", "breuken", ENDS, false],
  ["a shorter word", "fract", "fracture", BEGINS, false],
] as const;

for (const [what, word, term, open, expected] of cases) {
  test(`isMisspelling: ${what}`, () => assert.equal(isMisspelling(word, term, open), expected));
}
