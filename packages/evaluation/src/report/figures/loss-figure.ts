/** A training's loss by step: means of neighbouring steps light, their running mean in the accent. */
import type { TrainingCurve } from "../content.ts";
import { html, type Markup } from "../markup.ts";
import { figure, line, type Place, type Plot } from "./plot.ts";
import { evenTicks, niceCeiling } from "./ticks.ts";

/** Of places along the curve. */
const MOST = 400;

export function lossFigure({ points }: TrainingCurve): Markup {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  const shown = binned(finite, MOST);
  const last = finite.at(-1)?.step ?? 1;
  // A first step far above the rest would press all others to the floor.
  const yMax = niceCeiling(highShare(shown.map(([, loss]) => loss)));
  const plot: Plot = {
    width: 680,
    height: 240,
    x: { title: "step", max: last, ticks: evenTicks(last) },
    y: { title: "loss", max: yMax, ticks: evenTicks(yMax) },
  };
  const kept = shown.map(([step, loss]) => [step, Math.min(loss, yMax)] as const);
  return figure(plot, "Training loss by step", [
    html`<path class="raw" d="${line(plot, kept)}"/>`,
    html`<path class="curve main" d="${line(plot, runningMean(kept))}"/>`,
  ]);
}

/** Means of neighbouring steps, at most so many. */
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
