import assert from "node:assert/strict";
import { test } from "node:test";
import { samplePatient } from "../patient/patient.ts";
import type { FractureTruth } from "../radiography/truth.ts";
import { type ReportedStudy, writeReport } from "./report.ts";

const fracture: FractureTruth = {
  weberClass: "B",
  morphology: "spiral",
  lowestMm: -5,
  highestMm: 20,
  gapMm: 1,
  displacementMm: 2,
};

function study(number: number, change: Partial<ReportedStudy>): ReportedStudy {
  const weberClass = change.fracture === undefined ? null : "B";
  return {
    patient: samplePatient(`report ${number}`, { weberClass, exclusion: null }),
    fracture: null,
    conspicuity: null,
    views: 3,
    ...change,
  };
}

const many = (change: Partial<ReportedStudy>, language: "en" | "nl") =>
  Array.from({ length: 400 }, (_, i) => writeReport(study(i, change), language));

test("writeReport: says what was seen, ever less surely the worse it shows", () => {
  const share = (conspicuity: ReportedStudy["conspicuity"]) => {
    const reports = many({ fracture, conspicuity }, "en");
    return reports.filter(({ says }) => says === "fracture").length / reports.length;
  };
  const shares = (["obvious", "visible", "subtle", "impossible"] as const).map(share);
  for (let i = 1; i < shares.length; i++) assert.ok(shares[i] < shares[i - 1], `${shares}`);
  const sound = many({}, "nl");
  assert.ok(sound.every(({ says, weberClass }) => says !== "fracture" && weberClass === null));
});

test("writeReport: every placeholder is filled, every report is different enough, and repeatable", () => {
  for (const language of ["en", "nl"] as const) {
    const reports = [
      ...many({}, language),
      ...many({ fracture, conspicuity: "visible" }, language),
    ];
    for (const { text } of reports) assert.doesNotMatch(text, /[{}]|undefined/);
    assert.ok(new Set(reports.map(({ text }) => text)).size > 700);
    assert.deepEqual(many({}, language), many({}, language));
  }
});

test("writeReport: a negative report negates, unless dictation lost it", () => {
  for (const { text, says, slip } of [...many({}, "en"), ...many({}, "nl")]) {
    if (says !== "no fracture" || slip === "lost negation") continue;
    assert.match(text, /\b(no|not|without|negative|geen|niet|zonder)\b/i, text);
  }
});

test("writeReport: what excludes a study is mentioned", () => {
  const patient = samplePatient("report hardware", { weberClass: null, exclusion: "hardware" });
  const { text } = writeReport(study(0, { patient }), "nl");
  assert.match(text, /ORIF|OSM/);
});
