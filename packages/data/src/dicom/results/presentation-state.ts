/**
 * Findings as a Grayscale Softcopy Presentation State (PS3.3 A.33.1): outlines and words that a viewer
 * draws over the radiograph as it is stored. Old viewers show it where they know no segmentation.
 *
 * It repeats how the radiograph's values are displayed, as the standard asks: what it leaves out would
 * not be applied.
 */
import type { Finding } from "@malleolus/schema";
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { boxPoints, closedPoints } from "./outline-points.ts";
import {
  type Analysis,
  lateralityElements,
  NOTICE,
  resultInstance,
  resultSeries,
  sopReference,
  writeResult,
} from "./result-object.ts";
import type { ResultSource } from "./result-source.ts";

const LAYER = "FINDINGS";
/** Of the height of the image, for a row of words. */
const ROW_SHARE = 1 / 40;

/**
 * The object's file; null for a picture in colour. `sentence` stands below the notice: what is held of the
 * patient, say.
 */
export function presentationStateFile(
  analysis: Analysis,
  source: ResultSource,
  findings: readonly Finding[],
  sentence: string | null,
): Uint8Array | null {
  if (source.isColor) return null;
  return writeResult({
    kind: "presentation",
    analysis,
    source,
    series: resultSeries(analysis, "presentation", source),
    instance: resultInstance(analysis, "presentation", source),
    elements: [
      ...lateralityElements(source),
      ...source.modalityTransform,
      [0x00081115, { vr: "SQ", value: [referencedSeries(source)] }],
      ...(source.window.length === 0
        ? []
        : [
            [0x00283110, { vr: "SQ", value: [new Map(source.window)] }] satisfies [
              number,
              ElementValue,
            ],
          ]),
      [0x00700001, { vr: "SQ", value: [annotation(source, findings, sentence)] }],
      [0x0070005a, { vr: "SQ", value: [displayedArea(source)] }],
      [0x00700060, { vr: "SQ", value: [layer()] }],
      [0x00700080, { vr: "CS", value: "FRACTURES" }],
      [0x00700081, { vr: "LO", value: NOTICE }],
      [0x00700082, { vr: "DA", value: source.date }],
      [0x00700083, { vr: "TM", value: source.time }],
      [0x00700084, { vr: "PN", value: "" }],
      [0x20500020, { vr: "CS", value: source.inverse ? "INVERSE" : "IDENTITY" }],
    ],
  });
}

function annotation(
  source: ResultSource,
  findings: readonly Finding[],
  sentence: string | null,
): DataSet {
  const graphics = findings.flatMap(({ box, polygons }) => [
    ...polygons.map((polygon) => polyline(closedPoints(polygon))),
    polyline(boxPoints(box)),
  ]);
  const row = source.height * ROW_SHARE;
  const below = [NOTICE, ...(sentence === null ? [] : [sentence])];
  const texts = [
    ...below.map((text, i) => textBox(text, [0, i * row, source.width, (i + 1) * row])),
    ...findings.map((finding) => label(finding, source, row)),
  ];
  return new Map<number, ElementValue>([
    [0x00081140, { vr: "SQ", value: [sopReference(source)] }],
    [0x00700002, { vr: "CS", value: LAYER }],
    [0x00700008, { vr: "SQ", value: texts }],
    ...(graphics.length === 0
      ? []
      : [[0x00700009, { vr: "SQ", value: graphics }] satisfies [number, ElementValue]]),
  ]);
}

function polyline(points: readonly number[]): DataSet {
  return new Map<number, ElementValue>([
    [0x00700005, { vr: "CS", value: "PIXEL" }],
    [0x00700020, { vr: "US", value: 2 }],
    [0x00700021, { vr: "US", value: points.length / 2 }],
    [0x00700022, { vr: "FL", value: points }],
    [0x00700023, { vr: "CS", value: "POLYLINE" }],
    [0x00700024, { vr: "CS", value: "N" }],
  ]);
}

/** Above the finding's box, or below it where it begins at the image's edge. */
function label({ class: name, score, box }: Finding, { width, height }: ResultSource, row: number) {
  const [x1, y1, , y2] = box;
  const top = y1 >= row ? y1 - row : Math.min(y2, height - row);
  return textBox(`${name} ${score.toFixed(2)}`, [x1, top, width, top + row]);
}

function textBox(
  text: string,
  [x1, y1, x2, y2]: readonly [x1: number, y1: number, x2: number, y2: number],
): DataSet {
  return new Map<number, ElementValue>([
    [0x00700003, { vr: "CS", value: "PIXEL" }],
    [0x00700006, { vr: "ST", value: text }],
    [0x00700010, { vr: "FL", value: [x1, y1] }],
    [0x00700011, { vr: "FL", value: [x2, y2] }],
    [0x00700012, { vr: "CS", value: "LEFT" }],
  ]);
}

function layer(): DataSet {
  return new Map<number, ElementValue>([
    [0x00700002, { vr: "CS", value: LAYER }],
    [0x00700062, { vr: "IS", value: "1" }],
    [0x00700066, { vr: "US", value: 0xffff }],
    [0x00700068, { vr: "LO", value: NOTICE }],
  ]);
}

/** All of it, as large as fits. */
function displayedArea(source: ResultSource): DataSet {
  return new Map<number, ElementValue>([
    [0x00081140, { vr: "SQ", value: [sopReference(source)] }],
    [0x00700052, { vr: "SL", value: [1, 1] }],
    [0x00700053, { vr: "SL", value: [source.width, source.height] }],
    [0x00700100, { vr: "CS", value: "SCALE TO FIT" }],
    [0x00700102, { vr: "IS", value: ["1", "1"] }],
  ]);
}

function referencedSeries(source: ResultSource): DataSet {
  return new Map<number, ElementValue>([
    [0x00081140, { vr: "SQ", value: [sopReference(source)] }],
    [0x0020000e, { vr: "UI", value: source.series }],
  ]);
}
