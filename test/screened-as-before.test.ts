/**
 * What is taken out of a report must not change where it lands: screening reads what is kept. It
 * stands here because neither `studies` nor `data` may know the phantom that wrote the reports.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ankleScreeningRules, createReportScreener } from "@malleolus/data";
import { type Language, samplePatient, writeReport } from "@malleolus/phantom";
import { scrubReport } from "../packages/studies/src/import/scrub-report.ts";
import {
  readSentences,
  scrubSentence,
} from "../packages/studies/src/import/scrubbing/test-sentences.ts";

const REPORTS = 60;
const CLASSES = [null, "A", "B", "C"] as const;
const EXCLUSIONS = [null, null, null, "cast", "hardware", "callus", "open physes"] as const;

const screener = createReportScreener(ankleScreeningRules);
const { development, test: kept } = readSentences("people.txt");
const sentences = [...development, ...kept];

function simulatedReport(number: number, language: Language): string {
  const weberClass = CLASSES[number % CLASSES.length];
  const exclusion = EXCLUSIONS[number % EXCLUSIONS.length];
  const patient = samplePatient(`scrubbing ${number}`, { weberClass, exclusion });
  const place = { morphology: "spiral", lowestMm: -5, highestMm: 20, gapMm: 1 } as const;
  const fracture = weberClass === null ? null : { weberClass, ...place, displacementMm: 2 };
  const conspicuity = fracture === null ? null : "obvious";
  return writeReport({ patient, fracture, conspicuity, views: 2 }, language).text;
}

for (const language of ["en", "nl"] as const) {
  const reports = Array.from({ length: REPORTS }, (_, index) => simulatedReport(index, language));

  test(`scrubReport: simulated reports (${language}) lose only ages of ninety and above`, () => {
    for (const text of reports) {
      const scrubbed = scrubReport(text, undefined, []);
      assert.equal(scrubbed.replace(/\[90\+\]/, "9?"), text.replace(/\b9\d(?= (?:y|jaar))/, "9?"));
      assert.deepEqual(screener.screen(scrubbed).codes, screener.screen(text).codes);
    }
  });

  test(`scrubReport: simulated reports (${language}) with people in them land where they did`, () => {
    for (const [index, text] of reports.entries()) {
      const whole = `${text}\n${sentences[index % sentences.length].text}`;
      const [before, after] = [whole, scrubSentence(whole)].map((one) => screener.screen(one));
      assert.equal(after.state, before.state, whole);
      assert.deepEqual(after.codes, before.codes, whole);
    }
  });
}
