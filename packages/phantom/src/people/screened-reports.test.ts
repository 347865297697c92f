/**
 * Screening measured on the phantom's reports, whose phrasings were written by others. "Simulated"
 * belongs beside every figure from here.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ankleScreeningRules, createReportScreener } from "@malleolus/data";
import { EXCLUSIONS, type Exclusion, samplePatient } from "../patient/patient.ts";
import { writeReport } from "./report.ts";
import { type Language, PHRASES } from "./report-phrases.ts";

const REPORTS = 600;
const TARGET = 0.97;
const CLASSES = [null, "A", "B", "C"] as const;
const CONSPICUITIES = ["obvious", "visible", "subtle"] as const;
/** Two of three studies have no reason to be excluded. */
const SITUATIONS: readonly (Exclusion | null)[] = [
  ...Array(2 * EXCLUSIONS.length).fill(null),
  ...EXCLUSIONS,
];

const screener = createReportScreener(ankleScreeningRules);

/** Where a simulated report should land, and where it does; null where dictation lost a "no". */
function screenPhantom(number: number, language: Language) {
  const weberClass = CLASSES[number % CLASSES.length];
  const exclusion = SITUATIONS[number % SITUATIONS.length];
  const fracture =
    weberClass === null
      ? null
      : {
          weberClass,
          morphology: "spiral" as const,
          lowestMm: -5,
          highestMm: 20,
          gapMm: 1,
          displacementMm: number % 5,
        };
  const conspicuity = fracture === null ? null : CONSPICUITIES[number % CONSPICUITIES.length];
  const patient = samplePatient(`screening ${number}`, { weberClass, exclusion });
  const report = writeReport({ patient, fracture, conspicuity, views: 2 + (number % 2) }, language);
  if (report.slip === "lost negation") return null;
  // Old fractures exclude too; a sprain in the history does not.
  const isOld = PHRASES[language].oldInjury.some(
    (phrase) => !/sprain|distorsie/.test(phrase) && report.text.includes(phrase),
  );
  const said = report.says === "no fracture" ? "candidate no fracture" : "candidate fracture";
  const expected = exclusion === null && !isOld ? said : "excluded by keyword";
  return { expected, decision: screener.screen(report.text), text: report.text };
}

for (const language of ["en", "nl"] as const) {
  test(`screening of simulated reports (${language}): precision and recall reach ${TARGET}`, () => {
    const screened = Array.from({ length: REPORTS }, (_, number) =>
      screenPhantom(number, language),
    ).filter((one) => one !== null);
    for (const state of ["candidate fracture", "candidate no fracture"]) {
      const found = screened.filter(({ decision }) => decision.state === state);
      const wanted = screened.filter(({ expected }) => expected === state);
      const right = found.filter(({ expected }) => expected === state);
      const wrong = screened.find(
        ({ expected, decision }) => (expected === state) !== (decision.state === state),
      );
      assert.ok(wanted.length > 80, `only ${wanted.length} reports are ${state}`);
      assert.ok(right.length / found.length >= TARGET, `precision, ${state}: ${wrong?.text}`);
      assert.ok(right.length / wanted.length >= TARGET, `recall, ${state}: ${wrong?.text}`);
    }
    assert.ok(screened.every(({ decision }) => decision.language === language));
  });
}
