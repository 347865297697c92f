/**
 * Equalised odds (Hardt, Price and Srebro 2016): does a model find fractures as often, and cry wolf as
 * often, in every part of the patients?
 *
 * A gap is the highest less the lowest share among the values of an attribute. It is above 0 by chance
 * alone, the more so with small parts; so it comes with the gap that chance would give (labels of the
 * attribute dealt out anew among the patients), and a p value after Phipson and Smyth 2010.
 */

import { philoxInto } from "@malleolus/random";
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
 * One gap an attribute. Of patients with one value alone: a view is an attribute of a radiograph, for which a gap
 * between views would need another way of dealing.
 *
 * @throws EvaluationError `input` for a patient with two values of an attribute.
 */
export function oddsGapsOf(
  subjects: readonly Subject[],
  attributes: readonly string[],
  { seed, deals }: DealOptions,
): OddsGap[] {
  const all = attributes.map((attribute) => labeledOf(subjects, attribute));
  const dealt = all.map((): (readonly [number | null, number | null])[] => []);
  // A deal is of so many patients, whichever they are: attributes that as many have are dealt together.
  const sizes = [...new Set(all.map(({ places }) => places.length))];
  for (let deal = 0; deal < deals; deal++) {
    for (const size of sizes) {
      const order = shuffledPlaces(size, seed, deal);
      for (const [i, { counts, places, values }] of all.entries()) {
        if (places.length !== size) continue;
        dealt[i].push(gapsOf(counts, order, places, values.length));
      }
    }
  }
  return all.map(({ attribute, counts, places, values }, i) => {
    const inOrder = places.map((_, place) => place);
    const real = gapsOf(counts, inOrder, places, values.length);
    const gapAt = (which: 0 | 1): Gap => {
      const gap = real[which];
      const others = dealt[i].flatMap((one) => one[which] ?? []).toSorted((a, b) => a - b);
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
      patients: places.length,
      truePositiveRate: gapAt(0),
      falsePositiveRate: gapAt(1),
    };
  });
}

/** The patients with a known value of an attribute. */
interface Labeled {
  readonly attribute: string;
  readonly values: readonly string[];
  /** By patient, which of the values is theirs. */
  readonly places: Uint32Array;
  readonly counts: Counts;
}

function labeledOf(subjects: readonly Subject[], attribute: string): Labeled {
  const known = subjects.filter((subject) => (subject.attributes[attribute] ?? null) !== null);
  const patients = [...Map.groupBy(known, ({ patient }) => patient).values()];
  const labels = patients.map((own) => labelOf(own, attribute));
  const values = [...new Set(labels)].toSorted();
  const placeOf = new Map(values.map((value, place) => [value, place]));
  const places = Uint32Array.from(labels, (label) => placeOf.get(label) ?? 0);
  return { attribute, values, places, counts: countsOf(patients) };
}

/** By patient, in arrays that a thousand deals read quickly. */
interface Counts {
  readonly positive: Float64Array;
  readonly hit: Float64Array;
  readonly sound: Float64Array;
  readonly falsePositive: Float64Array;
}

function countsOf(patients: readonly (readonly Subject[])[]): Counts {
  const count = (is: (subject: Subject) => boolean) =>
    Float64Array.from(patients, (own) => own.filter(is).length);
  return {
    positive: count(({ positive }) => positive),
    hit: count(({ positive, calledPositive }) => positive && calledPositive),
    sound: count(({ positive }) => !positive),
    falsePositive: count(({ positive, calledPositive }) => !positive && calledPositive),
  };
}

/** Of true positives and of false positives, where a patient has the value of the one whom `order` names. */
function gapsOf(
  { positive, hit, sound, falsePositive }: Counts,
  order: Uint32Array,
  places: Uint32Array,
  values: number,
): readonly [number | null, number | null] {
  const [hits, positives] = [new Float64Array(values), new Float64Array(values)];
  const [alarms, sounds] = [new Float64Array(values), new Float64Array(values)];
  for (let i = 0; i < order.length; i++) {
    const value = places[order[i]];
    hits[value] += hit[i];
    positives[value] += positive[i];
    alarms[value] += falsePositive[i];
    sounds[value] += sound[i];
  }
  return [gapOf(hits, positives), gapOf(alarms, sounds)];
}

/** Of the shares of `some` in `all`; null where fewer than two values have anybody. */
function gapOf(some: Float64Array, all: Float64Array): number | null {
  const shares = [...all].flatMap((total, value) => (total === 0 ? [] : [some[value] / total]));
  return shares.length < 2 ? null : Math.max(...shares) - Math.min(...shares);
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
function shuffledPlaces(count: number, seed: number, deal: number): Uint32Array {
  const dealt = Uint32Array.from({ length: count }, (_, place) => place);
  const words = new Uint32Array(4);
  const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  for (let i = dealt.length - 1; i > 0; i--) {
    philoxInto(words, i, deal, 1, 0, low, high);
    const other = Math.floor((words[0] / 2 ** 32) * (i + 1));
    const own = dealt[i];
    dealt[i] = dealt[other];
    dealt[other] = own;
  }
  return dealt;
}
