/** ROC curves with the band of the first, and the points that single readers reach. */
import type { CurvePoint } from "../../reader-study/average-roc.ts";
import type { RocBandPoint } from "../../roc-band.ts";
import { html, type Markup } from "../markup.ts";
import { between, figure, line, type Plot, placeX, placeY, SHARES } from "./plot.ts";

export interface RocLine {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface ReaderPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

const PLOT: Plot = {
  width: 340,
  height: 332,
  x: { title: "1 − specificity", max: 1, ticks: SHARES },
  y: { title: "sensitivity", max: 1, ticks: SHARES },
};

/** The first line stands out and has the band; the others are thin and told apart by their dashes. */
export function rocFigure(
  lines: readonly RocLine[],
  band: readonly RocBandPoint[] | null,
  readers: readonly ReaderPoint[],
): Markup {
  const chance = line(PLOT, [
    [0, 0],
    [1, 1],
  ]);
  const curves = lines.map(({ points }, i) => {
    const places = withoutRepeats(points).map(
      (one) => [one.falsePositiveRate, one.truePositiveRate] as const,
    );
    return html`<path class="${curveStyle(i)}" d="${line(PLOT, places)}"/>`;
  });
  const marks = readers.map(({ falsePositiveRate, truePositiveRate }) => {
    const [x, y] = [placeX(PLOT, falsePositiveRate), placeY(PLOT, truePositiveRate)];
    return html`<path class="reader" d="M${x} ${round(y - 5)}L${round(x + 5)} ${y}L${x} ${round(y + 5)}L${round(x - 5)} ${y}Z"/>`;
  });
  return figure(PLOT, labelOf(lines, readers), [
    html`<path class="chance" d="${chance}"/>`,
    ...(band === null ? [] : [bandMark(band)]),
    ...curves.toReversed(),
    ...marks,
  ]);
}

function bandMark(band: readonly RocBandPoint[]): Markup {
  const [low, high] = (["low", "high"] as const).map((end) =>
    band.map((one) => [one.falsePositiveRate, one[end]] as const),
  );
  return html`<path class="band" d="${between(PLOT, low, high)}"/>`;
}

/** The short line that stands for a curve in a legend. */
export function rocKey(place: number): Markup {
  return html`<svg class="key" viewBox="0 0 26 8" width="26" height="8" aria-hidden="true"><path class="${curveStyle(place)}" d="M1 4H25"/></svg>`;
}

export function readerKey(): Markup {
  return html`<svg class="key" viewBox="0 0 26 12" width="26" height="12" aria-hidden="true"><path class="reader" d="M13 1L18 6L13 11L8 6Z"/></svg>`;
}

function labelOf(lines: readonly RocLine[], readers: readonly ReaderPoint[]): string {
  const curves = `ROC curves: ${lines.map(({ name }) => name).join(", ")}`;
  return readers.length === 0 ? curves : `${curves}; ${readers.length} readers as points`;
}

/** The style of a curve by its place: the first stands out, the others differ by their dashes. */
export function curveStyle(place: number): string {
  return place === 0 ? "curve main" : `curve dash${1 + ((place - 1) % 4)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Points within a straight run of the curve draw nothing. */
function withoutRepeats(points: readonly CurvePoint[]): CurvePoint[] {
  return points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (before === undefined || after === undefined) return true;
    const across = (key: "falsePositiveRate" | "truePositiveRate") =>
      before[key] === point[key] && after[key] === point[key];
    return !across("falsePositiveRate") && !across("truePositiveRate");
  });
}
