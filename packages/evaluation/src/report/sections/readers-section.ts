/** How far readers agree with each other, before anybody decided between them. */
import type { ChanceCorrected } from "../../observers/chance-corrected.ts";
import type { ObserverAgreement } from "../../observers/observer-agreement.ts";
import type { ReportContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import { count, withInterval } from "../numbers.ts";
import { readersTable } from "../tables.ts";
import type { Name } from "./name.ts";

export function readersSection({ readers }: ReportContent, name: Name): Markup | null {
  if (readers.length === 0) return null;
  const parts = readers.map(
    ({ name: title, agreement, observers }) =>
      html`<h3>${title}</h3><p class="soft">${count(agreement.cases)} cases. Fleiss' kappa for all readers, Cohen's for pairs.</p>${readersTable(agreement)}${coefficients(observers)}${categories(observers, name)}`,
  );
  return html`<section id="readers"><h2>How far readers agree</h2>${parts}</section>`;
}

function coefficients({ alpha, ordinalAlpha, pairs }: ObserverAgreement): Markup {
  const weighted = pairs.map(
    ({ readers, quadraticKappa }, i) =>
      html`${i === 0 ? "" : ", "}${of(quadraticKappa)} (${readers[0]} and ${readers[1]})`,
  );
  return html`<p style="margin-top:14px">Krippendorff's alpha over all that was said is ${of(alpha)}. Over the classes alone, in their order, it is ${of(ordinalAlpha)}, and kappa with quadratic weights is ${weighted}.</p>`;
}

/** Each class and exclusion against all else: where agreement is lost. */
function categories({ categories: all, cases }: ObserverAgreement, name: Name): Markup | null {
  if (all.length === 0) return null;
  const rows = all.map(
    ({ category, isExclusion, mentioned, alpha }) =>
      html`<tr><th scope="row">${name(category)}${isExclusion ? " (left out)" : ""}</th><td>${count(mentioned)}</td><td>${of(alpha)}</td></tr>
`,
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="Agreement by class and exclusion"><table><thead><tr><td></td><th scope="col">said by anyone, of ${count(cases)} cases</th><th scope="col">alpha, this or not this</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function of({ value, interval }: ChanceCorrected): Markup {
  return withInterval(value, interval);
}
