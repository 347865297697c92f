/** Patients in a list of cases, by the end of their pseudonyms; those of a test lead to their rows. */
import { html, type Markup } from "../markup.ts";

/** Patients that are listed of each figure; most of the others are in no test and have no row on the page. */
const MOST_LISTED = 300;

/** `shown` leads from patients to their rows where they have one. */
export function patientLinks(
  patients: readonly string[],
  shown: ReadonlyMap<string, string>,
): Markup {
  const listed = patients.slice(0, MOST_LISTED).map((patient) => {
    const anchor = shown.get(patient);
    const short = patient.slice(-6);
    return anchor === undefined ? html`${short} ` : html`<a href="#${anchor}">${short}</a> `;
  });
  const rest = patients.length - listed.length;
  return html`${listed}${rest === 0 ? null : `and ${rest} not listed`}`;
}
