import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readRecord,
  type SelectionAuditPlan,
  type SelectionAuditRun,
  selectionAuditPlanSchema,
  selectionAuditSchema,
} from "@malleolus/schema";
import { areaUnder, auditSelection } from "./audit-selection.ts";

const PLAN: SelectionAuditPlan = {
  format: "malleolus-selection-audit-1",
  fixedAt: "2026-01-01T00:00:00Z",
  strategy: "hard",
  control: "random",
  sizes: [100, 200, 400],
  seeds: [1, 2, 3],
  outcomes: ["macro AUC", "fracture Dice"],
  recipe: "quick",
  bootstrap: { seed: 7, resamples: 300 },
};
const HASH = "ab".repeat(32);

/** A number that looks random and is a function of its place. */
function noise(...path: number[]): number {
  const x =
    Math.sin(path.reduce((sum, part, i) => sum + part * (12.9898 + 78.233 * i), 1)) * 43758.5453;
  return x - Math.floor(x);
}

/** Patients of two classes whose scores part them the better, the greater `skill` is. */
function run(strategy: string, size: number, seed: number, skill: number): SelectionAuditRun {
  const patients = Array.from({ length: 60 }, (_, i) => {
    const isBroken = i % 2 === 0;
    const score = (isBroken ? skill : 0) + noise(i, size, seed);
    return {
      patient: `p${i}`,
      class: isBroken ? "weber_b" : "no_fracture",
      scores: { weber_b: score, no_fracture: -score },
      fractureDice: isBroken ? Math.min(1, skill / 2 + 0.1 * noise(i, seed)) : null,
    };
  });
  return { strategy, size, seed, patients };
}

function runsWith(hard: number, random: number): SelectionAuditRun[] {
  return PLAN.seeds.flatMap((seed) =>
    PLAN.sizes.flatMap((size, i) => [
      run("hard", size, seed, hard + i * 0.1),
      run("random", size, seed, random + i * 0.1),
    ]),
  );
}

test("areaUnder: the mean height over the logarithm of the size", () => {
  assert.equal(areaUnder([100, 200, 400], [0.7, 0.7, 0.7]), 0.7);
  assert.ok(Math.abs((areaUnder([100, 200, 800], [0, 1, 1]) ?? 0) - (0.5 + 2) / 3) < 1e-12);
  assert.equal(areaUnder([100, 200], [0.5, null]), null);
});

test("auditSelection: a strategy that is better, one that is worse, and one that is neither", () => {
  const verdicts = (hard: number, random: number) => {
    const audit = auditSelection(PLAN, HASH, runsWith(hard, random));
    assert.deepEqual(selectionAuditSchema.parse(audit), audit);
    assert.equal(audit.patients, 60);
    for (const { difference, strategyArea, controlArea, differenceBySeed } of audit.outcomes) {
      const apart = (strategyArea.value ?? 0) - (controlArea.value ?? 0);
      assert.ok(Math.abs((difference.value ?? 9) - apart) < 1e-12);
      const mean = differenceBySeed.reduce<number>((sum, one) => sum + (one ?? 9) / 3, 0);
      assert.ok(Math.abs(mean - apart) < 1e-12);
      const [low, high] = difference.interval ?? [1, -1];
      assert.ok(low <= apart && apart <= high);
    }
    return audit.outcomes.map(({ verdict }) => verdict);
  };
  assert.deepEqual(verdicts(0.7, 0.3), ["better", "better"]);
  assert.deepEqual(verdicts(0.3, 0.7), ["worse", "worse"]);
  assert.deepEqual(verdicts(0.5, 0.5), ["no difference shown", "no difference shown"]);
});

test("auditSelection: the same patients are drawn for both, so that pairs are narrower than either", () => {
  const [auc] = auditSelection(PLAN, HASH, runsWith(0.52, 0.5)).outcomes;
  const width = ({ interval }: { readonly interval: readonly [number, number] | null }) =>
    interval === null ? 0 : interval[1] - interval[0];
  assert.ok(width(auc.difference) < width(auc.strategyArea) / 2);
});

test("auditSelection: what no patient has a figure of is not measurable, and the rest is", () => {
  const unmeasured = runsWith(0.7, 0.3).map((one) => ({
    ...one,
    patients: one.patients.map((patient) => ({ ...patient, fractureDice: null })),
  }));
  const [auc, dice] = auditSelection(PLAN, HASH, unmeasured).outcomes;
  assert.equal(auc.verdict, "better");
  assert.equal(dice.verdict, "not measurable");
  assert.deepEqual([dice.strategyArea.value, dice.difference.value], [null, null]);
  assert.deepEqual(
    dice.control,
    PLAN.sizes.map((size) => ({ size, mean: null })),
  );
  assert.deepEqual(dice.differenceBySeed, [null, null, null]);
});

test("auditSelection: what is not the plan's trainings, or not of the same patients, is refused", () => {
  const runs = runsWith(0.5, 0.5);
  const audit = (given: readonly SelectionAuditRun[]) => () => auditSelection(PLAN, HASH, given);
  assert.throws(
    audit(runs.slice(1)),
    /expected the plan's 18 trainings, each once, got none of hard 100, seed 1/,
  );
  assert.throws(audit([...runs, runs[0]]), /each once, got 19/);
  const [first, ...rest] = runs;
  const short = { ...first, patients: first.patients.slice(1) };
  assert.throws(audit([...rest, short]), /same patients in one order/);
  assert.throws(audit([]), /got none of hard 100, seed 1; .* and 15 more/);
});

test("selectionAuditPlanSchema: sizes that grow, seeds and outcomes once, and a time", () => {
  assert.deepEqual(readRecord(selectionAuditPlanSchema, PLAN, "plan"), PLAN);
  const changes: readonly (readonly [object, RegExp])[] = [
    [{ sizes: [200, 100] }, /sizes that grow/],
    [{ seeds: [1, 1] }, /every seed once/],
    [{ outcomes: ["macro AUC", "macro AUC"] }, /every outcome once/],
    [{ fixedAt: "yesterday" }, /at fixedAt/],
    [{ outcome: "AUC" }, /unknown key "outcome"/],
  ];
  for (const [change, message] of changes) {
    assert.throws(
      () => readRecord(selectionAuditPlanSchema, { ...PLAN, ...change }, "plan"),
      message,
    );
  }
});
