/**
 * Screening measured on single phrases, each hard in one way: lines, bullets and markup, denials of
 * something else than the fracture, doubts, answers, names, words with a second meaning. Phrases and
 * rules come from one hand, so these figures flatter. Floors lie a little below what was measured;
 * docs/curate.md has the figures. A fracture among "no fracture" is the worst that can happen, for
 * nobody looks there again, and has a limit of its own.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScreeningDecision } from "@malleolus/schema";
import { ankleScreeningRules } from "./ankle-rules.ts";
import { createReportScreener } from "./screen-report.ts";
import { type HeldOutPhrase, readHeldOutPhrases } from "./test-held-out.ts";

/** Of each half: the least share that lands where it should, and how many fractures may land as none. */
const LIMITS = {
  en: { development: { right: 0.99, lost: 0 }, test: { right: 0.97, lost: 0 } },
  nl: { development: { right: 0.98, lost: 0 }, test: { right: 0.93, lost: 1 } },
} as const;

const screener = createReportScreener(ankleScreeningRules);

function landing({ state, codes }: ScreeningDecision): string {
  if (state === "candidate fracture") return "fracture";
  return state === "candidate no fracture" ? "N" : `X:${codes[0]}`;
}

function belonging({ actual }: HeldOutPhrase): string {
  return actual === "F" || actual === "P" ? "fracture" : actual;
}

for (const language of ["en", "nl"] as const) {
  const halves = readHeldOutPhrases(language);
  for (const half of ["development", "test"] as const) {
    const { right, lost } = LIMITS[language][half];
    test(`screening of hard phrases (${language}, ${half} half): ${right} land where they should`, () => {
      const phrases = halves[half].map((phrase) => ({
        actual: belonging(phrase),
        predicted: landing(screener.screen(phrase.text)),
      }));
      assert.ok(phrases.length >= 150);
      const hits = phrases.filter(({ actual, predicted }) => predicted === actual);
      assert.ok(hits.length / phrases.length >= right, `${hits.length} of ${phrases.length}`);
      const none = phrases.filter(
        ({ actual, predicted }) => actual === "fracture" && predicted === "N",
      );
      assert.ok(none.length <= lost, `${none.length} fractures predicted as none`);
    });
  }

  test(`hard phrases (${language}): no phrase stands in both halves`, () => {
    const texts = [...halves.development, ...halves.test].map(({ text }) => text);
    assert.equal(new Set(texts).size, texts.length);
  });
}
