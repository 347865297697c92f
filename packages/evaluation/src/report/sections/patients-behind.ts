/**
 * The patients behind the figures of the sets and of the preliminary networks: a list a figure.
 */
import type { ReportContent } from "../content.ts";
import { preliminaryAnchor, setAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { preliminaryLists } from "../preliminary-lists.ts";
import { setGroups, setLists } from "../set-cells.ts";
import type { Name } from "./name.ts";
import { patientLinks } from "./patient-links.ts";

const LISTS = [
  ["all", "all"],
  ["age", "age known"],
  ["differed", "readers differed at first"],
] as const;

/** Of every set; `shown` leads from patients to their rows where they have one. Null without sets. */
export function setsBehind(
  { sets, tests }: ReportContent,
  shown: ReadonlyMap<string, string>,
  name: Name,
): Markup | null {
  if (sets.length === 0) return null;
  const groups = setGroups(sets, tests.at(0)?.evaluation.settings.classes ?? []);
  const items = sets.map((set, place) => [
    ...LISTS.map(([key, words]) =>
      item(setAnchor(place, key), `${set.name}: ${words}`, setLists[key](set), shown),
    ),
    ...groups.flatMap(({ title, rows }) =>
      rows.map(({ key, value, cells }) =>
        item(
          setAnchor(place, key),
          `${set.name}, ${title.toLowerCase()}: ${name(value)}`,
          cells[place].patients,
          shown,
        ),
      ),
    ),
  ]);
  return html`<h3>Who is in each set</h3><ul class="behind">${items}</ul>`;
}

/** Null without preliminary networks. */
export function preliminaryBehind(
  { preliminary }: ReportContent,
  shown: ReadonlyMap<string, string>,
  name: Name,
): Markup | null {
  if (preliminary === null) return null;
  const items = preliminaryLists(preliminary, name).map(({ key, title, patients }) =>
    item(preliminaryAnchor(key), title, patients, shown),
  );
  return html`<h3>The preliminary networks</h3><ul class="behind">${items}</ul>`;
}

/** Nothing where nobody is counted, since no figure leads there. */
function item(
  anchor: string,
  title: string,
  patients: readonly string[],
  shown: ReadonlyMap<string, string>,
): Markup | null {
  if (patients.length === 0) return null;
  return html`<li id="${anchor}"><b>${title}</b> ${patients.length}: ${patientLinks(patients, shown)}</li>
`;
}
