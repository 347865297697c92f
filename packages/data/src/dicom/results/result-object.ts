/**
 * What all result objects share: whose they are, what made them, how they are called, and that they are
 * for research only. Each kind of object is a file beside this one.
 *
 * UIDs follow from the radiographs, the model and the kind of object: a repeated analysis makes the same
 * object, and another model, threshold or set of views makes another.
 */
import { createHash } from "node:crypto";
import { parseDataSet } from "../data-set.ts";
import { hashUid } from "../hash-uid.ts";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "../write/data-set.ts";
import { CODES, codeSequence } from "./code.ts";
import type { Elements, ResultSource } from "./result-source.ts";

/** What found something: it decides the UIDs of results, with the radiographs. */
export interface ResultModel {
  /** `Malleolus detector`, say: at most 64 letters. */
  readonly name: string;
  /** Of the software. */
  readonly version: string;
  /** Of the detector's file, in hexadecimal: which weights. */
  readonly sha256: string;
  /** All else that findings depend on: `score threshold 0.5`. */
  readonly settings: readonly string[];
}

/** An analysis: the model, and all radiographs that it looked at together. */
export interface Analysis {
  readonly model: ResultModel;
  readonly sources: readonly ResultSource[];
}

export const MANUFACTURER = "Malleolus";
export const NOTICE = "Research use only, not a medical device";

export const RESULT_KINDS = {
  segmentation: {
    sopClass: "1.2.840.10008.5.1.4.1.1.66.4",
    modality: "SEG",
    seriesNumber: 9101,
    what: "segmentation",
  },
  report: {
    sopClass: "1.2.840.10008.5.1.4.1.1.88.34",
    modality: "SR",
    seriesNumber: 9102,
    what: "report",
  },
  presentation: {
    sopClass: "1.2.840.10008.5.1.4.1.1.11.1",
    modality: "PR",
    seriesNumber: 9103,
    what: "presentation",
  },
  picture: {
    sopClass: "1.2.840.10008.5.1.4.1.1.7",
    modality: "OT",
    seriesNumber: 9104,
    what: "picture",
  },
} as const;
export type ResultKind = keyof typeof RESULT_KINDS;

/**
 * The UID of a part of an analysis: the kind of object and whatever tells it from others of the kind.
 */
export function resultUid({ model, sources }: Analysis, ...words: readonly string[]): string {
  const examined = sources.map(({ sopInstance }) => sopInstance).toSorted();
  return derivedUid(
    model.sha256,
    model.version,
    ...model.settings,
    "of",
    ...examined,
    "is",
    ...words,
  );
}

/** The UID that stands for a model, whatever it looks at: as an observer's in a report. */
export function modelUid({ sha256, version, settings }: ResultModel): string {
  return derivedUid(sha256, version, ...settings, "itself");
}

function derivedUid(...words: readonly string[]): string {
  return hashUid(
    createHash("sha256")
      .update(["malleolus result", ...words].join("\0"))
      .digest(),
  );
}

/** The series of a kind's objects beside a source's series. */
export function resultSeries(analysis: Analysis, kind: ResultKind, source: ResultSource): string {
  const { model } = analysis;
  return derivedUid(model.sha256, model.version, ...model.settings, kind, "beside", source.series);
}

/** The object of a kind that speaks of one radiograph. */
export function resultInstance(analysis: Analysis, kind: ResultKind, source: ResultSource): string {
  return resultUid(analysis, kind, source.sopInstance);
}

/** UIDs of an object, and its own elements. */
export interface ResultObject {
  readonly kind: ResultKind;
  readonly analysis: Analysis;
  /** Whose patient and study it takes. */
  readonly source: ResultSource;
  readonly series: string;
  readonly instance: string;
  readonly elements: Elements;
}

/** The bytes of a file: the modules that all have, and its own. */
export function writeResult(object: ResultObject): Uint8Array {
  const { kind, analysis, source, series, instance, elements } = object;
  const { sopClass, modality, seriesNumber, what } = RESULT_KINDS[kind];
  const { model } = analysis;
  const dataSet = new Map<number, ElementValue>([
    ...source.patientAndStudy,
    [0x00080005, { vr: "CS", value: "ISO_IR 192" }],
    [0x00080016, { vr: "UI", value: sopClass }],
    [0x00080018, { vr: "UI", value: instance }],
    [0x00080021, { vr: "DA", value: source.date }],
    [0x00080031, { vr: "TM", value: source.time }],
    [0x00080060, { vr: "CS", value: modality }],
    [0x00080070, { vr: "LO", value: MANUFACTURER }],
    [0x0008103e, { vr: "LO", value: `Malleolus ${what}: ${NOTICE}` }],
    [0x00081090, { vr: "LO", value: model.name }],
    // Which weights: there is no other number of the device.
    [0x00181000, { vr: "LO", value: model.sha256 }],
    [0x00181020, { vr: "LO", value: [model.version, ...model.settings] }],
    [0x0020000e, { vr: "UI", value: series }],
    [0x00200011, { vr: "IS", value: String(seriesNumber) }],
    [0x00200013, { vr: "IS", value: source.instanceNumber }],
    ...elements,
  ]);
  return writeDicomFile(dataSet, {
    sopClass,
    sopInstance: instance,
    transferSyntax: TRANSFER_SYNTAX.none,
  });
}

/** How an image lies, and which part of the body it shows, as in its radiograph. */
export function orientationElements(source: ResultSource): Elements {
  const { patientOrientation, bodyPart } = source;
  return [
    [0x00200020, { vr: "CS", value: patientOrientation }],
    ...(bodyPart === null
      ? []
      : [[0x00180015, { vr: "CS", value: bodyPart }] satisfies [number, ElementValue]]),
  ];
}

/** Which of a pair a series shows, where the standard has a place for it; empty where nobody said it. */
export function lateralityElements({ laterality }: ResultSource): Elements {
  return [[0x00200060, { vr: "CS", value: laterality ?? "" }]];
}

/**
 * Whether a DICOM file is one of these: then it is no radiograph to look at, and may be written anew.
 *
 * @throws DataError `damaged` or `unknown-format` where it is no DICOM file that can be read.
 */
export function isResultObject(bytes: Uint8Array, where: string): boolean {
  const attributes = parseDataSet(bytes, where);
  const sopClass = attributes.text("x00080016");
  return (
    attributes.text("x00080070") === MANUFACTURER &&
    Object.values(RESULT_KINDS).some((kind) => kind.sopClass === sopClass)
  );
}

/** Whether a file whose beginning this is may be one: its meta information names the SOP class. */
export function mayBeResultObject(beginning: Uint8Array): boolean {
  const text = Buffer.from(beginning).toString("latin1");
  return Object.values(RESULT_KINDS).some(({ sopClass }) => text.includes(sopClass));
}

/** SOP class and instance, as references name them. */
export function sopReference({ sopClass, sopInstance }: ResultSource): Map<number, ElementValue> {
  return new Map([
    [0x00081150, { vr: "UI", value: sopClass }],
    [0x00081155, { vr: "UI", value: sopInstance }],
  ]);
}

/** Source Image Sequence: the radiograph that an image was made from, and whether its pixels lie on it. */
export function sourceImages(source: ResultSource, pixelsLieOnIt: "YES" | "NO"): ElementValue {
  const item = sopReference(source);
  item.set(0x0028135a, { vr: "CS", value: pixelsLieOnIt });
  item.set(0x0040a170, codeSequence(CODES.sourceImage));
  return { vr: "SQ", value: [item] };
}

/** The items of an Algorithm Identification macro (PS3.3 table 10-19). */
export function algorithmItem({ name, version, sha256, settings }: ResultModel): DataSet {
  return new Map<number, ElementValue>([
    [0x00240202, { vr: "LO", value: MANUFACTURER }],
    [0x0066002f, codeSequence(CODES.algorithmFamily)],
    [0x00660031, { vr: "LO", value: version }],
    [0x00660032, { vr: "LT", value: parametersOf({ sha256, settings }).join("; ") }],
    [0x00660036, { vr: "LO", value: name }],
  ]);
}

/** What an algorithm's parameters are, one a text: which weights, which settings, and for what use. */
export function parametersOf({
  sha256,
  settings,
}: Pick<ResultModel, "sha256" | "settings">): string[] {
  return [`weights ${sha256}`, ...settings, NOTICE];
}

/** What one finding is called in every object of an analysis: `Finding 2`, and its UID. */
export function findingTracking(
  analysis: Analysis,
  source: ResultSource,
  index: number,
): { readonly identifier: string; readonly uid: string } {
  return {
    identifier: `Finding ${index + 1}`,
    uid: resultUid(analysis, "finding", source.sopInstance, String(index)),
  };
}
