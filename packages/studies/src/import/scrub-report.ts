/**
 * A report's text without what is known to identify its patient, and without what usually identifies
 * people: names beside a title or a role, signatures, dates, ages of ninety and above, telephone and
 * other long numbers, addresses. Rules find most and not all; reports are for the study's own
 * screening and are never published.
 */
import type { PatientEntry } from "../keys/key-file.ts";
import { findFigures } from "./scrubbing/figures.ts";
import { findAll, type Passage, replacePassages } from "./scrubbing/passage.ts";
import { findPatient } from "./scrubbing/patient-name.ts";
import { findPeople } from "./scrubbing/people.ts";

const SHORTEST_NUMBER = 4;

/** `numbers` are those of the examination. */
export function scrubReport(
  text: string,
  patient: PatientEntry | undefined,
  numbers: readonly string[],
): string {
  const whole = text.normalize("NFC");
  const known = [...numbers, patient?.patientId ?? ""].flatMap((number) =>
    findNumber(whole, number),
  );
  return replacePassages(whole, [
    ...known,
    ...findPatient(whole, patient?.patientName ?? null),
    ...findFigures(whole),
    ...findPeople(whole),
  ]);
}

/** A known number where it stands by itself, with or without the zeros that it begins with. */
function findNumber(text: string, number: string): Passage[] {
  const significant = number.trim().replace(/^0+(?=\d)/, "");
  if (significant.length < SHORTEST_NUMBER) return [];
  const expression = `(?<![\\p{L}\\p{N}])0*${RegExp.escape(significant)}(?![\\p{L}\\p{N}])`;
  return findAll(text, new RegExp(expression, "dgiu"), "[number]");
}
