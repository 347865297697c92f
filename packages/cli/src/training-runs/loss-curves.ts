/** Losses of runs by step, as an SVG file of its own: running means in colours, a key above. */

export interface LossCurve {
  readonly name: string;
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
}

/** Told apart by readers who see red and green alike (Okabe and Ito 2008). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/** From the seventh curve on, colours come again with dashes. */
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

const WIDTH = 760;
const LEFT = 52;
const RIGHT = 16;
const HEIGHT = 300;
const BOTTOM = 44;
const KEY_LINE = 20;
/** Points of one curve. */
const MOST_POINTS = 400;

type Place = readonly [x: number, y: number];

export function lossCurves(curves: readonly LossCurve[]): string {
  const top = 16 + KEY_LINE * curves.length;
  const bottom = top + HEIGHT;
  const lines = curves.map(({ losses }) => smoothed(losses));
  const places = lines.flat();
  const stepTicks = ticks(Math.max(1, ...places.map(([step]) => step)));
  // A first step far above the rest would press all others to the floor.
  const lossTicks = ticks(highShare(places.map(([, loss]) => loss)));
  const most: Place = [Math.max(1, ...places.map(([step]) => step)), lossTicks.at(-1) ?? 1];
  const x = (step: number) => rounded(LEFT + ((WIDTH - LEFT - RIGHT) * step) / most[0]);
  const y = (loss: number) => rounded(bottom - (HEIGHT * Math.min(loss, most[1])) / most[1]);
  const stroke = (i: number) => {
    const dash = DASHES[Math.floor(i / COLOURS.length) % DASHES.length];
    return `stroke="${COLOURS[i % COLOURS.length]}"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}" width="${WIDTH}" height="${bottom + BOTTOM}" role="img" aria-label="Training loss by step">`,
    `<style>text{font:13px system-ui,"DejaVu Sans",sans-serif;fill:#1b1f24}.soft{fill:#69727d;font-size:12px}.grid{stroke:#e3e6ea}.curve{fill:none;stroke-width:1.8;stroke-linejoin:round}</style>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...curves.map(({ name }, i) => {
      const line = 14 + KEY_LINE * i;
      return `<path class="curve" ${stroke(i)} d="M${LEFT} ${line}h26"/><text x="${LEFT + 36}" y="${line}" dy="0.35em">${escapeXml(name)}</text>`;
    }),
    ...lossTicks.map(
      (tick) =>
        `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}"/><text class="soft" x="${LEFT - 8}" y="${y(tick)}" dy="0.35em" text-anchor="end">${tickText(tick)}</text>`,
    ),
    ...stepTicks
      .filter((tick) => tick <= most[0])
      .map(
        (tick) =>
          `<text class="soft" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tickText(tick)}</text>`,
      ),
    `<text class="soft" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${bottom + 36}" text-anchor="middle">step</text>`,
    `<text class="soft" transform="translate(14 ${top + HEIGHT / 2}) rotate(-90)" text-anchor="middle">loss, running mean</text>`,
    // The first run lies above the others.
    ...lines
      .map((line, i) => {
        const path = line.map(([step, loss]) => `${x(step)} ${y(loss)}`).join("L");
        return path === "" ? "" : `<path class="curve" ${stroke(i)} d="M${path}"/>`;
      })
      .toReversed(),
    "</svg>\n",
  ].join("\n");
}

/** Running means over a fortieth of the run to either side, at as many places as can be seen. */
function smoothed(losses: LossCurve["losses"]): Place[] {
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

/** The value below which 99 of 100 lie. */
function highShare(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.floor(0.99 * (ascending.length - 1))] ?? 1;
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
