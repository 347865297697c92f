import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { aucOf } from "../roc.ts";
import { htmlReport } from "./html-report.ts";
import { type ReaderScoreOfPatient, readerStudyResult } from "./reader-study-result.ts";
import { fullReport } from "./test-report.ts";

const golden: { positive: string; ratings: string[][] } = JSON.parse(
  readFileSync(new URL("../golden/van-dyke.json", import.meta.url), "utf8"),
);
const positive = [...golden.positive].map((one) => one === "1");
const truth = new Map(positive.map((is, i) => [`P${i}`, is]));
const CONDITIONS = ["alone", "with the detector"];
const scores = golden.ratings.flatMap((readers, i) =>
  readers.flatMap((ratings, j) =>
    [...ratings].map(
      (rating, k): ReaderScoreOfPatient => ({
        patient: `P${k}`,
        reader: `Reader ${j + 1}`,
        condition: CONDITIONS[i],
        score: Number(rating),
      }),
    ),
  ),
);
const result = readerStudyResult(scores, truth);

test("readerStudyResult: the published analysis of Van Dyke's data, from a list of scores", () => {
  const { analysis, patients } = result;
  assert.deepEqual([patients, analysis.positives, analysis.negatives], [114, 45, 69]);
  assert.deepEqual([analysis.conditions, analysis.readers.length], [CONDITIONS, 5]);
  // OR-DBM MRMC prints 0.89703704 and 0.94083736.
  const [alone, with_] = analysis.randomReadersAndCases.conditions;
  assert.deepEqual([alone.auc.toFixed(5), with_.auc.toFixed(5)], ["0.89704", "0.94084"]);
  assert.equal(result.curves.length, 2);
  assert.deepEqual(
    result.next.map(({ readers }) => readers),
    [5, 10],
  );
  const [five, ten] = result.next.map((one) => one.patients ?? Number.POSITIVE_INFINITY);
  assert.ok(ten < five, `${ten} of 10 readers, ${five} of 5`);
});

test("readerStudyResult: the order of the lines changes nothing but the names' order", () => {
  const turned = readerStudyResult(scores.toReversed(), truth);
  assert.deepEqual(turned.analysis.conditions, CONDITIONS.toReversed());
  const [one] = result.analysis.randomReadersAndCases.differences;
  const [other] = turned.analysis.randomReadersAndCases.differences;
  assert.ok(Math.abs(one.difference + other.difference) < 1e-12);
  assert.ok(Math.abs((one.p ?? 0) - (other.p ?? 1)) < 1e-9);
});

test("readerStudyResult: who has not read everything, and patients of no test, are named", () => {
  assert.throws(
    () => readerStudyResult(scores.slice(1), truth),
    /got none of P0 by Reader 1 under "alone"; leave out patients whom somebody has not read/,
  );
  const stranger = scores.map((one) => (one.patient === "P3" ? { ...one, patient: "X" } : one));
  assert.throws(
    () => readerStudyResult(stranger, truth),
    /expected patients of the study's tests, got X/,
  );
  assert.throws(() => readerStudyResult([], truth), /at least two conditions/);
});

test("readerStudyResult: every score stands beside its patient", () => {
  const { cases } = result;
  assert.deepEqual(
    cases.map(({ patient, hasFracture }) => [patient, hasFracture]),
    positive.map((is, i) => [`P${i}`, is]),
  );
  assert.deepEqual(
    cases.map((one) => one.scores.map((own) => own.join("")).join(" ")),
    positive.map((_, i) =>
      golden.ratings.map((readers) => readers.map((one) => one[i]).join("")).join(" "),
    ),
  );
});

test("htmlReport: a figure of the reader study leads to the scores that it is of", () => {
  const page = htmlReport({ ...fullReport, readerStudy: result });
  const cells = (text: string) =>
    [...text.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g)].map(([, cell]) => cell);
  const [, table = ""] = page.match(/<table id="cases-reader-study">(.*?)<\/table>/s) ?? [];
  const columns = [...table.matchAll(/id="(cases-reader-study-[^"]+)"/g)].map(([, id]) => id);
  const rows = [...table.split("<tbody>")[1].matchAll(/<tr>.*<\/tr>/g)].map(([row]) => cells(row));
  assert.deepEqual([columns.length, rows.length], [10, 114]);
  // An area leads to the column of the scores that it comes from.
  for (const [condition, readers] of result.analysis.aucs.entries()) {
    for (const [reader, auc] of readers.entries()) {
      const id = `cases-reader-study-${condition + 1}-${reader + 1}`;
      const column = columns.indexOf(id);
      const said = rows.map((row) => Number(row[2 + column]));
      assert.equal(aucOf(said, positive)?.auc, auc);
      assert.ok(page.includes(`<a class="figure" href="#${id}">${auc.toFixed(2)}</a>`), id);
    }
  }
  assert.ok(page.includes('<a class="figure" href="#cases-reader-study">'));
  for (const [, to] of page.matchAll(/ href="#([^"]+)"/g))
    assert.ok(page.includes(` id="${to}"`), to);
});

test("htmlReport: a patient of the reader study leads to its row in the test, and many are cut", () => {
  const patients = fullReport.tests[0].evaluation.outcomes.map(({ patient }) => patient);
  const study = (cases: typeof result.cases) =>
    htmlReport({ ...fullReport, readerStudy: { ...result, cases } }).split(
      "<h3>The reader study</h3>",
    )[1];
  const [one] = result.cases;
  const part = study([{ ...one, patient: patients[3] }, one]);
  assert.match(part, /<a href="#cases-internal-difficult-4">[^<]+<\/a>/);
  assert.match(part, /<th scope="row">P0<\/th><td>none<\/td>/);
  // Of 502 the two on whom everybody says the same are left out.
  const many = Array.from({ length: 502 }, (_, i) => ({
    patient: `many ${i}`,
    hasFracture: true,
    scores: [i === 1 || i === 400 ? [3, 3, 3, 3, 3] : [1, 3, 3, 3, 3], [3, 3, 3, 3, 2]],
  })).map((case_, i) =>
    i === 1 || i === 400 ? { ...case_, scores: [case_.scores[0], case_.scores[0]] } : case_,
  );
  const cut = study(many);
  assert.match(cut, /Not listed here: 2 patients/);
  assert.deepEqual(
    [/>many 0</, />many 1</, />ny 399</, />ny 400</, />ny 501</].map((one) => one.test(cut)),
    [true, false, true, false, true],
  );
});

test("htmlReport: the reader study with what is to be told with it", () => {
  const page = htmlReport({ ...fullReport, readerStudy: result });
  assert.ok(page.includes('href="#reader-study"') && page.includes('id="reader-study"'));
  const words = page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  assert.ok(words.includes("5 readers of 114 patients, 45 with and 69 without a fracture"));
  assert.match(
    words,
    /Other readers, other patients: with the detector less alone 0\.044 −0\.\d+ to 0\.\d+/,
  );
  assert.ok(!/NaN|Infinity|undefined/.test(page));
});
