import assert from "node:assert/strict";
import { test } from "node:test";
import { cellGroups, patientGroups, readerGroups, ruleGroups } from "./called-groups.ts";
import { fractureGroups, groupKeys } from "./case-groups.ts";
import { readerResult } from "./reader-results.ts";
import { testEvaluation } from "./test-report.ts";

const evaluation = testEvaluation(10);
const { classification, localization, localizationByClass, localizationByView } = evaluation;
const groups = new Map(
  [...patientGroups(evaluation), ...fractureGroups(evaluation), ...cellGroups(evaluation)].map(
    (group) => [group.key, group],
  ),
);

function check(key: string, { count, total }: { readonly count: number; readonly total: number }) {
  const group = groups.get(key);
  assert.ok(group !== undefined, key);
  assert.deepEqual(
    [group.counted.length, group.counted.length + group.others.length],
    [count, total],
    key,
  );
}

test("patientGroups: behind each share stand as many patients as it counts", () => {
  check(groupKeys.accuracy, classification.accuracy);
  const all = [
    ["fracture", classification.fracture] as const,
    ...classification.classes.map((one, i) => [i, one] as const),
  ];
  for (const [key, measures] of all) {
    check(groupKeys.measure("sensitivity", key), measures.sensitivity);
    check(groupKeys.measure("specificity", key), measures.specificity);
    check(groupKeys.measure("ppv", key), measures.ppv);
    check(groupKeys.measure("npv", key), measures.npv);
  }
});

test("fractureGroups: behind each recall stand its fractures, in all, by class and by view", () => {
  check(groupKeys.found, localization.recall);
  assert.equal(localization.recall.count, 9);
  const { classes } = evaluation.settings;
  for (const one of localizationByClass) {
    check(groupKeys.foundOfClass(classes.indexOf(one.class)), one.recall);
  }
  for (const one of localizationByView) check(groupKeys.foundOnView(one.view), one.recall);
});

test("cellGroups: the patients of a cell are those of its truth who were called so", () => {
  for (const [row, counts] of classification.confusion.counts.entries()) {
    for (const [column, count] of counts.entries()) {
      const places = groups.get(groupKeys.cell(row, column))?.counted ?? [];
      assert.equal(places.length, count);
      for (const place of places) {
        const { truth, prediction } = evaluation.outcomes[place];
        const { classes } = evaluation.settings;
        assert.deepEqual([truth, prediction.class], [classes[row], classes[column]]);
      }
    }
  }
});

test("ruleGroups: behind each rule stand as many patients as it counts, and the paper's in full", () => {
  const { rules, rule: main, paperRule, settings } = evaluation;
  const byKey = new Map(ruleGroups(evaluation).map((group) => [group.key, group]));
  const counts = (key: string) => {
    const group = byKey.get(key) ?? assert.fail(key);
    return [group.counted.length, group.counted.length + group.others.length];
  };
  const shareOf = ({ count, total }: { count: number; total: number }) => [count, total];
  for (const { rule, accuracy, fracture, called } of rules) {
    const keys = groupKeys.rule(rule);
    if (rule === main) {
      assert.ok(!byKey.has(keys.accuracy), "the main rule's are the detector's");
      continue;
    }
    assert.deepEqual(counts(keys.accuracy), shareOf(accuracy), rule);
    assert.deepEqual(
      counts(keys.measure("sensitivity", "fracture")),
      shareOf(fracture.sensitivity),
    );
    assert.deepEqual(
      counts(keys.measure("specificity", "fracture")),
      shareOf(fracture.specificity),
    );
    assert.equal(called.length, evaluation.patients);
  }
  const sum = groupKeys.rule("sum");
  for (const [place, { sensitivity, specificity }] of paperRule.classes.entries()) {
    assert.deepEqual(counts(sum.measure("sensitivity", place)), shareOf(sensitivity));
    assert.deepEqual(counts(sum.measure("specificity", place)), shareOf(specificity));
  }
  for (const [row, cells] of paperRule.confusion.counts.entries()) {
    for (const [column, count] of cells.entries()) {
      assert.equal(byKey.get(sum.cell(row, column))?.counted.length ?? 0, count);
    }
  }
  assert.equal(byKey.get(sum.cell(0, 1))?.called, settings.classes[1]);
  assert.equal(byKey.get(groupKeys.ruleUndecided("sum"))?.counted.length, 0);
});

test("readerGroups: the patients of a reader by their places, others' left out", () => {
  const reading = (patient: string, truth: string, said: string) => ({
    patient,
    truth,
    said,
    certainty: null,
  });
  const reader = readerResult(
    "A reader",
    true,
    [
      reading("none 2", "none", "weber-b"),
      reading("weber-b 1", "weber-b", "weber-b"),
      reading("of another test", "none", "none"),
    ],
    "none",
  );
  const groups = readerGroups(evaluation, [reader, reader]);
  const [accuracy, sensitivity, specificity, detector, differs, ...rest] = groups;
  assert.deepEqual(
    [accuracy.title, accuracy.counted, accuracy.others],
    ["A reader: accuracy", [1], [12]],
  );
  assert.deepEqual([sensitivity.counted, sensitivity.others], [[1], []]);
  assert.deepEqual([specificity.counted, specificity.others], [[], [12]]);
  // The detector is right of both patients of the reader, whoever else is in the test.
  assert.deepEqual([detector.counted, detector.others], [[12, 1], []]);
  // Both are right of the one, the detector alone of the other.
  assert.deepEqual([differs.counted, differs.others], [[], [12]]);
  const [, , , , rescued] = readerGroups(evaluation, [
    readerResult("A reader", true, [reading("weber-b 9", "weber-b", "weber-b")], "none"),
  ]);
  assert.deepEqual([rescued.counted, rescued.others], [[9], []]);
  assert.deepEqual(
    rest.map(({ key }) => key),
    [
      "reader-1-accuracy",
      "reader-1-sensitivity-fracture",
      "reader-1-specificity-fracture",
      "reader-1-detector",
      "reader-1-differs",
    ],
  );
});

test("every key is a part of an anchor, and none is given twice", () => {
  const keys = [
    ...patientGroups(evaluation),
    ...fractureGroups(evaluation),
    ...cellGroups(evaluation),
    ...ruleGroups(evaluation),
  ];
  assert.equal(new Set(keys.map(({ key }) => key)).size, keys.length);
  for (const { key } of keys) assert.match(key, /^[a-z0-9-]+$/);
});
