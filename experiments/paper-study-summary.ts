/** What `paper-study-tables.ts` writes of the tests for people; for programs there is `paper-study-csv.ts`. */
import {
  type ClassResult,
  type DeciderComparison,
  type Evaluation,
  PUBLISHED,
  PUBLISHED_IOU,
  proportionOf,
  publishedAccuracy,
  type ReaderResult,
  shareDifference,
} from "@malleolus/evaluation";
import type { Estimate, Proportion } from "@malleolus/schema";
import { type ComparedTest, DECISIONS, type FinishedStudy } from "./paper-study-compared.ts";

type Interval = Estimate["interval"];

/** What is known of the detector that comes with the project, of these bytes: see its README. */
const FIRST_DETECTOR = {
  sha256: "60809a5a04172f83f08616d85ab5bfbaf6873a0e3fbf8a6850855607bc16733c",
  training:
    "Those weights are the detector that comes with the project: 7,500 steps on 1,541 radiographs of 530 further simulated " +
    'patients (seed "weights") of the machine inside. The detector of this study has learned from these, too, and the ' +
    "minutes below do not count that training.",
} as const;

export function summaryText(study: FinishedStudy, tests: readonly ComparedTest[]): string {
  const byPanel = tests.filter(({ against }) => against === "the panel");
  const byTruth = tests.filter(({ against }) => against === "what was simulated");
  return `${[
    "# The paper's study, simulated",
    aboutText(study),
    "## Tests, against the panel",
    "The paper's figures are of real radiographs and stand here for orientation. Under the AUC of any fracture its " +
      'lines have that of "No Fracture", which asks the same question. Its intervals are worked out from its counts. ' +
      "`sum` is its rule as it is written: the class with the highest sum of scores over the views. An observer has " +
      "read the patients before the panel decided, and has no part in it.",
    testsTable(byPanel, true),
    "## Tests, against what was simulated",
    "The same decisions and the same readings of the draws as they were, by the class that the phantom gave the " +
      "patient.",
    testsTable(byTruth, false),
    "## Inside and outside, easy and difficult",
    ...betweenTests(byPanel),
    "## Where the fractures are",
    localizationTable(byPanel),
    "## Rules over views, in pairs",
    "Each rule against each other on the same patients: who has more right by McNemar's exact test, whose score tells " +
      "a fracture better by DeLong's paired test. p is after Holm, over all pairs of the test (beside it the p alone). " +
      "The pairs with a decision of the tables above; all others stand in `comparisons.csv`. With as many views of every " +
      "patient `mean` decides as `sum` does, and is not compared twice.",
    ...byPanel.map(rulesTable),
    "## Beside one observer",
    "A decision against each observer on the patients whom the observer put into a class. p is McNemar's exact one, " +
      "after Holm over all pairs of the table's test.",
    observersTable(tests),
    "## Preliminary selection",
    selectionText(study),
    "## Not in it",
    "One training, with one seed: nothing here tells how much another seed would change. ResNet-101 was not compared on " +
      "this study; the fine mask head and a second box head were, while all else of the detector rested: heads.md.",
  ].join("\n\n")}\n`;
}

function aboutText({ simulated, sets, provenance, timings, software }: FinishedStudy): string {
  const { training, detector, code } = provenance;
  const minutes = (stage: RegExp) =>
    timings.filter((one) => stage.test(one.stage)).reduce((sum, { seconds }) => sum + seconds, 0) /
    60;
  const others = software.filter(({ name }) => name !== "Malleolus");
  const all = timings.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return [
    "Written by `node experiments/paper-study-tables.ts`. All patients are simulated " +
      `(phantom ${simulated?.version ?? "unknown"}, seed "${simulated?.seed ?? "unknown"}").`,
    `${sets
      .map(
        ({ name, patients, radiographs }) =>
          `${name}: ${patients} patients, ${radiographs} radiographs`,
      )
      .join("; ")}.`,
    `Trained by the recipe \`${training.recipe}\`: ${(training.network ?? "network not said").replace(/\.$/, "")}, ` +
      `${training.steps} steps of ${training.batchSize ?? "?"} radiographs, seed ${training.seed ?? "not said"}, ` +
      `${training.weightsSha256 === null ? "from scratch" : `from weights ${training.weightsSha256.slice(0, 12)}`}. ` +
      `Detector ${detector.sha256.slice(0, 12)}, computed in ${detector.dtype}. Malleolus ${code.version}, source ` +
      `${code.sha256?.slice(0, 12) ?? "unknown"}; ` +
      `${others.map(({ name, version }) => `${name} ${version}`).join(", ")}.`,
    ...(training.weightsSha256 === FIRST_DETECTOR.sha256 ? [FIRST_DETECTOR.training] : []),
    `${all.toFixed(0)} minutes, ${minutes(/training a/).toFixed(0)} of them training. Intervals are of 95 %.`,
  ].join("\n");
}

const FRACTURES = ["weber_a", "weber_b", "weber_c"] as const;

function testsTable(tests: readonly ComparedTest[], isBesidePaper: boolean): string {
  const rows = tests.flatMap(({ name, evaluation, observers }) => {
    const decided = evaluation.rules.flatMap(({ rule }) =>
      DECISIONS.includes(rule) ? [decisionRow(name, rule, evaluation)] : [],
    );
    const read = observers.map((one) => observerRow(name, one));
    return [...decided, ...read, ...(isBesidePaper ? [paperRow(name)] : [])];
  });
  return table(
    [
      "test",
      "who",
      "accuracy",
      "any fracture: sensitivity",
      "specificity",
      "A",
      "B",
      "C",
      "none",
      "AUC: any fracture",
      "A",
      "B",
      "C",
    ],
    rows,
  );
}

function decisionRow(test: string, rule: string, evaluation: Evaluation): string[] {
  const { classification, paperRule } = evaluation;
  const { accuracy, fracture, classes } = rule === evaluation.rule ? classification : paperRule;
  const of = (name: string) => classes.find((one) => one.class === name);
  const sensitivity = (name: string) => fraction(of(name)?.sensitivity);
  return [
    test,
    rule,
    share(accuracy),
    share(fracture.sensitivity),
    share(fracture.specificity),
    ...FRACTURES.map(sensitivity),
    sensitivity(evaluation.settings.noFractureClass),
    area(fracture.auc),
    ...FRACTURES.map((name) => area(of(name)?.auc ?? null)),
  ];
}

function observerRow(test: string, reader: ReaderResult): string[] {
  const { name, accuracy, sensitivity, specificity, readings } = reader;
  const rightOf = (truth: string) => {
    const own = readings.filter((one) => one.truth === truth);
    return fraction(proportionOf(own.filter(({ said }) => said === truth).length, own.length));
  };
  const none = [...FRACTURES, "no_fracture"].map(rightOf);
  return [
    test,
    name,
    share(accuracy),
    share(sensitivity),
    share(specificity),
    ...none,
    "–",
    "–",
    "–",
    "–",
  ];
}

function paperRow(name: ComparedTest["name"]): string[] {
  const { sensitivity, auc, patients } = PUBLISHED[name];
  const percent = (value: number | null) => (value === null ? "–" : `${value} %`);
  return [
    name,
    `the paper (${patients} patients)`,
    share(publishedAccuracy(name)),
    "–",
    "–",
    ...[...FRACTURES, "no_fracture" as const].map((one) => percent(sensitivity[one])),
    number(auc.no_fracture),
    ...FRACTURES.map((one) => number(auc[one])),
  ];
}

/** Different patients: Fisher; and how far the easy test is the difficult one. */
function betweenTests(tests: readonly ComparedTest[]): string[] {
  const named = (name: ComparedTest["name"]) => tests.find((one) => one.name === name);
  const rows = (["difficult", "easy"] as const).flatMap((kind) => {
    const [inside, outside] = [named(`internal ${kind}`), named(`external ${kind}`)];
    if (inside === undefined || outside === undefined) return [];
    return DECISIONS.flatMap((rule) => {
      const of = ({ evaluation }: ComparedTest) =>
        evaluation.rules.find((one) => one.rule === rule)?.accuracy;
      const [one, other] = [of(inside), of(outside)];
      if (one === undefined || other === undefined) return [];
      const { difference, interval, exactP } = shareDifference(one, other);
      return [[kind, rule, share(one), share(other), number(difference, interval), pValue(exactP)]];
    });
  });
  const shared = (["internal", "external"] as const).flatMap((where) => {
    const [drawn, easy] = [named(`${where} difficult`), named(`${where} easy`)];
    if (drawn === undefined || easy === undefined) return [];
    const known = new Set(drawn.evaluation.outcomes.map(({ patient }) => patient));
    const both = easy.evaluation.outcomes.filter(({ patient }) => known.has(patient)).length;
    const [left, came] = [drawn.evaluation.patients - both, easy.evaluation.patients - both];
    return [
      `Of the ${drawn.evaluation.patients} patients of the ${where} draw ${left} left for its easy test and ` +
        `${came === 0 ? "nobody" : came} came: it has ${easy.evaluation.patients}.`,
    ];
  });
  return [
    "Inside against outside are different patients: Fisher's exact test, Newcombe's interval. Outside there are two " +
      "views, inside three.",
    table(["test", "decision", "inside", "outside", "difference", "p"], rows),
    `${shared.join(" ")} A difference between easy and difficult is therefore one of those who left and came, and of no others.`,
  ];
}

function localizationTable(tests: readonly ComparedTest[]): string {
  const rows = tests.map(({ name, evaluation, annotators }) => {
    const { localization: one, falsePositiveRadiographs } = evaluation;
    const mean = (key: "boxIou" | "maskIou", which: "matched" | "missedAsZero") =>
      number(one[key][which].mean, one[key][which].meanInterval);
    const median = (which: "matched" | "missedAsZero") =>
      number(one.boxIou[which].median, one.boxIou[which].medianInterval);
    return [
      name,
      share(one.recall),
      mean("boxIou", "matched"),
      mean("boxIou", "missedAsZero"),
      median("matched"),
      median("missedAsZero"),
      mean("maskIou", "matched"),
      mean("maskIou", "missedAsZero"),
      annotators === null ? "–" : number(annotators.medianIou.value, annotators.medianIou.interval),
      share(falsePositiveRadiographs),
    ];
  });
  const { box, mask } = PUBLISHED_IOU;
  const paper = [
    "the paper, internal",
    "not said",
    `${box.mean} ± ${box.sd}`,
    "not said which",
    "–",
    "–",
    `${mask.mean} ± ${mask.sd}`,
    "not said which",
    "–",
    "–",
  ];
  return table(
    [
      "test",
      "found",
      "mean box IoU, of the found",
      "missed as 0",
      "median box IoU, of the found",
      "missed as 0",
      "mean mask IoU, of the found",
      "missed as 0",
      "two annotators, median mask IoU",
      "a fracture shown on radiographs of patients without one",
    ],
    [...rows, paper],
  );
}

function rulesTable({ name, evaluation, rules }: ComparedTest): string {
  const all = table(
    ["rule", "accuracy", "kappa", "AUC: any fracture"],
    evaluation.rules.map(({ rule, accuracy, kappa, kappaInterval, fracture }) => [
      rule,
      share(accuracy),
      number(kappa, kappaInterval),
      area(fracture.auc),
    ]),
  );
  const chosen = rules.filter(({ first, second }) =>
    [first, second].some((one) => DECISIONS.includes(one)),
  );
  const shown = (
    compared: readonly DeciderComparison[],
    p: (one: DeciderComparison) => number | null,
  ) => compared.filter((one) => (p(one) ?? 1) < 0.05).length;
  return `### ${name[0].toUpperCase()}${name.slice(1)}

${all}

${table(
  [
    "pair",
    "patients",
    "right: both, first only, second only, neither",
    "accuracy: difference",
    "p (alone)",
    "AUC: difference",
    "p (alone)",
  ],
  chosen.map((one) => [
    `${one.first}, ${one.second}`,
    `${one.accuracy.patients}`,
    counts(one),
    number(one.accuracy.difference, one.accuracy.interval),
    adjusted(one.accuracyHolmP, one.accuracy.exactP),
    number(one.areas?.difference ?? null, one.areas?.interval ?? null),
    adjusted(one.areasHolmP, one.areas?.p ?? null),
  ]),
)}

Of all ${rules.length} pairs ${shown(rules, ({ accuracyHolmP }) => accuracyHolmP)} differ in accuracy and ${shown(rules, ({ areasHolmP }) => areasHolmP)} in the AUC at p < 0.05 after Holm.`;
}

function observersTable(tests: readonly ComparedTest[]): string {
  return table(
    [
      "test",
      "against",
      "pair",
      "patients",
      "right: both, decision only, observer only, neither",
      "difference",
      "p (alone)",
    ],
    tests.flatMap(({ name, against, besideObservers }) =>
      besideObservers.map((one) => [
        name,
        against,
        `${one.first}, ${one.second}`,
        `${one.accuracy.patients}`,
        counts(one),
        number(one.accuracy.difference, one.accuracy.interval),
        adjusted(one.accuracyHolmP, one.accuracy.exactP),
      ]),
    ),
  );
}

function selectionText({ preliminary }: FinishedStudy): string {
  const known = preliminary?.selectionAudit ?? null;
  if (known === null) return "No audit of the choice of radiographs stands in the report.";
  const { plan, audit, on } = known;
  return `Trainings paired by seed (${plan.seeds.length} seeds, ${plan.sizes.join(", ")} radiographs), measured on ${audit.patients} patients${on === null ? "" : `, ${on}`}: "${plan.strategy}" less "${plan.control}", in the area under the learning curve.

${table(
  ["outcome", plan.strategy, plan.control, "difference", "by seed", "verdict"],
  audit.outcomes.map((one) => [
    one.outcome,
    number(one.strategyArea.value, one.strategyArea.interval, 3),
    number(one.controlArea.value, one.controlArea.interval, 3),
    number(one.difference.value, one.difference.interval, 3),
    one.differenceBySeed.map((value) => number(value, null, 3)).join(", "),
    one.verdict,
  ]),
)}`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

export function share({ share: value, interval, count, total }: Proportion): string {
  if (value === null) return "–";
  const ends =
    interval === null ? "" : ` (${interval.map((end) => (100 * end).toFixed(0)).join(" to ")})`;
  return `${count}/${total} = ${(100 * value).toFixed(0)} %${ends}`;
}

function fraction(proportion: Proportion | undefined): string {
  return proportion === undefined ? "–" : `${proportion.count}/${proportion.total}`;
}

export function area(auc: ClassResult["auc"]): string {
  return number(auc?.auc ?? null, auc?.interval ?? null);
}

export function number(value: number | null, interval: Interval = null, digits = 2): string {
  if (value === null) return "–";
  const ends = interval?.map((end) => signed(end, digits)).join(" to ");
  return `${signed(value, digits)}${ends === undefined ? "" : ` (${ends})`}`;
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

function pValue(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

export function adjusted(holm: number | null, alone: number | null): string {
  return holm === null ? "–" : `${pValue(holm)} (${pValue(alone)})`;
}

export function counts({
  accuracy: { both, firstOnly, secondOnly, neither },
}: DeciderComparison): string {
  return [both, firstOnly, secondOnly, neither].join(", ");
}
