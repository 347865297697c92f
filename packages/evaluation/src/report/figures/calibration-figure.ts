/** A reliability curve: what was said against what was seen, each bin with its interval and its patients. */
import type { Reliability } from "../../calibration/reliability.ts";
import { html, type Markup } from "../markup.ts";
import { figure, line, type Plot, placeX, placeY, SHARES } from "./plot.ts";

const PLOT: Plot = {
  width: 340,
  height: 332,
  x: { title: "probability of a fracture, as said", max: 1, ticks: SHARES },
  y: { title: "share with a fracture", max: 1, ticks: SHARES },
};

/** `before` is of the same patients before the probabilities were fitted; its curve is thin. */
export function calibrationFigure(after: Reliability, before: Reliability | null): Markup {
  const perfect = line(PLOT, [
    [0, 0],
    [1, 1],
  ]);
  const marks = after.bins.flatMap(({ predicted, observed }) => {
    const { share, interval, total } = observed;
    if (share === null) return [];
    const [x, y] = [placeX(PLOT, predicted), placeY(PLOT, share)];
    const whisker =
      interval === null
        ? null
        : html`<path class="whisker" d="M${x} ${placeY(PLOT, interval[0])}V${placeY(PLOT, interval[1])}"/>`;
    return [html`${whisker}<circle class="dot" cx="${x}" cy="${y}" r="${radiusOf(total)}"/>`];
  });
  return figure(PLOT, `Reliability of the probability of a fracture, ${after.bins.length} bins`, [
    html`<path class="chance" d="${perfect}"/>`,
    before === null ? html`` : html`<path class="curve dash1" d="${curveOf(before)}"/>`,
    html`<path class="curve main" d="${curveOf(after)}"/>`,
    ...marks,
  ]);
}

function curveOf({ bins }: Reliability): string {
  const places = bins.flatMap(({ predicted, observed: { share } }) =>
    share === null ? [] : [[predicted, share] as const],
  );
  return line(PLOT, places);
}

/** Its area grows with the patients, up to a bound. */
function radiusOf(patients: number): number {
  return Math.round(10 * Math.min(9, 2.5 + Math.sqrt(patients) / 1.5)) / 10;
}
