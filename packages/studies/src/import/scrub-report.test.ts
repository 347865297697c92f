import assert from "node:assert/strict";
import { test } from "node:test";
import { scrubReport } from "./scrub-report.ts";

const patient = {
  pseudonym: "A-1",
  hospital: "a",
  patientId: "7001234",
  patientName: "Breuk^Marie^van",
  birthDate: "19500101",
};

const cases: readonly (readonly [text: string, expected: string])[] = [
  ["Mw. Breuk, geen breuk.", "Mw. [name], geen breuk."],
  [
    "MARIE BREUK heeft een fractuur van de fibula.",
    "[name] [name] heeft een fractuur van de fibula.",
  ],
  ["Patient 7001234, accession ACC88.", "Patient [number], accession [number]."],
  ["Compared with 12-03-2019 and 2019-04-10.", "Compared with [date] and [date]."],
  ["Discussed with dr. House at 06 1234 5678.", "Discussed with dr. [name] at [number]."],
  ["2 mm lateral shift, 3.5 mm gap, Weber B.", "2 mm lateral shift, 3.5 mm gap, Weber B."],
];
for (const [text, expected] of cases) {
  test(`scrubReport: ${text}`, () => {
    assert.equal(scrubReport(text, patient, ["ACC88"]), expected);
  });
}
