/**
 * Several ways to decide about patients, two at a time on the patients that both have decided: who has more of
 * them right (McNemar, exact), and whose score tells a fracture better (DeLong, paired), each adjusted for all
 * pairs that were asked for (Holm).
 */
import { holmAdjusted } from "../holm.ts";
import { type AucComparison, compareAucs } from "../roc.ts";
import { type McNemar, mcnemar, pairedCounts } from "./mcnemar.ts";

/** A rule over views, or a reader. */
export interface Decider {
  readonly name: string;
  readonly answers: ReadonlyMap<string, DeciderAnswer>;
}

/** Of one patient. */
export interface DeciderAnswer {
  readonly isRight: boolean;
  /** Whether there is a fracture. */
  readonly positive: boolean;
  /** Higher for likelier a fracture; null where a class alone was said. */
  readonly score: number | null;
}

export interface DeciderComparison {
  readonly first: string;
  readonly second: string;
  readonly accuracy: McNemar;
  readonly accuracyHolmP: number | null;
  /** Null where one has said no scores, and as `compareAucs`. */
  readonly areas: AucComparison | null;
  readonly areasHolmP: number | null;
}

/** In the order of the pairs. @throws EvaluationError `input` for a score that is no number. */
export function compareDeciders(
  pairs: readonly (readonly [first: Decider, second: Decider])[],
): DeciderComparison[] {
  const compared = pairs.map(([first, second]) => {
    const both = [...first.answers].flatMap(([patient, one]) => {
      const other = second.answers.get(patient);
      return other === undefined ? [] : [{ one, other }];
    });
    return {
      first: first.name,
      second: second.name,
      accuracy: mcnemar(
        pairedCounts(
          both.map(({ one }) => one.isRight),
          both.map(({ other }) => other.isRight),
        ),
      ),
      areas: areasOf(both),
    };
  });
  const accuracyHolm = holmAdjusted(
    compared.map(({ accuracy }) => (accuracy.patients === 0 ? null : accuracy.exactP)),
  );
  const areasHolm = holmAdjusted(compared.map(({ areas }) => areas?.p ?? null));
  return compared.map((one, i) => ({
    ...one,
    accuracyHolmP: accuracyHolm[i],
    areasHolmP: areasHolm[i],
  }));
}

function areasOf(
  both: readonly { readonly one: DeciderAnswer; readonly other: DeciderAnswer }[],
): AucComparison | null {
  const scored = both.flatMap(({ one, other }) =>
    one.score === null || other.score === null
      ? []
      : [{ first: one.score, second: other.score, positive: one.positive }],
  );
  if (scored.length < both.length) return null;
  return compareAucs(
    scored.map(({ first }) => first),
    scored.map(({ second }) => second),
    scored.map(({ positive }) => positive),
  );
}

/** Every two of them, the earlier first. */
export function everyPair<Item>(items: readonly Item[]): [first: Item, second: Item][] {
  return items.flatMap((first, i) =>
    items.slice(i + 1).map((second): [Item, Item] => [first, second]),
  );
}
