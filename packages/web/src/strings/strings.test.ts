import assert from "node:assert/strict";
import test from "node:test";
import { dutch } from "./dutch.ts";
import { english, type StringKey } from "./english.ts";
import { languageOf, languages, tables, translateName, translator } from "./translate.ts";

const keys = Object.keys(english).filter(translator(english).has);
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();

test("strings: both languages put in the same values and name as many landmarks", () => {
  assert.deepEqual(Object.keys(dutch), Object.keys(english));
  for (const key of keys) {
    assert.deepEqual(placeholders(dutch[key]), placeholders(english[key]), key);
    assert.equal(dutch[key].split("|").length, english[key].split("|").length, key);
  }
});

test("strings: no apology and no exclamation mark in what the room says", () => {
  for (const key of keys) {
    for (const text of [english[key], dutch[key]]) {
      assert.doesNotMatch(text, /!|sorry|oops|please|helaas|alstublieft/i, key);
    }
  }
});

test("translate: each language has a table of its own", async () => {
  const loaded = await Promise.all(languages.map((one) => tables[one]()));
  assert.deepEqual(loaded, [english, dutch]);
});

test("translate: values are put in, in the language that the browser asks for", () => {
  const state: StringKey = "worklist.progress";
  assert.equal(translator(english)(state, { done: 3, total: 60 }), "3 of 60 submitted");
  assert.equal(translator(dutch)(state, { done: 3, total: 60 }), "3 van 60 ingediend");
  assert.equal(languageOf(["fr-CH", "nl-BE", "en"]), "nl");
  assert.equal(languageOf(["fr"]), "en");
});

test("translate: what a protocol names stays as it is where there is no word for it", () => {
  assert.equal(translateName(translator(dutch), "role", "senior"), "Senior");
  assert.equal(translateName(translator(dutch), "role", "Talar tilt"), "Talar tilt");
});
