/**
 * The cases behind each figure of a test: which patients are counted above the line and which only
 * below it, and which fractures were found and which missed. Those behind a confusion are in
 * `called-groups.ts`.
 *
 * Patients and fractures are named by their places in the evaluation.
 */
import type { View } from "@malleolus/schema";
import type { Evaluation, PatientRule } from "../evaluate.ts";
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
  /** Of the patients on whom first readings differed, or did not. */
  errors: (which: "differed" | "agreed") => `errors-${which}`,
  /** Of a row of the subgroups. */
  subgroup: (row: number) => `subgroup-${row}`,
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

/** Of patients: of each row of the subgroups those who were called right, and the others. */
export function subgroupGroups(
  { outcomes }: Evaluation,
  { subgroups, members }: TestAnalyses,
): CaseGroup[] {
  const right = ({ truth, prediction }: Evaluation["outcomes"][number]) =>
    truth === prediction.class;
  return subgroups.map(({ attribute, value }, row) => ({
    key: groupKeys.subgroup(row),
    title: `Accuracy, ${attribute.toLowerCase()}: {class}`,
    class: value ?? UNKNOWN,
    counted: members[row].filter((place) => right(outcomes[place])),
    others: members[row].filter((place) => !right(outcomes[place])),
  }));
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

/** Of patients whom at least two have read: who is wrong where readings differed, and where they did not. */
export function errorGroups(
  { outcomes }: Evaluation,
  agreement: Readonly<Record<string, ReadingsRight>>,
): CaseGroup[] {
  const all = outcomes.map(({ patient, truth, prediction }) => {
    const said = Object.hasOwn(agreement, patient) ? agreement[patient].said : [];
    return {
      isRead: said.length >= 2,
      differed: new Set(said).size > 1,
      isWrong: truth !== prediction.class,
    };
  });
  return (["differed", "agreed"] as const).map((which) =>
    groupOf(
      groupKeys.errors(which),
      `Wrong where first readings ${which}`,
      null,
      all,
      ({ isRead, differed }) => isRead && differed === (which === "differed"),
      ({ isWrong }) => isWrong,
    ),
  );
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
