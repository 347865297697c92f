/** Of a test: its probabilities, decisions by them, groups of patients, and readers' disagreement. */
import { type Estimate, viewSchema } from "@malleolus/schema";
import type { Calibration } from "../../calibration/calibration.ts";
import { predictiveValues } from "../../decision/predictive-values.ts";
import type { ErrorsByAgreement } from "../../subgroups/errors-by-agreement.ts";
import type { TestAnalyses } from "../analyses-of-test.ts";
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { calibrationFigure } from "../figures/calibration-figure.ts";
import { decisionFigure } from "../figures/decision-figure.ts";
import { forestFigure } from "../figures/forest-figure.ts";
import { rocKey } from "../figures/roc-figure.ts";
import { forestKinds } from "../figures-of-test.ts";
import { casesAnchor, groupAnchor, linked } from "../links.ts";
import { html, type Markup, type Piece } from "../markup.ts";
import { counted, decimal, percent, withInterval } from "../numbers.ts";
import { UNKNOWN } from "../set-description.ts";
import { viewName } from "../tables.ts";
import type { Name } from "./name.ts";

/** Shares of patients with a fracture for which predictive values are given. */
const PREVALENCES = [0.1, 0.2, 0.3, 0.5];

export function analysesPart(test: ReportedTest, name: Name): Markup | null {
  const { analyses } = test;
  if (analyses === null) return null;
  return html`${probabilitiesPart(analyses, test.id)}${prevalencePart(test)}${subgroupsPart(test, analyses, name)}${alonePart(test, analyses, name)}${agreementPart(analyses.errorsByAgreement, test.id)}`;
}

function probabilitiesPart(
  { calibration, decisionCurve }: TestAnalyses,
  test: string,
): Markup | null {
  if (calibration === null || decisionCurve === null) return null;
  const { fitted, scores, change } = calibration;
  const row = (label: string, of: (one: Calibration) => Estimate, changed: Estimate | undefined) =>
    html`<tr><th scope="row">${label}</th>${scores === null ? null : html`<td>${linked(casesAnchor(test), estimate(of(scores)))}</td>`}<td>${linked(casesAnchor(test), estimate(of(fitted)))}</td>${change === null ? null : html`<td>${changed === undefined ? null : linked(casesAnchor(test), estimate(changed, 3))}</td>`}</tr>
`;
  const before = scores === null ? null : html`<th scope="col">scores made to sum to 1</th>`;
  return html`<h3>Whether the probabilities can be believed</h3>
<div class="pair even"><div>${calibrationFigure(fitted.fracture, scores?.fracture ?? null)}<ul class="legend"><li>${rocKey(0)}fitted on tuning patients</li>${scores === null ? null : html`<li>${rocKey(1)}scores made to sum to 1</li>`}</ul></div>
<div>${decisionFigure(decisionCurve)}<ul class="legend"><li>${rocKey(0)}by the detector, with its 95% interval</li><li>${rocKey(1)}treat everybody</li><li>${rocKey(2)}treat nobody</li></ul><p class="soft small">Net benefit at the test's own share of fractures, which is not an emergency department's, of ${linked(casesAnchor(test), "these patients")}.</p></div></div>
<div class="wide" tabindex="0" role="region" aria-label="Calibration"><table><thead><tr><td></td>${before}<th scope="col">fitted</th>${change === null ? null : html`<th scope="col">difference</th>`}</tr></thead><tbody>
${row("Class-wise calibration error", (one) => one.classWiseError, change?.classWiseError)}${row("Brier score, 0 to 2", (one) => one.brier, change?.brier)}${row("Log loss", (one) => one.logLoss, change?.logLoss)}${row("Calibration intercept, 0 where right", (one) => one.recalibration.intercept, undefined)}${row("Calibration slope, 1 where right", (one) => one.recalibration.slope, undefined)}</tbody></table></div>
<p class="soft small">Intercept and slope are of any fracture (Cox): an intercept above 0 says that probabilities are too low on the whole, a slope below 1 that they are too extreme, and there is none where they tell all apart.</p>`;
}

function prevalencePart({ id, evaluation }: ReportedTest): Markup | null {
  const { sensitivity, specificity } = evaluation.classification.fracture;
  if (sensitivity.total === 0 || specificity.total === 0) return null;
  const rows = PREVALENCES.map((prevalence) => {
    const { ppv, npv } = predictiveValues(sensitivity, specificity, prevalence);
    // Both are made of sensitivity and specificity alone: what is called a fracture, and what is not.
    const from = (measure: "ppv" | "npv", figure: Markup) =>
      html`<td>${linked(groupAnchor(id, groupKeys.measure(measure, "fracture")), figure)}</td>`;
    return html`<tr><th scope="row">${Math.round(100 * prevalence)}% with a fracture</th>${from("ppv", estimate(ppv))}${from("npv", estimate(npv))}</tr>
`;
  });
  return html`<h3>Predictive values elsewhere</h3><p class="soft">Of any fracture, where fractures are as frequent as the row says and the detector does as it does here.</p><div class="wide" tabindex="0" role="region" aria-label="Predictive values by prevalence"><table><thead><tr><td></td><th scope="col">positive</th><th scope="col">negative</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function subgroupsPart(test: ReportedTest, analyses: TestAnalyses, name: Name): Markup | null {
  if (analyses.subgroups.length === 0) return null;
  const { accuracy } = test.evaluation.classification;
  const cases = (row: number, figure: Piece) =>
    linked(groupAnchor(test.id, groupKeys.subgroup(row)), figure);
  const rows = analyses.subgroups.map(
    ({ attribute, value, patients, accuracy: own, sensitivity, specificity, auc }, i) =>
      html`<tr><th scope="row">${attribute}: ${name(value ?? UNKNOWN)}</th><td>${cases(i, patients)}</td><td>${cases(i, percent(own))}</td><td>${cases(i, percent(sensitivity))}</td><td>${cases(i, percent(specificity))}</td><td>${cases(i, withInterval(auc?.auc ?? null, auc?.interval ?? null))}</td></tr>
`,
  );
  const gaps = analyses.oddsGaps.map(
    ({ attribute, patients, truePositiveRate, falsePositiveRate }, place) => {
      const to = (figure: Piece) =>
        html`<td>${linked(groupAnchor(test.id, groupKeys.gap(place)), figure)}</td>`;
      return html`<tr><th scope="row">${attribute}</th>${to(patients)}${[truePositiveRate, falsePositiveRate].map(({ gap, byChance, p }) => html`${to(decimal(gap))}${to(decimal(byChance))}${to(decimal(p, 3))}`)}</tr>
`;
    },
  );
  return html`<h3>Groups of patients</h3><div class="wide" tabindex="0" role="region" aria-label="Accuracy by group">${forestFigure("accuracy", forestKinds(analyses, name), accuracy.share)}</div>
<div class="wide" tabindex="0" role="region" aria-label="Groups of patients"><table><thead><tr><td></td><th scope="col">patients</th><th scope="col">accuracy</th><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead><tbody>${rows}</tbody></table></div>
${gaps.length === 0 ? null : html`<p class="soft" style="margin-top:16px">Equalised odds: the widest gap between groups in the rate of true and of false positives, the gap that chance gives in the middle, and how often chance gives one as wide (one test an attribute and rate, not adjusted).</p><div class="wide" tabindex="0" role="region" aria-label="Gaps between groups"><table><thead><tr><td rowspan="2"></td><th rowspan="2" scope="col">patients</th><th scope="colgroup" colspan="3">true positives</th><th scope="colgroup" colspan="3">false positives</th></tr><tr>${[0, 1].map(() => html`<th scope="col">gap</th><th scope="col">by chance</th><th scope="col">p</th>`)}</tr></thead><tbody>${gaps}</tbody></table></div>`}`;
}

/** What each radiograph would say, were it the only one of its patient. */
function alonePart(test: ReportedTest, { radiographs }: TestAnalyses, name: Name): Markup | null {
  if (radiographs.length === 0) return null;
  const rows = radiographs.map(
    ({ attribute, value, subjects, patients, accuracy, sensitivity, specificity, auc }, i) => {
      const to = (figure: Piece) =>
        html`<td>${linked(groupAnchor(test.id, groupKeys.alone(i)), figure)}</td>`;
      const words =
        attribute === "View"
          ? viewName(viewSchema.safeParse(value).data ?? null)
          : name(value ?? UNKNOWN);
      return html`<tr><th scope="row">${attribute === "View" ? "" : `${attribute}: `}${words}</th>${to(subjects)}${to(patients)}${to(percent(accuracy))}${to(percent(sensitivity))}${to(percent(specificity))}${to(withInterval(auc?.auc ?? null, auc?.interval ?? null))}</tr>
`;
    },
  );
  return html`<h3>Each radiograph alone</h3><p class="soft">What one radiograph would say of its patient without the others, by view and by how well the fracture shows on it.</p><div class="wide" tabindex="0" role="region" aria-label="Each radiograph alone"><table><thead><tr><td></td><th scope="col">radiographs</th><th scope="col">patients</th><th scope="col">accuracy</th><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function agreementPart(errors: ErrorsByAgreement | null, test: string): Markup | null {
  if (errors === null) return null;
  const to = (which: Parameters<typeof groupKeys.errors>[0], figure: Piece) =>
    linked(groupAnchor(test, groupKeys.errors(which)), figure);
  const { disagreed, unanimous, difference, trend, cases } = errors;
  const levels = errors.levels.map(({ agreement, errors: own }, place) => {
    const at = (figure: Piece) =>
      html`<td>${linked(groupAnchor(test, groupKeys.errorsAt(place)), figure)}</td>`;
    return html`<tr><th scope="row">${Math.round(100 * agreement)}% of the readers said the same</th>${at(own.total)}${at(percent(own))}</tr>
`;
  });
  return html`<h3>Whether it errs where readers disagree</h3><p>The detector is wrong in ${to("differed", counted(disagreed))} of the patients on whom first readings differed, and in ${to("agreed", counted(unanimous))} of the others: a difference of ${to("read", withInterval(difference.difference, difference.interval))} (Fisher's exact p ${to("read", decimal(difference.exactP, 3))}, ${to("read", cases)} patients). With growing agreement errors become ${(trend.z ?? 0) < 0 ? "fewer" : "no fewer"} (Cochran-Armitage z ${to("read", decimal(trend.z))}, p ${to("read", decimal(trend.p, 3))}).</p><div class="wide" tabindex="0" role="region" aria-label="Errors by agreement of readers"><table><thead><tr><td></td><th scope="col">patients</th><th scope="col">wrong</th></tr></thead><tbody>${levels}</tbody></table></div>`;
}

function estimate(
  { value, interval }: { readonly value: number | null; readonly interval: Estimate["interval"] },
  digits = 2,
): Markup {
  return withInterval(value, interval, digits);
}
