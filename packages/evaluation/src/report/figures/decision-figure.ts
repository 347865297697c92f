/** A decision curve: net benefit by the probability from which somebody is treated, with its band. */
import type { NetBenefit } from "../../decision/decision-curve.ts";
import { html, type Markup } from "../markup.ts";
import { between, figure, line, type Place, type Plot, SHARES } from "./plot.ts";
import { evenTicks, niceCeiling } from "./ticks.ts";

/** Below the axis, as a share of what is above it: treating everybody soon costs without end. */
const BELOW = 0.25;

export function decisionFigure(points: readonly NetBenefit[]): Markup {
  const highest = Math.max(
    0,
    ...points.flatMap(({ model, everybody }) => [
      model.interval?.[1] ?? model.value ?? 0,
      everybody.value ?? 0,
    ]),
  );
  const max = niceCeiling(highest);
  const min = -BELOW * max;
  const plot: Plot = {
    width: 440,
    height: 300,
    x: { title: "probability from which somebody is treated", max: 1, ticks: SHARES },
    y: { title: "net benefit", min, max, ticks: evenTicks(max) },
  };
  const shown = (value: number) => Math.max(min, value);
  const places = (of: (point: NetBenefit) => number | null): Place[] =>
    points.flatMap((point) => {
      const value = of(point);
      return value === null ? [] : [[point.threshold, shown(value)] as const];
    });
  const end = (side: 0 | 1) => places(({ model }) => model.interval?.[side] ?? null);
  const everybody = places(({ everybody: all }) => all.value);
  // Beyond its first place at the floor the line of everybody would run along it.
  const visible = everybody.slice(0, everybody.findIndex(([, value]) => value === min) + 1);
  const nobody: readonly Place[] = [
    [0, 0],
    [1, 0],
  ];
  return figure(
    plot,
    "Net benefit by threshold: the detector, treating everybody, treating nobody",
    [
      html`<path class="band" d="${between(plot, end(0), end(1))}"/>`,
      html`<path class="curve dash1" d="${line(plot, visible.length === 0 ? everybody : visible)}"/>`,
      html`<path class="curve dash2" d="${line(plot, nobody)}"/>`,
      html`<path class="curve main" d="${line(
        plot,
        places(({ model }) => model.value),
      )}"/>`,
    ],
  );
}
