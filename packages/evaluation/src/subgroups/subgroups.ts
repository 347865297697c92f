/**
 * The same figures in parts of a test: by view, visibility, age, sex, hospital, machine.
 *
 * A subgroup is shown, however small, with its number and an interval that says how little it tells.
 * Differences between subgroups are not tested one by one: where anything is to be concluded, take the
 * gaps of `equalized-odds.ts` with their intervals.
 */
import type { Auc, Proportion } from "@malleolus/schema";
import { type ClusterCount, clusteredProportionOf } from "../clustered-proportion.ts";
import { EvaluationError } from "../errors.ts";
import { aucOf } from "../roc.ts";

/** One patient, or one radiograph of one, with what was decided and what is so. */
export interface Subject {
  /** Whose it is: several subjects of one patient are not independent. */
  readonly patient: string;
  /** By the name of the attribute; null or absent where it is not known. */
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly isRight: boolean;
  readonly positive: boolean;
  readonly calledPositive: boolean;
  /** Higher for what is likelier positive. */
  readonly score: number;
}

export interface SubgroupRow {
  readonly attribute: string;
  /** Null for those of whom it is not known. */
  readonly value: string | null;
  readonly subjects: number;
  readonly patients: number;
  readonly accuracy: Proportion;
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  readonly auc: Auc | null;
}

/**
 * A row a value of every attribute, values in the order of `orders` where they stand there and in that
 * of the alphabet otherwise; those of whom it is not known come last.
 */
export function subgroupRows(
  subjects: readonly Subject[],
  attributes: readonly string[],
  orders: Readonly<Record<string, readonly string[]>> = {},
): SubgroupRow[] {
  return attributes.flatMap((attribute) => {
    const groups = Map.groupBy(subjects, (subject) => subject.attributes[attribute] ?? null);
    const order = orders[attribute] ?? [];
    const placeOf = (value: string) => {
      const place = order.indexOf(value);
      return place < 0 ? order.length : place;
    };
    const values = [...groups.keys()]
      .filter((value) => value !== null)
      .toSorted((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
    const all = groups.has(null) ? [...values, null] : values;
    return all.map((value) => rowOf(attribute, value, groups.get(value) ?? []));
  });
}

function rowOf(attribute: string, value: string | null, subjects: readonly Subject[]): SubgroupRow {
  const share = (some: readonly Subject[], is: (subject: Subject) => boolean) =>
    clusteredProportionOf(clusters(some, is));
  return {
    attribute,
    value,
    subjects: subjects.length,
    patients: new Set(subjects.map(({ patient }) => patient)).size,
    accuracy: share(subjects, ({ isRight }) => isRight),
    sensitivity: share(
      subjects.filter(({ positive }) => positive),
      ({ calledPositive }) => calledPositive,
    ),
    specificity: share(
      subjects.filter(({ positive }) => !positive),
      ({ calledPositive }) => !calledPositive,
    ),
    auc: aucOf(
      subjects.map(({ score }) => score),
      subjects.map(({ positive }) => positive),
      subjects.map(({ patient }) => patient),
    ),
  };
}

function clusters(subjects: readonly Subject[], is: (subject: Subject) => boolean): ClusterCount[] {
  return [...Map.groupBy(subjects, ({ patient }) => patient).values()].map((own) => ({
    count: own.filter(is).length,
    total: own.length,
  }));
}

/** Of grown-ups, by decades of risk: fractures of the ankle have a peak in the young and one in the old. */
export const AGE_BANDS = ["under 18", "18 to 39", "40 to 64", "65 and over"] as const;

/** @throws EvaluationError `input` for an age in years that is none. */
export function ageBand(years: number): (typeof AGE_BANDS)[number] {
  if (!(years >= 0 && years < 150)) {
    throw new EvaluationError("input", `ageBand: expected an age in years, got ${years}`);
  }
  if (years < 18) return AGE_BANDS[0];
  if (years < 40) return AGE_BANDS[1];
  return years < 65 ? AGE_BANDS[2] : AGE_BANDS[3];
}
