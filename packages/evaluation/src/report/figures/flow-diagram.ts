/**
 * The way of a hospital's cases through the study, as the flow diagram of a paper: what goes on runs
 * down, what is left out stands to the right. One drawing a hospital, so that a phone can show it.
 */
import type { Assignment, HospitalFlow } from "@malleolus/schema";
import { html, type Markup } from "../markup.ts";
import { count } from "../numbers.ts";

type Row = readonly [label: string, value: number | string];

interface Step {
  readonly title: string;
  /** What the values count, where the rows do not say it. */
  readonly unit?: string;
  readonly rows: readonly Row[];
  /** Left out on the way to the next step. */
  readonly leftOut: { readonly title: string; readonly rows: readonly Row[] } | null;
}

const WIDTH = 440;
const BOX = 212;
const SIDE = 196;
const SIDE_X = WIDTH - SIDE - 1;
const LINE = 19;
const PAD = 11;
const GAP = 26;
/** Characters that fit beside a number, at the width of a wide font. */
const LABEL_LENGTH = 20;

/** `name` puts words in the place of ids. */
export function flowDiagram(flow: HospitalFlow, name: (id: string) => string): Markup {
  const steps = stepsOf(flow, name);
  const parts: Markup[] = [];
  let y = 1;
  for (const [i, step] of steps.entries()) {
    const height = heightOf(step.rows);
    parts.push(box(1, y, BOX, step, "step"));
    const { leftOut } = step;
    const sideY = y + height + GAP / 2;
    const below = leftOut === null ? 0 : heightOf(leftOut.rows);
    if (leftOut !== null) {
      const middle = sideY + below / 2;
      parts.push(box(SIDE_X, sideY, SIDE, leftOut, "left-out"));
      parts.push(arrow(`M${1 + BOX / 2} ${middle}H${SIDE_X - 1}`, SIDE_X, middle, "right"));
    }
    const next = leftOut === null ? y + height + GAP : sideY + below + GAP / 2;
    if (i + 1 < steps.length) {
      const x = 1 + BOX / 2;
      parts.push(arrow(`M${x} ${y + height}V${next - 1}`, x, next, "down"));
    }
    y = i + 1 < steps.length ? next : Math.max(y + height, leftOut === null ? 0 : sideY + below);
  }
  return html`<svg class="flow" viewBox="0 0 ${WIDTH} ${y + 1}" style="max-width:${WIDTH}px" role="img" aria-label="Flow of cases of ${name(flow.hospital)}">${parts}</svg>`;
}

const ASSIGNMENTS: readonly (readonly [Assignment, string])[] = [
  ["preliminary training", "preliminary training"],
  ["training", "training"],
  ["tuning", "tuning"],
  ["internal test", "internal test"],
  ["external test", "external test"],
];

function stepsOf(flow: HospitalFlow, name: (id: string) => string): Step[] {
  const { screened } = flow;
  const byCode = (codes: Readonly<Record<string, number>>): Row[] =>
    Object.entries(codes)
      .filter(([, value]) => value > 0)
      .toSorted(([, a], [, b]) => b - a)
      .flatMap(([code, value]) => wrapped(name(code), value));
  const leftOut = (title: string, rows: readonly Row[]) =>
    rows.length === 0 ? null : { title, rows };
  const undecided: Row[] = flow.readUndecided === 0 ? [] : [["undecided", flow.readUndecided]];
  const assigned = ASSIGNMENTS.flatMap(([key, label]): Row[] =>
    flow.assigned[key].images === 0
      ? []
      : [[label, `${count(flow.assigned[key].patients)} / ${count(flow.assigned[key].images)}`]],
  );
  return [
    {
      title: "Imported",
      rows: [
        ["files", flow.files],
        ["radiographs", flow.images],
        ["patients", flow.patients],
        ["cases", flow.cases],
      ],
      leftOut: leftOut(
        `Excluded by keyword: ${count(screened["excluded by keyword"])}`,
        byCode(flow.excluded),
      ),
    },
    {
      title: "Screened in",
      rows: [
        ["candidate fracture", screened["candidate fracture"]],
        ["candidate no fracture", screened["candidate no fracture"]],
      ],
      leftOut: null,
    },
    {
      title: "Read by every observer",
      rows: [["cases", flow.read]],
      leftOut: leftOut(`Left out by readers: ${count(sumOf(flow.excludedByReading))}`, [
        ...byCode(flow.excludedByReading),
        ...undecided,
      ]),
    },
    {
      title: "With a class",
      rows: [
        ...Object.entries(flow.classes).map(([id, value]): Row => [name(id), value]),
        ["by agreement", flow.agreed],
        ["by adjudication", flow.adjudicated],
      ],
      leftOut: leftOut(
        `Left out by panel: ${count(sumOf(flow.excludedByReference))}`,
        byCode(flow.excludedByReference),
      ),
    },
    { title: "Annotated", rows: [["cases", flow.annotated]], leftOut: null },
    {
      title: "Assigned",
      unit: "patients / images",
      rows: assigned.length === 0 ? [["none", 0]] : assigned,
      leftOut: null,
    },
  ];
}

function sumOf(codes: Readonly<Record<string, number>>): number {
  return Object.values(codes).reduce((sum, value) => sum + value, 0);
}

function heightOf(rows: readonly Row[]): number {
  return 2 * PAD + LINE * (1 + rows.length) - 4;
}

/** A label on as many lines as it needs; the value stands at the last. */
function wrapped(label: string, value: number): Row[] {
  const lines = [""];
  for (const word of label.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (longer.length <= LABEL_LENGTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line, i) => [line, i + 1 < lines.length ? "" : value]);
}

function box(
  x: number,
  y: number,
  width: number,
  { title, unit, rows }: Pick<Step, "title" | "unit" | "rows">,
  style: "step" | "left-out",
): Markup {
  const right = x + width - PAD;
  const lines = rows.map(([label, value], i) => {
    const at = y + PAD + LINE * (i + 2) - 6;
    return html`<text class="label" x="${x + PAD}" y="${at}">${label}</text><text class="value" x="${right}" y="${at}" text-anchor="end">${typeof value === "number" ? count(value) : value}</text>`;
  });
  const top = y + PAD + LINE - 6;
  return html`<g class="${style}"><rect x="${x}" y="${y}" width="${width}" height="${heightOf(rows)}" rx="6"/><text class="title" x="${x + PAD}" y="${top}">${title}</text>${
    unit === undefined
      ? null
      : html`<text class="label" x="${right}" y="${top}" text-anchor="end">${unit}</text>`
  }${lines}</g>
`;
}

function arrow(line: string, x: number, y: number, to: "right" | "down"): Markup {
  const head =
    to === "right"
      ? `M${x - 7} ${y - 4}L${x} ${y}L${x - 7} ${y + 4}Z`
      : `M${x - 4} ${y - 7}L${x} ${y}L${x + 4} ${y - 7}Z`;
  return html`<path class="arrow" d="${line}"/><path class="head" d="${head}"/>
`;
}
