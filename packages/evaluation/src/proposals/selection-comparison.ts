/**
 * The radiographs that a strategy picked beside those that it passed over: are they other patients, other
 * fractures, or those on which the model errs?
 *
 * A selection by doubt is meant to be unlike the rest, so that the rows describe and test nothing.
 */
import {
  type ClassProbabilities,
  likeliestClass,
  type Proportion,
  type View,
  type Visibility,
} from "@malleolus/schema";
import { clusterCounts, clusteredProportionOf } from "../clustered-proportion.ts";

export interface PoolItem {
  readonly patient: string;
  readonly class: string;
  readonly view: View | null;
  /** Null where nobody has judged it. */
  readonly visibility: Visibility | null;
  readonly probabilities: ClassProbabilities;
  readonly isPicked: boolean;
}

/** What is counted: radiographs of a class or view, of which the model says another class, or a fracture that is difficult to see. */
export type PoolTrait =
  | { readonly of: "class"; readonly class: string }
  | { readonly of: "view"; readonly view: View }
  | { readonly of: "mistaken" }
  | { readonly of: "difficult" };

export interface SelectionRow {
  readonly trait: PoolTrait;
  readonly picked: Proportion;
  readonly passedOver: Proportion;
  /** Whose radiographs have it. */
  readonly patients: Readonly<Record<"picked" | "passedOver", readonly string[]>>;
}

/** Classes in the given order, then views that are there, then what the model and the annotators say. */
export function compareSelection(
  pool: readonly PoolItem[],
  classes: readonly string[],
): SelectionRow[] {
  const views = [...new Set(pool.flatMap(({ view }) => view ?? []))].toSorted();
  const judged = pool.filter(({ visibility }) => visibility !== null);
  const row = (
    trait: PoolTrait,
    items: readonly PoolItem[],
    has: (item: PoolItem) => boolean,
  ): SelectionRow => {
    const share = (isPicked: boolean) =>
      clusteredProportionOf(
        clusterCounts(
          items.filter((item) => item.isPicked === isPicked),
          ({ patient }) => patient,
          has,
        ),
      );
    const patients = (isPicked: boolean) => [
      ...new Set(
        items.flatMap((item) => (item.isPicked === isPicked && has(item) ? [item.patient] : [])),
      ),
    ];
    return {
      trait,
      picked: share(true),
      passedOver: share(false),
      patients: { picked: patients(true), passedOver: patients(false) },
    };
  };
  return [
    ...classes.map((name) => row({ of: "class", class: name }, pool, (one) => one.class === name)),
    ...views.map((view) => row({ of: "view", view }, pool, (one) => one.view === view)),
    row({ of: "mistaken" }, pool, (one) => likeliestClass(one.probabilities).class !== one.class),
    row({ of: "difficult" }, judged, ({ visibility }) => visibility === "difficult"),
  ];
}
