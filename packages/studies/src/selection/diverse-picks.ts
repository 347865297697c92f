/**
 * The first of a ranking, with patients in mind: three views of one patient tell less than views of three,
 * so that each view that is taken halves the priority of the patient's others.
 */
import { inOrder, type Ranked } from "./strategies.ts";

const DISCOUNT = 0.5;

export interface Pick extends Ranked {
  /** Of the patient, taken before it. */
  readonly earlier: number;
}

/**
 * So many of the ranked, in the order in which they are taken; fewer where there are not as many. A pick's
 * priority is what was left of it. `taken` counts the views that other picks have taken, by patient, and
 * goes on counting.
 */
export function pickDiverse(
  ranked: readonly Ranked[],
  count: number,
  patientOf: ReadonlyMap<string, string>,
  seed: number,
  taken: Map<string, number> = new Map(),
): Pick[] {
  const left = inOrder(ranked, seed).map((one) => ({
    one,
    patient: patientOf.get(one.image) ?? one.image,
  }));
  const picks: Pick[] = [];
  const isTaken = new Uint8Array(left.length);
  while (picks.length < Math.min(count, left.length)) {
    let [best, most] = [-1, -1];
    for (const [i, { one, patient }] of left.entries()) {
      // Nobody after this has more left, since priorities only fall from here on.
      if (one.priority <= most) break;
      if (isTaken[i] === 1) continue;
      const priority = one.priority * DISCOUNT ** (taken.get(patient) ?? 0);
      if (priority > most) [best, most] = [i, priority];
    }
    const { one, patient } = left[best];
    const earlier = taken.get(patient) ?? 0;
    isTaken[best] = 1;
    taken.set(patient, earlier + 1);
    picks.push({ ...one, priority: most, earlier });
  }
  return picks;
}
