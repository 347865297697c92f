/**
 * Findings drawn over a radiograph, for a person to look at, as SVG: thin outlines, corners instead
 * of frames, small labels beside the finding, and below the image (never on it) a scale and what the
 * picture is not: a medical device's.
 */
import {
  type Box,
  boxHeight,
  boxWidth,
  type Polygon,
  scaleBox,
  simplifyPolygon,
} from "@malleolus/geometry";
import type { Finding, ImageRecord } from "@malleolus/schema";

/** What the drawing knows of the radiograph below it. */
export type OverlayGround = Pick<
  ImageRecord,
  "width" | "height" | "pixelSpacingMm" | "spacingSource"
>;

/** Told apart by readers who see red and green alike (Okabe and Ito 2008), bright on grey. */
const COLORS = ["#f0b429", "#56c2f0", "#e98bc4", "#3fd0a0"];
const NOTICE = "Research use only – not a medical device";

/** What is held to be there, beside what was found: white and dashed, without a label. */
export type TrueOutlines = readonly (readonly Polygon[])[];

/** Of what is sure, and of what is in doubt. */
export type FindingLine = "solid" | "dotted";

/** All that is drawn over the radiograph, in pixels of the picture. */
export function overlaySvg(
  image: OverlayGround,
  findings: readonly Finding[],
  classes: readonly string[],
  truths: TrueOutlines = [],
  sentence: string | null = null,
  style: FindingLine = "solid",
): string {
  const layout = overlayLayout(image, sentence);
  const colorOf = ({ class: name }: Finding) =>
    COLORS[Math.max(0, classes.indexOf(name)) % COLORS.length];
  // The surest finding comes last, above the others; its label chooses its place first.
  const shapes = findings.map((finding) => drawFinding(finding, colorOf(finding), layout, style));
  const boxes = findings.map(({ box }) => scaleBox(box, layout.scale, layout.scale));
  const taken: Box[] = [];
  const labels = findings.map((finding, i) => {
    const others = boxes.filter((_, other) => other !== i);
    return label(labelText(finding), colorOf(finding), boxes[i], layout, taken, others);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${layout.width}" height="${layout.height + layout.footer}" font-family="DejaVu Sans, sans-serif" font-size="${layout.text}">
${[...truths.map((truth) => drawTruth(truth, layout)), ...shapes.reverse(), ...labels].join("\n")}
${sentence === null ? "" : sentenceText(sentence, layout)}${footer(image, layout)}
</svg>`;
}

export interface OverlayLayout {
  /** Pixels of the picture per pixel of the radiograph. */
  readonly scale: number;
  /** Of the radiograph in the picture. */
  readonly width: number;
  readonly height: number;
  /** Height of the strip below. */
  readonly footer: number;
  readonly text: number;
  readonly stroke: number;
}

/**
 * A small radiograph is enlarged, so that letters and lines stay fine beside it. A sentence below
 * takes a row of its own.
 */
export function overlayLayout(
  { width, height }: Pick<OverlayGround, "width" | "height">,
  sentence: string | null,
): OverlayLayout {
  const scale = Math.max(1, Math.ceil(800 / Math.max(width, height)));
  const size = Math.min(Math.max(width, height) * scale, 2.2 * Math.min(width, height) * scale);
  const text = Math.round(Math.min(Math.max(size / 70, 12), 40));
  return {
    scale,
    width: width * scale,
    height: height * scale,
    footer: Math.round(text * (sentence === null ? 2.4 : 4.2)),
    text,
    stroke: Math.max(1.25, text / 10),
  };
}

function drawFinding(
  { box, polygons }: Finding,
  color: string,
  layout: OverlayLayout,
  style: FindingLine,
): string {
  const { scale, stroke } = layout;
  const outlines = polygons.map((polygon) => outlinePath(polygon, scale)).join("");
  return [
    `<path d="${outlines}" fill="${color}" fill-opacity="0.14" fill-rule="evenodd"/>`,
    line(outlines, color, stroke, style),
    line(corners(scaleBox(box, scale, scale)), color, stroke, style),
  ].join("\n");
}

function drawTruth(polygons: readonly Polygon[], { scale, stroke }: OverlayLayout): string {
  const outlines = polygons.map((polygon) => outlinePath(polygon, scale)).join("");
  const dashes = `stroke-dasharray="${round(stroke * 4)} ${round(stroke * 3)}"`;
  return `<path d="${outlines}" fill="none" stroke="#fff" stroke-width="${stroke}" ${dashes}/>`;
}

/** With a dark rim, so that it also shows on a bright ground. */
function line(path: string, color: string, width: number, style: FindingLine): string {
  const rim = `stroke="#000" stroke-opacity="0.45" stroke-width="${round(width * 2)}"`;
  const dots =
    style === "solid" ? "" : ` stroke-linecap="round" stroke-dasharray="0 ${round(width * 3)}"`;
  return (
    `<path d="${path}" fill="none" stroke-linejoin="round"${dots} ${rim}/>` +
    `<path d="${path}" fill="none" stroke-linejoin="round"${dots} stroke="${color}" stroke-width="${width}"/>`
  );
}

/** The stairs of pixel borders, smoothed away by a pixel. */
function outlinePath(polygon: Polygon, scale: number): string {
  const points = simplifyPolygon(polygon, 0.9).map((value) => round(value * scale));
  const pairs: string[] = [];
  for (let i = 0; i < points.length; i += 2) pairs.push(`${points[i]} ${points[i + 1]}`);
  return `M${pairs.join("L")}Z`;
}

/** A quarter of each side at each corner, at most 26 pixels. */
function corners(box: Box): string {
  const [x1, y1, x2, y2] = box.map(round);
  const across = round(Math.min(boxWidth(box) / 4, 26));
  const down = round(Math.min(boxHeight(box) / 4, 26));
  return [
    `M${x1} ${round(y1 + down)}V${y1}H${round(x1 + across)}`,
    `M${round(x2 - across)} ${y1}H${x2}V${round(y1 + down)}`,
    `M${x2} ${round(y2 - down)}V${y2}H${round(x2 - across)}`,
    `M${round(x1 + across)} ${y2}H${x1}V${round(y2 - down)}`,
  ].join("");
}

/** `weber_b 0.83 · 12 mm`; where the class is one of several, `fracture 0.83, weber_b 0.71 · 12 mm`. */
function labelText({ class: name, score, probabilities = {}, lengthMm }: Finding): string {
  const length = lengthMm === null ? "" : ` · ${Math.round(lengthMm)} mm`;
  const own = probabilities[name] ?? 1;
  const what =
    own === 1
      ? `${name} ${score.toFixed(2)}`
      : `fracture ${score.toFixed(2)}, ${name} ${own.toFixed(2)}`;
  return `${what}${length}`;
}

/** Beside the box, where the picture has room, no other label is and, if possible, no finding. */
function label(
  text: string,
  color: string,
  box: Box,
  layout: OverlayLayout,
  taken: Box[],
  others: readonly Box[],
): string {
  const width = (widthOf(text) + 0.8) * layout.text;
  const height = layout.text * 1.5;
  const gap = layout.text * 0.4;
  const [x1, y1, x2, y2] = box;
  const left = Math.min(Math.max(x1, 0), layout.width - width);
  const places: readonly (readonly [x: number, y: number])[] = [
    [left, y1 - gap - height],
    [left, y2 + gap],
    [x2 + gap, y1],
    [x1 - gap - width, y1],
    [x2 + gap, y2 - height],
    [x1 - gap - width, y2 - height],
    // Where many crowd together: rows further down, then further up.
    ...[1, 2, 3, 4, 5, 6].map((row) => [left, y2 + gap + row * height] as const),
    ...[1, 2, 3, 4, 5, 6].map((row) => [left, y1 - gap - (row + 1) * height] as const),
  ];
  const placed = places.map(([x, y]): Box => [x, y, x + width, y + height]);
  const isClear = (place: Box, of: readonly Box[]) => of.every((other) => !overlap(place, other));
  const free = placed.filter(
    (place) =>
      place[0] >= 0 &&
      place[1] >= 0 &&
      place[2] <= layout.width &&
      place[3] <= layout.height &&
      isClear(place, taken),
  );
  const lowest = layout.height - height;
  const [x, y] = free.find((place) => isClear(place, others)) ??
    free[0] ?? [left, Math.max(0, Math.min(y1, lowest))];
  taken.push([x, y, x + width, y + height]);
  return [
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2" fill="#000" fill-opacity="0.65"/>`,
    `<text x="${round(x + layout.text * 0.4)}" y="${round(y + layout.text * 1.1)}" fill="${color}">${escapeXml(text)}</text>`,
  ].join("\n");
}

/** In letters' heights, as DejaVu Sans has them; rather too wide than too narrow. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[ .,'|fijlrt]/.test(letter) ? 0.42 : 0.66), 0);
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** The first row below the image. */
function sentenceText(sentence: string, { height, text }: OverlayLayout): string {
  const baseline = round(height + text * 1.56);
  return `<text x="${text}" y="${baseline}" fill="#ffffff">${escapeXml(sentence)}</text>\n`;
}

function footer(image: OverlayGround, layout: OverlayLayout): string {
  const baseline = round(layout.height + layout.footer - layout.text * 0.84);
  const margin = layout.text;
  const notice = `<text x="${layout.width - margin}" y="${baseline}" text-anchor="end" fill="#c8c8c8">${NOTICE}</text>`;
  return `${scaleBar(image, layout, margin, baseline)}\n${notice}`;
}

/** The longest round length that fits into a fifth of the width. */
function scaleBar(
  { pixelSpacingMm, spacingSource }: OverlayGround,
  layout: OverlayLayout,
  x: number,
  baseline: number,
): string {
  if (pixelSpacingMm === null || spacingSource === "none") {
    return `<text x="${x}" y="${baseline}" fill="#8c8c8c">no scale</text>`;
  }
  const [, columnMm] = pixelSpacingMm;
  const roomMm = (layout.width / 5 / layout.scale) * columnMm;
  const lengthMm = [100, 50, 20, 10, 5, 2, 1].find((length) => length <= roomMm) ?? 1;
  const end = round(x + (lengthMm / columnMm) * layout.scale);
  const tick = round(layout.text * 0.35);
  const y = round(baseline - layout.text * 0.35);
  const where = spacingSource === "at detector" ? " at detector" : "";
  return [
    `<path d="M${x} ${y - tick}V${y + tick}M${x} ${y}H${end}M${end} ${y - tick}V${y + tick}" fill="none" stroke="#e8e8e8" stroke-width="${layout.stroke}"/>`,
    `<text x="${round(end + layout.text * 0.6)}" y="${baseline}" fill="#e8e8e8">${lengthMm} mm${where}</text>`,
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
