/**
 * A small radiograph and what was found on it, for the tests of result objects and for the generator of
 * their golden files. Nobody's: patient, numbers and pixels are invented here.
 */
import type { Finding, PatientAnswer } from "@malleolus/schema";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "../write/data-set.ts";
import type { Analysis, ResultModel } from "./result-object.ts";
import { readResultSource } from "./result-source.ts";

export const WIDTH = 48;
export const HEIGHT = 40;

export type Changes = Readonly<Record<number, ElementValue | null>>;

/** A radiograph for presentation (DX); `changes` replaces elements, or leaves them out. */
export function testRadiograph(changes: Changes = {}): Uint8Array {
  const pixels = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 37) % 4096);
  const elements = new Map<number, ElementValue>([
    ...patientAndStudy,
    ...imageElements,
    [0x7fe00010, { vr: "OW", value: new Uint8Array(pixels.buffer) }],
  ]);
  for (const [tag, element] of Object.entries(changes)) {
    if (element === null) elements.delete(Number(tag));
    else elements.set(Number(tag), element);
  }
  return writeDicomFile(elements, {
    sopClass: "1.2.840.10008.5.1.4.1.1.1.1",
    sopInstance: "1.3.99.5.1",
    transferSyntax: TRANSFER_SYNTAX.none,
  });
}

const code = (value: string, scheme: string, meaning: string): DataSet =>
  new Map<number, ElementValue>([
    [0x00080100, { vr: "SH", value }],
    [0x00080102, { vr: "SH", value: scheme }],
    [0x00080104, { vr: "LO", value: meaning }],
  ]);

const patientAndStudy: readonly (readonly [number, ElementValue])[] = [
  [0x00080020, { vr: "DA", value: "20250301" }],
  [0x00080030, { vr: "TM", value: "101500" }],
  [0x00080050, { vr: "SH", value: "A-77" }],
  [0x00080090, { vr: "PN", value: "" }],
  [0x00081030, { vr: "LO", value: "Ankle" }],
  [0x00081032, { vr: "SQ", value: [code("XAN3", "99HOSPITAL", "Ankle, three views")] }],
  [0x00100010, { vr: "PN", value: "Föhn^Ève" }],
  [0x00100020, { vr: "LO", value: "P-5" }],
  [0x00100030, { vr: "DA", value: "19700101" }],
  [0x00100040, { vr: "CS", value: "F" }],
  [0x00101010, { vr: "AS", value: "055Y" }],
  [0x0020000d, { vr: "UI", value: "1.3.99.5" }],
  [0x00200010, { vr: "SH", value: "77" }],
];

const imageElements: readonly (readonly [number, ElementValue])[] = [
  [0x00080005, { vr: "CS", value: "ISO_IR 192" }],
  [0x00080008, { vr: "CS", value: ["ORIGINAL", "PRIMARY"] }],
  [0x00080016, { vr: "UI", value: "1.2.840.10008.5.1.4.1.1.1.1" }],
  [0x00080018, { vr: "UI", value: "1.3.99.5.1" }],
  [0x00080021, { vr: "DA", value: "20250301" }],
  [0x00080022, { vr: "DA", value: "20250301" }],
  [0x00080023, { vr: "DA", value: "20250301" }],
  [0x00080031, { vr: "TM", value: "101600" }],
  [0x00080032, { vr: "TM", value: "101600" }],
  [0x00080033, { vr: "TM", value: "101630" }],
  [0x00080060, { vr: "CS", value: "DX" }],
  [0x00080068, { vr: "CS", value: "FOR PRESENTATION" }],
  [0x00080070, { vr: "LO", value: "Nobody" }],
  [0x00082218, { vr: "SQ", value: [code("70258002", "SCT", "Ankle joint")] }],
  [0x00180015, { vr: "CS", value: "ANKLE" }],
  [0x00181164, { vr: "DS", value: ["0.15", "0.15"] }],
  [0x00181508, { vr: "CS", value: "" }],
  [0x00187004, { vr: "CS", value: "DIRECT" }],
  [0x0020000e, { vr: "UI", value: "1.3.99.5.2" }],
  [0x00200011, { vr: "IS", value: "1" }],
  [0x00200013, { vr: "IS", value: "3" }],
  [0x00200020, { vr: "CS", value: ["L", "F"] }],
  [0x00200062, { vr: "CS", value: "R" }],
  [0x00280002, { vr: "US", value: 1 }],
  [0x00280004, { vr: "CS", value: "MONOCHROME2" }],
  [0x00280010, { vr: "US", value: HEIGHT }],
  [0x00280011, { vr: "US", value: WIDTH }],
  [0x00280100, { vr: "US", value: 16 }],
  [0x00280101, { vr: "US", value: 12 }],
  [0x00280102, { vr: "US", value: 11 }],
  [0x00280103, { vr: "US", value: 0 }],
  [0x00280301, { vr: "CS", value: "NO" }],
  [0x00281040, { vr: "CS", value: "LOG" }],
  [0x00281041, { vr: "SS", value: -1 }],
  [0x00281050, { vr: "DS", value: "2048" }],
  [0x00281051, { vr: "DS", value: "4096" }],
  [0x00281052, { vr: "DS", value: "0" }],
  [0x00281053, { vr: "DS", value: "1" }],
  [0x00281054, { vr: "LO", value: "US" }],
  [0x00282110, { vr: "CS", value: "00" }],
  [0x00400555, { vr: "SQ", value: [] }],
  [
    0x00540220,
    {
      vr: "SQ",
      value: [
        new Map<number, ElementValue>([
          ...code("399348003", "SCT", "antero-posterior"),
          [0x00540222, { vr: "SQ", value: [] }],
        ]),
      ],
    },
  ],
  [0x20500020, { vr: "CS", value: "IDENTITY" }],
];

export const testModel: ResultModel = {
  name: "Malleolus detector",
  version: "0.1.0",
  sha256: "ab".repeat(32),
  settings: ["score threshold 0.5", "prevalence 0.25"],
};

/** One with a hole, one that overlaps it. */
export const testFindings: readonly Finding[] = [
  {
    class: "weber_b",
    score: 0.875,
    probabilities: { weber_a: 0.125, weber_b: 0.875 },
    box: [8, 6, 20, 18],
    polygons: [
      [8, 6, 20, 6, 20, 18, 8, 18],
      [12, 10, 12, 14, 16, 14, 16, 10],
    ],
    areaMm2: 2.88,
    lengthMm: 2.5,
    calibration: "at detector",
  },
  {
    class: "weber_c",
    score: 0.5,
    box: [18, 16, 30, 26],
    polygons: [[18, 16, 30, 16, 30, 26, 18, 26]],
    areaMm2: null,
    lengthMm: null,
    calibration: "none",
  },
];

export const testAnswer: PatientAnswer = {
  class: "weber_b",
  probabilities: { weber_a: 0.1, weber_b: 0.7, weber_c: 0.05, no_fracture: 0.15 },
  fractureProbability: 0.85,
};

/** An analysis of the one radiograph. */
export function testAnalysis(changes: Changes = {}): Analysis {
  return { model: testModel, sources: [readResultSource(testRadiograph(changes), "test")] };
}

/** Grey, with a red bar. */
export function testPicture() {
  const pixels = new Uint8Array(3 * WIDTH * HEIGHT).fill(90);
  for (let i = 0; i < 3 * WIDTH * 4; i += 3) pixels[i] = 255;
  return { width: WIDTH, height: HEIGHT, pixels };
}
