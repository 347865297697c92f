/**
 * The study's figures in the form of the paper's Tables 1 to 3, the published ones beside them with the
 * intervals that the paper left out, and where the paper contradicts itself.
 *
 * It tests nothing: other patients, other radiographs, and of simulated ones no patients at all.
 */
import type { Estimate, Proportion } from "@malleolus/schema";
import type { ClassResult } from "../../classification.ts";
import { groupKeys } from "../case-groups.ts";
import type { ReportContent, ReportedTest } from "../content.ts";
import { casesAnchor, fracturesAnchor, groupAnchor, linked } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { decimal, percent, withInterval } from "../numbers.ts";
import {
  CONTRADICTIONS,
  PUBLISHED,
  PUBLISHED_CLASSES,
  PUBLISHED_IOU,
  type PublishedSet,
} from "../published/published.ts";
import {
  publishedAccuracy,
  publishedConfusion,
  publishedMeasures,
} from "../published/published-intervals.ts";
import { confusionTable } from "../tables.ts";
import type { Name } from "./name.ts";

interface Compared {
  readonly test: ReportedTest;
  readonly set: PublishedSet;
}

/** Null where no test has a counterpart, or classes are other than the paper's. */
export function paperSection({ tests, simulated }: ReportContent, name: Name): Markup | null {
  const compared = tests.flatMap((test): Compared[] => {
    const { classes } = test.evaluation.settings;
    const isComparable = PUBLISHED_CLASSES.every((id) => classes.includes(id));
    return test.published === null || !isComparable ? [] : [{ test, set: test.published }];
  });
  if (compared.length === 0) return null;
  const ofSimulated =
    simulated === null
      ? ""
      : " These patients are simulated, and their figures say nothing of real ones.";
  const inside = compared.filter(({ set }) => publishedConfusion(set) !== null);
  const outside = compared.filter(({ set }) => publishedConfusion(set) === null);
  return html`<section id="paper"><h2>Beside the paper</h2><p class="soft">The published figures are of other patients, so that nothing is tested here.${ofSimulated} The paper gives no intervals. Those here are worked out from its counts (Wilson) and, for areas under the curve, from the area and the numbers of patients (Hanley and McNeil).</p>
${inside.map((one) => confusionPair(one, name))}
${inside.length === 0 ? null : html`<h3>Table 2: sensitivity, specificity and AUC of each class</h3>${measuresTable(inside, name)}`}
${outside.length === 0 ? null : html`<h3>Table 3: the external hospital</h3>${measuresTable(outside, name)}`}
<h3>Overlap of the fractures</h3>${overlapTable(compared)}
<h3>Where the paper contradicts itself or leaves something open</h3><dl class="contradictions">${CONTRADICTIONS.map(({ where, what }) => html`<dt>${where}</dt><dd>${what}</dd>`)}</dl></section>`;
}

function confusionPair({ test, set }: Compared, name: Name): Markup {
  const published = publishedConfusion(set);
  const { classification } = test.evaluation;
  return html`<h3>Table 1: confusion, ${set}</h3><div class="pair even"><div><h4>This study</h4>${confusionTable(classification.confusion, name, { test: test.id, keys: groupKeys })}<p>Accuracy ${linked(groupAnchor(test.id, groupKeys.accuracy), percent(classification.accuracy))}</p></div><div><h4>The paper</h4>${published === null ? null : confusionTable(published, name)}<p>Accuracy ${percent(publishedAccuracy(set))}</p></div></div>`;
}

function measuresTable(compared: readonly Compared[], name: Name): Markup {
  const rows = compared.map(({ test, set }) => {
    const { classification, settings } = test.evaluation;
    const all = html`<tr class="main"><th scope="row">${set}, accuracy</th><td>${linked(groupAnchor(test.id, groupKeys.accuracy), percent(classification.accuracy))}</td><td>${percent(publishedAccuracy(set))}</td><td></td><td></td><td></td><td>${rangeOfAuc(set)}</td></tr>
`;
    const classes = PUBLISHED_CLASSES.map((id) => {
      const place = settings.classes.indexOf(id);
      const own = classification.classes[place];
      const theirs = publishedMeasures(set, id);
      const ours = (measure: "sensitivity" | "specificity") =>
        linked(groupAnchor(test.id, groupKeys.measure(measure, place)), percent(own[measure]));
      return html`<tr><th scope="row">${name(id)}</th><td>${ours("sensitivity")}</td><td>${publishedShare(theirs.sensitivity)}</td><td>${ours("specificity")}</td><td>${publishedShare(theirs.specificity)}</td><td>${linked(casesAnchor(test.id), aucOf(own))}</td><td>${estimate(theirs.auc)}</td></tr>
`;
    });
    return html`${all}${classes}`;
  });
  return html`<div class="wide" tabindex="0" role="region" aria-label="Each class beside the paper"><table class="beside"><thead>
<tr><td rowspan="2"></td><th scope="colgroup" colspan="2">sensitivity</th><th scope="colgroup" colspan="2">specificity</th><th scope="colgroup" colspan="2">AUC</th></tr>
<tr>${[0, 1, 2].map(() => html`<th scope="col">here</th><th scope="col">paper</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function overlapTable(compared: readonly Compared[]): Markup {
  const rows = compared.map(({ test, set }) => {
    const { boxIou, maskIou } = test.evaluation.localization;
    const cell = ({ mean, sd }: { readonly mean: number | null; readonly sd: number | null }) =>
      html`<td>${linked(fracturesAnchor(test.id), `${decimal(mean)} ± ${decimal(sd)}`)}</td>`;
    return html`<tr><th scope="row">${set}</th>${cell(boxIou.matched)}${cell(boxIou.missedAsZero)}${cell(maskIou.matched)}${cell(maskIou.missedAsZero)}</tr>
`;
  });
  const { box, mask } = PUBLISHED_IOU;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Overlap beside the paper"><table><thead>
<tr><td rowspan="2"></td><th scope="colgroup" colspan="2">mean box IoU ± SD</th><th scope="colgroup" colspan="2">mean mask IoU ± SD</th></tr>
<tr>${[0, 1].map(() => html`<th scope="col">of the found</th><th scope="col">missed as 0</th>`)}</tr></thead><tbody>
<tr class="main"><th scope="row">The paper, which of the two is not said</th><td>${decimal(box.mean)} ± ${decimal(box.sd)}</td><td></td><td>${decimal(mask.mean)} ± ${decimal(mask.sd)}</td><td></td></tr>
${rows}</tbody></table></div>`;
}

/** A percent without its patients has no interval. */
function publishedShare(share: Proportion | number | null): Markup {
  return typeof share === "number" || share === null
    ? html`${share === null ? "–" : `${share}%`}`
    : percent(share);
}

function rangeOfAuc(set: PublishedSet): string {
  const [least, greatest] = PUBLISHED[set].aucRange;
  return `${decimal(least)} to ${decimal(greatest)}`;
}

function aucOf({ auc }: ClassResult): Markup {
  return withInterval(auc?.auc ?? null, auc?.interval ?? null);
}

function estimate({ value, interval }: Estimate): Markup {
  return withInterval(value, interval);
}
