/** Figures as inline SVG: lines, axes and marks by hand, coloured by the page's style. */
import type { Proportion } from "@malleolus/schema";
import type { RocPoint } from "../roc.ts";
import type { TrainingCurve } from "./content.ts";
import { html, type Markup } from "./markup.ts";

interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

interface Axis {
  readonly title: string;
  readonly max: number;
  readonly ticks: readonly number[];
}

const LEFT = 46;
const BOTTOM = 42;
const TOP = 10;
const RIGHT = 14;

export interface RocLine {
  readonly name: string;
  readonly points: readonly RocPoint[];
}

/** The first line stands out, the others are thin and told apart by their dashes. */
export function rocFigure(lines: readonly RocLine[]): Markup {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const plot: Plot = {
    width: 340,
    height: 332,
    x: { title: "1 − specificity", max: 1, ticks },
    y: { title: "sensitivity", max: 1, ticks },
  };
  const chance = path(plot, [
    [0, 0],
    [1, 1],
  ]);
  const curves = lines.map(({ points }, i) => {
    const place = points.map((one) => [one.falsePositiveRate, one.truePositiveRate] as const);
    return html`<path class="${rocStyle(i)}" d="${path(plot, place)}"/>`;
  });
  return figure(plot, "ROC curves", [
    html`<path class="chance" d="${chance}"/>`,
    ...curves.toReversed(),
  ]);
}

/** The short line that stands for a curve in a legend. */
export function rocKey(place: number): Markup {
  return html`<svg class="key" viewBox="0 0 26 8" width="26" height="8" aria-hidden="true"><path class="${rocStyle(place)}" d="M1 4H25"/></svg>`;
}

function rocStyle(place: number): string {
  return place === 0 ? "curve main" : `curve dash${1 + ((place - 1) % 4)}`;
}

/** Loss by step: every step light, their running mean in the accent. */
export function lossFigure({ points }: TrainingCurve): Markup {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  const shown = binned(finite, 400);
  const last = finite.at(-1)?.step ?? 1;
  // A first step far above the rest would press all others to the floor.
  const high = highShare(shown.map(([, loss]) => loss));
  const yMax = niceCeiling(high);
  const plot: Plot = {
    width: 680,
    height: 240,
    x: { title: "step", max: last, ticks: evenTicks(last) },
    y: { title: "loss", max: yMax, ticks: evenTicks(yMax) },
  };
  const kept = shown.map(([step, loss]) => [step, Math.min(loss, yMax)] as const);
  return figure(plot, "Training loss by step", [
    html`<path class="raw" d="${path(plot, kept)}"/>`,
    html`<path class="curve main" d="${path(plot, runningMean(kept))}"/>`,
  ]);
}

/** A share with its interval as a dot on a line from 0 to 1. */
export function shareMark({ share, interval }: Proportion): Markup {
  if (share === null || interval === null) return html``;
  const at = (value: number) => (4 + 92 * value).toFixed(1);
  return html`<svg class="mark" viewBox="0 0 100 12" width="100" height="12" aria-hidden="true"><path class="rail" d="M4 6H96"/><path class="whisker" d="M${at(interval[0])} 6H${at(interval[1])}"/><circle cx="${at(share)}" cy="6" r="3.2"/></svg>`;
}

function figure(plot: Plot, label: string, marks: readonly Markup[]): Markup {
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

type Place = readonly [x: number, y: number];

function path(plot: Plot, places: readonly Place[]): string {
  return places
    .map(([x, y], i) => `${i === 0 ? "M" : "L"}${placeX(plot, x)} ${placeY(plot, y)}`)
    .join("");
}

function placeX({ width, x }: Plot, value: number): number {
  return rounded(LEFT + ((width - LEFT - RIGHT) * value) / x.max);
}

function placeY({ height, y }: Plot, value: number): number {
  return rounded(height - BOTTOM - ((height - BOTTOM - TOP) * value) / y.max);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function tickText(tick: number): string {
  return String(Math.round(tick * 1000) / 1000);
}

/** Means of neighbouring steps, up to a number of points. */
function binned(
  points: readonly { readonly step: number; readonly loss: number }[],
  most: number,
): Place[] {
  const size = Math.ceil(points.length / most);
  return Array.from({ length: Math.ceil(points.length / Math.max(1, size)) }, (_, bin) => {
    const part = points.slice(bin * size, (bin + 1) * size);
    const mean = (value: (one: { step: number; loss: number }) => number) =>
      part.reduce((sum, one) => sum + value(one), 0) / part.length;
    return [mean(({ step }) => step), mean(({ loss }) => loss)];
  });
}

/** Over a twentieth of the curve to either side. */
function runningMean(places: readonly Place[]): Place[] {
  const reach = Math.max(1, Math.round(places.length / 20));
  return places.map(([x], i) => {
    const near = places.slice(Math.max(0, i - reach), i + reach + 1);
    return [x, near.reduce((sum, [, y]) => sum + y, 0) / near.length];
  });
}

/** The loss below which 99 of 100 lie. */
function highShare(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.floor(0.99 * (ascending.length - 1))] ?? 1;
}

/** 1, 2, 2.5 or 5 times a power of ten: the distance of four to eight ticks. */
function tickDistance(max: number): number {
  const rough = max / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
}

function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const distance = tickDistance(value);
  return Math.ceil(value / distance) * distance;
}

function evenTicks(max: number): number[] {
  const distance = tickDistance(max);
  const ticks: number[] = [];
  for (let i = 0; i * distance <= max * (1 + 1e-9); i++) ticks.push(i * distance);
  return ticks;
}
