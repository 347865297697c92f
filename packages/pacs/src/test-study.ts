/** A study's files for tests of archives: two radiographs, and the objects of what was found on the first. */
import assert from "node:assert/strict";
import {
  type Analysis,
  measurementReportFile,
  presentationStateFile,
  readResultSource,
  secondaryCaptureFile,
  segmentationFile,
} from "@malleolus/data";
import { type ElementValue, TRANSFER_SYNTAX, writeDicomFile } from "@malleolus/data/dicom";
import type { Finding } from "@malleolus/schema";

export const STUDY = "1.3.99.11";
export const SERIES = "1.3.99.11.1";

export function radiograph(instance: string, width = 60, height = 50): Uint8Array {
  const pixels = Uint16Array.from({ length: width * height }, (_, i) => (i * 11) % 4096);
  const sopClass = "1.2.840.10008.5.1.4.1.1.1";
  const elements = new Map<number, ElementValue>([
    [0x00080005, { vr: "CS", value: "ISO_IR 192" }],
    [0x00080016, { vr: "UI", value: sopClass }],
    [0x00080018, { vr: "UI", value: instance }],
    [0x00080020, { vr: "DA", value: "20250301" }],
    [0x00080060, { vr: "CS", value: "CR" }],
    [0x00100010, { vr: "PN", value: "Föhn^Ève" }],
    [0x00100020, { vr: "LO", value: "P-11" }],
    [0x0020000d, { vr: "UI", value: STUDY }],
    [0x0020000e, { vr: "UI", value: SERIES }],
    [0x00280002, { vr: "US", value: 1 }],
    [0x00280004, { vr: "CS", value: "MONOCHROME2" }],
    [0x00280010, { vr: "US", value: height }],
    [0x00280011, { vr: "US", value: width }],
    [0x00280100, { vr: "US", value: 16 }],
    [0x00280101, { vr: "US", value: 12 }],
    [0x00280102, { vr: "US", value: 11 }],
    [0x00280103, { vr: "US", value: 0 }],
    [0x7fe00010, { vr: "OW", value: new Uint8Array(pixels.buffer) }],
  ]);
  const transferSyntax = TRANSFER_SYNTAX.none;
  return writeDicomFile(elements, { sopClass, sopInstance: instance, transferSyntax });
}

const finding: Finding = {
  class: "weber_b",
  score: 0.8,
  box: [10, 10, 30, 24],
  polygons: [[10, 10, 30, 10, 30, 24, 10, 24]],
  areaMm2: null,
  lengthMm: null,
  calibration: "none",
};

/** By their UIDs. */
export function filesOfStudy(): Map<string, Uint8Array> {
  const files = new Map(
    [`${STUDY}.1.1`, `${STUDY}.1.2`].map((instance) => [instance, radiograph(instance)]),
  );
  const [source, other] = [...files.values()].map((file) => readResultSource(file, "test"));
  const analysis: Analysis = {
    model: {
      name: "Malleolus detector",
      version: "0.1.0",
      sha256: "ab".repeat(32),
      settings: ["score threshold 0.5"],
    },
    sources: [source, other],
  };
  const examined = [
    { source, findings: [finding] },
    { source: other, findings: [] },
  ];
  const picture = { width: 60, height: 50, pixels: new Uint8Array(9000).fill(80) };
  const objects = [
    segmentationFile(analysis, source, [finding]),
    presentationStateFile(analysis, source, [finding], null),
    secondaryCaptureFile(analysis, source, picture),
    measurementReportFile(analysis, { examined, answer: null }),
  ];
  for (const file of objects) {
    assert.ok(file !== null);
    files.set(sopInstance(file), file);
  }
  return files;
}

/** What stands behind the meta information, of which each program writes its own. */
export function dataSetOf(file: Uint8Array): Buffer {
  const whole = Buffer.from(file);
  return whole.subarray(144 + whole.readUInt32LE(140));
}

export function sopInstance(file: Uint8Array): string {
  const whole = Buffer.from(file);
  const at = whole.indexOf(Buffer.from("020003005549", "hex"), 132);
  return whole.toString("latin1", at + 8, at + 8 + whole.readUInt16LE(at + 6)).replace(/\0$/, "");
}
