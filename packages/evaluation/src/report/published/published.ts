/**
 * The figures that the paper prints in its Tables 1 to 3 and in its text, as facts, to stand beside a
 * study of the same design. Intervals are not among them: the paper prints none, and
 * `published-intervals.ts` works them out.
 *
 * Source: the paper that this project follows, Tables 1 to 3 and its sections on the test sets.
 */

/** A test of the paper. */
export type PublishedSet =
  | "internal easy"
  | "internal difficult"
  | "external easy"
  | "external difficult";

/** The classes, by the ids of the ankle's protocol, in the order of the tables. */
export const PUBLISHED_CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"] as const;
export type PublishedClass = (typeof PUBLISHED_CLASSES)[number];

interface ByClass<T> extends Readonly<Record<PublishedClass, T>> {}

export interface PublishedTest {
  readonly patients: number;
  /** In whole percent, as printed. */
  readonly accuracy: number;
  /** Table 1: truth in rows, prediction in columns; null for the external tests, of which there is none. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** Table 2, and the text for the external test, in whole percent; null where nothing is printed. */
  readonly sensitivity: ByClass<number | null>;
  readonly specificity: ByClass<number | null>;
  readonly auc: ByClass<number | null>;
  /** Least and greatest AUC over the classes, as printed. */
  readonly aucRange: readonly [least: number, greatest: number];
}

const NOTHING: ByClass<null> = { weber_a: null, weber_b: null, weber_c: null, no_fracture: null };

export const PUBLISHED: Readonly<Record<PublishedSet, PublishedTest>> = {
  "internal easy": {
    patients: 100,
    accuracy: 89,
    confusion: [
      [19, 3, 0, 3],
      [0, 23, 0, 2],
      [0, 2, 22, 1],
      [0, 0, 0, 25],
    ],
    sensitivity: { weber_a: 76, weber_b: 92, weber_c: 88, no_fracture: 100 },
    specificity: { weber_a: 100, weber_b: 93, weber_c: 100, no_fracture: 92 },
    auc: { weber_a: 0.93, weber_b: 0.97, weber_c: 0.99, no_fracture: 0.99 },
    aucRange: [0.93, 0.99],
  },
  "internal difficult": {
    patients: 100,
    accuracy: 85,
    confusion: [
      [19, 2, 0, 4],
      [0, 23, 0, 2],
      [0, 4, 18, 3],
      [0, 0, 0, 25],
    ],
    sensitivity: { weber_a: 76, weber_b: 92, weber_c: 72, no_fracture: 100 },
    specificity: { weber_a: 100, weber_b: 93, weber_c: 100, no_fracture: 88 },
    auc: { weber_a: 0.93, weber_b: 0.97, weber_c: 0.9, no_fracture: 0.98 },
    aucRange: [0.9, 0.98],
  },
  "external easy": {
    patients: 167,
    accuracy: 90,
    confusion: null,
    sensitivity: { weber_a: 64, weber_b: 92, weber_c: 71, no_fracture: 99 },
    specificity: NOTHING,
    auc: NOTHING,
    aucRange: [0.83, 0.95],
  },
  "external difficult": {
    patients: 167,
    accuracy: 89,
    confusion: null,
    sensitivity: NOTHING,
    specificity: NOTHING,
    auc: NOTHING,
    aucRange: [0.84, 0.92],
  },
};

/** Over the fractures of the internal test, mean and standard deviation. */
export const PUBLISHED_IOU = {
  box: { mean: 0.65, sd: 0.16 },
  mask: { mean: 0.47, sd: 0.17 },
} as const;

/** Where the paper contradicts itself or leaves a figure open, and what is read here. */
export const CONTRADICTIONS: readonly { readonly where: string; readonly what: string }[] = [
  {
    where: "AUC of each class",
    what:
      "The abstract gives Weber A 0.97, B 0.99 and C 0.93, Table 2 gives A 0.93, B 0.97 and C 0.99. " +
      "Table 2 is taken, since its sensitivities follow from Table 1.",
  },
  {
    where: "Specificity for Weber B, difficult cases",
    what: "Table 2 prints 93 %. From Table 1 it is 69 of 75, which is 92 %.",
  },
  {
    where: "The external hospital",
    what: "It lies in the same country by the methods, and on another continent by the discussion.",
  },
  {
    where: "Resolution of the region of interest",
    what:
      "256 x 256 is printed. The network that is named pools boxes to 7 x 7 and masks to 14 x 14, and 256 " +
      "is its number of channels.",
  },
  {
    where: "How views are combined",
    what:
      "The class with the highest combined value is taken, and how values are combined is not said. The " +
      "sum is read; every rule stands in this report.",
  },
  {
    where: "How no fracture gets a score",
    what: "It is not said. An object of its own is read, the intact fibula.",
  },
  {
    where: "Size of the training set",
    what: "About 250 cases by the discussion, 326 radiographs with a fracture by the methods.",
  },
  {
    where: "Mean IoU",
    what:
      "Whether a missed fracture counts as 0 is not said. Both means stand in this report, with the share " +
      "of fractures that were found.",
  },
];
