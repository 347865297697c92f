import assert from "node:assert/strict";
import { test } from "node:test";
import { compareAucs } from "../roc.ts";
import { analyzeTest } from "./analyses-of-test.ts";
import { htmlReport } from "./html-report.ts";
import { type Reading, readerResult } from "./reader-results.ts";
import { readersBeside } from "./readers-beside.ts";
import { tablesCsv } from "./tables-csv.ts";
import { fullReport, testEvaluation } from "./test-report.ts";

/** Ten of each class, of which the last fracture is taken for none. */
const evaluation = testEvaluation(10);

/** Reads all patients right, but those whom the reader takes for the other class. */
function reader(
  name: string,
  wrong: readonly string[],
  { independent = true, certainty = (_patient: string): number | null => null, skip = 0 } = {},
) {
  const readings = evaluation.outcomes.slice(skip).map(({ patient, truth }): Reading => {
    const other = truth === "none" ? "weber-b" : "none";
    const said = wrong.includes(patient) ? other : truth;
    return { patient, truth, said, certainty: certainty(patient) };
  });
  return readerResult(name, independent, readings, "none");
}

test("readersBeside: accuracies of the same patients, with McNemar's test after Holm", () => {
  const beside = readersBeside(evaluation, [
    reader("A", ["weber-b 9", "weber-b 8", "none 0"]),
    reader("B", ["weber-b 0", "weber-b 1", "none 2", "none 3", "none 4", "none 5"], { skip: 1 }),
  ]);
  const [a, b] = beside?.readers ?? [];
  assert.deepEqual([a.patients, b.patients], [20, 19]);
  // The detector is wrong of weber-b 9 alone.
  assert.deepEqual([a.detector.count, a.detector.total], [19, 20]);
  assert.deepEqual(
    [a.right.both, a.right.firstOnly, a.right.secondOnly, a.right.neither],
    [17, 2, 0, 1],
  );
  assert.deepEqual([b.right.firstOnly, b.right.secondOnly], [5, 1]);
  const digits = (p: number | null | undefined) => p?.toFixed(9);
  assert.deepEqual([a.right.exactP, b.right.exactP].map(digits), ["0.500000000", "0.218750000"]);
  assert.deepEqual([a.holmP, b.holmP].map(digits), ["0.500000000", "0.437500000"]);
  assert.equal(readersBeside(evaluation, []), null);
});

test("readersBeside: without certainty a reader's area is the mean of sensitivity and specificity", () => {
  const both = readersBeside(evaluation, [
    reader("A", ["weber-b 9", "weber-b 8", "none 0"]),
    reader("B", ["weber-b 0", "none 2"]),
    reader("of the panel", [], { independent: false }),
  ]);
  const areas = both?.areas ?? assert.fail();
  assert.deepEqual(areas.names, ["A", "B"]);
  assert.deepEqual([areas.byCertainty, areas.independent, areas.patients], [false, true, 20]);
  assert.deepEqual(
    areas.readers.map(({ auc }) => Math.round(1e6 * auc)),
    [850_000, 900_000],
  );
  assert.ok(Math.abs(areas.readersMean.value - 0.875) < 1e-12);
  assert.ok((areas.patientsForPower ?? 0) > 20);
  assert.deepEqual(areas.curves.readers.at(-1), { falsePositiveRate: 1, truePositiveRate: 1 });
});

test("readersBeside: a sure fracture scores above an unsure one, an unsure none above a sure one", () => {
  // Wrong readings are the unsure ones, so that certainty sets them in between.
  const wrong = ["weber-b 0", "none 1"];
  const sure = (patient: string) => (wrong.includes(patient) ? 1 : 5);
  const options = { certainty: sure };
  const areas = readersBeside(evaluation, [
    reader("A", wrong, options),
    reader("B", wrong, options),
  ])?.areas;
  assert.equal(areas?.byCertainty, true);
  const positive = evaluation.outcomes.map(({ truth }) => truth !== "none");
  const scores = evaluation.outcomes.map(({ patient, truth }) => {
    const called = (truth !== "none") !== wrong.includes(patient);
    return called ? sure(patient) : -sure(patient);
  });
  const detector = evaluation.outcomes.map(({ prediction }) => prediction.fractureScore);
  const paired = compareAucs(detector, scores, positive);
  assert.ok(Math.abs((areas?.difference.value ?? 9) - (paired?.difference ?? 0)) < 1e-12);
  const mixed = readersBeside(evaluation, [reader("A", wrong, options), reader("B", wrong)]);
  assert.equal(mixed?.areas?.byCertainty, false, "who was not asked cannot be ranked with who was");
});

test("readersBeside: only patients whom all have read, the panel's readers where there are no others", () => {
  const of = (skip: number) => reader(`${skip}`, [], { independent: false, skip });
  const areas = readersBeside(evaluation, [of(0), of(3)])?.areas;
  assert.deepEqual([areas?.patients, areas?.independent], [17, false]);
  assert.equal(readersBeside(evaluation, [of(0)])?.areas, null);
});

test("htmlReport, tablesCsv: readers stand beside the detector, and every figure leads to its cases", () => {
  const readers = [reader("A", ["weber-b 9", "none 0"]), reader("B", ["weber-b 0"])];
  const people = { readers, annotators: null, agreement: {} };
  const analyses = analyzeTest(evaluation, {}, people, null);
  const [one] = fullReport.tests;
  const content = { ...fullReport, tests: [{ ...one, people, analyses }] };
  const page = htmlReport(content);
  const places = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, to] of page.matchAll(/ href="#([^"]+)"/g)) assert.ok(places.has(to), to);
  for (const key of ["reader-0-accuracy", "reader-1-specificity-fracture"]) {
    assert.ok(page.includes(`href="#behind-internal-difficult-${key}"`), key);
  }
  assert.ok(page.includes('<a class="figure" href="#readers-of-internal-difficult">90%–95%</a>'));
  assert.ok(!/NaN|Infinity|undefined/.test(page));
  const csv = tablesCsv(content);
  assert.ok(csv.includes("internal-difficult,reader study,readers on average,AUC,0.925,"));
  assert.ok(csv.includes("internal-difficult,readers beside,A,detector's accuracy,0.95,"));
});
