/** Every test beside the others, a figure a row. */
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { casesAnchor, fracturesAnchor, groupAnchor, linked, testAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { count, percent, withInterval } from "../numbers.ts";

export function resultsSection(tests: readonly ReportedTest[]): Markup | null {
  if (tests.length === 0) return null;
  const row = (label: string, cell: (test: ReportedTest) => Markup) =>
    html`<tr><th scope="row">${label}</th>${tests.map((test) => html`<td>${cell(test)}</td>`)}</tr>
`;
  const group = (test: ReportedTest, key: string, figure: Markup) =>
    linked(groupAnchor(test.id, key), figure);
  const foundIous = [...new Set(tests.map(({ evaluation }) => evaluation.settings.foundIou))];
  return html`<section id="results"><h2>Results</h2><p class="soft">95% intervals in grey: Wilson for shares of patients; the same with the spread between patients for shares of radiographs and for areas under the curve; bootstrap over patients for the rest. A fracture is found when a finding of the operating score or more overlaps its box with an IoU of ${foundIous.join(" or ")} or more. Every figure leads to its cases.</p>
<div class="wide" tabindex="0" role="region" aria-label="Results of every test"><table><thead><tr><td></td>${tests.map(({ id, name }) => html`<th scope="col"><a href="#${testAnchor(id)}">${name}</a></th>`)}</tr></thead><tbody>
${row("Patients, radiographs", ({ id, evaluation }) => linked(casesAnchor(id), html`${count(evaluation.patients)}, ${count(evaluation.images)}`))}
${row("Accuracy over all classes", (test) => group(test, groupKeys.accuracy, percent(test.evaluation.classification.accuracy)))}
${row("Kappa against the truth", ({ id, evaluation: { classification } }) => linked(casesAnchor(id), withInterval(classification.kappa.value, classification.kappa.interval)))}
${row("AUC, fracture against none", ({ id, evaluation: { classification } }) => linked(casesAnchor(id), withInterval(classification.fracture.auc?.auc ?? null, classification.fracture.auc?.interval ?? null)))}
${row("Sensitivity for a fracture", (test) => group(test, groupKeys.measure("sensitivity", "fracture"), percent(test.evaluation.classification.fracture.sensitivity)))}
${row("Specificity for a fracture", (test) => group(test, groupKeys.measure("specificity", "fracture"), percent(test.evaluation.classification.fracture.specificity)))}
${row("Fractures found on radiographs", (test) => group(test, groupKeys.found, percent(test.evaluation.localization.recall)))}
${row("False positives a radiograph", (test) => group(test, groupKeys.falsePositives, withInterval(test.evaluation.falsePositives.perImage.value, test.evaluation.falsePositives.perImage.interval)))}
${row("Median box IoU of the found", ({ id, evaluation: { localization } }) => linked(fracturesAnchor(id), withInterval(localization.boxIou.matched.median, localization.boxIou.matched.medianInterval)))}
${row("Median box IoU, missed as 0", ({ id, evaluation: { localization } }) => linked(fracturesAnchor(id), withInterval(localization.boxIou.missedAsZero.median, localization.boxIou.missedAsZero.medianInterval)))}
${row("Median mask IoU, missed as 0", ({ id, evaluation: { localization } }) => linked(fracturesAnchor(id), withInterval(localization.maskIou.missedAsZero.median, localization.maskIou.missedAsZero.medianInterval)))}
</tbody></table></div></section>`;
}
