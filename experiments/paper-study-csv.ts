/** What `paper-study-tables.ts` writes of the tests for programs: figures, comparisons, and patients. */
import {
  type ClassResult,
  csvLine,
  type DeciderComparison,
  type Evaluation,
} from "@malleolus/evaluation";
import type { Estimate, Proportion } from "@malleolus/schema";
import type { ComparedTest } from "./paper-study-compared.ts";

type Overlap = Evaluation["localization"]["boxIou"];

/** A figure a row: by whom, of what, with its interval and its counts. */
export function testsCsv(tests: readonly ComparedTest[]): string {
  const head = [
    "test",
    "against",
    "who",
    "row",
    "measure",
    "value",
    "low",
    "high",
    "count",
    "total",
  ];
  const rows = tests.flatMap(({ name, against, evaluation, observers }) => {
    const estimate = (who: string, row: string, measure: string, one: Estimate) => [
      [
        name,
        against,
        who,
        row,
        measure,
        one.value,
        one.interval?.[0] ?? null,
        one.interval?.[1] ?? null,
        null,
        null,
      ],
    ];
    const proportion = (who: string, row: string, measure: string, one: Proportion) => [
      [
        name,
        against,
        who,
        row,
        measure,
        one.share,
        one.interval?.[0] ?? null,
        one.interval?.[1] ?? null,
        one.count,
        one.total,
      ],
    ];
    const ofClass = (who: string, row: string, one: ClassResult) => [
      ...(["sensitivity", "specificity", "ppv", "npv"] as const).flatMap((measure) =>
        proportion(who, row, measure, one[measure]),
      ),
      ...estimate(who, row, "AUC", {
        value: one.auc?.auc ?? null,
        interval: one.auc?.interval ?? null,
      }),
    ];
    const { rule: main, classification, paperRule, rules, localization } = evaluation;
    const overlaps = (shape: string, { matched, missedAsZero }: Overlap) => {
      const summary = (measure: string, one: Overlap["matched"]) => [
        ...estimate(main, "fractures", `mean ${measure}`, {
          value: one.mean,
          interval: one.meanInterval,
        }),
        ...estimate(main, "fractures", `median ${measure}`, {
          value: one.median,
          interval: one.medianInterval,
        }),
      ];
      return [
        ...summary(`${shape} IoU of the found`, matched),
        ...summary(`${shape} IoU with missed ones as 0`, missedAsZero),
      ];
    };
    // Outlines are the annotators', also where classes are what was simulated.
    const located =
      against === "the panel"
        ? [
            ...proportion(main, "fractures", "found", localization.recall),
            ...overlaps("box", localization.boxIou),
            ...overlaps("mask", localization.maskIou),
          ]
        : [];
    const whole = [
      { who: main, result: classification },
      { who: "sum", result: paperRule },
    ];
    return [
      ...rules.flatMap(({ rule, accuracy, kappa, kappaInterval, fracture }) => [
        ...proportion(rule, "all", "accuracy", accuracy),
        ...estimate(rule, "all", "kappa", { value: kappa, interval: kappaInterval }),
        ...ofClass(rule, "any fracture", fracture),
      ]),
      ...whole.flatMap(({ who, result }) =>
        result.classes.flatMap((one) => ofClass(who, one.class, one)),
      ),
      ...located,
      ...proportion(
        main,
        "radiographs of patients without a fracture",
        "one is shown",
        evaluation.falsePositiveRadiographs,
      ),
      ...observers.flatMap((one) => [
        ...proportion(one.name, "all", "accuracy", one.accuracy),
        ...proportion(one.name, "any fracture", "sensitivity", one.sensitivity),
        ...proportion(one.name, "any fracture", "specificity", one.specificity),
      ]),
    ];
  });
  return [head, ...rows].map(csvLine).join("");
}

/** A pair a row. */
export function comparisonsCsv(tests: readonly ComparedTest[]): string {
  const head = [
    ...["test", "against", "family", "first", "second", "patients"],
    ...["both right", "first only", "second only", "neither"],
    ...["accuracy difference", "low", "high", "exact p", "p after Holm"],
    ...["AUC first", "AUC second", "AUC difference", "low", "high", "p", "p after Holm"],
  ];
  const rows = tests.flatMap(({ name, against, rules, besideObservers }) => {
    const row = (
      family: string,
      { first, second, accuracy, areas, ...holm }: DeciderComparison,
    ) => [
      ...[name, against, family, first, second, accuracy.patients],
      ...[accuracy.both, accuracy.firstOnly, accuracy.secondOnly, accuracy.neither],
      ...[accuracy.difference, accuracy.interval?.[0] ?? null, accuracy.interval?.[1] ?? null],
      ...[accuracy.exactP, holm.accuracyHolmP],
      ...[areas?.first.auc ?? null, areas?.second.auc ?? null, areas?.difference ?? null],
      ...[
        areas?.interval[0] ?? null,
        areas?.interval[1] ?? null,
        areas?.p ?? null,
        holm.areasHolmP,
      ],
    ];
    return [
      ...rules.map((one) => row("rules over views", one)),
      ...besideObservers.map((one) => row("beside an observer", one)),
    ];
  });
  return [head, ...rows].map(csvLine).join("");
}

/** What is known and was said of each patient, a row a patient, so that McNemar's comparisons can be made again. */
export function patientsCsv(tests: readonly ComparedTest[]): string {
  const rules = tests[0]?.evaluation.rules.map(({ rule }) => rule) ?? [];
  const names = [...new Set(tests.flatMap(({ observers }) => observers.map(({ name }) => name)))];
  const head = [
    ...["hospital", "patient", "in the difficult test", "in the easy test"],
    ...["class by the panel", "class simulated", "score of a fracture", ...rules, ...names],
  ];
  const rows = (["internal", "external"] as const).flatMap((where) => {
    const named = (kind: "difficult" | "easy", against: ComparedTest["against"]) =>
      tests.find((one) => one.name === `${where} ${kind}` && one.against === against);
    const [drawn, easy] = [named("difficult", "the panel"), named("easy", "the panel")];
    const isIn = (test: ComparedTest | undefined) => truthsOf(test?.evaluation);
    const [inDrawn, inEasy] = [isIn(drawn), isIn(easy)];
    const simulated = truthsOf(named("difficult", "what was simulated")?.evaluation);
    const known = new Set<string>();
    return [drawn, easy].flatMap((test) =>
      (test?.evaluation.outcomes ?? []).flatMap(({ patient, truth, prediction }, i) => {
        if (test === undefined || known.has(patient)) return [];
        known.add(patient);
        const said = new Map(
          test.observers.map(({ name, readings }) => [
            name,
            readings.find((one) => one.patient === patient)?.said ?? null,
          ]),
        );
        return [
          [
            ...[where, patient, yesNo(inDrawn.has(patient)), yesNo(inEasy.has(patient))],
            ...[truth, simulated.get(patient) ?? null, Number(prediction.fractureScore.toFixed(6))],
            ...test.evaluation.rules.map(({ called }) => called[i]),
            ...names.map((name) => said.get(name) ?? null),
          ],
        ];
      }),
    );
  });
  return [head, ...rows].map(csvLine).join("");
}

function truthsOf(evaluation: Evaluation | undefined): Map<string, string> {
  return new Map(evaluation?.outcomes.map(({ patient, truth }) => [patient, truth]));
}

function yesNo(is: boolean): string {
  return is ? "yes" : "no";
}
