/**
 * Equalised odds (Hardt, Price and Srebro 2016): does a model find fractures as often, and cry wolf as
 * often, in every part of the patients?
 *
 * A gap is the highest less the lowest share among the values of an attribute. It is above 0 by chance
 * alone, the more so with small parts; so it comes with the gap that chance would give (labels of the
 * attribute dealt out anew among the patients), and a p value after Phipson and Smyth 2010.
 */

import { philox4x32 } from "@malleolus/random";
import { EvaluationError } from "../errors.ts";
import type { Subject } from "./subgroups.ts";

export interface OddsGap {
  readonly attribute: string;
  readonly values: readonly string[];
  /** Patients with a known value. */
  readonly patients: number;
  readonly truePositiveRate: Gap;
  readonly falsePositiveRate: Gap;
}

export interface Gap {
  /** Null where fewer than two values have anybody to count. */
  readonly gap: number | null;
  /** The middle of the gaps that chance gives. */
  readonly byChance: number | null;
  readonly p: number | null;
}

export interface DealOptions {
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly deals: number;
}

/**
 * Patients with one value alone: a view is an attribute of a radiograph, for which a gap between views
 * would need another way of dealing.
 *
 * @throws EvaluationError `input` for a patient with two values of the attribute.
 */
export function oddsGapOf(
  subjects: readonly Subject[],
  attribute: string,
  { seed, deals }: DealOptions,
): OddsGap {
  const known = subjects.filter((subject) => (subject.attributes[attribute] ?? null) !== null);
  const patients = [...Map.groupBy(known, ({ patient }) => patient).values()];
  const labels = patients.map((own) => labelOf(own, attribute));
  const values = [...new Set(labels)].toSorted();
  const real = gapsOf(patients, labels, values);
  const dealt = Array.from({ length: deals }, (_, deal) =>
    gapsOf(patients, shuffled(labels, seed, deal), values),
  );
  const gapAt = (which: 0 | 1): Gap => {
    const gap = real[which];
    const others = dealt.flatMap((one) => one[which] ?? []).toSorted((a, b) => a - b);
    if (gap === null || others.length === 0) return { gap, byChance: null, p: null };
    // Rounding must not make a gap greater than itself.
    const asGreat = others.filter((other) => other >= gap - 1e-12).length;
    return {
      gap,
      byChance: others[Math.floor(others.length / 2)],
      p: (asGreat + 1) / (others.length + 1),
    };
  };
  return {
    attribute,
    values,
    patients: patients.length,
    truePositiveRate: gapAt(0),
    falsePositiveRate: gapAt(1),
  };
}

/** Of true positives and of false positives. */
function gapsOf(
  patients: readonly (readonly Subject[])[],
  labels: readonly string[],
  values: readonly string[],
): readonly [number | null, number | null] {
  const counts = new Map(
    values.map((value) => [value, { hit: 0, positive: 0, falsePositive: 0, sound: 0 }]),
  );
  for (const [i, own] of patients.entries()) {
    const count = counts.get(labels[i]);
    if (count === undefined) continue;
    for (const { positive, calledPositive } of own) {
      if (positive) count.positive++;
      else count.sound++;
      if (calledPositive && positive) count.hit++;
      if (calledPositive && !positive) count.falsePositive++;
    }
  }
  const gap = (shares: readonly number[]) =>
    shares.length < 2 ? null : Math.max(...shares) - Math.min(...shares);
  const all = [...counts.values()];
  return [
    gap(all.flatMap(({ hit, positive }) => (positive === 0 ? [] : [hit / positive]))),
    gap(all.flatMap(({ falsePositive, sound }) => (sound === 0 ? [] : [falsePositive / sound]))),
  ];
}

function labelOf(own: readonly Subject[], attribute: string): string {
  const labels = new Set(own.map((subject) => `${subject.attributes[attribute]}`));
  const [label] = labels;
  if (labels.size === 1) return label;
  throw new EvaluationError(
    "input",
    `oddsGapOf: expected one ${attribute} of patient ${own[0].patient}, got ${[...labels].join(", ")}`,
  );
}

/** Fisher and Yates, by the words of the deal's number. */
function shuffled(labels: readonly string[], seed: number, deal: number): string[] {
  const dealt = [...labels];
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  for (let i = dealt.length - 1; i > 0; i--) {
    const [word] = philox4x32([i, deal, 1, 0], key);
    const other = Math.floor((word / 2 ** 32) * (i + 1));
    [dealt[i], dealt[other]] = [dealt[other], dealt[i]];
  }
  return dealt;
}
