/**
 * The figures of a report as SVG files of their own: each with the style and the legend that it needs, in
 * black on white, so that a journal's system and an editor can open them.
 */
import type { Auc } from "@malleolus/schema";
import type { ReportContent } from "./content.ts";
import { calibrationFigure } from "./figures/calibration-figure.ts";
import { decisionFigure } from "./figures/decision-figure.ts";
import { flowDiagram } from "./figures/flow-diagram.ts";
import { forestFigure } from "./figures/forest-figure.ts";
import { lossFigure } from "./figures/loss-figure.ts";
import { overlapFigure } from "./figures/overlap-figure.ts";
import { curveStyle, rocFigure } from "./figures/roc-figure.ts";
import { forestKinds, rocContent } from "./figures-of-test.ts";
import { html, type Markup } from "./markup.ts";

export interface FigureFile {
  /** `roc-internal-difficult.svg`, say. */
  readonly name: string;
  readonly svg: string;
}

export function figureFiles(content: ReportContent): FigureFile[] {
  const name = (id: string) => (Object.hasOwn(content.names, id) ? content.names[id] : id);
  const files: FigureFile[] = [];
  const add = (file: string, figure: Markup, legend: readonly LegendEntry[] = []) =>
    files.push({ name: `${file}.svg`, svg: standaloneSvg(figure, legend) });
  for (const [i, hospital] of (content.flow?.hospitals ?? []).entries()) {
    add(`flow-${i + 1}`, flowDiagram(hospital, name));
  }
  for (const test of content.tests) {
    const { lines, band, readers } = rocContent(test, name);
    if (lines.length > 0) {
      add(`roc-${test.id}`, rocFigure(lines, band, readers), [
        ...lines.map((one, i) => curveEntry(i, `${one.name}${areaWords(one.auc)}`)),
        ...(band === null ? [] : [{ style: "band", text: "95% interval of the first curve" }]),
        ...(readers.length === 0 ? [] : [{ style: "reader", text: "readers, each alone" }]),
        CHANCE,
      ]);
    }
    const { analyses, evaluation } = test;
    if (analyses?.calibration != null) {
      const { fitted, scores } = analyses.calibration;
      add(`calibration-${test.id}`, calibrationFigure(fitted.fracture, scores?.fracture ?? null), [
        curveEntry(0, "fitted on tuning patients, 95% intervals; larger dots hold more patients"),
        ...(scores === null ? [] : [curveEntry(1, "scores made to sum to 1")]),
        { style: "chance", text: "as said" },
      ]);
    }
    if (analyses?.decisionCurve != null) {
      add(`decision-curve-${test.id}`, decisionFigure(analyses.decisionCurve), [
        curveEntry(0, "by the detector, with its 95% interval"),
        curveEntry(1, "treat everybody"),
        curveEntry(2, "treat nobody"),
      ]);
    }
    if (analyses !== null && analyses.subgroups.length > 0) {
      const { share } = evaluation.classification.accuracy;
      add(`subgroups-${test.id}`, forestFigure("accuracy", forestKinds(analyses, name), share));
    }
    const { fractures, localization } = evaluation;
    const found = fractures.flatMap((one) => one.found ?? []);
    if (fractures.length === 0) continue;
    for (const key of ["boxIou", "maskIou"] as const) {
      const what = key === "boxIou" ? "box" : "mask";
      const overlaps = found.map((one) => one[key]);
      const { median } = localization[key].matched;
      const figure = overlapFigure(what, overlaps, fractures.length - found.length, median);
      const line = { style: "median", text: "median of the found" };
      add(`${what}-overlap-${test.id}`, figure, median === null ? [] : [line]);
    }
  }
  if (content.training !== null) add("training-loss", lossFigure(content.training));
  return files;
}

/** A line of a figure's legend: the style of what is drawn, and what it is. */
export interface LegendEntry {
  readonly style: string;
  readonly text: string;
}

const CHANCE: LegendEntry = { style: "chance", text: "chance" };

function curveEntry(place: number, text: string): LegendEntry {
  return { style: curveStyle(place), text };
}

function areaWords(auc: Auc | null): string {
  if (auc === null) return "";
  const ends = auc.interval?.map((end) => end.toFixed(2)).join("–");
  return `, AUC ${auc.auc.toFixed(2)}${ends === undefined ? "" : ` (${ends})`}`;
}

const LEGEND_ROW = 18;

/** With its namespace, its size, its fonts, its colours, and its legend below. */
export function standaloneSvg({ markup }: Markup, legend: readonly LegendEntry[] = []): string {
  const [, w, h] = markup.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/) ?? ["", "640", "480"];
  const [width, top] = [Number(w), Number(h)];
  const height = top + (legend.length === 0 ? 0 : legend.length * LEGEND_ROW + 8);
  const rows = legend.map(({ style, text }, i) =>
    legendRow(style, text, top + 14 + i * LEGEND_ROW),
  );
  const opened = markup
    .replace(
      "<svg ",
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" `,
    )
    .replace(/viewBox="[^"]*"/, `viewBox="0 0 ${width} ${height}"`)
    .replace("</svg>", `${rows.join("")}</svg>`);
  return `${opened.replace(">", `><style>${FIGURE_STYLE}</style>`)}\n`;
}

function legendRow(style: string, text: string, y: number): string {
  const x = 46;
  const mark =
    style === "band"
      ? `M${x} ${y - 6}h26v12h-26Z`
      : style === "reader"
        ? `M${x + 13} ${y - 5}l5 5l-5 5l-5 -5Z`
        : `M${x} ${y}h26`;
  return html`<path class="${style}" d="${mark}"/><text class="tick" x="${x + 34}" y="${y + 4}">${text}</text>
`.markup;
}

const FIGURE_STYLE =
  'svg{background:#fff;font:13px "Helvetica Neue",Arial,"DejaVu Sans",sans-serif}text{fill:#000}' +
  ".tick,.axis{fill:#444;font-size:12px}path{fill:none}.grid{stroke:#ddd}" +
  ".chance{stroke:#666;stroke-dasharray:2 4}.curve{stroke:#666;stroke-width:1.4;stroke-linejoin:round}" +
  ".curve.main{stroke:#1c64b0;stroke-width:2.4}.dash2{stroke-dasharray:7 3}" +
  ".dash3{stroke-dasharray:2 2.5}.dash4{stroke-dasharray:8 3 2 3}" +
  ".band{fill:#1c64b0;fill-opacity:.14}.reader{fill:#000}.raw{stroke:#1c64b0;stroke-opacity:.28}" +
  ".bar-found{fill:#1c64b0}.bar-missed{fill:#b3261e}.median,.all{stroke:#000;stroke-dasharray:4 3}" +
  ".whisker{stroke:#666;stroke-width:2}.dot{fill:#1c64b0}.title{font-weight:600}" +
  ".flow rect{fill:#f6f7f9;stroke:#bbb}.flow .left-out rect{fill:none;stroke-dasharray:3 3}" +
  ".label{fill:#444}.arrow{stroke:#444}.head{fill:#444}";
