import assert from "node:assert/strict";
import { test } from "node:test";
import { type Evaluation, evaluate } from "../evaluate.ts";
import { analyzeTest, type PatientAttributes } from "./analyses-of-test.ts";
import { errorGroups, groupKeys, subgroupGroups } from "./case-groups.ts";
import { htmlReport } from "./html-report.ts";
import { analysesPart } from "./sections/analyses-part.ts";
import { fullReport, testEvaluation, testOptions, testPatients } from "./test-report.ts";

/** Ten of each class, of which the last fracture is taken for none. */
const evaluation: Evaluation = testEvaluation(10);
/** The same, as if its scores were fitted probabilities. */
const fitted: Evaluation = { ...evaluation, rule: "calibrated" };
const attributes: PatientAttributes = Object.fromEntries(
  evaluation.outcomes.map(({ patient }, i) => [
    patient,
    { Sex: i % 2 === 0 ? "F" : "M", Hospital: "one", Age: i < 4 ? "65 and over" : "18 to 39" },
  ]),
);
const nobody = { agreement: {}, readers: [] };

test("analyzeTest: scores that are no probabilities are not calibrated", () => {
  const { calibration, decisionCurve } = analyzeTest(evaluation, {}, nobody, null);
  assert.deepEqual([calibration, decisionCurve], [null, null]);
});

test("analyzeTest: probabilities before and after, and their decision curve", () => {
  const { calibration, decisionCurve } = analyzeTest(fitted, {}, nobody, evaluation.outcomes);
  assert.equal(calibration?.fitted.patients, 20);
  // Both are the same scores, of which each patient has one class alone: 1 or 0 once they sum to 1.
  assert.equal(calibration?.change?.brier.value, 0);
  assert.ok(Math.abs((calibration?.fitted.brier.value ?? 0) - 2 / 20) < 1e-12);
  assert.equal(decisionCurve?.length, 19);
  assert.equal(decisionCurve?.[0].threshold, 0.05);
  // Nine of ten fractures are treated and nobody without one: 9 of 20, at any cost.
  assert.ok(Math.abs((decisionCurve?.[9].model.value ?? 0) - 9 / 20) < 1e-12);
});

test("analysesPart: patients of whom nothing is known that differs have no groups on the page", () => {
  const [one] = fullReport.tests;
  const said = (known: PatientAttributes) =>
    analysesPart(
      { ...one, evaluation, analyses: analyzeTest(evaluation, known, nobody, null) },
      (id) => id,
    )?.markup ?? "";
  assert.match(said(attributes), /<h3>Groups of patients<\/h3>/);
  assert.doesNotMatch(said({}), /Groups of patients/);
});

test("analyzeTest: groups with their patients, in the bands' order; where all are alike there is none", () => {
  const analyses = analyzeTest(evaluation, attributes, nobody, null);
  assert.deepEqual(
    analyses.subgroups.map(({ attribute, value, patients }) => [attribute, value, patients]),
    [
      ["Sex", "F", 10],
      ["Sex", "M", 10],
      ["Age", "18 to 39", 16],
      ["Age", "65 and over", 4],
    ],
  );
  assert.deepEqual(analyses.members[3], [0, 1, 2, 3]);
  assert.deepEqual(
    analyses.oddsGaps.map(({ attribute }) => attribute),
    ["Sex", "Age"],
  );
  const groups = subgroupGroups(evaluation, analyses);
  for (const [row, { accuracy }] of analyses.subgroups.entries()) {
    const { key, counted, others } = groups[row];
    assert.equal(key, groupKeys.subgroup(row));
    assert.deepEqual(
      [counted.length, counted.length + others.length],
      [accuracy.count, accuracy.total],
    );
  }
  assert.deepEqual(
    groups.slice(4).map(({ key, counted, others }) => [key, counted.length, others]),
    [
      ["gap-0", 19, [9]],
      ["gap-1", 19, [9]],
    ],
  );
});

test("subgroupGroups: a gap is of all with a known value, and of nobody else", () => {
  const [[first, known], ...rest] = Object.entries(attributes);
  const some = { ...Object.fromEntries(rest), [first]: { ...known, Sex: null } };
  const analyses = analyzeTest(evaluation, some, nobody, null);
  const groups = subgroupGroups(evaluation, analyses);
  const sizes = analyses.oddsGaps.map(({ attribute, patients }, place) => {
    const group = groups.find(({ key }) => key === groupKeys.gap(place));
    assert.equal((group?.counted.length ?? 0) + (group?.others.length ?? 0), patients, attribute);
    return [attribute, patients];
  });
  assert.deepEqual(sizes, [
    ["Sex", 19],
    ["Age", 20],
  ]);
});

test("analyzeTest: somebody of whom nothing is known is a group of its own", () => {
  const [first, ...rest] = Object.entries(attributes);
  assert.equal(first[0], "weber-b 0");
  const { subgroups } = analyzeTest(evaluation, Object.fromEntries(rest), nobody, null);
  const unknown = subgroups.filter(({ value }) => value === null);
  assert.deepEqual(
    unknown.map(({ attribute, patients }) => [attribute, patients]),
    [
      ["Sex", 1],
      ["Hospital", 1],
      ["Age", 1],
    ],
  );
});

test("analyzeTest: errors by agreement are of patients whom at least two have read", () => {
  const said = (...readings: string[]) => ({
    agreeing: 1,
    readings: readings.length,
    said: readings,
  });
  const { errorsByAgreement: errors } = analyzeTest(
    evaluation,
    {},
    {
      readers: [],
      agreement: {
        "weber-b 9": said("weber-b", "none"),
        "weber-b 0": said("weber-b", "weber-b"),
        "none 0": said("none", "none"),
        "none 1": said("none"),
      },
    },
    null,
  );
  assert.deepEqual([errors?.cases, errors?.disagreed.count, errors?.unanimous.total], [3, 1, 2]);
  const agreement = {
    "weber-b 9": said("weber-b", "none"),
    "weber-b 0": said("weber-b", "weber-b"),
    "none 1": said("none"),
  };
  assert.deepEqual(
    errorGroups(evaluation, agreement).map(({ key, counted, others }) => [key, counted, others]),
    [
      ["errors-differed", [9], []],
      ["errors-agreed", [], [0]],
      ["errors-read", [9], [0]],
      ["errors-level-0", [9], []],
      ["errors-level-1", [], [0]],
    ],
  );
  assert.deepEqual(
    errorGroups(evaluation, { "none 1": said("none") }).map(({ key }) => key),
    ["errors-differed", "errors-agreed"],
  );
});

test("errorGroups: each level of agreement is of its own patients", () => {
  const said = (...readings: string[]) => ({ agreeing: 1, readings: 3, said: readings });
  const agreement = {
    "weber-b 9": said("weber-b", "none", "cast"),
    "weber-b 3": said("none", "weber-b", "cast"),
    "weber-b 0": said("weber-b", "weber-b", "none"),
    "none 0": said("none", "none", "none"),
  };
  const people = { readers: [], agreement };
  const { errorsByAgreement: errors } = analyzeTest(evaluation, {}, people, null);
  const groups = errorGroups(evaluation, agreement);
  for (const [place, { errors: own }] of (errors?.levels ?? []).entries()) {
    const group = groups.find(({ key }) => key === groupKeys.errorsAt(place));
    assert.deepEqual(
      [group?.counted.length, (group?.counted.length ?? 0) + (group?.others.length ?? 0)],
      [own.count, own.total],
    );
  }
  assert.deepEqual(
    groups.slice(3).map(({ title, counted, others }) => [title, counted, others]),
    [
      ["Wrong where 33% of the readers said the same", [9], [3]],
      ["Wrong where 67% of the readers said the same", [], [0]],
      ["Wrong where 100% of the readers said the same", [], [10]],
    ],
  );
});

test("htmlReport: analyses come with links that lead somewhere", () => {
  const analyses = analyzeTest(fitted, attributes, nobody, evaluation.outcomes);
  const [one] = fullReport.tests;
  const page = htmlReport({ ...fullReport, tests: [{ ...one, evaluation: fitted, analyses }] });
  const places = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, to] of page.matchAll(/ href="#([^"]+)"/g)) assert.ok(places.has(to), to);
  for (const said of ["Whether the probabilities can be believed", "Groups of patients"]) {
    assert.ok(page.includes(said), said);
  }
  assert.ok(!/NaN|Infinity|undefined/.test(page));
});

test("analyzeTest: each radiograph alone, by view and by what is known of it", () => {
  const [first] = testPatients(10);
  const [ap] = first.images;
  const missed = { ...ap, id: "lateral", view: "lateral" as const, findings: [] };
  const patients = [{ ...first, images: [ap, missed] }, ...testPatients(10).slice(1)];
  const own = evaluate(patients, testOptions);
  assert.deepEqual(
    own.radiographs
      .slice(0, 2)
      .map(({ image, view, prediction }) => [image, view, prediction.class]),
    [
      ["weber-b 0 ap", "ap", "weber-b"],
      ["lateral", "lateral", "none"],
    ],
  );
  const images = { lateral: { Visibility: "impossible" }, "weber-b 0 ap": { Visibility: "easy" } };
  const { radiographs, radiographMembers } = analyzeTest(own, {}, nobody, null, images);
  assert.deepEqual(
    radiographs.map((row) => [row.attribute, row.value, row.accuracy.count, row.accuracy.total]),
    [
      ["View", "ap", 19, 20],
      ["View", "lateral", 0, 1],
      ["Visibility", "easy", 1, 1],
      ["Visibility", "impossible", 0, 1],
      ["Visibility", null, 18, 19],
    ],
  );
  // The first patient is right by the one view and wrong by the other; the tenth by the only one.
  assert.deepEqual(radiographMembers[0].wrong, [9]);
  assert.deepEqual(radiographMembers[1], { right: [], wrong: [0] });
  assert.equal(radiographMembers[0].right.length, 19);
});
