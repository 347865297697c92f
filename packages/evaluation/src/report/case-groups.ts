/**
 * The cases behind each figure of a test: which patients are counted above the line and which only
 * below it, and which fractures were found and which missed. Those behind a confusion are in
 * `called-groups.ts`.
 *
 * Patients and fractures are named by their places in the evaluation.
 */
import type { View } from "@malleolus/schema";
import type { Evaluation, PatientRule } from "../evaluate.ts";
import { agreementOf } from "../subgroups/errors-by-agreement.ts";
import type { LevelsOfTest } from "../weber/levels-of-test.ts";
import type { TestAnalyses } from "./analyses-of-test.ts";
import type { ReadingsRight } from "./reader-results.ts";
import { UNKNOWN } from "./set-description.ts";

export interface CaseGroup {
  /** Part of an anchor: letters, digits and hyphens. */
  readonly key: string;
  /** The figure, in words; `{class}` and `{called}` stand for the names of these classes. */
  readonly title: string;
  readonly class: string | null;
  readonly called?: string;
  readonly counted: readonly number[];
  readonly others: readonly number[];
}

/** What a class is called in keys: its place, since an id may hold anything. */
export type GroupClass = number | "fracture";
export type GroupMeasure = "sensitivity" | "specificity" | "ppv" | "npv";

/** Of one way to call patients, the detector's or another's, what leads to its cases. */
export interface CalledKeys {
  readonly accuracy: string;
  cell(truth: number, prediction: number): string;
  measure(measure: GroupMeasure, of: GroupClass): string;
}

export const groupKeys = {
  ...keysWith(""),
  /** Of another rule over the views. */
  rule: (rule: PatientRule) => keysWith(`rule-${rule}-`),
  ruleUndecided: (rule: PatientRule) => `rule-${rule}-undecided`,
  /** Of a reader, by the place among the readers of the test. */
  reader: (place: number) => keysWith(`reader-${place}-`),
  /** Of the detector on a reader's patients. */
  readerDetector: (place: number) => `reader-${place}-detector`,
  /** Of a reader beside the detector: who alone is right. */
  readerDiffers: (place: number) => `reader-${place}-differs`,
  /** Of an operating point, by its place. */
  point: (place: number, measure: "sensitivity" | "specificity") => `point-${place}-${measure}`,
  /** Of the classes by millimetres. */
  level: (
    what: "determinable" | "geometry" | "network" | "rescued-by-geometry" | "rescued-by-network",
  ) => `level-${what}`,
  found: "found",
  foundOfClass: (place: number) => `found-class-${place}`,
  falsePositives: "false-positives",
  falsePositivePatients: "false-positive-patients",
  /** Of the patients on whom first readings differed, or did not; of both. */
  errors: (which: "differed" | "agreed" | "read") => `errors-${which}`,
  /** Of those on whom readers agreed as far, by the place among the levels of agreement. */
  errorsAt: (level: number) => `errors-level-${level}`,
  /** Of a row of the subgroups. */
  subgroup: (row: number) => `subgroup-${row}`,
  /** Of the gaps between the groups of an attribute, by its place among them. */
  gap: (place: number) => `gap-${place}`,
  /** Of a row of the radiographs taken alone. */
  alone: (row: number) => `alone-${row}`,
  foundOnView: (view: View | null) => `found-view-${view ?? "unknown"}`,
} as const;

function keysWith(prefix: string): CalledKeys {
  return {
    accuracy: `${prefix}accuracy`,
    cell: (truth, prediction) => `${prefix}cell-${truth}-${prediction}`,
    measure: (measure, of) => `${prefix}${measure}-${of}`,
  };
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

/**
 * Of patients: of each row of the subgroups those who were called right, and the others; and the same of all between
 * whose groups there are gaps, who are those with a known value.
 */
export function subgroupGroups(
  { outcomes }: Evaluation,
  { subgroups, members, oddsGaps }: TestAnalyses,
): CaseGroup[] {
  const isRight = (place: number) => outcomes[place].truth === outcomes[place].prediction.class;
  const of = (places: readonly number[]) => ({
    counted: places.filter(isRight),
    others: places.filter((place) => !isRight(place)),
  });
  return [
    ...subgroups.map(({ attribute, value }, row) => ({
      key: groupKeys.subgroup(row),
      title: `Accuracy, ${attribute.toLowerCase()}: {class}`,
      class: value ?? UNKNOWN,
      ...of(members[row]),
    })),
    ...oddsGaps.map(({ attribute }, place) => ({
      key: groupKeys.gap(place),
      title: `Gaps between groups, ${attribute.toLowerCase()}: called right`,
      class: null,
      ...of(
        members
          .filter(
            (_, row) => subgroups[row].attribute === attribute && subgroups[row].value !== null,
          )
          .flat()
          .toSorted((a, b) => a - b),
      ),
    })),
  ];
}

/** Of patients with radiographs of a kind: those of whom all of these are right alone, and the others. */
export function aloneGroups({ radiographs, radiographMembers }: TestAnalyses): CaseGroup[] {
  return radiographs.map(({ attribute, value }, row) => ({
    key: groupKeys.alone(row),
    title: `Radiographs alone, ${attribute.toLowerCase()} {class}: patients of whom each is right`,
    class: value ?? UNKNOWN,
    counted: radiographMembers[row].right,
    others: radiographMembers[row].wrong,
  }));
}

/** Of patients with a fracture: whose class by millimetres can be determined, and who is right of them. */
export function levelGroups({ outcomes }: Evaluation, levels: LevelsOfTest | null): CaseGroup[] {
  if (levels === null) return [];
  const all = levels.patients.map(({ place, class: geometry }) => ({
    place,
    isKnown: geometry !== null,
    geometry: geometry === outcomes[place].truth,
    network: outcomes[place].prediction.class === outcomes[place].truth,
  }));
  type One = (typeof all)[number];
  const placeOf = ({ place }: One) => place;
  const known = ({ isKnown }: One) => isKnown;
  const group = (
    what: Parameters<typeof groupKeys.level>[0],
    title: string,
    own: (one: One) => boolean,
    counts: (one: One) => boolean,
  ) => groupOf(groupKeys.level(what), title, null, all, own, counts, placeOf);
  const alone = (one: One, by: "geometry" | "network", not: "geometry" | "network") =>
    one.isKnown && one[by] && !one[not];
  return [
    group("determinable", "Class by millimetres can be determined", () => true, known),
    group("geometry", "Right by millimetres", known, (one) => one.geometry),
    group("network", "Right by the network, of the same", known, (one) => one.network),
    group(
      "rescued-by-geometry",
      "Right by millimetres alone",
      (one) => alone(one, "geometry", "network"),
      () => true,
    ),
    group(
      "rescued-by-network",
      "Right by the network alone",
      (one) => alone(one, "network", "geometry"),
      () => true,
    ),
  ];
}

/**
 * Of patients whom at least two have read: who is wrong where readings differed and where they did not; and, if there are
 * any, of all of them, and of those on whom readers agreed as far.
 */
export function errorGroups(
  { outcomes }: Evaluation,
  agreement: Readonly<Record<string, ReadingsRight>>,
): CaseGroup[] {
  const all = outcomes.map(({ patient, truth, prediction }) => {
    const said = Object.hasOwn(agreement, patient) ? agreement[patient].said : [];
    return {
      /** Null where there are no two readings. */
      agreement: said.length >= 2 ? agreementOf(said) : null,
      isWrong: truth !== prediction.class,
    };
  });
  type One = (typeof all)[number];
  const group = (key: string, where: string, own: (one: One) => boolean) =>
    groupOf(key, `Wrong where ${where}`, null, all, own, ({ isWrong }) => isWrong);
  const levels = [...new Set(all.flatMap((one) => one.agreement ?? []))].toSorted((a, b) => a - b);
  return [
    group(
      groupKeys.errors("differed"),
      "first readings differed",
      (one) => one.agreement !== null && one.agreement < 1,
    ),
    group(groupKeys.errors("agreed"), "first readings agreed", (one) => one.agreement === 1),
    ...(levels.length === 0
      ? []
      : [
          group(
            groupKeys.errors("read"),
            "several have read the radiographs",
            (one) => one.agreement !== null,
          ),
        ]),
    ...levels.map((level, place) =>
      group(
        groupKeys.errorsAt(place),
        `${Math.round(100 * level)}% of the readers said the same`,
        (one) => one.agreement === level,
      ),
    ),
  ];
}

/** Of patients: with a fracture those called one at each operating point, without one those not called so. */
export function pointGroups({ outcomes, operatingPoints, settings }: Evaluation): CaseGroup[] {
  return operatingPoints.flatMap(({ chosen, called }, point) => {
    const { wanted } = chosen;
    const calledOnes = new Set(called);
    const all = outcomes.map(({ truth }, place) => ({
      positive: truth !== settings.noFractureClass,
      called: calledOnes.has(place),
    }));
    const at = `at the point of ${Math.round(100 * wanted.share)}% ${wanted.atLeast}`;
    return [
      groupOf(
        groupKeys.point(point, "sensitivity"),
        `Sensitivity ${at}`,
        null,
        all,
        ({ positive }) => positive,
        (one) => one.called,
      ),
      groupOf(
        groupKeys.point(point, "specificity"),
        `Specificity ${at}`,
        null,
        all,
        ({ positive }) => !positive,
        (one) => !one.called,
      ),
    ];
  });
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

/** `placeOf` says where something of the list stands in the evaluation. */
export function groupOf<T>(
  key: string,
  title: string,
  name: string | null,
  all: readonly T[],
  own: (one: T) => boolean,
  counts: (one: T) => boolean,
  placeOf: (one: T, index: number) => number = (_one, index) => index,
): CaseGroup {
  const places = (which: boolean) =>
    all.flatMap((one, index) => (own(one) && counts(one) === which ? [placeOf(one, index)] : []));
  return { key, title, class: name, counted: places(true), others: places(false) };
}
