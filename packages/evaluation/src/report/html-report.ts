/**
 * A report as one HTML file that needs nothing else: style and figures stand in it, images too, and
 * no script runs.
 */
import type { Evaluation } from "../evaluate.ts";
import type { RocPoint } from "../roc.ts";
import {
  type AcceptanceThreshold,
  type GalleryItem,
  type GalleryPart,
  type ReportContent,
  type ReportedTest,
  thresholdReached,
  thresholdsReached,
} from "./content.ts";
import { lossFigure, type RocLine, rocFigure, rocKey } from "./figures.ts";
import { flowDiagram } from "./flow-diagram.ts";
import { html, type Markup, verbatim } from "./markup.ts";
import { count, counted, decimal, duration, percent, withInterval } from "./numbers.ts";
import { style } from "./style.ts";
import {
  classTable,
  confusionTable,
  frocTable,
  localizationTable,
  narrowClassTable,
  overlapSentence,
  predictiveTable,
  readersTable,
  ruleTable,
} from "./tables.ts";

type Name = (id: string) => string;

/** What every view of a report says. */
export const NOTICE = "Research software, not a medical device.";

export function htmlReport(content: ReportContent): string {
  const name: Name = (id) => (Object.hasOwn(content.names, id) ? content.names[id] : id);
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${content.title}</title>
<style>${verbatim(style(`${NOTICE}${simulatedNotice(content)}`))}</style>
</head>
<body>
${notice(content)}
<main>
${heading(content)}
${content.thresholds.length === 0 ? null : verdict(content.thresholds)}
${content.tests.length === 0 ? null : overview(content.tests)}
${flowSection(content, name)}
${content.tests.map((test) => testSection(test, name))}
${content.gallery.map((part) => gallerySection(part, name))}
${readersSection(content)}
${trainingSection(content)}
${timingsSection(content)}
${commandsSection(content)}
${footer(content)}
</main>
</body>
</html>
`;
  return markup;
}

function notice(content: ReportContent): Markup {
  return html`<div class="notice" role="note"><b>${NOTICE}</b>${simulatedNotice(content)}</div>`;
}

function simulatedNotice({ simulated }: ReportContent): string {
  return simulated === null ? "" : " Everything here is simulated: no patient is shown.";
}

function heading(content: ReportContent): Markup {
  const { simulated, software, generatedAt } = content;
  const facts = [
    simulated === null ? null : simulatedFact(simulated),
    `Generated ${generatedAt.slice(0, 16).replace("T", " ")}`,
    ...software.map(({ name, version }) => `${name} ${version}`),
  ].filter((fact) => fact !== null);
  return html`<header><h1>${content.title}</h1><p class="lead">${content.subtitle}</p>
<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul></header>`;
}

function simulatedFact({ version, seed }: NonNullable<ReportContent["simulated"]>): string {
  const by = version === null ? "Simulated radiographs" : `Simulated by phantom ${version}`;
  return seed === null ? by : `${by}, seed ${seed}`;
}

function verdict(thresholds: readonly AcceptanceThreshold[]): Markup {
  const reached = thresholds.filter(thresholdReached).length;
  const passed = thresholdsReached(thresholds);
  const words = passed
    ? `Reached: all ${thresholds.length} thresholds`
    : `Not reached: ${thresholds.length - reached} of ${thresholds.length} thresholds`;
  // Three digits, so that 0.849 does not look like a limit of 0.85.
  const cards = thresholds.map((one) => {
    const side = one.direction === "at least" ? "above" : "below";
    const state = thresholdReached(one) ? "reached" : "not reached";
    return html`<div class="threshold ${thresholdReached(one) ? "" : "failed"}"><b>${withInterval(one.value, one.interval, 3)}</b><span>${one.name}</span><span class="soft">${one.direction} ${decimal(one.limit)}, interval ${side} ${decimal(one.intervalLimit)}: ${state}</span></div>`;
  });
  return html`<div class="verdict ${passed ? "" : "failed"}"><strong>${words}</strong><div class="thresholds">${cards}</div></div>`;
}

/** The tests side by side, a figure a row. */
function overview(tests: readonly ReportedTest[]): Markup {
  const row = (label: string, cell: (test: ReportedTest["evaluation"]) => Markup) =>
    html`<tr><th scope="row">${label}</th>${tests.map(({ evaluation }) => html`<td>${cell(evaluation)}</td>`)}</tr>
`;
  return html`<section><h2>Results</h2><p class="soft">95% intervals in grey: Wilson for shares of patients; the same with the spread between patients for shares of radiographs and for areas under the curve; bootstrap over patients for the rest. A fracture is found when a finding of the operating score or more overlaps its box with an IoU of ${[...new Set(tests.map(({ evaluation }) => evaluation.settings.foundIou))].join(" or ")} or more.</p>
<div class="wide"><table><thead><tr><td></td>${tests.map((test) => html`<th scope="col">${test.name}</th>`)}</tr></thead><tbody>
${row("Patients, radiographs", (one) => html`${count(one.patients)}, ${count(one.images)}`)}
${row("Accuracy over all classes", ({ classification }) => percent(classification.accuracy))}
${row("Kappa against the truth", ({ classification }) => withInterval(classification.kappa.value, classification.kappa.interval))}
${row("AUC, fracture against none", ({ classification: { fracture } }) => withInterval(fracture.auc?.auc ?? null, fracture.auc?.interval ?? null))}
${row("Sensitivity for a fracture", ({ classification }) => percent(classification.fracture.sensitivity))}
${row("Specificity for a fracture", ({ classification }) => percent(classification.fracture.specificity))}
${row("Fractures found on radiographs", ({ localization }) => percent(localization.recall))}
${row("False positives a radiograph", ({ falsePositives: { perImage } }) => withInterval(perImage.value, perImage.interval))}
${row("Median box IoU of the found", ({ localization: { boxIou } }) => withInterval(boxIou.matched.median, boxIou.matched.medianInterval))}
${row("Median box IoU, missed as 0", ({ localization: { boxIou } }) => withInterval(boxIou.missedAsZero.median, boxIou.missedAsZero.medianInterval))}
</tbody></table></div></section>`;
}

function flowSection({ flow }: ReportContent, name: Name): Markup | null {
  if (flow === null) return null;
  const refused = Object.entries(flow.refusedFiles).filter(([, files]) => files > 0);
  const said =
    refused.length === 0
      ? "Every file could be read."
      : `Files that could not be taken in: ${refused.map(([code, files]) => `${name(code)} ${files}`).join(", ")}.`;
  return html`<section><h2>Who was studied</h2><p class="soft">${said}</p><div class="flows">${flow.hospitals.map(
    (hospital) =>
      html`<div><h3>${name(hospital.hospital)}</h3>${flowDiagram(hospital, name)}</div>`,
  )}</div></section>`;
}

function testSection({ name: title, description, evaluation }: ReportedTest, name: Name): Markup {
  const { classification, falsePositiveRadiographs, falsePositives, unambiguous, ambiguous } =
    evaluation;
  const strata =
    unambiguous === null || ambiguous === null
      ? null
      : html`<p>Accuracy is ${counted(unambiguous.accuracy)} in the patients on whom the readers agreed at first, and ${counted(ambiguous.accuracy)} in those on whom they did not.</p>`;
  return html`<section><h2>${title}</h2><p class="soft">${description} ${decidedBy(evaluation)}</p>
<div class="pair"><div>${confusionTable(classification.confusion, name)}
<p style="margin-top:16px">Accuracy ${counted(classification.accuracy)}. Mean sensitivity over the classes (balanced accuracy) ${withInterval(classification.meanSensitivity.value, classification.meanSensitivity.interval)}, mean specificity ${withInterval(classification.meanSpecificity.value, classification.meanSpecificity.interval)}, mean F1 ${withInterval(classification.meanF1.value, classification.meanF1.interval)}, mean AUC ${withInterval(classification.meanAuc.value, classification.meanAuc.interval)}, Matthews' correlation ${withInterval(classification.matthews.value, classification.matthews.interval)}.</p>${strata}</div>
${rocPart(evaluation, name)}</div>
<h3>Each class against all others</h3>${classTable(classification, name)}
<p class="soft" style="margin-top:16px">Predictive values are those among these patients, whose classes are in other shares than a hospital's.</p>${predictiveTable(classification, name)}
<h3>Where the fractures are</h3>
<p class="soft">${shownBy(evaluation)}</p>${localizationTable(evaluation, name)}
<p style="margin-top:16px">${overlapSentence(evaluation)}There are ${withInterval(falsePositives.perImage.value, falsePositives.perImage.interval)} false positives a radiograph, and a fracture is shown on ${counted(falsePositiveRadiographs)} of the radiographs of patients without one.</p>
<p class="soft">Fractures found where so many false positives a radiograph are allowed, at the lowest score that keeps to them, whatever is held of the patient. A second finding on one fracture is neither.</p>${frocTable(evaluation)}
${paperRulePart(evaluation, name)}
<h3>Every way to combine the views</h3>${ruleTable(evaluation)}</section>`;
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

/** The paper's own reading of the views, which stands beside what is fitted. */
function paperRulePart({ rule, paperRule, settings }: Evaluation, name: Name): Markup | null {
  if (rule === "sum") return null;
  const { tie, allZero } = paperRule.undecided;
  return html`<h3>By the paper's rule</h3><p class="soft">The class whose scores have the highest sum over the views. ${name(settings.noFractureClass)} is a class like the others there, the intact fibula. No class won in ${tie + allZero} patients: ${allZero} without any object, ${tie} tied.</p>
<div class="pair"><div>${confusionTable(paperRule.confusion, name)}<p style="margin-top:16px">Accuracy ${counted(paperRule.accuracy)}.</p></div><div>${narrowClassTable(paperRule, name)}</div></div>`;
}

function rocPart({ classification }: ReportedTest["evaluation"], name: Name): Markup {
  const all = [
    { label: "Any fracture", ...classification.fracture },
    ...classification.classes.map((one) => ({ label: name(one.class), ...one })),
  ];
  const known = all.flatMap((one): (RocLine & { auc: typeof one.auc })[] =>
    one.roc === null ? [] : [{ name: one.label, points: withoutRepeats(one.roc), auc: one.auc }],
  );
  if (known.length === 0) return html`<p class="soft">No curve: one class alone was tested.</p>`;
  const legend = known.map(
    (one, i) =>
      html`<li>${rocKey(i)}${one.name}<span>${withInterval(one.auc?.auc ?? null, one.auc?.interval ?? null)}</span></li>`,
  );
  return html`<div>${rocFigure(known)}<ul class="legend">${legend}</ul></div>`;
}

/** Points within a straight run of the curve draw nothing. */
function withoutRepeats(points: readonly RocPoint[]): RocPoint[] {
  return points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (before === undefined || after === undefined) return true;
    const across = (key: "falsePositiveRate" | "truePositiveRate") =>
      before[key] === point[key] && after[key] === point[key];
    return !across("falsePositiveRate") && !across("truePositiveRate");
  });
}

function gallerySection({ title, chosen, items }: GalleryPart, name: Name): Markup {
  return html`<section><h2>${title}</h2><p class="soft">${chosen}</p><div class="gallery">${items.map((item) => galleryFigure(item, name))}</div></section>`;
}

function galleryFigure(item: GalleryItem, name: Name): Markup {
  const source = `data:image/png;base64,${Buffer.from(item.png).toString("base64")}`;
  const right = item.truth === item.prediction;
  const scores = Object.entries(item.scores).map(
    ([id, score]) =>
      html`<span class="${id === item.prediction ? "best" : ""}">${name(id)}</span><span class="${id === item.prediction ? "best" : ""}">${decimal(score)}</span>`,
  );
  return html`<figure><img src="${source}" width="${item.width}" height="${item.height}" alt="${item.caption}" loading="lazy"><figcaption>${item.caption}<br>
<b>${name(item.truth)}</b>, called <b class="${right ? "" : "wrong"}">${name(item.prediction)}</b>${item.boxIou === null ? null : html`<br><span class="soft">box IoU ${decimal(item.boxIou)}</span>`}
<div class="scores">${scores}</div></figcaption></figure>
`;
}

function readersSection({ readers }: ReportContent): Markup | null {
  if (readers.length === 0) return null;
  const parts = readers.map(
    ({ name, agreement }) =>
      html`<h3>${name}</h3><p class="soft">${count(agreement.cases)} cases. Fleiss' kappa for all readers, Cohen's for pairs.</p>${readersTable(agreement)}`,
  );
  return html`<section><h2>How far readers agree</h2>${parts}</section>`;
}

function trainingSection({ training }: ReportContent): Markup | null {
  if (training === null) return null;
  return html`<section><h2>Training</h2><p class="soft">${training.description}</p>${lossFigure(training)}</section>`;
}

function timingsSection({ timings }: ReportContent): Markup | null {
  if (timings.length === 0) return null;
  const total = timings.reduce((sum, { seconds }) => sum + seconds, 0);
  const longest = Math.max(...timings.map(({ seconds }) => seconds), Number.MIN_VALUE);
  const rows = timings.map(
    ({ stage, seconds }) =>
      html`<tr><th scope="row">${stage}</th><td class="bars"><span class="bar" style="width:${((100 * seconds) / longest).toFixed(1)}%"></span></td><td>${duration(seconds)}</td></tr>
`,
  );
  return html`<section><h2>How long it took</h2><table><tbody>${rows}<tr class="main"><th scope="row">All stages</th><td></td><td>${duration(total)}</td></tr></tbody></table></section>`;
}

function commandsSection({ commands }: ReportContent): Markup | null {
  if (commands.length === 0) return null;
  const items = commands.map(
    ({ command, effect }) => html`<dt><pre><code>${command}</code></pre></dt><dd>${effect}</dd>`,
  );
  return html`<section><h2>What to try next</h2><dl>${items}</dl></section>`;
}

function footer({ simulated }: ReportContent): Markup {
  const said =
    simulated === null
      ? null
      : " The radiographs, reports, readers and annotators of this study are simulated; its figures say nothing about patients.";
  return html`<footer>${NOTICE} Nothing on this page may decide about a patient.${said}</footer>`;
}
