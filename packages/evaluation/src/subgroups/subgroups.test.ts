import assert from "node:assert/strict";
import { test } from "node:test";
import { oddsGapsOf } from "./equalized-odds.ts";
import { errorsByAgreement } from "./errors-by-agreement.ts";
import { AGE_BANDS, ageBand, type Subject, subgroupRows } from "./subgroups.ts";

function subject(
  patient: string,
  value: string | null,
  positive: boolean,
  called: boolean,
): Subject {
  return {
    patient,
    attributes: { sex: value },
    isRight: positive === called,
    positive,
    calledPositive: called,
    score: Number(called),
  };
}

const subjects = [
  subject("1", "F", true, true),
  subject("1", "F", true, false),
  subject("2", "F", false, false),
  subject("3", "M", true, true),
  subject("4", "M", false, true),
  subject("5", null, false, false),
];

test("subgroupRows: a row a value, the unknown last, views of one patient together", () => {
  const rows = subgroupRows(subjects, ["sex"], { sex: ["M", "F"] });
  assert.deepEqual(
    rows.map(({ attribute, value, subjects: n, patients }) => [attribute, value, n, patients]),
    [
      ["sex", "M", 2, 2],
      ["sex", "F", 3, 2],
      ["sex", null, 1, 1],
    ],
  );
  const [men, women, unknown] = rows;
  assert.deepEqual([women.accuracy.count, women.accuracy.total], [2, 3]);
  assert.deepEqual([women.sensitivity.count, women.sensitivity.total], [1, 2]);
  assert.deepEqual([men.specificity.count, men.specificity.total], [0, 1]);
  // One patient with two views says nothing of how patients differ.
  assert.equal(women.sensitivity.interval, null);
  assert.equal(women.auc?.auc, 0.75);
  assert.equal(unknown.auc, null);
  assert.deepEqual(
    subgroupRows(subjects, ["sex", "room"]).map(({ attribute, value }) => `${attribute} ${value}`),
    ["sex F", "sex M", "sex null", "room null"],
  );
});

test("ageBand: each band begins with its first birthday", () => {
  const cases: [number, string][] = [
    [0, "under 18"],
    [17.9, "under 18"],
    [18, "18 to 39"],
    [39.9, "18 to 39"],
    [40, "40 to 64"],
    [64.9, "40 to 64"],
    [65, "65 and over"],
    [101, "65 and over"],
  ];
  for (const [years, band] of cases) assert.equal(ageBand(years), band);
  assert.equal(AGE_BANDS.length, 4);
  for (const years of [-1, 150, Number.NaN]) assert.throws(() => ageBand(years), /an age in years/);
});

const many = (count: number, value: string, positive: boolean, called: boolean) =>
  Array.from({ length: count }, (_, i) =>
    subject(`${value}${positive}${called}${i}`, value, positive, called),
  );

test("oddsGapsOf: the gap, and how great a gap chance makes", () => {
  const uneven = [
    ...many(18, "F", true, true),
    ...many(2, "F", true, false),
    ...many(6, "M", true, true),
    ...many(14, "M", true, false),
    ...many(10, "F", false, false),
    ...many(10, "M", false, false),
  ];
  const [gap] = oddsGapsOf(uneven, ["sex"], { seed: 1, deals: 400 });
  assert.deepEqual([gap.values, gap.patients], [["F", "M"], 60]);
  assert.ok(Math.abs((gap.truePositiveRate.gap ?? 0) - 0.6) < 1e-12);
  assert.ok((gap.truePositiveRate.byChance ?? 1) < 0.25);
  assert.equal(gap.truePositiveRate.p, 1 / 401);
  // Nobody is called wrongly, in any deal.
  assert.deepEqual(gap.falsePositiveRate, { gap: 0, byChance: 0, p: 1 });
  const [even] = oddsGapsOf(
    [
      ...many(9, "F", true, true),
      ...many(1, "F", true, false),
      ...many(9, "M", true, true),
      ...many(1, "M", true, false),
    ],
    ["sex"],
    { seed: 1, deals: 200 },
  );
  assert.equal(even.truePositiveRate.p, 1);
  assert.deepEqual(even.falsePositiveRate, { gap: null, byChance: null, p: null });
});

test("oddsGapsOf: of all deals as many are as great as Fisher's test says", () => {
  // 3 of 4 against 1 of 4: two-sided 34 of 70.
  const tea = [
    ...many(3, "F", true, true),
    ...many(1, "F", true, false),
    ...many(1, "M", true, true),
    ...many(3, "M", true, false),
  ];
  const [{ truePositiveRate }] = oddsGapsOf(tea, ["sex"], { seed: 5, deals: 4000 });
  assert.ok(Math.abs((truePositiveRate.p ?? 0) - 34 / 70) < 0.03);
});

test("oddsGapsOf: attributes together are dealt as each alone, also one that fewer have", () => {
  const some = [
    ...many(7, "F", true, true),
    ...many(5, "M", true, false),
    ...many(4, "F", false, true),
    ...many(6, "M", false, false),
  ].map((one, i) => ({
    ...one,
    attributes: {
      ...one.attributes,
      age: i % 3 === 0 ? "old" : "young",
      machine: i % 4 === 0 ? null : `${i % 2}`,
    },
  }));
  const options = { seed: 7, deals: 100 };
  const together = oddsGapsOf(some, ["sex", "age", "machine"], options);
  assert.deepEqual(
    together,
    ["sex", "age", "machine"].flatMap((name) => oddsGapsOf(some, [name], options)),
  );
  assert.deepEqual(
    together.map(({ patients }) => patients),
    [22, 22, 16],
  );
});

test("oddsGapsOf: a patient with two values is refused", () => {
  const both = [subject("1", "F", true, true), subject("1", "M", true, true)];
  assert.throws(
    () => oddsGapsOf(both, ["sex"], { seed: 1, deals: 10 }),
    /one sex of patient 1, got F, M/,
  );
});

test("errorsByAgreement: errors where readers disagreed, tested against where they agreed", () => {
  const read = (readings: string[], modelIsRight: boolean, count: number) =>
    Array.from({ length: count }, () => ({ readings, modelIsRight }));
  const cases = [
    ...read(["a", "a", "a"], true, 18),
    ...read(["a", "a", "a"], false, 2),
    ...read(["a", "b", "a"], true, 3),
    ...read(["a", "b", "a"], false, 3),
    ...read(["a", "b", "c"], false, 4),
  ];
  const { levels, disagreed, unanimous, difference, trend } = errorsByAgreement(cases);
  assert.deepEqual(
    levels.map(({ agreement, errors: { count, total } }) => [agreement, count, total]),
    [
      [1 / 3, 4, 4],
      [2 / 3, 3, 6],
      [1, 2, 20],
    ],
  );
  assert.deepEqual([disagreed.count, disagreed.total, unanimous.count], [7, 10, 2]);
  assert.ok(Math.abs((difference.difference ?? 0) - 0.6) < 1e-12);
  assert.ok(difference.exactP < 0.003 && (trend.z ?? 0) < -3);
  assert.throws(
    () => errorsByAgreement([{ readings: ["a"], modelIsRight: true }]),
    /got 1 of case 0/,
  );
  assert.equal(errorsByAgreement([]).difference.difference, null);
});
