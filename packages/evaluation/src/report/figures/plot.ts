/**
 * A figure with two linear axes as inline SVG, coloured by the page's style, and the way from values to
 * places in it. What is drawn between the axes is each figure's own.
 */
import { html, type Markup } from "../markup.ts";

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

export interface Axis {
  readonly title: string;
  /** 0 unless given. */
  readonly min?: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

export type Place = readonly [x: number, y: number];

const LEFT = 46;
const BOTTOM = 42;
const TOP = 10;
const RIGHT = 14;

/** Shares from 0 to 1. */
export const SHARES: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** `label` tells what is seen to whoever cannot see it. */
export function figure(plot: Plot, label: string, marks: readonly Markup[]): Markup {
  const { width, height, x, y } = plot;
  const bottom = height - BOTTOM;
  const across = x.ticks.map((tick) => {
    const at = placeX(plot, tick);
    return html`<text class="tick" x="${at}" y="${bottom + 16}" text-anchor="middle">${tickText(tick)}</text>`;
  });
  const up = y.ticks.map((tick) => {
    const at = placeY(plot, tick);
    return html`<path class="grid" d="M${LEFT} ${at}H${width - RIGHT}"/><text class="tick" x="${LEFT - 8}" y="${at}" dy="0.35em" text-anchor="end">${tickText(tick)}</text>`;
  });
  const middleX = (LEFT + width - RIGHT) / 2;
  const middleY = (TOP + bottom) / 2;
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" style="max-width:${width}px" role="img" aria-label="${label}">
${up}${across}
<text class="axis" x="${middleX}" y="${height - 6}" text-anchor="middle">${x.title}</text>
<text class="axis" transform="translate(12 ${middleY}) rotate(-90)" text-anchor="middle">${y.title}</text>
${marks}
</svg>`;
}

/** A path's `d` from place to place. */
export function line(plot: Plot, places: readonly Place[]): string {
  return places
    .map(([x, y], i) => `${i === 0 ? "M" : "L"}${placeX(plot, x)} ${placeY(plot, y)}`)
    .join("");
}

/** A path's `d` around what lies between two lines of as many places. */
export function between(plot: Plot, low: readonly Place[], high: readonly Place[]): string {
  return low.length === 0 ? "" : `${line(plot, [...high, ...low.toReversed()])}Z`;
}

export function placeX({ width, x }: Plot, value: number): number {
  return rounded(LEFT + (width - LEFT - RIGHT) * shareOf(x, value));
}

export function placeY({ height, y }: Plot, value: number): number {
  return rounded(height - BOTTOM - (height - BOTTOM - TOP) * shareOf(y, value));
}

/** Of the axis, from its lower end. */
function shareOf({ min = 0, max }: Axis, value: number): number {
  return (value - min) / (max - min);
}

/** To a tenth of a pixel, so that a file does not change with the last bit of a figure. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function tickText(tick: number): string {
  return String(Math.round(tick * 1000) / 1000).replace("-", "−");
}
