/**
 * Links from the cases of a report's page to their radiographs. They are put in by the room, because the page itself
 * is one file that needs nothing else: it only says of a row, and of a picture, of which test it is
 * and which place its patient has there.
 */
import type { Report } from "@malleolus/schema";

/** `words` are read out before the end of the patient's name. */
export function linkCases(page: Document, { tests }: Report, report: string, words: string): void {
  for (const at of page.querySelectorAll<HTMLElement>("[data-case]")) {
    const mark = at.dataset.case ?? "";
    const cut = mark.lastIndexOf(" ");
    const test = tests.find(({ id }) => id === mark.slice(0, cut));
    const patient = test?.patients[Number(mark.slice(cut + 1))];
    if (patient === undefined || at.querySelector("a.look") !== null) continue;
    const link = page.createElement("a");
    link.className = "look";
    link.href = caseAddress(report, patient, at.closest("[id]")?.id ?? "");
    // Out of the frame: the room's page goes on there.
    link.target = "_top";
    link.textContent = "⤢";
    link.setAttribute("aria-label", `${words} ${patient.slice(-6)}`);
    at.append(" ", link);
  }
}

/** `from` is where the report goes on when somebody comes back. */
export function caseAddress(report: string, patient: string, from: string): string {
  const search = from === "" ? "" : `?from=${encodeURIComponent(from)}`;
  return `/reports/${report}/cases/${encodeURIComponent(patient)}${search}`;
}
