/** Who was studied: the flow of each hospital's cases, and who is in each set. */
import type { ReportContent } from "../content.ts";
import { flowDiagram } from "../figures/flow-diagram.ts";
import { html, type Markup } from "../markup.ts";
import { count, decimal } from "../numbers.ts";
import type { Counts, DescribedSet } from "../set-description.ts";
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

/** A column a set; under each heading a row for everything that any set has. */
function setsTable(sets: readonly DescribedSet[], classes: readonly string[], name: Name): Markup {
  const row = (label: string, style: string, cell: (set: DescribedSet) => Markup | string) =>
    html`<tr class="${style}"><th scope="row">${label}</th>${sets.map((set) => html`<td>${cell(set)}</td>`)}</tr>
`;
  const group = (
    label: string,
    of: (set: DescribedSet) => Counts,
    whole: (set: DescribedSet) => number,
  ) => {
    const there = new Set(sets.flatMap((set) => Object.keys(of(set))));
    // Classes in the protocol's order; whatever else is counted as it comes, the frequent first.
    const keys = [...new Set([...classes.filter((one) => there.has(one)), ...there])];
    const rows = keys.map((key) =>
      row(name(key), "part", (set) => {
        const counts = of(set);
        return partOf(Object.hasOwn(counts, key) ? counts[key] : 0, whole(set));
      }),
    );
    return keys.length === 0 ? null : html`${row(label, "kind", () => "")}${rows}`;
  };
  const patients = (set: DescribedSet) => set.patients;
  const graded = (set: DescribedSet) =>
    Object.values(set.visibility).reduce((sum, one) => sum + one, 0);
  return html`<h3>Each set</h3><div class="wide" tabindex="0" role="region" aria-label="Who is in each set"><table class="sets"><thead><tr><td></td>${sets.map((set) => html`<th scope="col">${set.name}</th>`)}</tr></thead><tbody>
${row("Patients", "main", (set) => count(set.patients))}${row("Radiographs", "", (set) => count(set.radiographs))}${row("Age in years, median (quartiles)", "", ageCell)}${row("Readers differed at first", "", (set) => partOf(set.ambiguous, set.patients))}${group("Class", (set) => set.classes, patients)}${group("Sex", (set) => set.sex, patients)}${group("Hospital", (set) => set.hospitals, patients)}${group("Machine", (set) => set.machines, patients)}${group(
  "View (radiographs)",
  (set) => set.views,
  (set) => set.radiographs,
)}${group("Visibility of the fracture (radiographs)", (set) => set.visibility, graded)}</tbody></table></div>
<p class="soft">Shares are of the set's patients, or radiographs where that is said. Age, sex and machine are those that the files say after de-identification.</p>`;
}

function ageCell({ age, patients }: DescribedSet): Markup {
  if (age === null) return html`–`;
  const [first, third] = age.quartiles.map((one) => decimal(one, 0));
  const known = age.known === patients ? null : html` <i>of ${age.known}</i>`;
  return html`${decimal(age.median, 0)} <i>(${first}–${third})</i>${known}`;
}

function partOf(part: number, whole: number): Markup {
  if (whole === 0) return html`–`;
  return html`${count(part)} <i>${Math.round((100 * part) / whole)}%</i>`;
}
