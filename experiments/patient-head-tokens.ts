/**
 * From what is seen of patients to the numbers that the heads of `patient-head.ts` attend to: a token for every view, and
 * one for each of its regions. Not started by hand.
 */
import type { View } from "@malleolus/schema";
import { columnMoments } from "./figures.ts";
import { floatsOf } from "./kept-lines.ts";
import type { TokenSet } from "./patient-head-network.ts";
import type { SeenRadiograph } from "./patient-head-radiographs.ts";

/** A patient whose radiographs were looked at. */
export interface SeenPatient {
  readonly id: string;
  readonly class: string;
  readonly views: readonly { readonly view: View | null; readonly seen: SeenRadiograph }[];
}

/** What a head is told of a region besides its scores by class. */
export interface Arm {
  readonly name: string;
  readonly hasFeatures: boolean;
  readonly hasPlace: boolean;
}

export const ARMS: readonly Arm[] = [
  { name: "head: scores", hasFeatures: false, hasPlace: false },
  { name: "head: scores, place", hasFeatures: false, hasPlace: true },
  { name: "head: features", hasFeatures: true, hasPlace: false },
  { name: "head: features, place", hasFeatures: true, hasPlace: true },
];

/** Of the box head's features over the regions of some patients. */
export interface Moments {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Views with a mark of their own; another has none of them. */
const MARKED: readonly View[] = ["ap", "mortise", "lateral"];
/** As the decision's evidence: probabilities are kept within a hundredth of 0 and 1. */
const LEAST = 0.01;
/** So that all numbers are of about one size. */
const [ODDS_SCALE, MM_SCALE, MOST_DEVIATIONS] = [3, 30, 5];

export function momentsOf(patients: readonly SeenPatient[]): Moments {
  const rows = patients.flatMap(({ views }) =>
    views.flatMap(({ seen }) => seen.regions.map(({ features }) => floatsOf(features))),
  );
  return columnMoments(rows, 1e-2);
}

/** `classes` are the detector's, and all that a patient can have. */
export function tokensOf(
  patients: readonly SeenPatient[],
  arm: Arm,
  moments: Moments,
  classes: readonly string[],
): TokenSet {
  const rows = patients.map(({ views }) =>
    views.flatMap(({ view, seen }, place) => {
      const mark = MARKED.map((one) => Number(view === one));
      const nothing = new Array<number>(widthOf(arm, moments)).fill(0);
      const own = classes.map((name) => scaledOdds(seen.analysis.classScores[name] ?? 0));
      return [
        { place, isView: 1, values: [1, ...mark, ...own, ...nothing] },
        ...seen.regions.map((region) => ({
          place,
          isView: 0,
          values: [
            0,
            ...mark,
            ...region.probabilities.map(scaledOdds),
            ...told(region, arm, moments),
          ],
        })),
      ];
    }),
  );
  const tokens = Math.max(...rows.map((own) => own.length));
  const width = 1 + MARKED.length + classes.length + widthOf(arm, moments);
  const count = patients.length;
  const set = {
    count,
    tokens,
    width,
    values: new Float32Array(count * tokens * width),
    viewOf: new Int8Array(count * tokens).fill(-1),
    isView: new Uint8Array(count * tokens),
    classes: Int32Array.from(patients, (one) => classes.indexOf(one.class)),
  };
  rows.forEach((own, patient) => {
    own.forEach(({ place, isView, values }, t) => {
      set.values.set(values, (patient * tokens + t) * width);
      set.viewOf[patient * tokens + t] = place;
      set.isView[patient * tokens + t] = isView;
    });
  });
  return set;
}

/** Some patients of a set, in the order of their places. */
export function someOf(set: TokenSet, places: readonly number[]): TokenSet {
  const { tokens, width } = set;
  const each = tokens * width;
  const some = {
    ...set,
    count: places.length,
    values: new Float32Array(places.length * each),
    viewOf: new Int8Array(places.length * tokens),
    isView: new Uint8Array(places.length * tokens),
    classes: Int32Array.from(places, (place) => set.classes[place]),
  };
  places.forEach((place, i) => {
    some.values.set(set.values.subarray(place * each, (place + 1) * each), i * each);
    some.viewOf.set(set.viewOf.subarray(place * tokens, (place + 1) * tokens), i * tokens);
    some.isView.set(set.isView.subarray(place * tokens, (place + 1) * tokens), i * tokens);
  });
  return some;
}

/** Whether the place is known, and its five millimetres. */
const PLACE_WIDTH = 6;

function widthOf({ hasFeatures, hasPlace }: Arm, { means }: Moments): number {
  return (hasPlace ? PLACE_WIDTH : 0) + (hasFeatures ? means.length : 0);
}

function told(
  { placeMm, features }: SeenRadiograph["regions"][number],
  { hasFeatures, hasPlace }: Arm,
  { means, deviations }: Moments,
): number[] {
  const place =
    placeMm === null
      ? new Array<number>(PLACE_WIDTH).fill(0)
      : [1, ...placeMm.map((mm) => mm / MM_SCALE)];
  const standard = hasFeatures
    ? Array.from(floatsOf(features), (value, k) =>
        kept((value - means[k]) / deviations[k], MOST_DEVIATIONS),
      )
    : [];
  return [...(hasPlace ? place : []), ...standard];
}

function scaledOdds(probability: number): number {
  const p = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(p / (1 - p)) / ODDS_SCALE;
}

function kept(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
