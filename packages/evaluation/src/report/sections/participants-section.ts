/** Who was studied: the flow of each hospital's cases, and who is in each set. */
import type { ReportContent } from "../content.ts";
import { flowDiagram } from "../figures/flow-diagram.ts";
import { linked, setAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { count, decimal } from "../numbers.ts";
import { type SetCell, setGroups } from "../set-cells.ts";
import type { DescribedSet } from "../set-description.ts";
import type { Name } from "./name.ts";

export function participantsSection(
  { flow, sets, tests }: ReportContent,
  name: Name,
): Markup | null {
  if (flow === null && sets.length === 0) return null;
  return html`<section id="participants"><h2>Who was studied</h2>${flow === null ? null : flows(flow, name)}${sets.length === 0 ? null : setsTable(sets, tests.at(0)?.evaluation.settings.classes ?? [], name)}</section>`;
}

function flows(flow: NonNullable<ReportContent["flow"]>, name: Name): Markup {
  const refused = Object.entries(flow.refusedFiles).filter(([, files]) => files > 0);
  const said =
    refused.length === 0
      ? "Every file could be read."
      : `Files that could not be taken in: ${refused.map(([code, files]) => `${name(code)} ${files}`).join(", ")}.`;
  const diagrams = flow.hospitals.map(
    (hospital) =>
      html`<div><h3>${name(hospital.hospital)}</h3>${flowDiagram(hospital, name)}</div>`,
  );
  return html`<p class="soft">${said}</p><div class="flows">${diagrams}</div>`;
}

/** A column a set; under each heading a row for everything that any set has. Every count leads to its patients. */
function setsTable(sets: readonly DescribedSet[], classes: readonly string[], name: Name): Markup {
  const row = (label: string, style: string, cell: (set: DescribedSet, place: number) => Markup) =>
    html`<tr class="${style}"><th scope="row">${label}</th>${sets.map((set, place) => html`<td>${cell(set, place)}</td>`)}</tr>
`;
  const groups = setGroups(sets, classes).map(({ title, rows }) =>
    rows.length === 0
      ? null
      : html`${row(title, "kind", () => html``)}${rows.map(({ key, value, cells }) =>
          row(name(value), "part", (_set, place) => cellOf(cells[place], setAnchor(place, key))),
        )}`,
  );
  return html`<h3>Each set</h3><div class="wide" tabindex="0" role="region" aria-label="Who is in each set"><table class="sets"><thead><tr><td></td>${sets.map((set) => html`<th scope="col">${set.name}</th>`)}</tr></thead><tbody>
${row("Patients", "main", (set, place) => linked(setAnchor(place, "all"), count(set.patients)))}${row("Radiographs", "", (set, place) => linked(setAnchor(place, "all"), count(set.radiographs)))}${row("Age in years, median (quartiles)", "", ageCell)}${row("Readers differed at first", "", (set, place) => cellOf({ count: set.ambiguous, of: set.patients }, setAnchor(place, "differed")))}${groups}</tbody></table></div>
<p class="soft">Shares are of the set's patients, or radiographs where that is said. Age, sex and machine are those that the files say after de-identification.</p>`;
}

function ageCell({ age, patients }: DescribedSet, place: number): Markup {
  if (age === null) return html`–`;
  const [first, third] = age.quartiles.map((one) => decimal(one, 0));
  const known = age.known === patients ? null : html` <i>of ${age.known}</i>`;
  return linked(
    setAnchor(place, "age"),
    html`${decimal(age.median, 0)} <i>(${first}–${third})</i>${known}`,
  );
}

function cellOf({ count: part, of: whole }: Pick<SetCell, "count" | "of">, anchor: string): Markup {
  if (whole === 0) return html`–`;
  const figure = html`${count(part)} <i>${Math.round((100 * part) / whole)}%</i>`;
  return part === 0 ? figure : linked(anchor, figure);
}
