/**
 * The cases behind each figure of a test: which patients are counted above the line and which only
 * below it, and which fractures were found and which missed.
 *
 * Patients and fractures are named by their places in the evaluation.
 */
import type { View } from "@malleolus/schema";
import type { PatientOutcome } from "../classification.ts";
import type { Evaluation } from "../evaluate.ts";
import type { TestAnalyses } from "./analyses-of-test.ts";
import { UNKNOWN } from "./set-description.ts";

export interface CaseGroup {
  /** Part of an anchor: letters, digits and hyphens. */
  readonly key: string;
  /** The figure, in words; `{class}` stands for the class's name. */
  readonly title: string;
  readonly class: string | null;
  readonly counted: readonly number[];
  readonly others: readonly number[];
}

/** What a class is called in keys: its place, since an id may hold anything. */
export type GroupClass = number | "fracture";

export const groupKeys = {
  accuracy: "accuracy",
  cell: (truth: number, prediction: number) => `cell-${truth}-${prediction}`,
  sensitivity: (one: GroupClass) => `sensitivity-${one}`,
  specificity: (one: GroupClass) => `specificity-${one}`,
  ppv: (one: GroupClass) => `ppv-${one}`,
  npv: (one: GroupClass) => `npv-${one}`,
  found: "found",
  foundOfClass: (place: number) => `found-class-${place}`,
  falsePositives: "false-positives",
  falsePositivePatients: "false-positive-patients",
  /** Of a row of the subgroups. */
  subgroup: (row: number) => `subgroup-${row}`,
  foundOnView: (view: View | null) => `found-view-${view ?? "unknown"}`,
} as const;

/** Of patients. */
export function patientGroups({ outcomes, settings }: Evaluation): CaseGroup[] {
  const { classes, noFractureClass } = settings;
  const isFracture = (name: string) => name !== noFractureClass;
  return [
    groupOf("accuracy", "Accuracy", null, outcomes, () => true, isRight),
    ...measuresOf(outcomes, "fracture", "any fracture", isFracture),
    ...classes.flatMap((name, place) =>
      measuresOf(outcomes, place, "{class}", (one) => one === name, name),
    ),
  ];
}

/** One for each cell of the confusion in which there is somebody. */
export function cellGroups({ outcomes, settings: { classes } }: Evaluation): CaseGroup[] {
  return classes.flatMap((truth, row) =>
    classes.flatMap((prediction, column) => {
      const counted = outcomes.flatMap((one, place) =>
        one.truth === truth && one.prediction.class === prediction ? [place] : [],
      );
      if (counted.length === 0) return [];
      return [{ key: groupKeys.cell(row, column), title: "", class: truth, counted, others: [] }];
    }),
  );
}

/** Of fractures: found and missed. */
export function fractureGroups(evaluation: Evaluation): CaseGroup[] {
  const { fractures, settings, localizationByClass, localizationByView } = evaluation;
  type Fracture = Evaluation["fractures"][number];
  const group = (
    key: string,
    title: string,
    name: string | null,
    own: (one: Fracture) => boolean,
  ) => groupOf(key, title, name, fractures, own, ({ found }) => found !== null);
  return [
    group(groupKeys.found, "Fractures found", null, () => true),
    ...localizationByClass.map(({ class: name }) =>
      group(
        groupKeys.foundOfClass(settings.classes.indexOf(name)),
        "Fractures found, {class}",
        name,
        (one) => one.class === name,
      ),
    ),
    ...localizationByView.map(({ view }) =>
      group(
        groupKeys.foundOnView(view),
        `Fractures found, ${view ?? "unknown"} view`,
        null,
        (one) => one.view === view,
      ),
    ),
  ];
}

/** Of patients: of each row of the subgroups those who were called right, and the others. */
export function subgroupGroups(
  { outcomes }: Evaluation,
  { subgroups, members }: TestAnalyses,
): CaseGroup[] {
  return subgroups.map(({ attribute, value }, row) => ({
    key: groupKeys.subgroup(row),
    title: `Accuracy, ${attribute.toLowerCase()}: {class}`,
    class: value ?? UNKNOWN,
    counted: members[row].filter((place) => isRight(outcomes[place])),
    others: members[row].filter((place) => !isRight(outcomes[place])),
  }));
}

/** Of patients: on whose radiographs something is shown in vain, and who have no fracture and are shown one. */
export function falseFindingGroups({ outcomes, falseFindings }: Evaluation): CaseGroup[] {
  const placesOf = (some: Evaluation["falseFindings"]) => {
    const patients = new Set(some.map(({ patient }) => patient));
    return outcomes.flatMap(({ patient }, place) => (patients.has(patient) ? [place] : []));
  };
  const positives = falseFindings.filter((one) => (one.falsePositives ?? 0) > 0);
  const shownInVain = falseFindings.filter(
    ({ falsePositiveRadiograph }) => falsePositiveRadiograph,
  );
  const count = positives.reduce((sum, one) => sum + (one.falsePositives ?? 0), 0);
  return [
    {
      key: groupKeys.falsePositives,
      title: `Patients with false positives (${count} on ${positives.length} radiographs)`,
      class: null,
      counted: placesOf(positives),
      others: [],
    },
    {
      key: groupKeys.falsePositivePatients,
      title: `Patients without a fracture who are shown one (on ${shownInVain.length} radiographs)`,
      class: null,
      counted: placesOf(shownInVain),
      others: [],
    },
  ];
}

function measuresOf(
  outcomes: readonly PatientOutcome[],
  key: GroupClass,
  title: string,
  belongs: (name: string) => boolean,
  name: string | null = null,
): CaseGroup[] {
  const is = ({ truth }: PatientOutcome) => belongs(truth);
  const called = ({ prediction }: PatientOutcome) => belongs(prediction.class);
  const not = (test: (one: PatientOutcome) => boolean) => (one: PatientOutcome) => !test(one);
  const group = (
    measure: "sensitivity" | "specificity" | "ppv" | "npv",
    words: string,
    own: (one: PatientOutcome) => boolean,
    counts: (one: PatientOutcome) => boolean,
  ) => groupOf(groupKeys[measure](key), `${words}, ${title}`, name, outcomes, own, counts);
  return [
    group("sensitivity", "Sensitivity", is, called),
    group("specificity", "Specificity", not(is), not(called)),
    group("ppv", "Positive predictive value", called, is),
    group("npv", "Negative predictive value", not(called), not(is)),
  ];
}

function groupOf<T>(
  key: string,
  title: string,
  name: string | null,
  all: readonly T[],
  own: (one: T) => boolean,
  counts: (one: T) => boolean,
): CaseGroup {
  const places = all.flatMap((one, place) => (own(one) ? [place] : []));
  return {
    key,
    title,
    class: name,
    counted: places.filter((place) => counts(all[place])),
    others: places.filter((place) => !counts(all[place])),
  };
}

function isRight({ truth, prediction }: PatientOutcome): boolean {
  return truth === prediction.class;
}
