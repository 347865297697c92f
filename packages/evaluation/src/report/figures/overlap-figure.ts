/**
 * How the overlaps of found fractures are distributed: a histogram of twenty bars, and in front of it,
 * set apart, the fractures that were missed.
 */
import { html, type Markup } from "../markup.ts";
import { figure, type Plot, placeX, placeY, SHARES } from "./plot.ts";
import { countTicks } from "./ticks.ts";

const BARS = 20;
/** Where missed fractures stand, left of 0. */
const MISSED = -0.16;
const MISSED_WIDTH = 0.07;

/** `overlaps` are of the found, from 0 to 1. */
export function overlapFigure(
  what: string,
  overlaps: readonly number[],
  missed: number,
  median: number | null,
): Markup {
  const counts = new Array<number>(BARS).fill(0);
  for (const overlap of overlaps) counts[Math.min(BARS - 1, Math.floor(overlap * BARS))]++;
  const ticks = countTicks(Math.max(missed, ...counts));
  const most = ticks[ticks.length - 1];
  const plot: Plot = {
    width: 440,
    height: 200,
    x: { title: `${what} IoU`, min: -0.19, max: 1, ticks: SHARES },
    y: { title: "fractures", max: most, ticks },
  };
  const bars = counts.flatMap((count, i) =>
    count === 0 ? [] : [bar(plot, i / BARS, (i + 1) / BARS, count, "bar-found")],
  );
  const label = placeX(plot, MISSED + MISSED_WIDTH / 2);
  return figure(plot, `${what} IoU of ${overlaps.length} found fractures; ${missed} were missed`, [
    ...bars,
    missed === 0
      ? html``
      : html`${bar(plot, MISSED, MISSED + MISSED_WIDTH, missed, "bar-missed")}<text class="tick" x="${label}" y="${placeY(plot, 0) + 16}" text-anchor="middle">missed</text>`,
    median === null
      ? html``
      : html`<path class="median" d="M${placeX(plot, median)} ${placeY(plot, 0)}V${placeY(plot, most)}"/>`,
  ]);
}

/** With a pixel of air to its right. */
function bar(plot: Plot, from: number, to: number, count: number, style: string): Markup {
  const [left, right] = [placeX(plot, from), placeX(plot, to)];
  const [top, bottom] = [placeY(plot, count), placeY(plot, 0)];
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return html`<rect class="${style}" x="${left}" y="${top}" width="${rounded(right - left - 1)}" height="${rounded(bottom - top)}"/>`;
}
