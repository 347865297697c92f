/**
 * A report's text without what is known to identify its patient, and without what usually does:
 * dates, long numbers, names after a title. A name that nobody told it stays; reports are for the
 * study's own screening and are never published.
 */
import type { PatientEntry } from "../keys/key-file.ts";

const SHORTEST_NAME = 4;
const DATE = /\b(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2})\b/g;
const LONG_NUMBER = /\+?\d(?:[\d -]{5,}\d)/g;
const TITLED = /\b((?:[Dd]rs?|[Pp]rof|[Mm]rs?|[Dd]hr|[Mm]evr|[Mm]w)\.? )\p{Lu}[\p{L}'-]+/gu;

export function scrubReport(
  text: string,
  patient: PatientEntry | undefined,
  numbers: readonly string[],
): string {
  let scrubbed = text;
  const ids = [...numbers, ...(patient === undefined ? [] : [patient.patientId])];
  for (const id of ids.filter(({ length }) => length >= SHORTEST_NAME)) {
    scrubbed = scrubbed.replaceAll(id, "[number]");
  }
  const names = (patient?.patientName ?? "").split(/[\^= ,]+/);
  for (const name of names.filter(({ length }) => length >= SHORTEST_NAME)) {
    // With a capital only: a patient called Breuk must not take the word from the report.
    const word = new RegExp(`(?<!\\p{L})${escapeRegExp(name)}(?!\\p{L})`, "giu");
    scrubbed = scrubbed.replace(word, (found) => (/^\p{Lu}/u.test(found) ? "[name]" : found));
  }
  return scrubbed
    .replace(DATE, "[date]")
    .replace(TITLED, "$1[name]")
    .replace(LONG_NUMBER, "[number]");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
