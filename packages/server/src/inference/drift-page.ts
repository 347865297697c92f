/**
 * A page of what is watched: whether scores, pictures and refusals change, week after week, and what the tests say.
 * Plain HTML that is written here: no script runs on it, and its one style is known by its hash.
 */
import { createHash } from "node:crypto";
import type { Drift } from "./drift.ts";

const STYLE = `:root{color-scheme:light dark;font:15px/22px system-ui,sans-serif;background:light-dark(#f6f7f9,#0b0c0e);
color:light-dark(#1a1d21,#e4e7eb);font-variant-numeric:tabular-nums}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:22px;line-height:28px}h2{font-size:17px;margin:2rem 0 .5rem}
p{max-width:44rem;color:light-dark(#565e68,#a8b0ba)}
table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid light-dark(#d5d9de,#2b3037)}
th:first-child,td:first-child{text-align:left}th{font-weight:600}
.wide{overflow-x:auto}
.changed{color:light-dark(#8a5a00,#f5b94d);font-weight:600}
svg{width:100%;height:auto;display:block}
.line{fill:none;stroke:light-dark(#0b7466,#3cc8b4);stroke-width:2}
.band{fill:light-dark(#0b7466,#3cc8b4);opacity:.2}
.dot{fill:light-dark(#0b7466,#3cc8b4)}
.axis{stroke:light-dark(#7a828c,#767e89);stroke-width:1}
.label{fill:light-dark(#565e68,#a8b0ba);font-size:12px}
input,button{font:inherit;padding:.4rem .6rem;border:1px solid light-dark(#7a828c,#767e89);border-radius:4px;
background:light-dark(#fff,#1d2026);color:inherit}
input{width:26rem;max-width:100%;box-sizing:border-box}
:focus-visible{outline:2px solid light-dark(#0b7466,#3cc8b4);outline-offset:2px}
[role=alert]{color:light-dark(#b3261e,#ff8a80)}`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export const DRIFT_PAGE_HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

/** Below it a change is marked; the page says how often that is chance. */
const MARKED_P = 0.01;
const [WIDTH, HEIGHT] = [720, 150];
const EDGE = { left: 48, right: 12, top: 10, bottom: 24 };

/** Asks for a key; `problem` says what was wrong with the one before. */
export function driftKeyPage(problem: string | null): string {
  return page(`<p>What the inference service watches of itself is shown to who has a key with the scope <code>metrics:read</code>.
The key is sent to this service alone, and is not kept.</p>
<form method="post" action="/drift">
<p><label for="key">Key</label></p>
<p><input id="key" name="key" type="password" autocomplete="off" required> <button>Show</button></p>
${problem === null ? "" : `<p role="alert">${escaped(problem)}</p>`}
</form>`);
}

export function driftPage(drift: Drift, isSending: boolean): string {
  const { weeks, recentDays } = drift;
  const total = weeks.reduce((sum, { studies }) => sum + studies, 0);
  return page(`<p>${total} studies of the last ${weeks.length} weeks. Sending is ${isSending ? "on" : "stopped"}.</p>
<h2>The last ${recentDays} days against the weeks before</h2>
<div class="wide"><table>
<tr><th scope="col">what</th><th scope="col">before</th><th scope="col">recent</th><th scope="col">distance</th><th scope="col">p</th></tr>
${comparedRow("Probability of a fracture, by study", drift.fracture)}
${comparedRow("Radiographs of a study", drift.radiographs)}
${comparedRow("Longer side of a radiograph", drift.size)}
${refusedRow(drift)}
</table></div>
<p>Distances are Kolmogorov and Smirnov's, refusals are compared by Fisher's exact test. Nothing is said below twenty on a
side. Of four such tests a week one is below 0.05 in one week of five by chance, and below ${MARKED_P} in one of
twenty-five. A small p says that a device, the patients or the detector changed, and not which.</p>
<h2>Probability of a fracture</h2>
${quartileChart(
  weeks.map(({ fracture }) => fracture),
  0,
  1,
)}
<h2>Refused studies</h2>
${shareChart(drift)}
<h2>Longer side of a radiograph, in pixels</h2>
${quartileChart(
  weeks.map(({ size }) => size),
  0,
  largest(drift),
)}
<p>A point is a week's median, the band its quartiles; the last week ends now. A week of fewer than twenty studies with a
result has no point, since it would tell of single patients.</p>
<h2>Weeks</h2>
<div class="wide"><table>
<tr><th scope="col">from</th><th scope="col">studies</th><th scope="col">refused</th><th scope="col">fracture, median</th><th scope="col">longer side, median</th></tr>
${weeks.map(weekRow).join("\n")}
</table></div>`);
}

function page(body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Malleolus: what changes</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>What changes</h1>
${body}
</main>
</body>
</html>
`;
}

function comparedRow(name: string, { before, recent, distance, p }: Drift["fracture"]): string {
  return row(name, [String(before), String(recent), fixed(distance, 2), p]);
}

function refusedRow({ refused: { before, recent, p } }: Drift): string {
  const share = ({ count, total }: { readonly count: number; readonly total: number }) =>
    `${count} of ${total}`;
  return row("Refused studies", [share(before), share(recent), "", p]);
}

function row(name: string, cells: readonly [string, string, string, number | null]): string {
  const [before, recent, distance, p] = cells;
  const marked = p !== null && p < MARKED_P ? ` class="changed"` : "";
  const text = p === null ? "too few" : p < 0.001 ? "below 0.001" : p.toFixed(3);
  return `<tr><td>${name}</td><td>${before}</td><td>${recent}</td><td>${distance}</td><td${marked}>${text}</td></tr>`;
}

function weekRow({ from, studies, refused, fracture, size }: Drift["weeks"][number]): string {
  return (
    `<tr><td>${from.slice(0, 10)}</td><td>${studies}</td><td>${refused}</td>` +
    `<td>${fixed(fracture?.[1], 2)}</td><td>${fixed(size?.[1], 0)}</td></tr>`
  );
}

function fixed(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

function largest({ weeks }: Drift): number {
  return Math.max(1, ...weeks.flatMap(({ size }) => size ?? []));
}

type Quartiles = readonly [number, number, number];

function quartileChart(series: readonly (Quartiles | null)[], low: number, high: number): string {
  const y = scale(low, high);
  const known = series.flatMap((own, i) => (own === null ? [] : [{ x: placeOf(i, series), own }]));
  const band = [
    ...known.map(({ x, own }) => `${x},${y(own[2])}`),
    ...known.toReversed().map(({ x, own }) => `${x},${y(own[0])}`),
  ].join(" ");
  const points = known.map(({ x, own }) => ({ x, y: y(own[1]) }));
  return chart(low, high, `<polygon class="band" points="${band}"/>${line(points)}`);
}

function shareChart({ weeks }: Drift): string {
  const y = scale(0, 1);
  const points = weeks.flatMap(({ studies, refused }, i) =>
    studies === 0 ? [] : [{ x: placeOf(i, weeks), y: y(refused / studies) }],
  );
  return chart(0, 1, line(points));
}

function scale(low: number, high: number): (value: number) => number {
  const room = HEIGHT - EDGE.top - EDGE.bottom;
  return (value) => Math.round(EDGE.top + room * (1 - (value - low) / (high - low)));
}

function placeOf(index: number, { length }: { readonly length: number }): number {
  const room = WIDTH - EDGE.left - EDGE.right;
  return Math.round(EDGE.left + room * (length < 2 ? 1 : index / (length - 1)));
}

function line(points: readonly { readonly x: number; readonly y: number }[]): string {
  const path = points.map(({ x, y }) => `${x},${y}`).join(" ");
  const dots = points.map(({ x, y }) => `<circle class="dot" cx="${x}" cy="${y}" r="3"/>`);
  return `<polyline class="line" points="${path}"/>${dots.join("")}`;
}

/** Two labels of the scale; the table below says the same in numbers. */
function chart(low: number, high: number, inner: string): string {
  const bottom = HEIGHT - EDGE.bottom;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
<line class="axis" x1="${EDGE.left}" y1="${bottom}" x2="${WIDTH - EDGE.right}" y2="${bottom}"/>
<text class="label" x="${EDGE.left - 6}" y="${bottom}" text-anchor="end">${low}</text>
<text class="label" x="${EDGE.left - 6}" y="${EDGE.top + 8}" text-anchor="end">${Math.round(high)}</text>
<text class="label" x="${WIDTH - EDGE.right}" y="${HEIGHT - 6}" text-anchor="end">now</text>
${inner}</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
