/** A test's readers beside the detector, each with the cases behind the figures. */
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { readerKey, rocFigure, rocKey } from "../figures/roc-figure.ts";
import { readerPoints } from "../figures-of-test.ts";
import { casesAnchor, groupAnchor, linked, readersAnchor } from "../links.ts";
import { html, type Markup, type Piece } from "../markup.ts";
import { count, decimal, percent, withInterval } from "../numbers.ts";
import { type AreasBeside, PLANNED_DIFFERENCE, PLANNED_POWER } from "../readers-beside.ts";

export function readersBesidePart(test: ReportedTest): Markup | null {
  const beside = test.analyses?.readers ?? null;
  if (beside === null) return null;
  const { id, people } = test;
  const rows = beside.readers.map((one, place) => {
    const result = people?.readers.at(place);
    if (result === undefined) throw new Error("internal: a comparison without its reader");
    const keys = groupKeys.reader(place);
    const own = (key: string, figure: Piece) =>
      html`<td>${linked(groupAnchor(id, key), figure)}</td>`;
    const differ = (figure: string) => own(groupKeys.readerDiffers(place), figure);
    return html`<tr><th scope="row">${one.name}${one.independent ? "" : " (of the panel)"}</th>${own(keys.accuracy, one.patients)}${own(keys.accuracy, percent(result.accuracy))}${own(groupKeys.readerDetector(place), percent(one.detector))}${own(keys.measure("sensitivity", "fracture"), percent(result.sensitivity))}${own(keys.measure("specificity", "fracture"), percent(result.specificity))}${differ(decimal(one.right.exactP, 3))}${differ(decimal(one.holmP, 3))}</tr>
`;
  });
  return html`<h3 id="${readersAnchor(id)}">Readers beside the detector</h3><p class="soft">First readings, blind, of the patients whom a reader put into a class. Readers of the panel have made the truth with their readings. p is McNemar's exact one, of the accuracies, for ${beside.readers.length} readers; after Holm, the chance of any false difference among them is limited.</p><div class="wide" tabindex="0" role="region" aria-label="Readers beside the detector"><table><thead><tr><td rowspan="2"></td><th rowspan="2" scope="col">patients</th><th scope="colgroup" colspan="2">accuracy</th><th scope="colgroup" colspan="2">reader, any fracture</th><th rowspan="2" scope="col">p</th><th rowspan="2" scope="col">after Holm</th></tr><tr><th scope="col">reader</th><th scope="col">detector</th><th scope="col">sensitivity</th><th scope="col">specificity</th></tr></thead><tbody>${rows}</tbody></table></div>${beside.areas === null ? null : areasPart(beside.areas, test)}`;
}

function areasPart(areas: AreasBeside, test: ReportedTest): Markup {
  const { names, readers, readersMean, detector, difference, p, curves, byCertainty } = areas;
  const lines = [
    { name: "the detector", points: curves.detector },
    { name: "the readers' average", points: curves.readers },
  ];
  const scored = byCertainty
    ? "Readings are scored by their certainty."
    : "Readers gave no certainty, so that a reader's area is the mean of sensitivity and specificity.";
  const part = areas.independent ? "" : " Their readings made the truth.";
  const all = (figure: Piece) => linked(casesAnchor(test.id), figure);
  const rows = readers.map(
    ({ auc, interval }, i) =>
      html`<tr><th scope="row">${names[i]}</th><td>${all(withInterval(auc, interval))}</td></tr>
`,
  );
  const next =
    areas.patientsForPower === null
      ? null
      : html` From these variances, ${names.length} readers and ${count(areas.patientsForPower)} such patients would show a difference of ${decimal(PLANNED_DIFFERENCE)} with a power of ${Math.round(100 * PLANNED_POWER)}%; a plan, not a promise.`;
  return html`<div class="pair"><div><table><thead><tr><td></td><th scope="col">AUC, any fracture</th></tr></thead><tbody><tr class="main"><th scope="row">The detector</th><td>${all(withInterval(detector.auc, detector.interval))}</td></tr>
<tr class="main"><th scope="row">Readers on average</th><td>${all(withInterval(readersMean.value, readersMean.interval))}</td></tr>
${rows}</tbody></table><p style="margin-top:16px">The detector less the readers' average is ${all(withInterval(difference.value, difference.interval))} (p ${all(decimal(p, 3))}, ${all(areas.patients)} patients whom all of these ${names.length} readers have read), with other readers and other patients in mind (Obuchowski and Rockette). ${scored}${part}${next}</p></div>
<div>${rocFigure(lines, null, readerPoints(test.people))}<ul class="legend"><li>${rocKey(0)}${lines[0].name}</li><li>${rocKey(1)}${lines[1].name}</li><li>${readerKey()}readers, each alone</li></ul></div></div>`;
}
