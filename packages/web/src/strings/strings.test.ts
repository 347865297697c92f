import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { dutch } from "./dutch.ts";
import { dutchAccount } from "./dutch-account.ts";
import { dutchStudy } from "./dutch-study.ts";
import { dutchWorklist } from "./dutch-worklist.ts";
import { english, type StringKey } from "./english.ts";
import { englishAccount } from "./english-account.ts";
import { englishStudy } from "./english-study.ts";
import { englishWorklist } from "./english-worklist.ts";
import { languageOf, languages, tables, translateName, translator } from "./translate.ts";

const all = {
  en: { ...english, ...englishAccount, ...englishWorklist, ...englishStudy },
  nl: { ...dutch, ...dutchAccount, ...dutchWorklist, ...dutchStudy },
};
const keys = Object.keys(all.en).filter(translator(all.en).has);
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();

test("strings: both languages put in the same values and name as many landmarks", () => {
  assert.deepEqual(Object.keys(dutch), Object.keys(english));
  assert.deepEqual(Object.keys(dutchAccount), Object.keys(englishAccount));
  assert.deepEqual(Object.keys(dutchWorklist), Object.keys(englishWorklist));
  assert.deepEqual(Object.keys(dutchStudy), Object.keys(englishStudy));
  const parts = [english, englishAccount, englishWorklist, englishStudy].map(
    (part) => Object.keys(part).length,
  );
  assert.equal(
    keys.length,
    parts.reduce((sum, one) => sum + one, 0),
    "in one table each",
  );
  for (const key of keys) {
    assert.deepEqual(placeholders(all.nl[key]), placeholders(all.en[key]), key);
    assert.equal(all.nl[key].split("|").length, all.en[key].split("|").length, key);
  }
});

test("strings: pages for everybody say nothing that only other pages load", () => {
  const isOthers = (written: string, isWhole: boolean) => {
    const says = (table: object) =>
      Object.keys(table).some((key) => (isWhole ? key === written : key.startsWith(written)));
    const others = [englishAccount, englishWorklist, englishStudy];
    return others.some(says) && !says(english);
  };
  const files = filesFor(join(import.meta.dirname, "../main.tsx"));
  assert.ok(files.size > 120, `${files.size} files`);
  for (const [path, text] of files) {
    const said = [...text.matchAll(/"([a-z][a-z ]*\.[^"\n]+)"|`([a-z][a-z ]*\.[^`$]*)\$\{/g)];
    for (const [, whole, beginning] of said) {
      const written = whole ?? beginning;
      assert.ok(!isOthers(written, whole !== undefined), `${path}: ${written}`);
    }
  }
});

/** What a page may load of itself, but for those of `pageWith`, by path. */
function filesFor(path: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(path)) return found;
  const text = readFileSync(path, "utf8");
  found.set(path, text);
  const others = text.replace(/pageWith\("\w+", \(\) => import\("[^"]+"\)\)/g, "");
  for (const [, name] of others.matchAll(/(?:from|import\()\s*"(\.{1,2}\/[^"]+\.tsx?)"/g)) {
    if (name.includes("strings/")) continue;
    filesFor(join(dirname(path), name), found);
  }
  return found;
}

test("strings: no apology and no exclamation mark in what the room says", () => {
  for (const key of keys) {
    for (const text of [all.en[key], all.nl[key]]) {
      assert.doesNotMatch(text, /!|sorry|oops|please|helaas|alstublieft/i, key);
    }
  }
});

test("translate: each language has a table of its own, and what is not loaded is not said", async () => {
  for (const language of languages) {
    const parts = await Promise.all(Object.values(tables[language]).map((load) => load()));
    assert.deepEqual(Object.assign({}, ...parts), all[language]);
  }
  const t = translator(english);
  assert.equal(t.has("runs.title"), false);
  assert.throws(() => t("runs.title"), /internal: this page has no words for "runs.title"/);
});

test("translate: values are put in, in the language that the browser asks for", () => {
  const state: StringKey = "worklist.progress";
  assert.equal(translator(all.en)(state, { done: 3, total: 60 }), "3 of 60 submitted");
  assert.equal(translator(all.nl)(state, { done: 3, total: 60 }), "3 van 60 ingediend");
  assert.equal(languageOf(["fr-CH", "nl-BE", "en"]), "nl");
  assert.equal(languageOf(["fr"]), "en");
});

test("translate: what a protocol names stays as it is where there is no word for it", () => {
  assert.equal(translateName(translator(dutch), "role", "senior"), "Senior");
  assert.equal(translateName(translator(dutch), "role", "Talar tilt"), "Talar tilt");
});
