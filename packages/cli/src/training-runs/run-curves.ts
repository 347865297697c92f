/**
 * What runs learned by step, as an SVG file of its own: running means of their losses with the losses of
 * validations as dots, and below, where any run was validated, how well they found what is there. A key
 * above.
 */

import type { RunValidation } from "@malleolus/runs";

export interface RunCurve {
  readonly name: string;
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly validations: readonly RunValidation[];
}

/** Told apart by readers who see red and green alike (Okabe and Ito 2008). */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/** From the seventh curve on, colours come again with dashes. */
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

const WIDTH = 760;
const LEFT = 52;
const RIGHT = 16;
const LOSS_HEIGHT = 300;
const MEASURE_HEIGHT = 200;
const BETWEEN = 28;
const BOTTOM = 44;
const KEY_LINE = 20;
/** Points of one curve. */
const MOST_POINTS = 400;

type Place = readonly [step: number, value: number];

/** Of one run in one panel. */
interface Line {
  readonly curve: readonly Place[];
  readonly dots: readonly Place[];
}

interface Panel {
  readonly title: string;
  readonly top: number;
  readonly height: number;
  readonly lines: readonly Line[];
}

/** `measure` is what the lower panel shows: a name among a validation's measures. */
export function runCurves(curves: readonly RunCurve[], measure: string): string {
  const top = 16 + KEY_LINE * curves.length;
  const measured = curves.map(({ validations }) => placesOf(validations, measure));
  const loss: Panel = {
    title: "loss, running mean",
    top,
    height: LOSS_HEIGHT,
    lines: curves.map(({ losses, validations }) => ({
      curve: smoothed(losses),
      dots: placesOf(validations, "loss"),
    })),
  };
  const found: Panel = {
    title: measure,
    top: top + LOSS_HEIGHT + BETWEEN,
    height: MEASURE_HEIGHT,
    lines: measured.map((places) => ({ curve: places, dots: places })),
  };
  const panels = measured.every(({ length }) => length === 0) ? [loss] : [loss, found];
  const last = panels[panels.length - 1];
  const bottom = last.top + last.height;
  const steps = panels.flatMap(({ lines }) => lines.flatMap(allPlaces)).map(([step]) => step);
  const most = Math.max(1, ...steps);
  const x = (step: number) => rounded(LEFT + ((WIDTH - LEFT - RIGHT) * step) / most);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}" width="${WIDTH}" height="${bottom + BOTTOM}" role="img" aria-label="Training loss by step">`,
    `<style>text{font:13px system-ui,"DejaVu Sans",sans-serif;fill:#1b1f24}.soft{fill:#69727d;font-size:12px}.grid{stroke:#e3e6ea}.curve{fill:none;stroke-width:1.8;stroke-linejoin:round}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...curves.map(({ name }, i) => {
      const line = 14 + KEY_LINE * i;
      return `<path class="curve" ${stroke(i)} d="M${LEFT} ${line}h26"/><text x="${LEFT + 36}" y="${line}" dy="0.35em">${escapeXml(name)}</text>`;
    }),
    ...panels.flatMap((panel) => renderPanel(panel, x)),
    ...ticks(most)
      .filter((tick) => tick <= most)
      .map(
        (tick) =>
          `<text class="soft" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tickText(tick)}</text>`,
      ),
    `<text class="soft" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + 36}" text-anchor="middle">step</text>`,
    "</svg>\n",
  ].join("\n");
}

function renderPanel({ title, top, height, lines }: Panel, x: (step: number) => number): string[] {
  const bottom = top + height;
  // A first step far above the rest would press all others to the floor.
  const valueTicks = ticks(highShare(lines.flatMap(allPlaces).map(([, value]) => value)));
  const most = valueTicks.at(-1) ?? 1;
  const y = (value: number) => rounded(bottom - (height * Math.min(value, most)) / most);
  return [
    ...valueTicks.map(
      (tick) =>
        `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}"/><text class="soft" x="${LEFT - 8}" y="${y(tick)}" dy="0.35em" text-anchor="end">${tickText(tick)}</text>`,
    ),
    `<text class="soft" transform="translate(14 ${top + height / 2}) rotate(-90)" text-anchor="middle">${escapeXml(title)}</text>`,
    // The first run lies above the others.
    ...lines
      .map(({ curve, dots }, i) => {
        const path = curve.map(([step, value]) => `${x(step)} ${y(value)}`).join("L");
        const drawn = path === "" ? "" : `<path class="curve" ${stroke(i)} d="M${path}"/>`;
        const circles = dots.map(
          ([step, value]) =>
            `<circle cx="${x(step)}" cy="${y(value)}" r="3" fill="${color(i)}" stroke="#fff"/>`,
        );
        return drawn + circles.join("");
      })
      .toReversed(),
  ];
}

function allPlaces({ curve, dots }: Line): readonly Place[] {
  return [...curve, ...dots];
}

function color(run: number): string {
  return COLORS[run % COLORS.length];
}

function stroke(run: number): string {
  const dash = DASHES[Math.floor(run / COLORS.length) % DASHES.length];
  return `stroke="${color(run)}"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function placesOf(validations: readonly RunValidation[], measure: string): Place[] {
  return validations.flatMap(({ step, measures }): Place[] => {
    const value = measures[measure] ?? null;
    return value === null ? [] : [[step, value]];
  });
}

/** Running means over a fortieth of the run to either side, at as many places as can be seen. */
function smoothed(losses: RunCurve["losses"]): Place[] {
  const reach = Math.round(losses.length / 40);
  const sums = [0];
  for (const { loss } of losses) sums.push(sums[sums.length - 1] + loss);
  const distance = Math.max(1, Math.ceil(losses.length / MOST_POINTS));
  return losses.flatMap(({ step }, i): Place[] => {
    if (i % distance !== 0 && i !== losses.length - 1) return [];
    const [from, to] = [Math.max(0, i - reach), Math.min(losses.length, i + reach + 1)];
    return [[step, (sums[to] - sums[from]) / (to - from)]];
  });
}

/** The value above which one in a hundred lies; of fewer, the greatest. */
function highShare(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.ceil(0.99 * (ascending.length - 1))] ?? 1;
}

/** From 0 to just `most` or above, four to eight of them, round. */
function ticks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  const distance = factor * power;
  const count = Math.ceil((most / distance) * (1 - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => i * distance);
}

function tickText(tick: number): string {
  return String(Number(tick.toPrecision(6)));
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
