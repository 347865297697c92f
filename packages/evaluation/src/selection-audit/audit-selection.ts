/**
 * Two strategies' learning curves against each other: the area under each, and the difference with a band.
 *
 * The band is of the bootstrap over patients: a resample draws patients, the same for every training, and
 * computes everything anew. Trainings are paired by seed and averaged over the seeds; how far seeds differ
 * is told by the differences of each, since five are too few to draw from.
 */
import type { SelectionAudit, SelectionAuditPlan, SelectionAuditRun } from "@malleolus/schema";
import { weightedBootstrap } from "../bootstrap.ts";
import { EvaluationError } from "../errors.ts";
import { meanOf } from "../summary.ts";
import { measureOf } from "./outcomes.ts";

/**
 * @throws EvaluationError `input` where the trainings are not those of the plan, or were measured
 *   on different patients.
 */
export function auditSelection(
  plan: SelectionAuditPlan,
  planSha256: string,
  runs: readonly SelectionAuditRun[],
): SelectionAudit {
  const table = checkedRuns(plan, runs);
  const clusters = runs[0]?.patients.length ?? 0;
  const outcomes = plan.outcomes.map((outcome) => {
    const height = (strategy: string, size: number, seed: number, weights: Uint32Array) =>
      measureOf(outcome, table(strategy, size, seed).patients, weights);
    const areaOf = (strategy: string, seed: number, weights: Uint32Array) =>
      areaUnder(
        plan.sizes,
        plan.sizes.map((size) => height(strategy, size, seed, weights)),
      );
    const meanArea = (strategy: string, weights: Uint32Array) =>
      meanOfAll(plan.seeds.map((seed) => areaOf(strategy, seed, weights)));
    const [strategyArea, controlArea, difference] = weightedBootstrap(
      clusters,
      (weights) => {
        const areas = [plan.strategy, plan.control].map((name) => meanArea(name, weights));
        return [...areas, less(areas[0], areas[1])];
      },
      plan.bootstrap,
    );
    const once = new Uint32Array(clusters).fill(1);
    const curve = (strategy: string) =>
      plan.sizes.map((size) => ({
        size,
        mean: meanOfAll(plan.seeds.map((seed) => height(strategy, size, seed, once))),
      }));
    return {
      outcome,
      strategy: curve(plan.strategy),
      control: curve(plan.control),
      strategyArea,
      controlArea,
      difference,
      differenceBySeed: plan.seeds.map((seed) =>
        less(areaOf(plan.strategy, seed, once), areaOf(plan.control, seed, once)),
      ),
      verdict: verdictOf(difference.interval),
    };
  });
  return { planSha256, patients: clusters, outcomes };
}

/**
 * Mean height of a curve over the logarithm of the size, by trapezoids: doubling a small set counts as much
 * as doubling a large one. Null where a point is missing.
 */
export function areaUnder(
  sizes: readonly number[],
  heights: readonly (number | null)[],
): number | null {
  let area = 0;
  for (let i = 1; i < sizes.length; i++) {
    const [before, here] = [heights[i - 1], heights[i]];
    if (before === null || here === null) return null;
    area += (Math.log(sizes[i] / sizes[i - 1]) * (before + here)) / 2;
  }
  return area / Math.log(sizes[sizes.length - 1] / sizes[0]);
}

function verdictOf(
  interval: readonly [number, number] | null,
): SelectionAudit["outcomes"][number]["verdict"] {
  if (interval === null) return "not measurable";
  return interval[0] > 0 ? "better" : interval[1] < 0 ? "worse" : "no difference shown";
}

function less(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : meanOf(known);
}

type Table = (strategy: string, size: number, seed: number) => SelectionAuditRun;

function checkedRuns(plan: SelectionAuditPlan, runs: readonly SelectionAuditRun[]): Table {
  const nameOf = (strategy: string, size: number, seed: number) =>
    `${strategy} ${size}, seed ${seed}`;
  const byName = new Map(runs.map((run) => [nameOf(run.strategy, run.size, run.seed), run]));
  const wanted = [plan.strategy, plan.control].flatMap((strategy) =>
    plan.sizes.flatMap((size) => plan.seeds.map((seed) => nameOf(strategy, size, seed))),
  );
  const missing = wanted.filter((name) => !byName.has(name));
  if (missing.length > 0 || runs.length !== wanted.length) {
    const got =
      missing.length > 0
        ? `none of ${missing.slice(0, 3).join("; ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}`
        : `${runs.length}`;
    throw refusal(`expected the plan's ${wanted.length} trainings, each once, got ${got}`);
  }
  const patientsOf = (run: SelectionAuditRun) =>
    run.patients.map(({ patient, class: name }) => `${patient} ${name}`).join("\n");
  const other = runs.find((run) => patientsOf(run) !== patientsOf(runs[0]));
  if (other !== undefined) {
    throw refusal(
      `expected all trainings measured on the same patients in one order, got others for ` +
        nameOf(other.strategy, other.size, other.seed),
    );
  }
  return (strategy, size, seed) => {
    const found = byName.get(nameOf(strategy, size, seed));
    if (found === undefined) throw new Error("internal: a training of the plan is missing");
    return found;
  };
}

function refusal(message: string): EvaluationError {
  return new EvaluationError("input", `auditSelection: ${message}`);
}
