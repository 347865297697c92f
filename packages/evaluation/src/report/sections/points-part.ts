/** What a test's patients are called at the operating points that were chosen on tuning patients. */
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { groupAnchor, linked } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { decimal, percent } from "../numbers.ts";

/** Null for a detector that has no probabilities. */
export function pointsPart({ id, evaluation }: ReportedTest): Markup | null {
  const { operatingPoints, settings } = evaluation;
  if (settings.decision === null) return null;
  const title = html`<h3>Operating points</h3>`;
  if (operatingPoints.length === 0) {
    return html`${title}<p class="soft">This detector's decision was fitted without operating points: malleolus calibrate chooses them on tuning patients.</p>`;
  }
  const rows = operatingPoints.map(({ chosen, sensitivity, specificity }, place) => {
    const { wanted, probability } = chosen;
    const here = (measure: "sensitivity" | "specificity", figure: Markup) =>
      html`<td>${linked(groupAnchor(id, groupKeys.point(place, measure)), figure)}</td>`;
    return html`<tr><th scope="row">${wanted.atLeast} of ${Math.round(100 * wanted.share)}%</th><td>${probability === null ? "nobody" : decimal(probability, 3)}</td><td>${percent(chosen.sensitivity)}</td><td>${percent(chosen.specificity)}</td>${here("sensitivity", percent(sensitivity))}${here("specificity", percent(specificity))}</tr>
`;
  });
  return html`${title}<p class="soft">Chosen on the tuning patients, each decided by a model that was fitted without them: at least so much of one, then as much as possible of the other. What it keeps to there need not hold here.</p><div class="wide" tabindex="0" role="region" aria-label="Operating points"><table><thead><tr><th rowspan="2" scope="col">chosen for a</th><th rowspan="2" scope="col">probability from</th><th scope="colgroup" colspan="2">tuning patients</th><th scope="colgroup" colspan="2">these patients</th></tr><tr>${[0, 1].map(() => html`<th scope="col">sensitivity</th><th scope="col">specificity</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
