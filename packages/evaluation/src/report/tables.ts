/** The tables of one test set. With the test's id their figures lead to the cases behind them. */
import type { Estimate, Proportion, View } from "@malleolus/schema";
import type { ReaderAgreement } from "../agreement.ts";
import type { Classification, ClassResult } from "../classification.ts";
import type { Confusion } from "../confusion.ts";
import type { Evaluation } from "../evaluate.ts";
import type { Localization, Overlap, OverlapSummary } from "../localization.ts";
import { type CalledKeys, type GroupClass, groupKeys } from "./case-groups.ts";
import type { ReportedTest } from "./content.ts";
import { shareMark } from "./figures/share-mark.ts";
import { agreementAnchor, casesAnchor, fracturesAnchor, groupAnchor, linked } from "./links.ts";
import { html, type Markup, type Piece } from "./markup.ts";
import { decimal, fraction, percent, withInterval } from "./numbers.ts";
import { OUTLINE_MEASURES, type OutlineMeans, type OutlineMeasure } from "./outline-measures.ts";

type Name = (id: string) => string;

/** Of a test, and whose figures they are: what its table leads to. */
export interface CasesOf {
  readonly test: string;
  readonly keys: CalledKeys;
}

/** Truth down, prediction across, each cell as dark as its share of the row. */
export function confusionTable(
  { classes, counts }: Confusion,
  name: Name,
  cases: CasesOf | null = null,
): Markup {
  const rows = counts.map((row, truth) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const all =
      cases === null || total === 0
        ? html`${total}`
        : linked(groupAnchor(cases.test, cases.keys.measure("sensitivity", truth)), total);
    const cells = row.map((value, predicted) => {
      const shade = total === 0 ? 0 : Math.round((100 * value) / total);
      const style = truth === predicted ? "cell right" : "cell";
      const figure =
        cases === null || value === 0
          ? html`${value}`
          : linked(groupAnchor(cases.test, cases.keys.cell(truth, predicted)), value);
      return html`<td class="${style}" style="--shade:${shade}%">${figure}</td>`;
    });
    return html`<tr><th scope="row">${name(classes[truth])}</th>${cells}<td class="total">${all}</td></tr>
`;
  });
  const heads = classes.map((id) => html`<th scope="col">${name(id)}</th>`);
  return html`<table class="confusion"><caption>Truth in rows, prediction in columns: patients</caption>
<thead><tr><td></td>${heads}<th scope="col" class="total">all</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** Any fracture against none first, then every class against the others. */
export function classTable(classification: Classification, name: Name, test: string): Markup {
  const row: ClassRow = (label, result, key, style) => {
    const share = (measure: "sensitivity" | "specificity") =>
      html`<td class="share">${shareMark(result[measure])}<span>${linked(groupAnchor(test, groupKeys.measure(measure, key)), percent(result[measure]))}</span></td>`;
    return html`<tr class="${style}"><th scope="row">${label}</th><td>${linked(groupAnchor(test, groupKeys.measure("sensitivity", key)), result.patients)}</td>${share("sensitivity")}${share("specificity")}<td>${linked(casesAnchor(test), aucWithInterval(result))}</td></tr>
`;
  };
  return html`<div class="wide" tabindex="0" role="region" aria-label="Each class against all others"><table><thead><tr><td></td><th scope="col">patients</th><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

/** The same for half a page: figures without their marks. */
export function narrowClassTable(
  classification: Classification,
  name: Name,
  { test, keys }: CasesOf,
): Markup {
  const row: ClassRow = (label, result, key, style) => {
    const share = (measure: "sensitivity" | "specificity") =>
      html`<td>${linked(groupAnchor(test, keys.measure(measure, key)), percent(result[measure]))}</td>`;
    return html`<tr class="${style}"><th scope="row">${label}</th>${share("sensitivity")}${share("specificity")}<td>${linked(groupAnchor(test, keys.accuracy), aucWithInterval(result))}</td></tr>
`;
  };
  return html`<div class="wide narrow" tabindex="0" role="region" aria-label="Each class by the paper's rule"><table><thead><tr><td></td><th scope="col">sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

/** What depends on how many patients of each class there are, and the two that weigh it. */
export function predictiveTable(classification: Classification, name: Name, test: string): Markup {
  const row: ClassRow = (label, result, key, style) => {
    const share = (measure: "ppv" | "npv") =>
      html`<td>${linked(groupAnchor(test, groupKeys.measure(measure, key)), percent(result[measure]))}</td>`;
    return html`<tr class="${style}"><th scope="row">${label}</th>${share("ppv")}${share("npv")}<td>${linked(casesAnchor(test), decimal(result.f1))}</td><td>${linked(casesAnchor(test), decimal(result.matthews))}</td></tr>
`;
  };
  return html`<div class="wide" tabindex="0" role="region" aria-label="Predictive values"><table><thead><tr><td></td><th scope="col">predictive value, positive</th><th scope="col">negative</th><th scope="col">F1</th><th scope="col">Matthews' correlation</th></tr></thead>
<tbody>${classRows(classification, name, row)}</tbody></table></div>`;
}

type ClassRow = (label: string, result: ClassResult, key: GroupClass, style: string) => Markup;

function classRows(classification: Classification, name: Name, row: ClassRow): Markup[] {
  return [
    row("Any fracture", classification.fracture, "fracture", "main"),
    ...classification.classes.map((one, place) => row(name(one.class), one, place, "")),
  ];
}

function aucWithInterval({ auc }: ClassResult): Markup {
  return withInterval(auc?.auc ?? null, auc?.interval ?? null);
}

/** Where fractures are: all, by class, by view. */
export function localizationTable(evaluation: Evaluation, name: Name, test: string): Markup {
  const row = (label: string, one: Localization, key: string, style: string) =>
    html`<tr class="${style}"><th scope="row">${label}</th><td>${linked(groupAnchor(test, key), fraction(one.recall))}</td><td>${linked(groupAnchor(test, key), percent(one.recall))}</td>${overlapCells(one.boxIou, test)}${overlapCells(one.maskIou, test)}</tr>
`;
  const { classes } = evaluation.settings;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Where the fractures are"><table><thead>
<tr><td rowspan="2"></td><th scope="colgroup" colspan="2">found</th><th scope="colgroup" colspan="2">median box IoU</th><th scope="colgroup" colspan="2">median mask IoU</th></tr>
<tr><th scope="col">count</th><th scope="col">share</th><th scope="col">of the found</th><th scope="col">missed as 0</th><th scope="col">of the found</th><th scope="col">missed as 0</th></tr></thead>
<tbody>${row("All fractures", evaluation.localization, groupKeys.found, "main")}${evaluation.localizationByClass.map(
    (one) => row(name(one.class), one, groupKeys.foundOfClass(classes.indexOf(one.class)), ""),
  )}${evaluation.localizationByView.map((one) => row(viewName(one.view), one, groupKeys.foundOnView(one.view), ""))}</tbody></table></div>`;
}

/** What is found where few false positives are allowed. */
export function frocTable({ falsePositives: { froc } }: Evaluation, test: string): Markup {
  const rows = froc.map(
    ({ allowed, sensitivity, score, falsePositivesPerImage, isAll }) =>
      html`<tr><th scope="row">${decimal(allowed, 1)}</th><td>${linked(fracturesAnchor(test), fraction(sensitivity))}</td><td>${linked(fracturesAnchor(test), percent(sensitivity))}</td><td>${linked(fracturesAnchor(test), decimal(score))}</td><td>${linked(fracturesAnchor(test), `${decimal(falsePositivesPerImage)}${isAll ? " (all findings)" : ""}`)}</td></tr>
`,
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="Fractures found by allowed false positives"><table><thead><tr><th scope="col">allowed</th><th scope="col">found</th><th scope="col">share</th><th scope="col">from score</th><th scope="col">false positives a radiograph</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function viewName(view: View | null): string {
  if (view === null) return "View unknown";
  return view === "ap" || view === "pa"
    ? `${view.toUpperCase()} view`
    : `${view[0].toUpperCase()}${view.slice(1)} view`;
}

function overlapCells({ matched, missedAsZero }: Overlap, test: string): Markup {
  const cell = ({ median, medianInterval }: OverlapSummary) =>
    html`<td>${linked(fracturesAnchor(test), withInterval(median, medianInterval))}</td>`;
  return html`${cell(matched)}${cell(missedAsZero)}`;
}

const OUTLINE_NAMES: Readonly<Record<OutlineMeasure, string>> = {
  dice: "Dice",
  centerLineDice: "Centre-line Dice (clDice)",
  normalizedSurfaceDistance: "Normalised surface distance",
  boundaryIou: "Boundary IoU",
};

/** How far outlines agree by more than their overlap, beside two annotators with each other. */
export function outlinesTable({ id, outlines }: ReportedTest): Markup | null {
  if (outlines === null) return null;
  const { found, missedAsZero, annotators, toleranceMm, toleranceOfAnnotators, bandMm } = outlines;
  const rows = OUTLINE_MEASURES.map((measure) => {
    const cell = (means: OutlineMeans) =>
      html`<td>${linked(fracturesAnchor(id), withInterval(means[measure].value, means[measure].interval))}</td>`;
    const people = annotators?.[measure] ?? { value: null, interval: null };
    return html`<tr><th scope="row">${OUTLINE_NAMES[measure]}</th>${cell(found)}${cell(missedAsZero)}<td>${linked(fracturesAnchor(id), withInterval(people.value, people.interval))}</td></tr>
`;
  });
  const tolerance = toleranceOfAnnotators
    ? "the median distance between the borders of two annotators"
    : "since no fracture was drawn by two annotators";
  return html`<p class="soft" style="margin-top:16px">Outlines in millimetres, means over ${found.fractures} found of ${missedAsZero.fractures} fractures on radiographs with a pixel spacing. The surface distance allows ${decimal(toleranceMm)} mm, ${tolerance}; the boundary is a band of ${decimal(bandMm)} mm.</p><div class="wide" tabindex="0" role="region" aria-label="How far outlines agree"><table><thead><tr><td></td><th scope="col">of the found</th><th scope="col">missed as 0</th><th scope="col">two annotators</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Means and deviations, as papers print them, with the intervals of the means. */
export function overlapSentence({ localization }: Evaluation, test: string): Markup {
  const mean = (one: OverlapSummary) =>
    linked(
      fracturesAnchor(test),
      html`${decimal(one.mean)} ± ${decimal(one.sd)}${one.meanInterval === null ? null : html` <i>(mean ${decimal(one.meanInterval[0])}–${decimal(one.meanInterval[1])})</i>`}`,
    );
  const part = (what: string, { matched, missedAsZero }: Overlap) =>
    html`Mean ${what} IoU is ${mean(matched)} of the found fractures and ${mean(missedAsZero)} with missed ones as 0. `;
  return html`${part("box", localization.boxIou)}${part("mask", localization.maskIou)}`;
}

/** Every way to make one patient of the views. */
export function ruleTable({ rules, rule, outcomes }: Evaluation, test: string): Markup {
  const tested = rules.filter(({ mainLessThis }) => mainLessThis !== null).length;
  const rows = rules.map((one) => {
    const keys = one.rule === rule ? groupKeys : groupKeys.rule(one.rule);
    const all = (figure: Piece) =>
      html`<td>${linked(groupAnchor(test, keys.accuracy), figure)}</td>`;
    const share = (measure: "sensitivity" | "specificity") =>
      html`<td>${linked(groupAnchor(test, keys.measure(measure, "fracture")), percent(one.fracture[measure]))}</td>`;
    return html`<tr class="${one.rule === rule ? "main" : ""}"><th scope="row">${one.rule}</th>${all(percent(one.accuracy))}${all(withInterval(one.kappa, one.kappaInterval))}${share("sensitivity")}${share("specificity")}${all(aucWithInterval(one.fracture))}${all(decimal(one.mainLessThis?.p ?? null, 3))}${all(decimal(one.holmP, 3))}</tr>
`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="Every way to combine the views"><table><thead><tr><th scope="col">views combined by</th><th scope="col">accuracy</th><th scope="col">kappa</th><th scope="col">fracture: sensitivity</th><th scope="col">specificity</th><th scope="col">AUC</th><th scope="col">p against ${rule}</th><th scope="col">after Holm</th></tr></thead><tbody>${rows}</tbody></table></div><p class="soft">DeLong's paired test of the AUC, ${tested} tests of ${outcomes.length} patients; after Holm, the chance of any false difference among them is limited.</p>`;
}

/** `place` is that of these readers in the report. */
export function readersTable(
  { pairs, unanimous, fleissKappa }: ReaderAgreement,
  place: number,
): Markup {
  const row = (label: string, key: string, style: string, share: Proportion, kappa: Estimate) => {
    const to = (figure: Piece) => html`<td>${linked(agreementAnchor(place, key), figure)}</td>`;
    return html`<tr class="${style}"><th scope="row">${label}</th>${to(fraction(share))}${to(percent(share))}${to(withInterval(kappa.value, kappa.interval))}</tr>
`;
  };
  const rows = pairs.map(({ readers, agreement, cohenKappa, kappaInterval }, i) =>
    row(`${readers[0]} and ${readers[1]}`, `pair-${i}`, "", agreement, {
      value: cohenKappa,
      interval: kappaInterval,
    }),
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="Agreement of readers"><table><thead><tr><td></td><th scope="col">same class</th><th scope="col">share</th><th scope="col">kappa</th></tr></thead>
<tbody>${row("All readers", "all", "main", unanimous, fleissKappa)}
${rows}</tbody></table></div>`;
}
