/** Every item of every checklist as a table, for an author to go on with. */
import { csvLine } from "../csv.ts";
import type { FilledChecklist } from "./checklist.ts";

export function checklistCsv(checklists: readonly FilledChecklist[]): string {
  const head = ["checklist", "item", "asks", "status", "answer", "missing", "where"];
  const rows = checklists.flatMap(({ name, items }) =>
    items.map(({ id, asks, status, answer, missing, where }) => [
      name,
      id,
      asks,
      status,
      answer,
      missing,
      where === null ? null : `${where.title} (index.html#${where.anchor})`,
    ]),
  );
  return [head, ...rows].map(csvLine).join("");
}
