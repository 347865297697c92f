/** The list of cases, in Dutch: no page of a case loads it. */
import type { englishWorklist } from "./english-worklist.ts";

export const dutchWorklist: Readonly<Record<keyof typeof englishWorklist, string>> = {
  "worklist.queue.read": "Te lezen",
  "worklist.filter.left": "Te lezen",
  "worklist.filter.new": "Nieuw",
  "worklist.filter.draft": "Concept",
  "worklist.filter.done": "Ingediend",
  "worklist.filters": "Filteren op status",
  "worklist.continue": "Verder met {code}",
  "worklist.begin": "Beginnen met {code}",
  "worklist.search": "Code zoeken",
  "worklist.rows": "Casussen",
  "worklist.code": "Casus",
  "worklist.views": "Opnamen",
  "worklist.state": "Status",
  "worklist.edited": "Laatste wijziging",
  "worklist.state.new": "Nieuw",
  "worklist.state.draft": "Concept",
  "worklist.state.submitted": "Ingediend",
  "worklist.state.closed": "Gesloten",
  "worklist.progress": "{done} van {total} ingediend",
  "worklist.empty": "Geen casussen te lezen. {done} van {total} zijn ingediend.",
  "worklist.none": "Er wachten geen casussen op u. Een beheerder van de studie wijst ze toe.",
  "worklist.none to read":
    "Er zijn geen casussen voor u om te lezen. Waarover u beslist, staat hier.",
  "worklist.filtered": "Geen casus past bij het filter.",
  "worklist.show all": "Alle {total} tonen",
  "worklist.hint": "↑ ↓ kiezen, Enter opent",
  "worklist.no queue":
    "Met dit account valt niets te lezen. Personen en instellingen staan hierboven.",
  "qualification.open": "Kwalificatie: {needed} moeten juist zijn. Andere casussen openen daarna.",
  "qualification.passed": "Geslaagd: {right} van {total} zijn juist.",
  "qualification.failed":
    "{right} van {total} zijn juist, {needed} zijn nodig. Wie de studie leidt opent een nieuwe ronde.",
};
