import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
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
