import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fQuantile } from "../distributions/beta.ts";
import { blandAltman } from "./bland-altman.ts";
import { chanceCorrected, type Readings } from "./chance-corrected.ts";
import { cohenKappaOf, type KappaWeights } from "./cohen-kappa.ts";
import { fleissOf } from "./fleiss.ts";
import { intraclassCorrelation } from "./intraclass-correlation.ts";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { intraObserverAgreement, observerAgreement } from "./observer-agreement.ts";

interface Golden {
  /** Readings of a reader as digits, `.` where there is none. */
  agreement: {
    readings: string[];
    grades: number;
    kappa: [number, number, number];
    alpha: [nominal: number, ordinal: number];
    fleiss: number;
  }[];
  intraclass: { measurements: number[][]; value: number; interval: [number, number] }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/observer-agreement.json", import.meta.url), "utf8"),
);

const near = (actual: number | null | undefined, expected: number, within = 1e-9) =>
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= within,
    `expected ${expected}, got ${actual}`,
  );

/** A row a case. */
function casesOf(readers: readonly string[]): Readings[] {
  return [...readers[0]].map((_, i) => readers.map((own) => (own[i] === "." ? null : own[i])));
}

for (const [i, { readings, grades: count, kappa, alpha, fleiss }] of golden.agreement.entries()) {
  test(`agreement: kappas, alphas and Fleiss' kappa of other libraries, case ${i}`, () => {
    const cases = casesOf(readings);
    const grades = Array.from({ length: count }, (_, k) => `${k}`);
    const first = cases.map(([one, other]) => [one, other]);
    const weights: KappaWeights[] = ["none", "linear", "quadratic"];
    for (const [k, weight] of weights.entries()) {
      near(cohenKappaOf(first, grades, weight).value, kappa[k]);
    }
    near(krippendorffAlpha(cases, grades, "nominal").value, alpha[0]);
    near(krippendorffAlpha(cases, grades, "ordinal").value, alpha[1]);
    near(chanceCorrected(cases, fleissOf).value, fleiss);
  });
}

test("krippendorffAlpha: the worked example with missing readings, 0.743 and 0.815", () => {
  const cases = casesOf(["123321412...", "1233224125.3", ".3332342251.", "12332441251."]);
  const grades = ["1", "2", "3", "4", "5"];
  near(krippendorffAlpha(cases, grades, "nominal").value, 0.743, 5e-4);
  near(krippendorffAlpha(cases, grades, "ordinal").value, 0.815, 5e-4);
  // The twelfth case has one reading, which nothing is compared with.
  assert.equal(krippendorffAlpha(cases, grades, "nominal").cases, 11);
});

test("cohenKappaOf: weights by the distance of the grades, by hand", () => {
  const cases: Readings[] = [
    ["a", "a"],
    ["b", "c"],
    ["c", "a"],
    ["b", "b"],
    ["c", null],
  ];
  const grades = ["a", "b", "c"];
  // First: a 1, b 2, c 1; second: a 2, b 1, c 1, of 4.
  const plain = cohenKappaOf(cases, grades);
  near(plain.observed, 2 / 4);
  near(plain.chance, (1 * 2 + 2 * 1 + 1 * 1) / 16);
  const linear = cohenKappaOf(cases, grades, "linear");
  near(linear.observed, (1 + 0.5 + 0 + 1) / 4);
  near(linear.chance, (2 + 0.5 * (1 + 2 * 2 + 2 * 1 + 1) + 2 + 1) / 16);
  const quadratic = cohenKappaOf(cases, grades, "quadratic");
  near(quadratic.observed, (1 + 0.75 + 0 + 1) / 4);
  assert.equal(plain.cases, 4);
});

test("agreement: one case, none, and nothing but one grade", () => {
  const grades = ["a", "b"];
  assert.deepEqual(cohenKappaOf([], grades), {
    value: null,
    interval: null,
    cases: 0,
    observed: null,
    chance: null,
  });
  const one = cohenKappaOf([["a", "b"]], grades);
  assert.deepEqual([one.value, one.interval], [0, null]);
  assert.equal(
    cohenKappaOf(
      [
        ["a", "a"],
        ["a", "a"],
      ],
      grades,
    ).value,
    null,
  );
  assert.equal(
    krippendorffAlpha(
      [
        ["a", "a"],
        ["a", null],
      ],
      grades,
      "nominal",
    ).value,
    null,
  );
  assert.equal(krippendorffAlpha([["a", null]], grades, "ordinal").value, null);
  assert.equal(
    krippendorffAlpha(
      [
        ["a", "a"],
        ["a", "a"],
      ],
      grades,
      "ordinal",
    ).value,
    null,
  );
});

test("agreement: where all agree the interval has a width, and it narrows with cases", () => {
  const cases = (count: number): Readings[] =>
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? ["a", "a"] : ["b", "b"]));
  const low = (count: number) => cohenKappaOf(cases(count), ["a", "b"]).interval?.[0] ?? 1;
  const { value, interval } = cohenKappaOf(cases(25), ["a", "b"]);
  assert.deepEqual([value, interval?.[1]], [1, 1]);
  assert.ok(low(25) > 0.6 && low(25) < 0.8 && low(100) > 0.9 && low(100) < 0.96);
});

test("agreement: the interval is Wilson's of what is observed, with the jackknife's variance", () => {
  const grades = ["a", "b"];
  const counts: [first: string, second: string, cases: number][] = [
    ["a", "a", 9],
    ["a", "b", 2],
    ["b", "a", 1],
    ["b", "b", 8],
  ];
  const cases = counts.flatMap(([first, second, count]): Readings[] =>
    Array.from({ length: count }, () => [first, second]),
  );
  const { value, interval, observed, chance } = cohenKappaOf(cases, grades);
  // First 11 and 9 of 20, second 10 and 10.
  near(observed, 17 / 20);
  near(chance, 0.5);
  near(value, 0.7);
  const without = cases.map((_, left) => {
    const rest = cases.filter((__, i) => i !== left);
    return cohenKappaOf(rest, grades).value ?? assert.fail();
  });
  const mean = without.reduce((sum, one) => sum + one, 0) / 20;
  const variance = (19 / 20) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  // So many independent cases of 0.85 would spread as much as what is observed.
  const independent = (0.85 * 0.15) / (variance * 0.5 ** 2);
  for (const kappa of interval ?? assert.fail()) {
    const end = 0.5 + 0.5 * kappa;
    // Student's quantile of 19 degrees of freedom.
    near(Math.abs(0.85 - end), 2.093024054408263 * Math.sqrt((end * (1 - end)) / independent));
  }
});

test("agreement: a reading that is none of the grades, or a third reader, is refused", () => {
  assert.throws(
    () => cohenKappaOf([["a", "x"]], ["a", "b"]),
    /expected one of a, b, got "x" of case 0/,
  );
  assert.throws(
    () =>
      cohenKappaOf(
        [
          ["a", "a"],
          ["a", "a", "a"],
        ],
        ["a"],
      ),
    /got 3 of case 1/,
  );
  assert.throws(() => krippendorffAlpha([["a", "x"]], ["a"], "nominal"), /got "x" of case 0/);
});

test("observerAgreement: exclusions count as readings and have no order", () => {
  const cases: Readings[] = [
    ["a", "a", "a"],
    ["b", "b", "cast"],
    ["cast", "cast", "cast"],
    ["a", "c", null],
    ["c", "b", "c"],
    ["b", "b", "b"],
  ];
  const grades = ["a", "b", "c"];
  const agreement = observerAgreement(["x", "y", "z"], cases, grades, ["cast", "callus"]);
  assert.deepEqual(
    agreement.pairs.map(({ readers }) => readers.join()),
    ["x,y", "x,z", "y,z"],
  );
  assert.deepEqual(
    agreement.categories.map(({ category, isExclusion, mentioned }) => [
      category,
      isExclusion,
      mentioned,
    ]),
    [
      ["a", false, 2],
      ["b", false, 3],
      ["c", false, 2],
      ["cast", true, 2],
    ],
  );
  assert.equal(agreement.alpha.cases, 6);
  // The two exclusions of case 1 and 2 leave one with two grades, and one with none.
  assert.equal(agreement.ordinalAlpha.cases, 5);
  assert.equal(agreement.fleiss?.cases, 5);
  const [first] = agreement.pairs;
  assert.deepEqual(
    [first.kappa.cases, first.linearKappa.cases, first.quadraticKappa.cases],
    [6, 5, 5],
  );
  // cast or not, of x and y: both say it of the same case.
  const cast = agreement.categories[3].alpha;
  near(
    cast.value,
    krippendorffAlpha(
      cases.map((row) => row.map((one) => one && (one === "cast" ? "yes" : "no"))),
      ["yes", "no"],
      "nominal",
    ).value ?? -9,
  );
  assert.equal(observerAgreement(["x"], [["a"]], grades, []).fleiss, null);
});

test("intraObserverAgreement: each reader with themselves alone", () => {
  const repeat = (reader: string, first: string, second: string) => ({ reader, first, second });
  const [x, y] = intraObserverAgreement(
    [repeat("x", "a", "a"), repeat("y", "a", "b"), repeat("x", "b", "b"), repeat("y", "b", "a")],
    ["a", "b"],
  );
  assert.deepEqual([x.reader, x.kappa.value, x.kappa.cases], ["x", 1, 2]);
  assert.deepEqual([y.reader, y.kappa.value], ["y", -1]);
});

for (const [i, { measurements, value, interval }] of golden.intraclass.entries()) {
  test(`intraclassCorrelation: ICC(2,1) of pingouin with its interval, case ${i}`, () => {
    const ours = intraclassCorrelation(measurements);
    near(ours.value, value, 1e-8);
    // It rounds its intervals to two digits.
    near(ours.fInterval?.[0], interval[0], 0.00501);
    near(ours.fInterval?.[1], interval[1], 0.00501);
    // With a reader's bias known from two of them, it is wider.
    const [low, high] = ours.interval ?? [1, 0];
    assert.ok(low < value && value < high && low < interval[0] + 0.02);
  });
}

test("intraclassCorrelation: Shrout and Fleiss' example, 0.29 (0.02 to 0.76)", () => {
  const rows = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
  ];
  const { value, fInterval, meanSquares } = intraclassCorrelation(rows);
  near(value, 0.29, 5e-3);
  near(fInterval?.[0], 0.019, 5e-4);
  near(fInterval?.[1], 0.761, 5e-4);
  near(meanSquares?.cases, 11.24, 5e-3);
  near(meanSquares?.readers, 32.49, 5e-3);
  near(meanSquares?.error, 1.02, 5e-3);
  // In metres instead of millimetres nothing agrees less.
  const small = intraclassCorrelation(rows.map((row) => row.map((one) => one / 1000)));
  near(small.value, value ?? 9);
  near(small.fInterval?.[0], fInterval?.[0] ?? 9);
});

test("intraclassCorrelation: without spread, cases or readers there is none", () => {
  assert.equal(intraclassCorrelation([]).value, null);
  assert.equal(intraclassCorrelation([[1, 2]]).value, null);
  assert.equal(intraclassCorrelation([[1], [2]]).value, null);
  assert.equal(
    intraclassCorrelation([
      [3, 3],
      [3, 3],
    ]).value,
    null,
  );
  assert.deepEqual(
    intraclassCorrelation([
      [1, 1],
      [2, 2],
      [4, 4],
    ]).interval,
    [1, 1],
  );
  assert.throws(() => intraclassCorrelation([[1, 2], [1]]), /got 1 of case 1/);
  assert.throws(
    () =>
      intraclassCorrelation([
        [1, 2],
        [1, Number.NaN],
      ]),
    /got NaN of case 1/,
  );
});

test("intraclassCorrelation: where readers do not differ, the interval is that of ICC(3,1)", () => {
  // Each reader's noise sums to 0, so that all have one mean.
  const rows = Array.from({ length: 12 }, (_, i) => {
    const noise = [1, -1, 2, -2][i % 4];
    const own = 3 * ((i * 5) % 12);
    return [own + noise, own - noise, own + (i < 6 ? 2 : -2)];
  });
  const { interval, meanSquares } = intraclassCorrelation(rows);
  near(meanSquares?.readers, 0);
  const f = (meanSquares?.cases ?? 0) / (meanSquares?.error ?? 0);
  // Shrout and Fleiss 1979: F of 11 and 22 degrees of freedom exceeds 2.65 in 2.5 %, of 22 and 11 3.20.
  const [low, high] = [f / fQuantile(0.025, 11, 22), f * fQuantile(0.025, 22, 11)].map(
    (end) => (end - 1) / (end + 2),
  );
  near(interval?.[0], low, 0.1 * (high - low));
  near(interval?.[1], high, 0.1 * (high - low));
});

test("intraclassCorrelation: without noise the readers' spread alone is in the interval", () => {
  const biases = [0, 2, 4, 10];
  const rows = Array.from({ length: 8 }, (_, i) => biases.map((bias) => 3 * i + bias));
  const { value, interval, meanSquares } = intraclassCorrelation(rows);
  near(meanSquares?.error, 0);
  // Variances of 54 between cases and of 56/3 between readers, by n - 1.
  near(value, 54 / (54 + 56 / 3));
  // The ratio of both is F's, with 7 and 3 degrees of freedom.
  const ratio = 54 / (56 / 3);
  const [low, high] = [ratio / fQuantile(0.025, 7, 3), ratio * fQuantile(0.025, 3, 7)].map(
    (end) => end / (1 + end),
  );
  near(interval?.[0], low, 0.04);
  near(interval?.[1], high, 0.02);
});

test("blandAltman: bias, limits, and where the limits may lie", () => {
  const pairs = [1, -1, 2, -2, 0.5, 1.5, -0.5, 0.5].map((d, i) => [10 + i + d, 10 + i] as const);
  const { bias, deviation, lowerLimit, upperLimit, points } = blandAltman(pairs);
  near(bias.value, 0.25);
  const squares = [0.75, -1.25, 1.75, -2.25, 0.25, 1.25, -0.75, 0.25].map((d) => d * d);
  const sd = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / 7);
  near(deviation, sd);
  // t of 7 degrees is 2.364624, chi-square's points are 1.689869 and 16.012764.
  near(bias.interval?.[1], 0.25 + (2.364624 * sd) / Math.sqrt(8), 1e-6);
  near(upperLimit.value, 0.25 + 1.959964 * sd, 1e-6);
  near(lowerLimit.value, 0.25 - 1.959964 * sd, 1e-6);
  const half = (2.364624 * sd) / Math.sqrt(8);
  const outwards = Math.hypot(half, 1.959964 * sd * (Math.sqrt(7 / 1.689869) - 1));
  const inwards = Math.hypot(half, 1.959964 * sd * (1 - Math.sqrt(7 / 16.012764)));
  near(upperLimit.interval?.[1], 0.25 + 1.959964 * sd + outwards, 1e-5);
  near(upperLimit.interval?.[0], 0.25 + 1.959964 * sd - inwards, 1e-5);
  near(lowerLimit.interval?.[0], 0.25 - 1.959964 * sd - outwards, 1e-5);
  near(lowerLimit.interval?.[1], 0.25 - 1.959964 * sd + inwards, 1e-5);
  assert.deepEqual(points[0], { mean: 10.5, difference: 1 });
});

test("blandAltman: of one pair there is a bias, of none nothing", () => {
  const one = blandAltman([[3, 1]]);
  assert.deepEqual(
    [one.bias, one.deviation, one.upperLimit.value],
    [{ value: 2, interval: null }, null, null],
  );
  assert.equal(blandAltman([]).bias.value, null);
  assert.throws(
    () =>
      blandAltman([
        [1, 1],
        [1, Number.NaN],
      ]),
    /got 1 and NaN of pair 1/,
  );
});
