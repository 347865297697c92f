/** The preliminary networks: what they propose, what they choose, and two audits of whether that helps. */
import type { ArmComparison, Estimate } from "@malleolus/schema";
import type { ReportContent } from "../content.ts";
import { linked, preliminaryAnchor, setAnchor } from "../links.ts";
import { html, type Markup, type Piece } from "../markup.ts";
import { count, counted, decimal, percent, withInterval } from "../numbers.ts";
import {
  type AssistanceComparison,
  preliminaryKeys,
  preliminaryLists,
  traitWords,
} from "../preliminary-lists.ts";
import type {
  PreliminaryPictures,
  PreliminaryResult,
  ReportedSelection,
} from "../preliminary-result.ts";
import { TUNING } from "../set-description.ts";
import type { Name } from "./name.ts";

export function preliminarySection(content: ReportContent, name: Name): Markup | null {
  const { preliminary } = content;
  if (preliminary === null) return null;
  const { model, radiographs, patients, against, pictures } = preliminary;
  const counts = new Map(
    preliminaryLists(preliminary, name).map((list) => [list.key, list.patients.length]),
  );
  const to: ToPatients = (key, figure) =>
    (counts.get(key) ?? 0) === 0 ? html`${figure}` : linked(preliminaryAnchor(key), figure);
  const judged =
    radiographs === 0
      ? html`Held against ${against}, of which there are none: nothing is said of how good it is.`
      : html`What it proposed is held against ${against}: ${to(preliminaryKeys.judged, html`${count(radiographs)} radiographs of ${count(patients)} patients`)}.`;
  return html`<section id="preliminary"><h2>The preliminary networks</h2><p class="soft">${model.name} ${model.version} outlined radiographs for annotators to mend. ${judged}</p>
${radiographs === 0 ? null : measuresTable(preliminary, to)}${pictures === null ? null : picturesOf(pictures)}
${selectionPart(preliminary.selection, name, to)}${assistancePart(preliminary, to)}${selectionAuditPart(preliminary, tuningAnchor(content))}</section>`;
}

/** A figure that leads to its patients, where there are any. */
type ToPatients = (key: string, figure: Piece) => Markup;

/** Of the patients on whom the trainings of an audit are measured. */
function tuningAnchor({ sets }: ReportContent): string | null {
  const place = sets.findIndex(({ name }) => name === TUNING);
  return place < 0 ? null : setAnchor(place, "all");
}

function measuresTable({ measures }: PreliminaryResult, to: ToPatients): Markup {
  const rows = measures.map(({ structure, dice, proposed, inVain }, place) => {
    const own = (what: Parameters<typeof preliminaryKeys.measure>[1], figure: Piece) =>
      html`<td>${to(preliminaryKeys.measure(place, what), figure)}</td>`;
    return html`<tr><th scope="row">${structure}</th>${own("there", proposed.total)}${own("there", estimate(dice))}${own(proposed.count === 0 ? "missed" : "proposed", percent(proposed))}${own("inVain", percent(inVain))}</tr>
`;
  });
  return html`<h3>Proposed outlines</h3><div class="wide" tabindex="0" role="region" aria-label="Proposed outlines"><table><thead><tr><td></td><th scope="col">radiographs that have it</th><th scope="col">mean Dice</th><th scope="col">proposed</th><th scope="col">proposed where it is not</th></tr></thead><tbody>${rows}</tbody></table></div>
<p class="soft small">Dice counts as 0 what is there and was not proposed. Intervals are over patients.</p>`;
}

function picturesOf({ chosen, items }: PreliminaryPictures): Markup {
  const figures = items.map((item) => {
    const source = `data:${item.pictureType};base64,${Buffer.from(item.picture).toString("base64")}`;
    const lines = item.lines.map((line) => html`<br><span class="soft">${line}</span>`);
    return html`<figure><img src="${source}" width="${item.width}" height="${item.height}" alt="Radiograph with outlines, ${item.caption}" loading="lazy"><figcaption>${item.caption}${lines}</figcaption></figure>
`;
  });
  return html`<p class="soft" style="margin-top:16px">${chosen}</p><div class="gallery">${figures}</div>`;
}

function selectionPart(
  selection: ReportedSelection | null,
  name: Name,
  to: ToPatients,
): Markup | null {
  if (selection === null) return null;
  const { strategy, picked, passedOver, rows, pictures } = selection;
  const { selection: key } = preliminaryKeys;
  const table = rows.map(
    ({ trait, picked: chosen, passedOver: left }, row) =>
      html`<tr><th scope="row">${traitWords(trait, name)}</th><td>${to(key("picked", row), percent(chosen))}</td><td>${to(key("passedOver", row), percent(left))}</td></tr>
`,
  );
  return html`<h3>What is worth an annotator's time</h3><p class="soft">The strategy "${strategy}" picked ${to(key("picked"), count(picked))} radiographs and passed over ${to(key("passedOver"), count(passedOver))}.</p>
<div class="wide" tabindex="0" role="region" aria-label="Selected and passed over"><table><thead><tr><td></td><th scope="col">selected</th><th scope="col">passed over</th></tr></thead><tbody>${table}</tbody></table></div>${picturesOf(pictures)}`;
}

function assistancePart({ assistance }: PreliminaryResult, to: ToPatients): Markup | null {
  if (assistance === null) return null;
  const { drawings, patients, seconds, agreement, decisions, editDistanceMm, anchoring } =
    assistance;
  const key = preliminaryKeys.assistance;
  const row = (label: string, what: AssistanceComparison, one: ArmComparison, digits = 2) => {
    const own = (which: Parameters<typeof preliminaryKeys.arms>[1], figure: Estimate) =>
      html`<td>${to(preliminaryKeys.arms(what, which), estimate(figure, digits))}</td>`;
    return html`<tr><th scope="row">${label}</th>${own("assisted", one.assisted)}${own("unassisted", one.unassisted)}${own("both", one.difference)}</tr>
`;
  };
  return html`<h3>Whether proposals help</h3><p class="soft">${to(key("assisted"), html`${drawings.assisted} drawings of ${patients.assisted} patients`)} were made with proposals, ${to(key("unassisted"), html`${drawings.unassisted} of ${patients.unassisted}`)} without, drawn by lot beforehand.</p>
<div class="wide" tabindex="0" role="region" aria-label="With and without proposals"><table><thead><tr><td></td><th scope="col">with</th><th scope="col">without</th><th scope="col">difference</th></tr></thead><tbody>${row("Seconds a drawing", "timed", seconds, 1)}${row("Overlap of two annotators", "drawnTwice", agreement)}${row("Overlap of wrong proposals with what was drawn", "wrongShapes", anchoring.pull)}</tbody></table></div>
<p style="margin-top:16px">Of the proposed outlines ${to(key("accepted"), percent(decisions.accepted))} were accepted as they were, ${to(key("mended"), percent(decisions.mended))} mended, by ${to(key("mended"), estimate(editDistanceMm, 1))} mm of border, and ${to(key("rejected"), percent(decisions.rejected))} rejected. Anchoring: of the outlines that were wrong ${to(key("wrongShapesAccepted"), counted(anchoring.wrongShapesAccepted))} were accepted all the same, of the wrong classes ${to(key("wrongClassesAccepted"), counted(anchoring.wrongClassesAccepted))}.</p>`;
}

const VERDICTS = {
  better: "better than",
  worse: "worse than",
  "no difference shown": "not shown to differ from",
  "not measurable": "not measurable against",
} as const;

/** `tuning` is where the study's own tuning patients are named, null where nowhere. */
function selectionAuditPart(
  { selectionAudit }: PreliminaryResult,
  tuning: string | null,
): Markup | null {
  if (selectionAudit === null) return null;
  const { plan, audit, on } = selectionAudit;
  // Those of another study are not known here.
  const to = (figure: Piece) =>
    tuning === null || on !== null ? html`${figure}` : linked(tuning, figure);
  const { strategy, control, sizes, seeds } = plan;
  const [first, ...others] = audit.outcomes;
  const rows = audit.outcomes.flatMap(
    ({ outcome, strategy: own, control: other, strategyArea, controlArea, difference }) =>
      (
        [
          [strategy, own, strategyArea],
          [control, other, controlArea],
        ] as const
      ).map(
        ([who, curve, area], i) =>
          html`<tr><th scope="row">${outcome}, ${who}</th>${curve.map(({ mean }) => html`<td>${to(decimal(mean))}</td>`)}<td>${to(estimate(area))}</td><td>${i === 0 ? to(estimate(difference, 3)) : null}</td></tr>
`,
      ),
  );
  return html`<h3>Whether choosing helps</h3><p>By ${first.outcome}, which was fixed beforehand as what decides, ${strategy} is ${VERDICTS[first.verdict]} ${control}.${others.map(({ outcome, verdict }) => html` By ${outcome} it is ${VERDICTS[verdict]} ${control}.`)}</p><p class="soft">Detectors trained on growing sets chosen by ${strategy} and by ${control}, ${seeds.length} seeds in pairs, measured on ${to(html`${audit.patients} tuning patients`)}${on === null ? "" : `, ${on}`}. The area under each learning curve is its mean height; intervals are over patients.</p>
<div class="wide" tabindex="0" role="region" aria-label="Learning curves"><table><thead><tr><td></td>${sizes.map((size) => html`<th scope="col">${count(size)} radiographs</th>`)}<th scope="col">area</th><th scope="col">difference</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function estimate({ value, interval }: Estimate, digits = 2): Markup {
  return withInterval(value, interval, digits);
}
