/** What `patient-head.ts` writes: for people a summary, for programs comparisons and patients. Not started by hand. */
import {
  aucOf,
  compareDeciders,
  csvLine,
  type Decider,
  type DeciderComparison,
  proportionOf,
} from "@malleolus/evaluation";
import { ankleClassification, type Estimate, type Proportion } from "@malleolus/schema";
import { z } from "zod";
import { adjusted, area, counts, number, share, table } from "./paper-study-summary.ts";

const { noFractureClass } = ankleClassification;

const estimateSchema = z.object({
  value: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).readonly().nullable(),
});
const figuresSchema = z.object({
  logLoss: z.number(),
  right: z.int(),
  lessCalibrated: estimateSchema,
  lessRefitted: estimateSchema,
});
const headSchema = figuresSchema.extend({
  name: z.string(),
  choice: z.object({
    weightDecay: z.number(),
    epochs: z.int(),
    temperature: z.number(),
    logLoss: z.number(),
  }),
});
export const chosenSchema = z.strictObject({
  format: z.literal("malleolus-patient-head-choice-1"),
  at: z.string(),
  detectorSha256: z.string(),
  further: z.int(),
  tuning: z.int(),
  /** Whether the decision, fitted once more, is the one in the detector's file, to the last bit of its evidence. */
  isSameDecision: z.boolean(),
  calibrated: figuresSchema.pick({ logLoss: true, right: true }),
  refitted: figuresSchema,
  heads: z.array(headSchema),
  own: z.array(headSchema),
  best: z.string(),
  hasWon: z.boolean(),
});
/** What the tuning patients have decided. */
export type Chosen = z.infer<typeof chosenSchema>;

/** What a decider says of each patient; the score is above 0 for a fracture. */
export type Said = ReadonlyMap<string, { readonly class: string; readonly score: number }>;

export interface KnownPatient {
  readonly id: string;
  readonly panel: string;
  readonly simulated: string;
  /** Views on which a fracture is visible or obvious. */
  readonly visibleOn: number;
}

export interface ComparedPart {
  readonly name: string;
  readonly against: "the panel" | "what was simulated";
  readonly patients: readonly KnownPatient[];
  readonly said: ReadonlyMap<string, Said>;
  readonly deciders: readonly DeciderRow[];
  readonly pairs: readonly DeciderComparison[];
}

interface DeciderRow {
  readonly name: string;
  readonly accuracy: Proportion;
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  readonly auc: ReturnType<typeof aucOf>;
  /** Of patients whose fracture, as simulated, is visible on one view alone: right, and called a fracture. */
  readonly oneView: { readonly right: Proportion; readonly called: Proportion };
}

export interface HeadReport {
  readonly chosen: Chosen;
  readonly tests: readonly ComparedPart[];
  readonly further: readonly ComparedPart[];
  /** Of the segmentation's plafond against the phantom's, on the further patients' radiographs. */
  readonly plafond: {
    readonly radiographs: number;
    readonly known: number;
    readonly medianMm: number;
    readonly ninetiethMm: number;
  };
}

/** The decisions that heads are compared with, and what of a head is told by which pair. */
const RULES = ["calibrated", "sum"] as const;
const WITHIN: readonly (readonly [string, string])[] = [
  ["head: features", "head: scores"],
  ["head: scores, place", "head: scores"],
  ["head: features, place", "head: features"],
];

/** Every decider on the patients of a test; `best` is also compared with the decision of the further patients. */
export function comparedPart(
  name: string,
  against: ComparedPart["against"],
  patients: readonly KnownPatient[],
  said: ReadonlyMap<string, Said>,
  best: string,
): ComparedPart {
  const truthOf = ({ panel, simulated }: KnownPatient) =>
    against === "the panel" ? panel : simulated;
  const deciders = new Map(
    [...said].map(([who, answers]): [string, Decider] => [
      who,
      {
        name: who,
        answers: new Map(
          patients.map((one) => {
            const { class: called, score } = answerOf(answers, one);
            const positive = truthOf(one) !== noFractureClass;
            return [one.id, { isRight: called === truthOf(one), positive, score }];
          }),
        ),
      },
    ]),
  );
  const pairOf = (first: string, second: string): [Decider, Decider][] => {
    const [one, other] = [deciders.get(first), deciders.get(second)];
    return one === undefined || other === undefined ? [] : [[one, other]];
  };
  const others = [...said.keys()].filter((who) => !RULES.some((rule) => rule === who));
  return {
    name,
    against,
    patients,
    said,
    deciders: [...said].map(([who, answers]) => rowOf(who, answers, patients, truthOf)),
    pairs: compareDeciders([
      ...others.flatMap((who) => RULES.flatMap((rule) => pairOf(who, rule))),
      ...pairOf(best, "calibrated, further patients"),
      ...WITHIN.flatMap(([first, second]) => pairOf(first, second)),
    ]),
  };
}

function answerOf(answers: Said, { id }: KnownPatient) {
  const answer = answers.get(id);
  if (answer === undefined) throw new Error(`internal: nothing was said of ${id}`);
  return answer;
}

function rowOf(
  name: string,
  answers: Said,
  patients: readonly KnownPatient[],
  truthOf: (one: KnownPatient) => string,
): DeciderRow {
  const all = patients.map((one) => ({ one, truth: truthOf(one), ...answerOf(answers, one) }));
  type Row = (typeof all)[number];
  const shareOf = (some: readonly Row[], is: (row: Row) => boolean) =>
    proportionOf(some.filter(is).length, some.length);
  const broken = all.filter(({ truth }) => truth !== noFractureClass);
  const sound = all.filter(({ truth }) => truth === noFractureClass);
  const oneView = all.filter(({ one }) => one.simulated !== noFractureClass && one.visibleOn === 1);
  const isRight = (row: Row) => row.class === row.truth;
  const isCalled = (row: Row) => row.class !== noFractureClass;
  return {
    name,
    accuracy: shareOf(all, isRight),
    sensitivity: shareOf(broken, isCalled),
    specificity: shareOf(sound, (row) => !isCalled(row)),
    auc: aucOf(
      all.map(({ score }) => score),
      all.map(({ truth }) => truth !== noFractureClass),
    ),
    oneView: { right: shareOf(oneView, isRight), called: shareOf(oneView, isCalled) },
  };
}

export function summaryText({ chosen, tests, further, plafond }: HeadReport): string {
  const { best, hasWon } = chosen;
  return `${[
    "# A head over all views of a patient",
    "Written by `node experiments/patient-head.ts`, whose header says whom the heads learn from and by which rule one " +
      `wins. Everything is simulated. Detector ${chosen.detectorSha256.slice(0, 12)}, as in [summary.md](summary.md). Heads ` +
      `attend to the best regions of every view; trained on ${chosen.further} further patients unless they say otherwise, ` +
      `chosen and calibrated by ${chosen.tuning} tuning patients. \`scores\` are told each region's scores by class and its view, ` +
      "`features` besides what the box head makes of it, `place` how high it lies above the plafond and how large it is, in " +
      "millimetres. `weber from geometry` is the study's decision with the class by millimetres, where there are any. " +
      "Intervals are of 95 %.",
    "## By the tuning patients, before the tests were looked at",
    `On ${chosen.at}. Every patient is judged by a head that was chosen without them; the penalty of both decisions was chosen by all of them. ${hasWon ? `**${best}** has won` : `${best} has the least log loss of the heads, and has not won`} by the rule.`,
    tuningTable(chosen),
    "## The tests",
    deciderTable(tests),
    "## In pairs",
    "Accuracy by McNemar's exact test, the area for any fracture by DeLong's paired one. p is after Holm over all pairs of the " +
      "test, accuracies and areas each on their own (beside it the p alone).",
    ...tests.map(pairsTable),
    "## Fractures that are visible on one view alone",
    "As simulated (graded visible or obvious on one view); right of class, and called a fracture of any.",
    oneViewTable([...tests, ...further]),
    "## The further patients, cross-fitted",
    "More patients than the tests have, of the machine inside: each is judged by heads, and by a decision, that did not learn " +
      "from their fifth, with epochs and weight decay as the tuning patients chose them. The study's decision has learned from none.",
    deciderTable(further),
    ...further.map(pairsTable),
    "## Where the plafond comes from",
    `From the tibia by the preliminary segmentation that comes with the project: on ${plafond.known} of ${plafond.radiographs} ` +
      `radiographs of the further patients. It lies off the one by the phantom's own tibia by ${plafond.medianMm.toFixed(1)} mm ` +
      `(median; 90 % within ${plafond.ninetiethMm.toFixed(1)} mm).`,
  ].join("\n\n")}\n`;
}

function tuningTable({ calibrated, refitted, heads, own, tuning }: Chosen): string {
  const right = (count: number) => share(proportionOf(count, tuning));
  const estimate = ({ value, interval }: Estimate) => number(value, interval, 3);
  return table(
    [
      "who",
      "log loss",
      "less the study's decision",
      "less it, further patients",
      "accuracy",
      "weight decay, epochs, temperature",
    ],
    [
      ["calibrated", calibrated.logLoss.toFixed(3), "–", "–", right(calibrated.right), "–"],
      [
        "calibrated, further patients",
        refitted.logLoss.toFixed(3),
        estimate(refitted.lessCalibrated),
        "–",
        right(refitted.right),
        "–",
      ],
      ...[...heads, ...own].map(({ name, logLoss, choice, ...one }) => [
        name,
        logLoss.toFixed(3),
        estimate(one.lessCalibrated),
        estimate(one.lessRefitted),
        right(one.right),
        `${choice.weightDecay}, ${choice.epochs}, ${choice.temperature.toFixed(2)}`,
      ]),
    ],
  );
}

function deciderTable(parts: readonly ComparedPart[]): string {
  return table(
    ["test", "against", "who", "accuracy", "any fracture: sensitivity", "specificity", "AUC"],
    parts.flatMap(({ name, against, deciders }) =>
      deciders.map((one) => [
        name,
        against,
        one.name,
        share(one.accuracy),
        share(one.sensitivity),
        share(one.specificity),
        area(one.auc),
      ]),
    ),
  );
}

function pairsTable({ name, against, pairs }: ComparedPart): string {
  const shown = (pOf: (pair: DeciderComparison) => number | null) =>
    pairs.filter((pair) => (pOf(pair) ?? 1) < 0.05).length;
  const accuracies = shown(({ accuracyHolmP }) => accuracyHolmP);
  const areas = shown(({ areasHolmP }) => areasHolmP);
  const rows = pairs.map((one) => [
    `${one.first} − ${one.second}`,
    counts(one),
    number(one.accuracy.difference, one.accuracy.interval),
    adjusted(one.accuracyHolmP, one.accuracy.exactP),
    number(one.areas?.difference ?? null, one.areas?.interval ?? null),
    adjusted(one.areasHolmP, one.areas?.p ?? null),
  ]);
  return `### ${name}, against ${against}

${table(["pair", "right: both, first only, second only, neither", "accuracy: difference", "p (alone)", "AUC: difference", "p (alone)"], rows)}

n = ${pairs[0]?.accuracy.patients ?? 0}. Of ${pairs.length} pairs ${accuracies} differ in accuracy and ${areas} in the area at p < 0.05 after Holm.`;
}

function oneViewTable(parts: readonly ComparedPart[]): string {
  return table(
    ["test", "against", "who", "right", "called a fracture"],
    parts.flatMap(({ name, against, deciders }) =>
      deciders.map((one) => [
        name,
        against,
        one.name,
        share(one.oneView.right),
        share(one.oneView.called),
      ]),
    ),
  );
}

/** A pair a row. */
export function comparisonsCsv({ tests, further }: HeadReport): string {
  const head = [
    ...["test", "against", "first", "second", "patients"],
    ...["both right", "first only", "second only", "neither"],
    ...["accuracy difference", "low", "high", "exact p", "p after Holm"],
    ...["AUC first", "AUC second", "AUC difference", "low", "high", "p", "p after Holm"],
  ];
  const rows = [...tests, ...further].flatMap(({ name, against, pairs }) =>
    pairs.map(({ first, second, accuracy, areas, accuracyHolmP, areasHolmP }) => [
      ...[name, against, first, second, accuracy.patients],
      ...[accuracy.both, accuracy.firstOnly, accuracy.secondOnly, accuracy.neither],
      ...[accuracy.difference, accuracy.interval?.[0] ?? null, accuracy.interval?.[1] ?? null],
      ...[accuracy.exactP, accuracyHolmP],
      ...[areas?.first.auc ?? null, areas?.second.auc ?? null, areas?.difference ?? null],
      ...[areas?.interval[0] ?? null, areas?.interval[1] ?? null, areas?.p ?? null, areasHolmP],
    ]),
  );
  return [head, ...rows].map(csvLine).join("");
}

/** What every decider said of every patient, so that the comparisons can be made again. */
export function patientsCsv({ tests, further }: HeadReport): string {
  const parts = [...tests, ...further].filter(({ against }) => against === "the panel");
  const names = [...new Set(parts.flatMap(({ said }) => [...said.keys()]))];
  const head = [
    ...["test", "patient", "class by the panel", "class simulated", "visible on views"],
    ...names.flatMap((name) => [name, `${name}: score`]),
  ];
  const rows = parts.flatMap(({ name, patients, said }) =>
    patients.map(({ id, panel, simulated, visibleOn }) => [
      ...[name, id, panel, simulated, visibleOn],
      ...names.flatMap((who) => {
        const answer = said.get(who)?.get(id);
        return [
          answer?.class ?? null,
          answer === undefined ? null : Number(answer.score.toFixed(6)),
        ];
      }),
    ]),
  );
  return [head, ...rows].map(csvLine).join("");
}
