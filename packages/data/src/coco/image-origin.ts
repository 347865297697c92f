/**
 * Whose an image of a COCO file is, under the names that are usual and those of our own export. The one
 * place that knows them: what an import takes for a patient, a training must not have on both sides.
 */
import type { CocoImage } from "./read-coco.ts";

export interface CocoOrigin {
  readonly patient: string | null;
  /** One examination of a patient. */
  readonly case: string | null;
  /** What is as good as the same, near-duplicates for one; several of an image that was composed of others. */
  readonly groups: readonly string[];
}

/** Without regard to case, underscores and hyphens: `patient_id` is `PatientID`, too. */
const NAMES = {
  patient: ["patientid", "patient"],
  case: ["caseid", "studyid", "case"],
  group: ["group", "groupid"],
} as const satisfies Record<string, readonly string[]>;

/** An empty text is no name: a spreadsheet's empty cell becomes one. */
export function originOfImage({ extra }: Pick<CocoImage, "extra">): CocoOrigin {
  const written = Object.entries(extra).map(
    ([key, value]) => [key.toLowerCase().replace(/[_\- ]/g, ""), value] as const,
  );
  const first = <T>(names: readonly string[], read: (value: unknown) => T | null): T | null =>
    names
      .flatMap((name) => written.filter(([key]) => key === name))
      .map(([, value]) => read(value))
      .find((value) => value !== null) ?? null;
  return {
    patient: first(NAMES.patient, nameOf),
    case: first(NAMES.case, nameOf),
    groups: first(NAMES.group, namesOf) ?? [],
  };
}

/**
 * Keys that images share which must not stand on two sides. A case counts where no patient is named:
 * with one, it only numbers what is the patient's.
 */
export function originKeys(origin: CocoOrigin): string[] {
  const { patient, groups } = origin;
  const whose = patient === null && origin.case !== null ? `case ${origin.case}` : null;
  return [
    ...groups.map((group) => `group ${group}`),
    ...(patient === null ? [] : [`patient ${patient}`]),
    ...(whose === null ? [] : [whose]),
  ];
}

function nameOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** Null of none. */
function namesOf(value: unknown): string[] | null {
  const names = (Array.isArray(value) ? value : [value])
    .map(nameOf)
    .filter((name) => name !== null);
  return names.length === 0 ? null : [...new Set(names)];
}
