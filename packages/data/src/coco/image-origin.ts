/**
 * Whose an image of a COCO file is, under the names that are usual and those of our own export. The one
 * place that knows them: what an import takes for a patient, a training must not have on both sides.
 */
import type { CocoImage } from "./read-coco.ts";

export interface CocoOrigin {
  readonly patient: string | null;
  /** One examination of a patient. */
  readonly case: string | null;
  /** What is as good as the same, near-duplicates for one. */
  readonly group: string | null;
}

/** Without regard to case, underscores and hyphens: `patient_id` is `PatientID`, too. */
const NAMES = {
  patient: ["patientid", "patient"],
  case: ["caseid", "studyid", "case"],
  group: ["group", "groupid"],
} as const satisfies Record<keyof CocoOrigin, readonly string[]>;

/** An empty text is no name: a spreadsheet's empty cell becomes one. */
export function originOfImage({ extra }: Pick<CocoImage, "extra">): CocoOrigin {
  const written = Object.entries(extra).map(([key, value]): [string, string | null] => [
    key.toLowerCase().replace(/[_\- ]/g, ""),
    nameOf(value),
  ]);
  const first = (names: readonly string[]) =>
    names
      .flatMap((name) => written.filter(([key]) => key === name))
      .find(([, value]) => value !== null)?.[1] ?? null;
  return { patient: first(NAMES.patient), case: first(NAMES.case), group: first(NAMES.group) };
}

/**
 * Keys that images share which must not stand on two sides. A case counts where no patient is named:
 * with one, it only numbers what is the patient's.
 */
export function originKeys(origin: CocoOrigin): string[] {
  const { patient, group } = origin;
  const whose = patient === null && origin.case !== null ? `case ${origin.case}` : null;
  return [
    ...(group === null ? [] : [`group ${group}`]),
    ...(patient === null ? [] : [`patient ${patient}`]),
    ...(whose === null ? [] : [whose]),
  ];
}

function nameOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
