/**
 * A forest plot: a figure of each group with its interval, one under the other on one axis, and the
 * figure of all as a line through them. Groups of a kind stand together under its name.
 */
import { html, type Markup } from "../markup.ts";
import { SHARES } from "./plot.ts";

export interface ForestKind {
  readonly name: string;
  readonly rows: readonly ForestRow[];
}

export interface ForestRow {
  readonly label: string;
  readonly count: number;
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

const WIDTH = 640;
const LABEL_X = 14;
const COUNT_X = 214;
const LEFT = 232;
const RIGHT = 500;
const VALUE_X = WIDTH - 4;
const ROW = 22;
const TOP = 26;

/** Shares from 0 to 1; `all` is the figure of everybody. */
export function forestFigure(
  title: string,
  kinds: readonly ForestKind[],
  all: number | null,
): Markup {
  const parts: Markup[] = [];
  let y = TOP;
  for (const { name, rows } of kinds) {
    parts.push(html`<text class="title" x="2" y="${y + 15}">${name}</text>
`);
    y += ROW;
    for (const row of rows) {
      parts.push(forestRow(row, y));
      y += ROW;
    }
    y += 6;
  }
  const ticks = SHARES.map(
    (tick) =>
      html`<path class="grid" d="M${at(tick)} ${TOP}V${y}"/><text class="tick" x="${at(tick)}" y="${y + 16}" text-anchor="middle">${tick}</text>`,
  );
  const reference = all === null ? null : html`<path class="all" d="M${at(all)} ${TOP}V${y}"/>`;
  return html`<svg class="plot forest" viewBox="0 0 ${WIDTH} ${y + 24}" style="max-width:${WIDTH}px" role="img" aria-label="${title}, by group">
<text class="tick" x="${COUNT_X}" y="14" text-anchor="end">patients</text><text class="tick" x="${VALUE_X}" y="14" text-anchor="end">${title}</text>
${ticks}${reference}${parts}</svg>`;
}

function forestRow({ label, count, value, interval }: ForestRow, y: number): Markup {
  const middle = y + ROW / 2;
  const text = y + 15;
  const marks =
    value === null
      ? null
      : html`${
          interval === null
            ? null
            : html`<path class="whisker" d="M${at(interval[0])} ${middle}H${at(interval[1])}"/>`
        }<circle class="dot" cx="${at(value)}" cy="${middle}" r="4"/>`;
  const ends = interval === null ? "" : ` (${interval.map((end) => end.toFixed(2)).join("–")})`;
  const said = value === null ? "–" : `${value.toFixed(2)}${ends}`;
  return html`<text class="label" x="${LABEL_X}" y="${text}">${label}</text><text class="value" x="${COUNT_X}" y="${text}" text-anchor="end">${count}</text>${marks}<text class="value" x="${VALUE_X}" y="${text}" text-anchor="end">${said}</text>
`;
}

function at(value: number): number {
  return Math.round(10 * (LEFT + (RIGHT - LEFT) * value)) / 10;
}
