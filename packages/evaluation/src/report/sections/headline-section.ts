/**
 * The box at the head of a report: accuracy, area under the curve and overlap of the first test
 * together, since each alone hides what the others show, and what people reach beside each.
 */
import { groupKeys } from "../case-groups.ts";
import type { ReportContent, ReportedTest } from "../content.ts";
import {
  casesAnchor,
  fracturesAnchor,
  groupAnchor,
  linked,
  readersAnchor,
  testAnchor,
} from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { decimal, percent, percentOf, withInterval } from "../numbers.ts";
import type { ReaderResult } from "../reader-results.ts";

export function headlineSection({ tests, simulated }: ReportContent): Markup | null {
  const test = tests.at(0);
  if (test === undefined) return null;
  const { id, name, evaluation } = test;
  const { classification, localization } = evaluation;
  const { auc } = classification.fracture;
  const mask = localization.maskIou.missedAsZero;
  const who = simulated === null ? "" : "simulated ";
  const cards = [
    card(
      linked(groupAnchor(id, groupKeys.accuracy), percent(classification.accuracy)),
      `of patients are put into the right one of ${evaluation.settings.classes.length} classes`,
      readersWords(test, who, asPercent, ({ accuracy }) => accuracy.share),
    ),
    card(
      linked(casesAnchor(id), withInterval(auc?.auc ?? null, auc?.interval ?? null)),
      "AUC, fracture against none",
      readersWords(test, who, decimal, ({ sensitivity, specificity }) =>
        // The area under the two lines through a reader's one point.
        sensitivity.share === null || specificity.share === null
          ? null
          : (sensitivity.share + specificity.share) / 2,
      ),
    ),
    card(
      linked(fracturesAnchor(id), withInterval(mask.median, mask.medianInterval)),
      "median mask IoU of the fractures, missed ones as 0",
      annotatorsWords(test, who),
    ),
  ];
  return html`<section class="headline" aria-label="Main results"><p class="of"><a href="#${testAnchor(id)}">${name}</a>: ${evaluation.patients} patients, ${evaluation.images} radiographs</p><div class="cards">${cards}</div><p class="soft">${boxWords(test)} The range of single readers is over their first readings of the same patients; a reader gives a class and no score, so beside the AUC stands the area under one point, the mean of sensitivity and specificity.</p></section>`;
}

function card(figure: Markup, what: string, people: Markup): Markup {
  return html`<div class="card"><b>${figure}</b><span>${what}</span>${people}</div>`;
}

/** Those who had no part in the truth first; without any, those who made it, which is said. */
function readersWords(
  { id, people, analyses }: ReportedTest,
  who: string,
  print: (value: number) => string,
  measure: (reader: ReaderResult) => number | null,
): Markup {
  const known = (people?.readers ?? []).flatMap((reader) => {
    const value = measure(reader);
    return value === null ? [] : [{ independent: reader.independent, value }];
  });
  const independent = known.filter((reader) => reader.independent);
  const chosen = independent.length > 0 ? independent : known;
  if (chosen.length === 0) return html`<span class="soft">no reader has read these patients</span>`;
  const values = chosen.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => print(value));
  const range = least === most ? least : `${least}–${most}`;
  const readers = `${chosen.length} ${who}reader${chosen.length === 1 ? "" : "s"}`;
  const part = independent.length > 0 ? "" : ", whose readings made the truth";
  const isTold = (analyses?.readers ?? null) !== null;
  const figure = isTold ? linked(readersAnchor(id), range) : html`${range}`;
  return html`<span class="people"><b>${figure}</b> ${readers} alone${part}</span>`;
}

function asPercent(share: number): string {
  return `${percentOf(share)}%`;
}

function annotatorsWords({ id, people }: ReportedTest, who: string): Markup {
  const overlap = people?.annotators ?? null;
  if (overlap === null)
    return html`<span class="soft">no fracture was drawn by two annotators</span>`;
  const { value, interval } = overlap.medianIou;
  return html`<span class="people"><b>${linked(fracturesAnchor(id), withInterval(value, interval))}</b> two ${who}annotators with each other</span>`;
}

function boxWords({ id, evaluation: { localization } }: ReportedTest): Markup {
  const { recall, boxIou } = localization;
  return html`${linked(groupAnchor(id, groupKeys.found), percent(recall))} of the fractures are found; the median box IoU, missed ones as 0, is ${linked(fracturesAnchor(id), withInterval(boxIou.missedAsZero.median, boxIou.missedAsZero.medianInterval))}.`;
}
