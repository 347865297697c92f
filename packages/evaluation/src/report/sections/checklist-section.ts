/** How each item of the reporting checklists stands. */
import { countStatuses, type FilledChecklist, type FilledItem } from "../checklists/checklist.ts";
import type { ReportContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";

export function checklistSection({ checklists }: ReportContent): Markup | null {
  if (checklists.length === 0) return null;
  return html`<section id="checklists"><h2>Reporting checklists</h2><p class="soft">An item is filled where the study has the evidence, and its words lead there. What only an author can say is asked for. Nothing here claims that a paper keeps to a checklist. Answers of the author stand in the study's checklists.toml.</p>${summary(checklists)}${checklists.map(details)}</section>`;
}

function summary(checklists: readonly FilledChecklist[]): Markup {
  const rows = checklists.map((one) => {
    const counts = countStatuses(one);
    return html`<tr><th scope="row">${one.name}</th><td>${counts.filled}</td><td>${counts["answered by the author"]}</td><td>${counts["needs the author"]}</td><td>${counts["not applicable"]}</td><td>${one.items.length}</td></tr>
`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="Items of each checklist"><table><thead><tr><td></td><th scope="col">filled from the study</th><th scope="col">answered by the author</th><th scope="col">needs the author</th><th scope="col">not applicable</th><th scope="col">items</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function details({ name, source, items }: FilledChecklist): Markup {
  return html`<details class="checklist"><summary>${name}</summary><p class="soft">${source}.</p><div class="wide" tabindex="0" role="region" aria-label="${name}"><table><thead><tr><th scope="col">item</th><th scope="col">asks for</th><th scope="col">status</th><th scope="col">answer</th></tr></thead><tbody>
${items.map(row)}</tbody></table></div></details>`;
}

function row({ id, asks, status, answer, missing, where }: FilledItem): Markup {
  const place = where === null ? null : html` <a href="#${where.anchor}">${where.title}</a>`;
  const lacking = missing === null ? null : html` <em>Missing: ${missing}.</em>`;
  return html`<tr class="${status.replaceAll(" ", "-")}"><th scope="row">${id}</th><td>${asks}</td><td class="status">${status}</td><td>${answer ?? ""}${place}${lacking}</td></tr>
`;
}
