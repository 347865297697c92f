/**
 * Readers of the same patients under several conditions, with the detector and without say. A figure leads to the
 * patients with what was said of them: an area of one reader to the column of these scores.
 */
import type { Inference } from "../../reader-study/obuchowski-rockette.ts";
import type { ReportContent } from "../content.ts";
import { rocFigure, rocKey } from "../figures/roc-figure.ts";
import { linked, readerScoresAnchor, readerStudyAnchor } from "../links.ts";
import { html, type Markup, type Piece } from "../markup.ts";
import { count, decimal, withInterval } from "../numbers.ts";
import { NEXT_DIFFERENCE, NEXT_POWER } from "../reader-study-result.ts";

export function readerStudySection({ readerStudy }: ReportContent): Markup | null {
  if (readerStudy === null) return null;
  const { analysis, curves, patients, next } = readerStudy;
  const { conditions, readers, positives, negatives, aucs, randomReadersAndCases } = analysis;
  const all = (figure: Piece) => linked(readerStudyAnchor, figure);
  const means = randomReadersAndCases.conditions.map(
    ({ auc, interval }) => html`<td>${all(withInterval(auc, interval))}</td>`,
  );
  const rows = readers.map(
    (reader, j) =>
      html`<tr><th scope="row">${reader}</th>${conditions.map((_, i) => html`<td>${linked(readerScoresAnchor(i, j), decimal(aucs[i][j]))}</td>`)}</tr>
`,
  );
  const questions: readonly (readonly [string, Inference])[] = [
    ["Other readers, other patients", randomReadersAndCases],
    ["These readers, other patients", analysis.fixedReaders],
    ["Other readers, these patients", analysis.fixedCases],
  ];
  const differences = questions.map(([question, inference]) =>
    inference.differences.map(
      ({ first, second, difference, interval, p, holmP }) =>
        html`<tr><th scope="row">${question}: ${second} less ${first}</th><td>${all(withInterval(-difference, [-interval[1], -interval[0]], 3))}</td><td>${all(decimal(p, 3))}</td><td>${all(decimal(holmP, 3))}</td></tr>
`,
    ),
  );
  const plans = next.map(({ readers: many, patients: needed }) =>
    needed === null
      ? `With ${many} readers no number of patients would do, since readers differ too much.`
      : `With ${many} readers it would take ${count(needed)} such patients.`,
  );
  const lines = conditions.map((name, i) => ({ name, points: curves[i] }));
  const legend = conditions.map((name, i) => html`<li>${rocKey(i)}${name}</li>`);
  return html`<section id="reader-study"><h2>The reader study</h2><p class="soft">${readers.length} readers of ${count(patients)} patients, ${positives} with and ${negatives} without a fracture, under ${conditions.length} conditions. Areas under the curve by Obuchowski and Rockette with DeLong's covariances and Hillis' degrees of freedom; p is after Holm for the pairs of conditions.</p>
<div class="pair"><div><div class="wide narrow" tabindex="0" role="region" aria-label="Areas under the curve by reader"><table><thead><tr><th scope="col">AUC</th>${conditions.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody><tr class="main"><th scope="row">Readers on average</th>${means}</tr>
${rows}</tbody></table></div></div><div>${rocFigure(lines, null, [])}<ul class="legend">${legend}</ul><p class="soft small">Averaged over the readers, at each rate of false positives.</p></div></div>
<div class="wide" tabindex="0" role="region" aria-label="Differences between conditions"><table><thead><tr><td></td><th scope="col">difference</th><th scope="col">p, ${readers.length} readers, ${count(patients)} patients</th><th scope="col">after Holm</th></tr></thead><tbody>${differences}</tbody></table></div>
${plans.length === 0 ? null : html`<p style="margin-top:16px">A next study is to show a difference of ${decimal(NEXT_DIFFERENCE)} with a power of ${Math.round(100 * NEXT_POWER)}%. ${plans.join(" ")} A plan from these variances, not a promise.</p>`}</section>`;
}
