/** The preliminary networks: what they propose, what they choose, and two audits of whether that helps. */
import type { ArmComparison, Estimate } from "@malleolus/schema";
import type { PoolTrait } from "../../proposals/selection-comparison.ts";
import type { ReportContent } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import { count, counted, decimal, percent, withInterval } from "../numbers.ts";
import type {
  PreliminaryPictures,
  PreliminaryResult,
  ReportedSelection,
} from "../preliminary-result.ts";
import { viewName } from "../tables.ts";
import type { Name } from "./name.ts";

export function preliminarySection({ preliminary }: ReportContent, name: Name): Markup | null {
  if (preliminary === null) return null;
  const { model, radiographs, patients, against, pictures } = preliminary;
  const judged =
    radiographs === 0
      ? html`Held against ${against}, of which there are none: nothing is said of how good it is.`
      : html`What it proposed is held against ${against}: ${count(radiographs)} radiographs of ${count(patients)} patients.`;
  return html`<section id="preliminary"><h2>The preliminary networks</h2><p class="soft">${model.name} ${model.version} outlined radiographs for annotators to mend. ${judged}</p>
${radiographs === 0 ? null : measuresTable(preliminary)}${pictures === null ? null : picturesOf(pictures)}
${selectionPart(preliminary.selection, name)}${assistancePart(preliminary)}${selectionAuditPart(preliminary)}</section>`;
}

function measuresTable({ measures }: PreliminaryResult): Markup {
  const rows = measures.map(
    ({ structure, dice, proposed, inVain }) =>
      html`<tr><th scope="row">${structure}</th><td>${proposed.total}</td><td>${estimate(dice)}</td><td>${percent(proposed)}</td><td>${percent(inVain)}</td></tr>
`,
  );
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

function selectionPart(selection: ReportedSelection | null, name: Name): Markup | null {
  if (selection === null) return null;
  const { strategy, picked, passedOver, rows, pictures } = selection;
  const words = (trait: PoolTrait): string => {
    switch (trait.of) {
      case "class":
        return name(trait.class);
      case "view":
        return viewName(trait.view);
      case "mistaken":
        return "the network says another class than the readers";
      case "difficult":
        return "fracture difficult to see, of those that were drawn";
    }
  };
  const table = rows.map(
    ({ trait, picked: chosen, passedOver: left }) =>
      html`<tr><th scope="row">${words(trait)}</th><td>${percent(chosen)}</td><td>${percent(left)}</td></tr>
`,
  );
  return html`<h3>What is worth an annotator's time</h3><p class="soft">The strategy "${strategy}" picked ${count(picked)} radiographs and passed over ${count(passedOver)}.</p>
<div class="wide" tabindex="0" role="region" aria-label="Selected and passed over"><table><thead><tr><td></td><th scope="col">selected</th><th scope="col">passed over</th></tr></thead><tbody>${table}</tbody></table></div>${picturesOf(pictures)}`;
}

function assistancePart({ assistance }: PreliminaryResult): Markup | null {
  if (assistance === null) return null;
  const { drawings, patients, seconds, agreement, decisions, editDistanceMm, anchoring } =
    assistance;
  const row = (label: string, { assisted, unassisted, difference }: ArmComparison, digits = 2) =>
    html`<tr><th scope="row">${label}</th><td>${estimate(assisted, digits)}</td><td>${estimate(unassisted, digits)}</td><td>${estimate(difference, digits)}</td></tr>
`;
  return html`<h3>Whether proposals help</h3><p class="soft">${drawings.assisted} drawings of ${patients.assisted} patients were made with proposals, ${drawings.unassisted} of ${patients.unassisted} without, drawn by lot beforehand.</p>
<div class="wide" tabindex="0" role="region" aria-label="With and without proposals"><table><thead><tr><td></td><th scope="col">with</th><th scope="col">without</th><th scope="col">difference</th></tr></thead><tbody>${row("Seconds a drawing", seconds, 1)}${row("Overlap of two annotators", agreement)}${row("Overlap of wrong proposals with what was drawn", anchoring.pull)}</tbody></table></div>
<p style="margin-top:16px">Of the proposed outlines ${percent(decisions.accepted)} were accepted as they were, ${percent(decisions.mended)} mended, by ${estimate(editDistanceMm, 1)} mm of border, and ${percent(decisions.rejected)} rejected. Anchoring: of the outlines that were wrong ${counted(anchoring.wrongShapesAccepted)} were accepted all the same, of the wrong classes ${counted(anchoring.wrongClassesAccepted)}.</p>`;
}

const VERDICTS = {
  better: "better than",
  worse: "worse than",
  "no difference shown": "not shown to differ from",
  "not measurable": "not measurable against",
} as const;

function selectionAuditPart({ selectionAudit }: PreliminaryResult): Markup | null {
  if (selectionAudit === null) return null;
  const { plan, audit, on } = selectionAudit;
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
          html`<tr><th scope="row">${outcome}, ${who}</th>${curve.map(({ mean }) => html`<td>${decimal(mean)}</td>`)}<td>${estimate(area)}</td><td>${i === 0 ? estimate(difference, 3) : null}</td></tr>
`,
      ),
  );
  return html`<h3>Whether choosing helps</h3><p>By ${first.outcome}, which was fixed beforehand as what decides, ${strategy} is ${VERDICTS[first.verdict]} ${control}.${others.map(({ outcome, verdict }) => html` By ${outcome} it is ${VERDICTS[verdict]} ${control}.`)}</p><p class="soft">Detectors trained on growing sets chosen by ${strategy} and by ${control}, ${seeds.length} seeds in pairs, measured on ${audit.patients} tuning patients${on === null ? "" : `, ${on}`}. The area under each learning curve is its mean height; intervals are over patients.</p>
<div class="wide" tabindex="0" role="region" aria-label="Learning curves"><table><thead><tr><td></td>${sizes.map((size) => html`<th scope="col">${count(size)} radiographs</th>`)}<th scope="col">area</th><th scope="col">difference</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function estimate({ value, interval }: Estimate, digits = 2): Markup {
  return withInterval(value, interval, digits);
}
