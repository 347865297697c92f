/** The patients behind each figure of the preliminary networks, by the key of its link. */
import type { AssistanceArm } from "@malleolus/schema";
import type { AuditedPatients } from "../assistance/audited-patients.ts";
import type { PoolTrait } from "../proposals/selection-comparison.ts";
import type { PreliminaryResult } from "./preliminary-result.ts";
import { viewName } from "./tables.ts";

export interface PatientList {
  /** Part of an anchor. */
  readonly key: string;
  readonly title: string;
  readonly patients: readonly string[];
}

export const preliminaryKeys = {
  judged: "judged",
  /** Of a structure, by its place. */
  measure: (place: number, what: "there" | "proposed" | "missed" | "inVain") =>
    `proposed-${place}-${what}`,
  /** Of a row of the selection, by its place; of all selected without one. */
  selection: (which: "picked" | "passedOver", row: number | null = null) =>
    `selection-${row ?? "all"}-${which}`,
  assistance: (what: AssistanceList) => `assistance-${what}`,
  /** Of a comparison of drawings with proposals and without, by arm; of both together. */
  arms: (what: AssistanceComparison, which: AssistanceArm | "both") =>
    `assistance-${what}-${which}`,
} as const;

export type AssistanceComparison = "timed" | "drawnTwice" | "wrongShapes";
type AssistanceList = Exclude<keyof AuditedPatients, AssistanceComparison>;

const ASSISTANCE: readonly (readonly [what: AssistanceList, words: string])[] = [
  ["assisted", "drawn with proposals"],
  ["unassisted", "drawn without proposals"],
  ["accepted", "a proposal accepted as it was"],
  ["mended", "a proposal mended"],
  ["rejected", "a proposal rejected"],
  ["wrongShapesAccepted", "a wrong outline accepted"],
  ["wrongClassesAccepted", "a wrong class accepted"],
];
const COMPARISONS: readonly (readonly [what: AssistanceComparison, words: string])[] = [
  ["timed", "how long a drawing took"],
  ["drawnTwice", "drawn by two annotators"],
  ["wrongShapes", "a wrong outline, shown or not"],
];

/** `name` is what a class is called. */
export function preliminaryLists(
  { judged, measures, selection, assistancePatients }: PreliminaryResult,
  name: (id: string) => string,
): PatientList[] {
  const ofMeasures = measures.flatMap(({ structure, patients }, place) => {
    const list = (what: "there" | "proposed" | "missed" | "inVain", words: string) => ({
      key: preliminaryKeys.measure(place, what),
      title: `Proposed outlines, ${structure}: ${words}`,
      patients: patients[what],
    });
    return [
      list("there", "on a radiograph"),
      list("proposed", "proposed where it is"),
      list("missed", "not proposed where it is"),
      list("inVain", "proposed where it is not"),
    ];
  });
  const both = ["picked", "passedOver"] as const;
  const words = { picked: "selected", passedOver: "passed over" } as const;
  const ofSelection =
    selection === null
      ? []
      : [
          ...both.map((which) => ({
            key: preliminaryKeys.selection(which),
            title: `Radiographs ${words[which]}`,
            patients: selection.patients[which],
          })),
          ...selection.rows.flatMap(({ trait, patients }, row) =>
            both.map((which) => ({
              key: preliminaryKeys.selection(which, row),
              title: `Radiographs ${words[which]}: ${traitWords(trait, name)}`,
              patients: patients[which],
            })),
          ),
        ];
  const ofAssistance =
    assistancePatients === null
      ? []
      : [
          ...ASSISTANCE.map(([what, said]) => ({
            key: preliminaryKeys.assistance(what),
            title: `Assistance: ${said}`,
            patients: assistancePatients[what],
          })),
          ...COMPARISONS.flatMap(([what, said]) => {
            const { assisted, unassisted } = assistancePatients[what];
            const list = (
              which: AssistanceArm | "both",
              where: string,
              patients: readonly string[],
            ) => ({
              key: preliminaryKeys.arms(what, which),
              title: `Assistance: ${said}, ${where}`,
              patients,
            });
            return [
              list("assisted", "with proposals", assisted),
              list("unassisted", "without proposals", unassisted),
              list("both", "with or without proposals", [...new Set([...assisted, ...unassisted])]),
            ];
          }),
        ];
  return [
    { key: preliminaryKeys.judged, title: "Proposals held against the truth", patients: judged },
    ...ofMeasures,
    ...ofSelection,
    ...ofAssistance,
  ];
}

export function traitWords(trait: PoolTrait, name: (id: string) => string): string {
  switch (trait.of) {
    case "class":
      return name(trait.class);
    case "view":
      return viewName(trait.view);
    case "mistaken":
      return "the network says another class than the readers";
    case "difficult":
      return "fracture difficult to see, of those that were drawn";
  }
}
