/**
 * A report as one HTML file that needs nothing else: style and figures stand in it, images too, and
 * no script runs. What is said in each part is the part's own file, in `sections/`.
 */
import type { ReportContent } from "./content.ts";
import { linked, testAnchor } from "./links.ts";
import { html, type Markup, verbatim } from "./markup.ts";
import { decimal, withInterval } from "./numbers.ts";
import { casesSection } from "./sections/cases-section.ts";
import { checklistSection } from "./sections/checklist-section.ts";
import { commandsSection, timingsSection, trainingSection } from "./sections/course-sections.ts";
import { gallerySections } from "./sections/gallery-section.ts";
import { headlineSection } from "./sections/headline-section.ts";
import { methodsSection } from "./sections/methods-section.ts";
import type { Name } from "./sections/name.ts";
import { paperSection } from "./sections/paper-section.ts";
import { participantsSection } from "./sections/participants-section.ts";
import { preliminarySection } from "./sections/preliminary-section.ts";
import { readerStudySection } from "./sections/reader-study-section.ts";
import { readersSection } from "./sections/readers-section.ts";
import { resultsSection } from "./sections/results-section.ts";
import { testSection } from "./sections/section-of-test.ts";
import { style } from "./style.ts";
import { type AcceptanceThreshold, thresholdReached, thresholdsReached } from "./thresholds.ts";

/** What every view of a report says. */
export const NOTICE = "Research software, not a medical device.";

export function htmlReport(content: ReportContent): string {
  const name: Name = (id) => (Object.hasOwn(content.names, id) ? content.names[id] : id);
  const parts: readonly (readonly [title: string, anchor: string, part: Markup | null])[] = [
    ["Results", "results", resultsSection(content.tests)],
    ["Who was studied", "participants", participantsSection(content, name)],
    ["Beside the paper", "paper", paperSection(content, name)],
    ...content.tests.map(
      (test) => [test.name, testAnchor(test.id), testSection(test, name)] as const,
    ),
    ...gallerySections(content, name).map(
      (part, i) => [content.gallery[i].title, `gallery-${i + 1}`, part] as const,
    ),
    ["How far readers agree", "readers", readersSection(content, name)],
    ["The reader study", "reader-study", readerStudySection(content)],
    ["The preliminary networks", "preliminary", preliminarySection(content, name)],
    ["Training", "training", trainingSection(content)],
    ["Methods", "methods", methodsSection(content, name)],
    ["Reporting checklists", "checklists", checklistSection(content)],
    ["How long it took", "timings", timingsSection(content)],
    ["What to try next", "next", commandsSection(content)],
    ["The cases behind the figures", "cases", casesSection(content, name)],
  ];
  const there = parts.filter(([, , part]) => part !== null);
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${content.title}</title>
<style>${verbatim(style(`${NOTICE}${simulatedNotice(content)}`))}</style>
</head>
<body id="top">
<aside class="notice"><b>${NOTICE}</b>${simulatedNotice(content)}</aside>
<main>
${heading(content)}
${headlineSection(content)}
${content.thresholds.length === 0 ? null : verdict(content.thresholds)}
<nav class="contents" aria-label="Contents"><ul>${there.map(([title, anchor]) => html`<li><a href="#${anchor}">${title}</a></li>`)}</ul></nav>
${there.map(
  ([, , part]) => html`${part}
`,
)}
</main>
${footer(content)}
</body>
</html>
`;
  return markup;
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
    return html`<div class="threshold ${thresholdReached(one) ? "" : "failed"}"><b>${linked(one.anchor, withInterval(one.value, one.interval, 3))}</b><span>${one.name}</span><span class="soft">${one.direction} ${decimal(one.limit)}, interval ${side} ${decimal(one.intervalLimit)}: ${state}</span></div>`;
  });
  return html`<div class="verdict ${passed ? "" : "failed"}"><strong>${words}</strong><div class="thresholds">${cards}</div></div>`;
}

function footer({ simulated }: ReportContent): Markup {
  const said =
    simulated === null
      ? null
      : " The radiographs, reports, readers and annotators of this study are simulated; its figures say nothing about patients.";
  return html`<footer>${NOTICE} Nothing on this page may decide about a patient.${said}</footer>`;
}
