/** All that is said of one test. */
import { type Evaluation, PAPER_RULE } from "../../evaluate.ts";
import { groupKeys } from "../case-groups.ts";
import type { ReportedTest } from "../content.ts";
import { overlapFigure } from "../figures/overlap-figure.ts";
import { readerKey, rocFigure, rocKey } from "../figures/roc-figure.ts";
import { rocContent } from "../figures-of-test.ts";
import { casesAnchor, groupAnchor, linked, testAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { counted, decimal, withInterval } from "../numbers.ts";
import {
  classTable,
  confusionTable,
  frocTable,
  localizationTable,
  narrowClassTable,
  outlinesTable,
  overlapSentence,
  predictiveTable,
  ruleTable,
} from "../tables.ts";
import { analysesPart } from "./analyses-part.ts";
import { levelsPart } from "./levels-part.ts";
import type { Name } from "./name.ts";
import { pointsPart } from "./points-part.ts";
import { readersBesidePart } from "./readers-beside-part.ts";

export function testSection(test: ReportedTest, name: Name): Markup {
  const { id, name: title, description, evaluation } = test;
  const { classification, falsePositiveRadiographs, falsePositives, unambiguous, ambiguous } =
    evaluation;
  const strata =
    unambiguous === null || ambiguous === null
      ? null
      : html`<p>Accuracy is ${counted(unambiguous.accuracy)} in the patients on whom the readers agreed at first, and ${counted(ambiguous.accuracy)} in those on whom they did not.</p>`;
  const mean = (
    measure: "meanSensitivity" | "meanSpecificity" | "meanF1" | "meanAuc" | "matthews",
  ) => {
    const { value, interval } = classification[measure];
    return linked(casesAnchor(id), withInterval(value, interval));
  };
  return html`<section id="${testAnchor(id)}"><h2>${title}</h2><p class="soft">${description} ${decidedBy(evaluation)}</p>
<div class="pair"><div>${confusionTable(classification.confusion, name, { test: id, keys: groupKeys })}
<p style="margin-top:16px">Accuracy ${linked(groupAnchor(id, groupKeys.accuracy), counted(classification.accuracy))}. Mean sensitivity over the classes (balanced accuracy) ${mean("meanSensitivity")}, mean specificity ${mean("meanSpecificity")}, mean F1 ${mean("meanF1")}, mean AUC ${mean("meanAuc")}, Matthews' correlation ${mean("matthews")}.</p>${strata}</div>
${rocPart(test, name)}</div>
<h3>Each class against all others</h3>${classTable(classification, name, id)}
<p class="soft" style="margin-top:16px">Predictive values are those among these patients, whose classes are in other shares than a hospital's.</p>${predictiveTable(classification, name, id)}
${pointsPart(test)}
<h3>Where the fractures are</h3>
<p class="soft">${shownBy(evaluation)}</p>${localizationTable(evaluation, name, id)}
<p style="margin-top:16px">${overlapSentence(evaluation, id)}There are ${linked(groupAnchor(id, groupKeys.falsePositives), withInterval(falsePositives.perImage.value, falsePositives.perImage.interval))} false positives a radiograph, and a fracture is shown on ${linked(groupAnchor(id, groupKeys.falsePositivePatients), counted(falsePositiveRadiographs))} of the radiographs of patients without one.</p>
${overlapPart(evaluation)}
${outlinesTable(test)}
${levelsPart(test)}
<p class="soft">Fractures found where so many false positives a radiograph are allowed, at the lowest score that keeps to them, whatever is held of the patient. A second finding on one fracture is neither.</p>${frocTable(evaluation, id)}
${analysesPart(test, name)}
${readersBesidePart(test)}
${paperRulePart(evaluation, name, id)}
<h3>Every way to combine the views</h3>${ruleTable(evaluation, id)}</section>`;
}

function decidedBy({ rule, settings: { decision } }: Evaluation): string {
  if (decision === null) {
    return `A patient's class is that with the highest score, views combined by the rule "${rule}".`;
  }
  const patients = Object.values(decision.fittedOn.patients).reduce((sum, one) => sum + one, 0);
  return (
    `A patient's class is decided by probabilities that were fitted on ${patients} tuning patients, ` +
    "who are no part of this test."
  );
}

function shownBy({ settings: { decision, findingThreshold, foundIou } }: Evaluation): string {
  const from = `a score of ${decimal(findingThreshold)}`;
  const shown =
    decision === null
      ? `Findings are shown from ${from} on.`
      : `Findings are shown for patients who are held to have a fracture, from ${from} on (set on the ` +
        "tuning patients), at least the best one.";
  return (
    `${shown} A fracture is found where the box of a finding that is shown overlaps its box with an ` +
    `IoU of at least ${decimal(foundIou)}, whatever its class; of several the best-scoring.`
  );
}

function rocPart(test: ReportedTest, name: Name): Markup {
  const { lines, band, readers } = rocContent(test, name);
  if (lines.length === 0) return html`<p class="soft">No curve: one class alone was tested.</p>`;
  const legend = lines.map(
    (one, i) =>
      html`<li>${rocKey(i)}${one.name}<span>${withInterval(one.auc?.auc ?? null, one.auc?.interval ?? null)}</span></li>`,
  );
  const people =
    readers.length === 0
      ? null
      : html`<li>${readerKey()}${readers.length === 1 ? "a reader" : "readers, each alone"}</li>`;
  const said =
    band === null
      ? null
      : html`<p class="soft small">Shaded: at each rate of false positives the 95% interval of the first curve, by the bootstrap over patients.</p>`;
  return html`<div>${rocFigure(lines, band, readers)}<ul class="legend">${legend}${people}</ul>${said}</div>`;
}

function overlapPart({ fractures, localization }: Evaluation): Markup | null {
  if (fractures.length === 0) return null;
  const found = fractures.flatMap((one) => one.found ?? []);
  const missed = fractures.length - found.length;
  const figures = (["boxIou", "maskIou"] as const).map((key) =>
    overlapFigure(
      key === "boxIou" ? "box" : "mask",
      found.map((one) => one[key]),
      missed,
      localization[key].matched.median,
    ),
  );
  return html`<div class="pair even">${figures.map((figure) => html`<div>${figure}</div>`)}</div><p class="soft small">The dashed line is the median of the found.</p>`;
}

/** The paper's own reading of the views, which stands beside what is fitted. */
function paperRulePart(
  { rule, paperRule, settings }: Evaluation,
  name: Name,
  test: string,
): Markup | null {
  if (rule === PAPER_RULE) return null;
  const { tie, allZero } = paperRule.undecided;
  const cases = { test, keys: groupKeys.rule(PAPER_RULE) };
  const undecided = linked(groupAnchor(test, groupKeys.ruleUndecided(PAPER_RULE)), tie + allZero);
  return html`<h3>By the paper's rule</h3><p class="soft">The class whose scores have the highest sum over the views. ${name(settings.noFractureClass)} is a class like the others there, the intact fibula. No class won in ${undecided} patients: ${allZero} without any object, ${tie} tied.</p>
<div class="pair"><div>${confusionTable(paperRule.confusion, name, cases)}<p style="margin-top:16px">Accuracy ${linked(groupAnchor(test, cases.keys.accuracy), counted(paperRule.accuracy))}.</p></div><div>${narrowClassTable(paperRule, name, cases)}</div></div>`;
}
