import assert from "node:assert/strict";
import { test } from "node:test";
import { cellGroups, fractureGroups, groupKeys, patientGroups } from "./case-groups.ts";
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
    check(groupKeys.sensitivity(key), measures.sensitivity);
    check(groupKeys.specificity(key), measures.specificity);
    check(groupKeys.ppv(key), measures.ppv);
    check(groupKeys.npv(key), measures.npv);
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

test("every key is a part of an anchor, and none is given twice", () => {
  const keys = [
    ...patientGroups(evaluation),
    ...fractureGroups(evaluation),
    ...cellGroups(evaluation),
  ];
  assert.equal(new Set(keys.map(({ key }) => key)).size, keys.length);
  for (const { key } of keys) assert.match(key, /^[a-z0-9-]+$/);
});
