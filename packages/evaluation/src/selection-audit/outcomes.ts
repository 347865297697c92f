/** How well one training does on patients of whom each may count several times: a bootstrap's resample. */
import type { SelectionAuditRun, SelectionOutcomeName } from "@malleolus/schema";
import { meanOf } from "../summary.ts";
import { rankedScores, weightedArea } from "../weighted-statistics.ts";

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
    weightedArea(
      rankedScores(
        patients.map(({ scores }) => scores[name] ?? 0),
        patients.map((one) => one.class === name),
      ),
      weights,
    ),
  );
  const known = areas.filter((area) => area !== null);
  return known.length < classes.length ? null : meanOf(known);
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
