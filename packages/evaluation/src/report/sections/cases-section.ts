/**
 * The cases behind a test's figures: a table of its patients, one of its fractures, and for each figure
 * the list of who is counted in it. What is beyond a few hundred patients stands in the CSV alone.
 */
import { cellGroups, patientGroups, readerGroups, ruleGroups } from "../called-groups.ts";
import {
  aloneGroups,
  type CaseGroup,
  errorGroups,
  falseFindingGroups,
  fractureGroups,
  levelGroups,
  pointGroups,
  subgroupGroups,
} from "../case-groups.ts";
import type { ReportContent, ReportedTest } from "../content.ts";
import {
  caseMark,
  casesAnchor,
  fractureAnchor,
  fracturesAnchor,
  groupAnchor,
  patientAnchor,
  pictureAnchor,
} from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { decimal } from "../numbers.ts";
import type { Name } from "./name.ts";
import { preliminaryBehind, setsBehind } from "./patients-behind.ts";
import { readerStudyCases } from "./reader-study-cases.ts";
import { patientRows, readingsBehind } from "./readings-behind.ts";

/** Patients, and fractures, that are listed; of larger tests the wrong ones come first. */
export const MOST_LISTED = 500;

export function casesSection(content: ReportContent, name: Name): Markup | null {
  const { tests, gallery, readers, readerStudy, sets, preliminary } = content;
  const figures = tests.length + readers.length + sets.length;
  if (figures === 0 && preliminary === null) return null;
  const pictured = new Set(
    gallery.flatMap(({ test, items }) => items.map(({ patient }) => `${test} ${patient}`)),
  );
  const parts = tests.map((test) => casesOfTest(test, pictured, name));
  const listedPatients = new Set(tests.flatMap((test) => shownAnchors(test)));
  const rows = new Map(
    [...patientRows(content)].filter(([, anchor]) => listedPatients.has(anchor)),
  );
  const readings = readers.map((one, place) => readingsBehind(one, place, rows, name));
  return html`<section class="cases" id="cases"><h2>The cases behind the figures</h2><p class="soft">Every figure above leads here. Patients are named by the end of their pseudonym; ◉ leads to a picture.</p>${parts}${readings.length === 0 ? null : html`<h3>Readings</h3>${readings}`}${readerStudy === null ? null : readerStudyCases(readerStudy, rows)}${setsBehind(content, rows, name)}${preliminaryBehind(content, rows, name)}</section>`;
}

function casesOfTest(test: ReportedTest, pictured: ReadonlySet<string>, name: Name): Markup {
  const { outcomes, fractures, settings } = test.evaluation;
  const patients = listed(outcomes, isWrong);
  const shownFractures = listed(fractures, ({ found }) => found === null);
  const patientLink = (place: number) =>
    html`<a href="#${patientAnchor(test.id, place)}">${shortId(outcomes[place].patient)}</a> `;
  const fractureLink = (place: number) =>
    html`<a href="#${fractureAnchor(test.id, place)}">${shortId(fractures[place].patient)}&nbsp;${fractures[place].view ?? "?"}</a> `;
  const groups = [
    ...cellGroups(test.evaluation),
    ...patientGroups(test.evaluation),
    ...ruleGroups(test.evaluation),
    ...pointGroups(test.evaluation),
    ...readerGroups(test.evaluation, test.people?.readers ?? []),
    ...(test.analyses === null ? [] : subgroupGroups(test.evaluation, test.analyses)),
    ...(test.analyses === null ? [] : aloneGroups(test.analyses)),
    ...levelGroups(test.evaluation, test.levels),
    ...errorGroups(test.evaluation, test.people?.agreement ?? {}),
    ...falseFindingGroups(test.evaluation),
  ].map((group) => groupItem(test.id, group, patients, patientLink, name));
  const ofFractures = fractureGroups(test.evaluation).map((group) =>
    groupItem(test.id, group, shownFractures, fractureLink, name),
  );
  const heads = settings.classes.map((id) => html`<th scope="col">${name(id)}</th>`);
  return html`<h3>${test.name}</h3>
<ul class="behind">${groups}${ofFractures}</ul>
${beyond(outcomes.length - patients.size, "patients who were classified right")}
<div class="wide" tabindex="0" role="region" aria-label="Patients of ${test.name}"><table id="${casesAnchor(test.id)}"><thead><tr><th scope="col">patient</th><th scope="col">truth</th><th scope="col">called</th>${heads}<th scope="col">readings right</th><th scope="col">readers differed</th></tr></thead><tbody>
${[...patients].map((place) => patientRow(test, place, pictured, name))}</tbody></table></div>
${beyond(fractures.length - shownFractures.size, "fractures that were found")}
<div class="wide" tabindex="0" role="region" aria-label="Fractures of ${test.name}"><table id="${fracturesAnchor(test.id)}"><thead><tr><th scope="col">patient</th><th scope="col">view</th><th scope="col">class</th><th scope="col">found as</th><th scope="col">score</th><th scope="col">box IoU</th><th scope="col">mask IoU</th></tr></thead><tbody>
${[...shownFractures].map((place) => fractureRow(test, place, name))}</tbody></table></div>`;
}

/** Of the patients of a test who have a row. */
function shownAnchors({ id, evaluation }: ReportedTest): string[] {
  return [...listed(evaluation.outcomes, isWrong)].map((place) => patientAnchor(id, place));
}

function isWrong({ truth, prediction }: ReportedTest["evaluation"]["outcomes"][number]): boolean {
  return truth !== prediction.class;
}

/** All places, or where they are too many those that come first by `first`, in their order. */
function listed<T>(all: readonly T[], first: (one: T) => boolean): Set<number> {
  const places = all.map((_, place) => place);
  if (all.length <= MOST_LISTED) return new Set(places);
  const wanted = places.filter((place) => first(all[place]));
  return new Set(wanted.slice(0, MOST_LISTED));
}

function beyond(count: number, what: string): Markup | null {
  if (count === 0) return null;
  return html`<p class="soft">Not listed here: ${count} ${what}. tables.csv and report.json have them.</p>`;
}

function groupItem(
  test: string,
  group: CaseGroup,
  shown: ReadonlySet<number>,
  link: (place: number) => Markup,
  name: Name,
): Markup {
  const { key, counted, others } = group;
  const title = group.title
    .replace("{class}", () => name(group.class ?? ""))
    .replace("{called}", () => name(group.called ?? ""));
  const links = (places: readonly number[]) => {
    const here = places.filter((place) => shown.has(place));
    const rest = places.length - here.length;
    return html`${here.map(link)}${rest === 0 ? null : `and ${rest} not listed `}`;
  };
  const not = others.length === 0 ? null : html`<span class="not">not: ${links(others)}</span>`;
  return html`<li id="${groupAnchor(test, key)}"><b>${title}</b> ${counted.length}${others.length === 0 ? null : `/${counted.length + others.length}`}: ${links(counted)}${not}</li>
`;
}

function patientRow(
  test: ReportedTest,
  place: number,
  pictured: ReadonlySet<string>,
  name: Name,
): Markup {
  const { patient, truth, prediction, ambiguous } = test.evaluation.outcomes[place];
  const right = truth === prediction.class;
  const readings = Object.hasOwn(test.people?.agreement ?? {}, patient)
    ? test.people?.agreement[patient]
    : undefined;
  const scores = test.evaluation.settings.classes.map(
    (id) => html`<td>${decimal(prediction.scores[id] ?? null)}</td>`,
  );
  const picture = pictured.has(`${test.id} ${patient}`)
    ? html` <a href="#${pictureAnchor(test.id, place)}" aria-label="picture of ${shortId(patient)}">◉</a>`
    : null;
  return html`<tr id="${patientAnchor(test.id, place)}"><th scope="row" data-case="${caseMark(test.id, place)}">${shortId(patient)}${picture}</th><td>${name(truth)}</td><td class="${right ? "" : "wrong"}">${name(prediction.class)}</td>${scores}<td>${readings === undefined ? "–" : `${readings.agreeing}/${readings.readings}`}</td><td>${ambiguous === null ? "–" : ambiguous ? "yes" : "no"}</td></tr>
`;
}

function fractureRow({ id, evaluation }: ReportedTest, place: number, name: Name): Markup {
  const { patient, view, class: truth, found } = evaluation.fractures[place];
  const outcome = evaluation.outcomes.findIndex((one) => one.patient === patient);
  return html`<tr id="${fractureAnchor(id, place)}"><th scope="row" data-case="${caseMark(id, outcome)}">${shortId(patient)}</th><td>${view ?? "unknown"}</td><td>${name(truth)}</td><td class="${found === null ? "wrong" : ""}">${found === null ? "missed" : name(found.class)}</td><td>${decimal(found?.score ?? null)}</td><td>${decimal(found?.boxIou ?? null)}</td><td>${decimal(found?.maskIou ?? null)}</td></tr>
`;
}

/** The end of a pseudonym, by which people speak of a case. */
export function shortId(patient: string): string {
  return patient.slice(-6);
}
