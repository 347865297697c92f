import assert from "node:assert/strict";
import { test } from "node:test";
import type { LanguageRules, Mention, ReportWords } from "@malleolus/schema";
import fc from "fast-check";
import { ankleScreeningRules } from "./ankle-rules.ts";
import { createReportScreener } from "./screen-report.ts";

const screener = createReportScreener(ankleScreeningRules);
const languages = Object.entries(ankleScreeningRules.languages);

/** Reports made of the rules' own words and marks in any order: the worst that can be written. */
function reports(rules: LanguageRules): fc.Arbitrary<string> {
  const words = Object.values(rules).flatMap((terms) =>
    isList(terms) ? terms : Object.values(terms).flat(),
  );
  const marks = [",", ".", ". ", "\n", "?", "(", ")", ":", ";", "é", "🦴"];
  return fc
    .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...marks)), { maxLength: 30 })
    .map((parts) => parts.join(" "));
}

function isList(terms: LanguageRules[keyof LanguageRules]): terms is readonly string[] {
  return Array.isArray(terms);
}

/** Without wildcards, one term for each of its alternatives. */
function plainTerms(terms: readonly string[]): string[] {
  const plain = terms.filter((term) => !/[:*]|\.\.\./.test(term));
  return plain.flatMap((term) =>
    term
      .split(" ")
      .reduce<string[]>(
        (starts, word) =>
          starts.flatMap((start) => word.split("|").map((one) => `${start} ${one}`.trim())),
        [""],
      ),
  );
}

function allWords({ words, sites, modifiers }: Mention): ReportWords[] {
  return [words, ...sites, ...modifiers];
}

for (const [language, rules] of languages) {
  test(`screening (${language}): words are quoted from where they stand`, () => {
    fc.assert(
      fc.property(fc.oneof(reports(rules), fc.string({ unit: "binary" })), (report) => {
        for (const mention of screener.screen(report).evidence) {
          for (const { start, end, text } of allWords(mention)) {
            assert.ok(start < end);
            assert.equal(report.slice(start, end), text);
          }
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test(`screening (${language}): a decision has its reason`, () => {
    fc.assert(
      fc.property(reports(rules), (report) => {
        const { state, codes, evidence, uncertain } = screener.screen(report, language);
        assert.equal(codes.length > 0, state === "excluded by keyword");
        assert.equal(evidence.length === 0, codes[0] === "not-stated");
        if (state === "candidate fracture") {
          const status = uncertain ? "possible" : "affirmed";
          assert.ok(evidence.every((mention) => mention.status === status));
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test(`screening (${language}): capitals do not matter`, () => {
    fc.assert(
      fc.property(reports(rules), (report) => {
        // The break of a line is told by the capital that follows, so there is none here.
        const line = report.replaceAll("\n", " ");
        const { state, codes } = screener.screen(line, language);
        const shouted = screener.screen(line.toUpperCase(), language);
        assert.deepEqual({ state: shouted.state, codes: shouted.codes }, { state, codes });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test(`screening (${language}): a neutral sentence before changes nothing`, () => {
    const neutral = language === "nl" ? "Drie opnamen." : "Three projections.";
    fc.assert(
      fc.property(reports(rules), (report) => {
        const { state, codes } = screener.screen(report, language);
        const longer = screener.screen(`${neutral}\n\n${report.trimStart()}`, language);
        assert.deepEqual({ state: longer.state, codes: longer.codes }, { state, codes });
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test(`screening (${language}): every denial of a fracture denies it`, () => {
    const fracture = language === "nl" ? "fractuur" : "fracture";
    const denials = [
      ...plainTerms(rules.negationBefore).map((term) => `${term} ${fracture}`),
      ...plainTerms(rules.negationAfter).map((term) => `${fracture} ${term}`),
    ];
    for (const report of denials) {
      const { state, codes } = screener.screen(report, language);
      assert.deepEqual({ state, codes }, { state: "candidate no fracture", codes: [] }, report);
    }
  });

  test(`screening (${language}): every doubt about a fracture keeps it possible`, () => {
    const fracture = language === "nl" ? "fractuur" : "fracture";
    const doubts = [
      ...plainTerms(rules.possibleBefore).map((term) => `${term} ${fracture}`),
      ...plainTerms(rules.possibleAfter).map((term) => `${fracture} ${term}`),
    ];
    for (const report of doubts) {
      const { state, uncertain } = screener.screen(report, language);
      const expected = { state: "candidate fracture", uncertain: true };
      assert.deepEqual({ state, uncertain }, expected, report);
    }
  });
}

test("screening: a long report takes time in proportion", () => {
  const decision = screener.screen("no fracture, ".repeat(2_000));
  assert.equal(decision.state, "candidate no fracture");
});
