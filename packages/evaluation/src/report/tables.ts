/** The tables of one test set. */
import type { Proportion, View } from "@malleolus/schema";
import type { ReaderAgreement } from "../agreement.ts";
import type { Classification, ClassResult } from "../classification.ts";
import type { Confusion } from "../confusion.ts";
import type { Evaluation } from "../evaluate.ts";
import type { Localization, Overlap, OverlapSummary } from "../localization.ts";
import { shareMark } from "./figures.ts";
import { html, type Markup } from "./markup.ts";
import { decimal, fraction, percent, withInterval } from "./numbers.ts";

type Name = (id: string) => string;

/** Truth down, prediction across, each cell as dark as its share of the row. */
export function confusionTable({ classes, counts }: Confusion, name: Name): Markup {
  const rows = counts.map((row, truth) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const cells = row.map((value, predicted) => {
      const shade = total === 0 ? 0 : Math.round((85 * value) / total);
      const style = `cell${truth === predicted ? " right" : ""}${shade > 45 ? " dark" : ""}`;
      return html`<td class="${style}" style="--shade:${shade}%">${value}</td>`;
    });
    return html`<tr><th scope="row">${name(classes[truth])}</th>${cells}<td class="total">${total}</td></tr>
`;
  });
  const heads = classes.map((id) => html`<th scope="col">${name(id)}</th>`);
  return html`<table class="confusion"><caption>Truth in rows, prediction in columns: patients</caption>
<thead><tr><td></td>${heads}<th scope="col" class="total">all</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** Any fracture against none first, then every class against the others. */
export function classTable(classification: Classification, name: Name): Markup {
  const row = (label: string, result: ClassResult, style: string) =>
    html`<tr class="${style}"><th scope="row">${label}</th><td>${result.patients}</td>${shareCell(result.sensitivity)}${shareCell(result.specificity)}<td>${withInterval(result.auc?.auc ?? null, result.auc?.interval ?? null)}</td></tr>
`;
  return html`<div class="wide"><table><thead><tr><td></td><th scope="col">patients</th><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

/** The same for half a page: figures without their marks. */
export function narrowClassTable(classification: Classification, name: Name): Markup {
  const row = (label: string, result: ClassResult, style: string) =>
    html`<tr class="${style}"><th scope="row">${label}</th><td>${percent(result.sensitivity)}</td><td>${percent(result.specificity)}</td><td>${withInterval(result.auc?.auc ?? null, result.auc?.interval ?? null)}</td></tr>
`;
  return html`<div class="wide"><table><thead><tr><td></td><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

/** What depends on how many patients of each class there are, and the two that weigh it. */
export function predictiveTable(classification: Classification, name: Name): Markup {
  const row = (label: string, result: ClassResult, style: string) =>
    html`<tr class="${style}"><th scope="row">${label}</th><td>${percent(result.ppv)}</td><td>${percent(result.npv)}</td><td>${decimal(result.f1)}</td><td>${decimal(result.matthews)}</td></tr>
`;
  return html`<div class="wide"><table><thead><tr><td></td><th scope="col">predictive value, positive</th><th scope="col">negative</th><th scope="col">F1</th><th scope="col">Matthews' correlation</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

function classRows(
  classification: Classification,
  name: Name,
  row: (label: string, result: ClassResult, style: string) => Markup,
): Markup[] {
  return [
    row("Any fracture", classification.fracture, "main"),
    ...classification.classes.map((one) => row(name(one.class), one, "")),
  ];
}

function shareCell(share: Proportion): Markup {
  return html`<td class="share">${shareMark(share)}<span>${percent(share)}</span></td>`;
}

/** Where fractures are: all, by class, by view. */
export function localizationTable(evaluation: Evaluation, name: Name): Markup {
  const row = (label: string, one: Localization, style: string) =>
    html`<tr class="${style}"><th scope="row">${label}</th><td>${fraction(one.recall)}</td><td>${percent(one.recall)}</td>${overlapCells(one.boxIou)}${overlapCells(one.maskIou)}</tr>
`;
  return html`<div class="wide"><table><thead>
<tr><td rowspan="2"></td><th scope="colgroup" colspan="2">found</th><th scope="colgroup" colspan="2">median box IoU</th><th scope="colgroup" colspan="2">median mask IoU</th></tr>
<tr><th scope="col">count</th><th scope="col">share</th><th scope="col">of the found</th><th scope="col">missed as 0</th><th scope="col">of the found</th><th scope="col">missed as 0</th></tr></thead>
<tbody>${row("All fractures", evaluation.localization, "main")}${evaluation.localizationByClass.map((one) => row(name(one.class), one, ""))}${evaluation.localizationByView.map((one) => row(viewName(one.view), one, ""))}</tbody></table></div>`;
}

/** What is found where few false positives are allowed. */
export function frocTable({ falsePositives: { froc } }: Evaluation): Markup {
  const rows = froc.map(
    ({ allowed, sensitivity, score, falsePositivesPerImage, isAll }) =>
      html`<tr><th scope="row">${decimal(allowed, 1)}</th><td>${fraction(sensitivity)}</td><td>${percent(sensitivity)}</td><td>${decimal(score)}</td><td>${decimal(falsePositivesPerImage)}${isAll ? " (all findings)" : ""}</td></tr>
`,
  );
  return html`<div class="wide"><table><thead><tr><th scope="col">allowed</th><th scope="col">found</th><th scope="col">share</th><th scope="col">from score</th><th scope="col">false positives a radiograph</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function viewName(view: View | null): string {
  if (view === null) return "View unknown";
  return view === "ap" || view === "pa"
    ? `${view.toUpperCase()} view`
    : `${view[0].toUpperCase()}${view.slice(1)} view`;
}

function overlapCells({ matched, missedAsZero }: Overlap): Markup {
  return html`<td>${withInterval(matched.median, matched.medianInterval)}</td><td>${withInterval(missedAsZero.median, missedAsZero.medianInterval)}</td>`;
}

/** Means and deviations, as papers print them, with the intervals of the means. */
export function overlapSentence({ localization }: Evaluation): Markup {
  const mean = (one: OverlapSummary) =>
    html`${decimal(one.mean)} ± ${decimal(one.sd)}${one.meanInterval === null ? null : html` <i>(mean ${decimal(one.meanInterval[0])}–${decimal(one.meanInterval[1])})</i>`}`;
  const part = (what: string, { matched, missedAsZero }: Overlap) =>
    html`Mean ${what} IoU is ${mean(matched)} of the found fractures and ${mean(missedAsZero)} with missed ones as 0. `;
  return html`${part("box", localization.boxIou)}${part("mask", localization.maskIou)}`;
}

/** Every way to make one patient of the views. */
export function ruleTable({ rules, rule, outcomes }: Evaluation): Markup {
  const tested = rules.filter(({ mainLessThis }) => mainLessThis !== null).length;
  const rows = rules.map(
    (one) =>
      html`<tr class="${one.rule === rule ? "main" : ""}"><th scope="row">${one.rule}</th><td>${percent(one.accuracy)}</td><td>${withInterval(one.kappa, one.kappaInterval)}</td><td>${percent(one.fracture.sensitivity)}</td><td>${percent(one.fracture.specificity)}</td><td>${withInterval(one.fracture.auc?.auc ?? null, one.fracture.auc?.interval ?? null)}</td><td>${decimal(one.mainLessThis?.p ?? null, 3)}</td><td>${decimal(one.holmP, 3)}</td></tr>
`,
  );
  return html`<div class="wide"><table><thead><tr><th scope="col">views combined by</th><th scope="col">accuracy</th><th scope="col">kappa</th><th scope="col">fracture: sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th><th scope="col">p against ${rule}</th><th scope="col">after Holm</th></tr></thead><tbody>${rows}</tbody></table></div><p class="soft">DeLong's paired test of the AUC, ${tested} tests of ${outcomes.length} patients; after Holm, the chance of any false difference among them is limited.</p>`;
}

export function readersTable({ pairs, unanimous, fleissKappa }: ReaderAgreement): Markup {
  const rows = pairs.map(
    ({ readers, agreement, cohenKappa, kappaInterval }) =>
      html`<tr><th scope="row">${readers[0]} and ${readers[1]}</th><td>${fraction(agreement)}</td><td>${percent(agreement)}</td><td>${withInterval(cohenKappa, kappaInterval)}</td></tr>
`,
  );
  return html`<table><thead><tr><td></td><th scope="col">same class</th><th scope="col">share</th><th scope="col">kappa</th></tr></thead>
<tbody><tr class="main"><th scope="row">All readers</th><td>${fraction(unanimous)}</td><td>${percent(unanimous)}</td><td>${withInterval(fleissKappa.value, fleissKappa.interval)}</td></tr>
${rows}</tbody></table>`;
}
