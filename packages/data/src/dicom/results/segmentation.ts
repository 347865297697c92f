/**
 * Findings as a DICOM Segmentation (PS3.3 A.51) of a projection radiograph: a bit a pixel, a segment a
 * finding. It has no frame of reference, no pixel measures and no planes, since its radiograph has none:
 * frames lie on the radiograph's own pixels.
 */
import { fillOutlines, type Mask } from "@malleolus/geometry";
import type { Finding } from "@malleolus/schema";
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { CODES, codeSequence } from "./code.ts";
import {
  type Analysis,
  algorithmItem,
  findingTracking,
  NOTICE,
  orientationElements,
  resultInstance,
  resultSeries,
  resultUid,
  sopReference,
  sourceImages,
  writeResult,
} from "./result-object.ts";
import type { Elements, ResultSource } from "./result-source.ts";

const REFERENCED_SEGMENT = 0x0062000b;
const SEGMENT_IDENTIFICATION = 0x0062000a;

/** One segment: its item of the segment sequence, and where it lies. */
export interface Segment {
  readonly item: DataSet;
  readonly mask: Mask;
}

/** The object's file; null where no finding has an outline: a segmentation without segments is none. */
export function segmentationFile(
  analysis: Analysis,
  source: ResultSource,
  findings: readonly Finding[],
): Uint8Array | null {
  const outlined = findings
    .map((finding, index) => ({ finding, index }))
    .filter(({ finding }) => finding.polygons.length > 0);
  const segments = outlined.map(({ finding, index }, i) => ({
    item: segmentItem(analysis, source, finding, index, i + 1),
    mask: fillOutlines(finding.polygons, source.width, source.height),
  }));
  return writeSegmentation(analysis, source, segments, { label: "FRACTURES", creator: "" });
}

/** A file of these segments, of which the frames are told apart by nothing else; null without one. */
export function writeSegmentation(
  analysis: Analysis,
  source: ResultSource,
  segments: readonly Segment[],
  content: {
    /** A code string: capitals. */
    readonly label: string;
    /** Whoever has drawn it; empty for a model. */
    readonly creator: string;
    readonly more?: Elements;
  },
): Uint8Array | null {
  if (segments.length === 0) return null;
  const masks = segments.map(({ mask }) => mask);
  return writeResult({
    kind: "segmentation",
    analysis,
    source,
    series: resultSeries(analysis, "segmentation", source),
    instance: resultInstance(analysis, "segmentation", source),
    elements: [
      ...imageElements(source, masks),
      [0x00209221, { vr: "SQ", value: [organizationItem(analysis, source)] }],
      [0x00209222, { vr: "SQ", value: [segmentDimension(analysis, source)] }],
      [0x00620001, { vr: "CS", value: "BINARY" }],
      [0x00620002, { vr: "SQ", value: segments.map(({ item }) => item) }],
      [0x00620013, { vr: "CS", value: overlap(masks) ? "YES" : "NO" }],
      [0x00700080, { vr: "CS", value: content.label }],
      [0x00700081, { vr: "LO", value: NOTICE }],
      [0x00700084, { vr: "PN", value: content.creator }],
      [0x00081115, { vr: "SQ", value: [referencedSeries(source)] }],
      [0x52009229, { vr: "SQ", value: [new Map()] }],
      [0x52009230, { vr: "SQ", value: masks.map((_, i) => frameItem(source, i + 1)) }],
      ...(content.more ?? []),
    ],
  });
}

function imageElements(source: ResultSource, masks: readonly Mask[]): Elements {
  const { width, height, date, time } = source;
  return [
    ...orientationElements(source),
    [0x00080008, { vr: "CS", value: ["DERIVED", "PRIMARY"] }],
    [0x00080023, { vr: "DA", value: date }],
    [0x00080033, { vr: "TM", value: time }],
    [0x00082112, { vr: "SQ", value: [sopReference(source)] }],
    [0x00280002, { vr: "US", value: 1 }],
    [0x00280004, { vr: "CS", value: "MONOCHROME2" }],
    [0x00280008, { vr: "IS", value: String(masks.length) }],
    [0x00280010, { vr: "US", value: height }],
    [0x00280011, { vr: "US", value: width }],
    [0x00280100, { vr: "US", value: 1 }],
    [0x00280101, { vr: "US", value: 1 }],
    [0x00280102, { vr: "US", value: 0 }],
    [0x00280103, { vr: "US", value: 0 }],
    [0x00282110, { vr: "CS", value: "00" }],
    [0x20500020, { vr: "CS", value: "IDENTITY" }],
    [0x7fe00010, { vr: "OB", value: packBits(masks) }],
  ];
}

function segmentItem(
  analysis: Analysis,
  source: ResultSource,
  finding: Finding,
  index: number,
  number: number,
): DataSet {
  const tracking = findingTracking(analysis, source, index);
  return new Map<number, ElementValue>([
    [0x00082218, codeSequence(CODES.ankle)],
    [0x00620003, codeSequence(CODES.abnormal)],
    [0x00620004, { vr: "US", value: number }],
    [0x00620005, { vr: "LO", value: `${tracking.identifier}: ${finding.class}`.slice(0, 64) }],
    [
      0x00620006,
      { vr: "ST", value: `${finding.class}, score ${finding.score.toFixed(3)}. ${NOTICE}` },
    ],
    [0x00620007, { vr: "SQ", value: [algorithmItem(analysis.model)] }],
    [0x00620008, { vr: "CS", value: "AUTOMATIC" }],
    [0x00620009, { vr: "LO", value: analysis.model.name }],
    [0x0062000f, codeSequence(CODES.fracture)],
    [0x00620020, { vr: "UT", value: tracking.identifier }],
    [0x00620021, { vr: "UI", value: tracking.uid }],
  ]);
}

function organizationItem(analysis: Analysis, source: ResultSource): Map<number, ElementValue> {
  const uid = resultUid(analysis, "segmentation", source.sopInstance, "dimensions");
  return new Map([[0x00209164, { vr: "UI", value: uid }]]);
}

/** Frames are told apart by their segment and by nothing else. */
function segmentDimension(analysis: Analysis, source: ResultSource): DataSet {
  return new Map<number, ElementValue>([
    ...organizationItem(analysis, source),
    [0x00209165, { vr: "AT", value: REFERENCED_SEGMENT }],
    [0x00209167, { vr: "AT", value: SEGMENT_IDENTIFICATION }],
    [0x00209421, { vr: "LO", value: "Referenced Segment Number" }],
  ]);
}

function frameItem(source: ResultSource, segment: number): DataSet {
  const derivation = new Map<number, ElementValue>([
    [0x00082112, sourceImages(source, "YES")],
    [0x00089215, codeSequence(CODES.segmentation)],
  ]);
  const content = new Map<number, ElementValue>([[0x00209157, { vr: "UL", value: segment }]]);
  const identification = new Map<number, ElementValue>([
    [REFERENCED_SEGMENT, { vr: "US", value: segment }],
  ]);
  return new Map<number, ElementValue>([
    [0x00089124, { vr: "SQ", value: [derivation] }],
    [0x00209111, { vr: "SQ", value: [content] }],
    [SEGMENT_IDENTIFICATION, { vr: "SQ", value: [identification] }],
  ]);
}

/** Common Instance Reference: where the radiograph is. */
function referencedSeries(source: ResultSource): DataSet {
  return new Map<number, ElementValue>([
    [0x0008114a, { vr: "SQ", value: [sopReference(source)] }],
    [0x0020000e, { vr: "UI", value: source.series }],
  ]);
}

/** Bits of all frames, one after another without gaps, the first pixel in the lowest bit. */
export function packBits(masks: readonly Mask[]): Uint8Array {
  const count = masks.reduce((sum, { data }) => sum + data.length, 0);
  const bits = new Uint8Array(Math.ceil(count / 8));
  let frame = 0;
  for (const { data } of masks) {
    const [from, to] = setPixels(data);
    // By index: over a mask's values or entries it takes several times as long.
    for (let i = from; i < to; i++) {
      if (data[i] === 1) bits[(frame + i) >> 3] |= 1 << ((frame + i) & 7);
    }
    frame += data.length;
  }
  return bits;
}

/** From the first that is set to behind the last one: most findings are small in their radiograph. */
function setPixels(data: Uint8Array): [from: number, to: number] {
  const from = data.indexOf(1);
  return from < 0 ? [0, 0] : [from, data.lastIndexOf(1) + 1];
}

function overlap(masks: readonly Mask[]): boolean {
  const [first, ...others] = masks;
  const union = first.data.slice();
  for (const { data } of others) {
    const [from, to] = setPixels(data);
    for (let i = from; i < to; i++) {
      if (data[i] === 0) continue;
      if (union[i] === 1) return true;
      union[i] = 1;
    }
  }
  return false;
}
