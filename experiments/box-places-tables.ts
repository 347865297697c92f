/** The tables of `box-places-measured.ts`, in Markdown. Not started by hand. */
import {
  aucOf,
  bootstrap,
  compareDeciders,
  type Decider,
  proportionOf,
} from "@malleolus/evaluation";
import { ankleClassification, type PatientAnswer } from "@malleolus/schema";
import { AS_IT_IS, HEADS } from "./box-places-head.ts";
import { mean, median } from "./figures.ts";
import {
  type BoxRow,
  boxTables,
  type Compared,
  OVERLAPS,
  withDifferences,
} from "./frozen-heads-tables.ts";
import { adjusted, area, counts, number, share, table } from "./paper-study-summary.ts";

interface AnsweredPatient {
  readonly id: string;
  readonly class: string;
  readonly answer: PatientAnswer;
}

interface PlacedRow extends BoxRow {
  readonly patients: readonly AnsweredPatient[];
}

/** A box that people have drawn, by its class. */
export interface AnnotatedFracture {
  readonly patient: string;
  readonly class: string;
  /** Of the fracture classes in their order, by head and what it was told. */
  readonly probabilities: ReadonlyMap<string, readonly number[]>;
}

/** Of a radiograph's proposals, in millimetres above the plafond. */
export interface Heights {
  readonly patient: string;
  readonly mm: readonly number[];
  /** Read off the last hidden layer of the box head as it is; off the place in the picture. */
  readonly byHead: readonly number[];
  readonly byPicture: readonly number[];
}

export interface MeasuredPlaces {
  readonly name: string;
  readonly isTuning: boolean;
  readonly rows: readonly PlacedRow[];
  /** Each radiograph's patient. */
  readonly groups: readonly string[];
  readonly classes: readonly string[];
  readonly annotated: readonly AnnotatedFracture[];
  readonly heights: readonly Heights[];
}

const { noFractureClass } = ankleClassification;
const ALL = ankleClassification.classes.map(({ id }) => id);
const FRACTURES = ALL.filter((name) => name !== noFractureClass);
const [PLAIN, PLAFOND, PICTURE, NEW_PLAIN, NEW_PLAFOND, NEW_PICTURE] = HEADS.map(
  ({ name }) => name,
);
const COMPARED: readonly Compared[] = [
  [PLAFOND, PLAIN],
  [PICTURE, PLAIN],
  [PLAFOND, PICTURE],
  [NEW_PLAFOND, NEW_PLAIN],
  [NEW_PICTURE, NEW_PLAIN],
  [NEW_PLAFOND, NEW_PICTURE],
  [PLAIN, AS_IT_IS],
  [NEW_PLAIN, AS_IT_IS],
];

export function placesText(measured: MeasuredPlaces): string {
  const { name, isTuning, rows, groups, classes, annotated, heights } = measured;
  const by = isTuning
    ? "each by a decision that was fitted on the other patients"
    : "by the decision that was fitted on the tuning patients for each head";
  return [
    `## ${name}: ${rows[0].patients.length} patients, ${groups.length} radiographs`,
    `Patients, ${by}:`,
    patientsTable(rows),
    pairsTable(rows),
    `Of each class the patients who are called ${ALL.join(", ")}:`,
    confusionTable(rows, ({ patients }) =>
      patients.map((one) => ({ truth: one.class, predicted: one.answer.class })),
    ),
    "Annotated fractures, and whether the finding that is shown of one says its class:",
    findingsTable(rows),
    "Annotated boxes, each handed to the box heads as a region: the likeliest of the fracture classes.",
    annotatedTables(annotated),
    "Boxes:",
    boxTables(rows, COMPARED, groups, classes),
    "How high proposals lie above the plafond, by a line that was fitted on the training radiographs:",
    heightsTable(heights),
  ].join("\n\n");
}

function lossOf({ class: truth, answer }: AnsweredPatient): number {
  return -Math.log(answer.probabilities[truth]);
}

function scoreOf({ answer }: AnsweredPatient): number {
  return answer.fractureProbability;
}

function patientsTable(rows: readonly PlacedRow[]): string {
  return table(
    ["head", "class right", "any fracture: sensitivity", "specificity", "AUC", "log loss"],
    rows.map(({ name, patients }) => {
      const shareOf = (some: typeof patients, is: (one: AnsweredPatient) => boolean) =>
        share(proportionOf(some.filter(is).length, some.length));
      const isCalled = ({ answer }: AnsweredPatient) => answer.class !== noFractureClass;
      const isBroken = (one: AnsweredPatient) => one.class !== noFractureClass;
      const [loss] = bootstrap(patients.map(lossOf), (sample) => [mean(sample)], OVERLAPS);
      return [
        name,
        shareOf(patients, (one) => one.answer.class === one.class),
        shareOf(patients.filter(isBroken), isCalled),
        shareOf(
          patients.filter((one) => !isBroken(one)),
          (one) => !isCalled(one),
        ),
        area(aucOf(patients.map(scoreOf), patients.map(isBroken))),
        number(loss.value, loss.interval, 3),
      ];
    }),
  );
}

function pairsTable(rows: readonly PlacedRow[]): string {
  const patientsBy = new Map(rows.map(({ name, patients }) => [name, patients]));
  const deciderOf = (name: string): Decider => ({
    name,
    answers: new Map(
      of(patientsBy, name).map((one) => [
        one.id,
        {
          isRight: one.answer.class === one.class,
          positive: one.class !== noFractureClass,
          score: scoreOf(one),
        },
      ]),
    ),
  });
  const pairs = compareDeciders(COMPARED.map(([one, than]) => [deciderOf(one), deciderOf(than)]));
  return table(
    [
      "pair",
      "right: both, first only, second only, neither",
      "class right: difference",
      "p after Holm (alone)",
      "AUC: difference",
      "p after Holm (alone)",
      "log loss: difference",
    ],
    pairs.map((pair) => {
      const seconds = of(patientsBy, pair.second).map(lossOf);
      const less = of(patientsBy, pair.first).map((one, i) => lossOf(one) - seconds[i]);
      const [loss] = bootstrap(less, (sample) => [mean(sample)], OVERLAPS);
      return [
        `${pair.first} − ${pair.second}`,
        counts(pair),
        number(pair.accuracy.difference, pair.accuracy.interval),
        adjusted(pair.accuracyHolmP, pair.accuracy.exactP),
        number(pair.areas?.difference ?? null, pair.areas?.interval ?? null),
        adjusted(pair.areasHolmP, pair.areas?.p ?? null),
        number(loss.value, loss.interval, 3),
      ];
    }),
  );
}

function confusionTable<Row extends { readonly name: string }>(
  rows: readonly Row[],
  pairsOf: (row: Row) => { readonly truth: string; readonly predicted: string }[],
  classes: readonly string[] = ALL,
): string {
  return table(
    ["head", ...classes],
    rows.map((row) => {
      const pairs = pairsOf(row);
      const called = (truth: string, name: string) =>
        pairs.filter((pair) => pair.truth === truth && pair.predicted === name).length;
      return [
        row.name,
        ...classes.map((truth) => classes.map((name) => called(truth, name)).join(", ")),
      ];
    }),
  );
}

function findingsTable(rows: readonly PlacedRow[]): string {
  return figuresTable(
    ["found", "found and of the right class", "right of the found"],
    rows,
    rows[0].fractures,
    ({ fractures }, places) => {
      const own = places.map((place) => fractures[place]);
      const isRight = (one: (typeof own)[number]) => Number(one.found?.class === one.class);
      const found = own.filter((one) => one.found !== null);
      return [found.length / own.length, mean(own.map(isRight)), mean(found.map(isRight))];
    },
  );
}

function annotatedTables(annotated: readonly AnnotatedFracture[]): string {
  const rows = [...annotated[0].probabilities.keys()].map((name) => ({
    name,
    own: annotated.map((one) => ({ truth: one.class, ...likeliest(one, name) })),
  }));
  // What is told otherwise than it is, against the same head told rightly.
  const otherwise = rows.flatMap(({ name }) =>
    [PLAFOND, NEW_PLAFOND].flatMap((told): Compared[] =>
      name !== told && name.startsWith(told) ? [[name, told]] : [],
    ),
  );
  const figures = figuresTable(
    ["right", "log loss among the three"],
    rows,
    annotated,
    ({ own }, places) => [
      mean(places.map((place) => Number(own[place].predicted === own[place].truth))),
      mean(places.map((place) => own[place].logLoss)),
    ],
    [...COMPARED, ...otherwise],
  );
  const heading = `Of each class the boxes that are called ${FRACTURES.join(", ")}:`;
  return [figures, heading, confusionTable(rows, ({ own }) => own, FRACTURES)].join("\n\n");
}

function likeliest(one: AnnotatedFracture, name: string) {
  const own = of(one.probabilities, name);
  const total = own.reduce((sum, value) => sum + value, 0);
  return {
    predicted: FRACTURES[own.indexOf(Math.max(...own))],
    logLoss: -Math.log(own[FRACTURES.indexOf(one.class)] / total),
  };
}

function heightsTable(heights: readonly Heights[]): string {
  const ways = [
    { name: "the last hidden layer of the box head as it is", by: "byHead" },
    { name: "the place in the picture", by: "byPicture" },
  ] as const;
  const all = heights.flatMap(({ mm }) => mm).length;
  return table(
    ["read off", `R², ${all} proposals`, "median of the error's size"],
    ways.map(({ name, by }) => {
      const errorsOf = (one: Heights) => one.mm.map((mm, i) => one[by][i] - mm);
      const clusters = clustersOf(heights).map((places) =>
        places.flatMap((place) => [{ mm: heights[place].mm, errors: errorsOf(heights[place]) }]),
      );
      const [explained] = bootstrap(
        clusters.map((own) => own.map(sumsOf)),
        (sample) => [explainedBy(sample.flat())],
        OVERLAPS,
      );
      const error = median(heights.flatMap(errorsOf).map(Math.abs));
      return [name, number(explained.value, explained.interval), `${error?.toFixed(1)} mm`];
    }),
  );
}

/** Of a radiograph, so that resamples need not go over its regions. */
function sumsOf(own: { readonly mm: readonly number[]; readonly errors: readonly number[] }) {
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  return {
    count: own.mm.length,
    sum: sum(own.mm),
    squares: sum(own.mm.map((mm) => mm ** 2)),
    errors: sum(own.errors.map((error) => error ** 2)),
  };
}

/** The share of the heights' variance that is read off; null of no region. */
function explainedBy(sums: readonly ReturnType<typeof sumsOf>[]): number | null {
  const over = (key: keyof ReturnType<typeof sumsOf>) =>
    sums.reduce((all, one) => all + one[key], 0);
  const count = over("count");
  return count === 0 ? null : 1 - over("errors") / (over("squares") - over("sum") ** 2 / count);
}

/** Figures of every row, and the differences of what is compared, by the same resamples of patients. */
function figuresTable<Row extends { readonly name: string }>(
  heads: readonly string[],
  rows: readonly Row[],
  items: readonly { readonly patient: string }[],
  figuresOf: (row: Row, places: readonly number[]) => (number | null)[],
  compared: readonly Compared[] = COMPARED,
): string {
  const { own, less } = withDifferences(rows, compared, clustersOf(items), OVERLAPS, (places) =>
    rows.map((row) => figuresOf(row, places)),
  );
  const cells = (estimates: (typeof own)[number]) =>
    estimates.map(({ value, interval }) => number(value, interval, 3));
  return table(
    [`head, n = ${items.length}`, ...heads],
    [
      ...rows.map(({ name }, i) => [name, ...cells(own[i])]),
      ...compared.map(([name, than], i) => [`${name} − ${than}`, ...cells(less[i])]),
    ],
  );
}

/** Places of what belongs to the same patient. */
function clustersOf(items: readonly { readonly patient: string }[]): number[][] {
  return [...Map.groupBy(items.keys(), (place) => items[place].patient).values()];
}

function of<Value>(known: ReadonlyMap<string, Value>, name: string): Value {
  const value = known.get(name);
  if (value === undefined) throw new Error(`internal: expected ${name} among the heads`);
  return value;
}
