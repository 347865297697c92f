/** How well one training does on patients of whom each may count several times: a bootstrap's resample. */
import type { SelectionAuditRun, SelectionOutcomeName } from "@malleolus/schema";
import { meanOf } from "../summary.ts";

type Patients = SelectionAuditRun["patients"];

/** Null where it does not exist: a class that nobody has, no fracture to outline. */
export function measureOf(
  outcome: SelectionOutcomeName,
  patients: Patients,
  weights: Uint32Array,
): number | null {
  return outcome === "macro AUC"
    ? macroAuc(patients, weights)
    : weightedMean(
        patients.map(({ fractureDice }) => fractureDice),
        weights,
      );
}

/** The mean over the patients' classes of each one's area against all others. */
function macroAuc(patients: Patients, weights: Uint32Array): number | null {
  const classes = [...new Set(patients.map(({ class: name }) => name))];
  const areas = classes.map((name) =>
    weightedAuc(
      patients.map(({ scores }) => scores[name] ?? 0),
      patients.map((one) => one.class === name),
      weights,
    ),
  );
  const known = areas.filter((area) => area !== null);
  return known.length < classes.length ? null : meanOf(known);
}

/** The share of pairs of a positive and a negative that the score puts in order, ties by half. */
export function weightedAuc(
  scores: readonly number[],
  positive: readonly boolean[],
  weights: Uint32Array,
): number | null {
  const order = scores.map((_, i) => i).toSorted((a, b) => scores[a] - scores[b]);
  let [below, positives, pairs] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let [tiedPositive, tiedNegative, end] = [0, 0, start];
    while (end < order.length && scores[order[end]] === scores[order[start]]) {
      if (positive[order[end]]) tiedPositive += weights[order[end]];
      else tiedNegative += weights[order[end]];
      end++;
    }
    pairs += tiedPositive * (below + tiedNegative / 2);
    below += tiedNegative;
    positives += tiedPositive;
    start = end;
  }
  return positives === 0 || below === 0 ? null : pairs / (positives * below);
}

function weightedMean(values: readonly (number | null)[], weights: Uint32Array): number | null {
  let [sum, total] = [0, 0];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    sum += weights[i] * value;
    total += weights[i];
  }
  return total === 0 ? null : sum / total;
}
