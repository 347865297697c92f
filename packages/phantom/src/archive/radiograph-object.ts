/**
 * A simulated radiograph as a DICOM object: Digital X-Ray for presentation (PS3.3 A.26) or Computed
 * Radiography (A.2). People are invented; every name and identifier says that it is a phantom's.
 */
import { createHash } from "node:crypto";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "@malleolus/data/dicom";
import type { Patient } from "../patient/patient.ts";
import type { PhantomRadiograph } from "../radiography/simulate.ts";
import type { PhantomView } from "../radiography/view.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import { PHANTOM_VERSION } from "../ranges.ts";
import { encodeLosslessJpeg } from "./lossless-jpeg.ts";

const SOP_CLASS = {
  CR: "1.2.840.10008.5.1.4.1.1.1",
  DX: "1.2.840.10008.5.1.4.1.1.1.1",
} as const;

/** What a hospital's system knows of a study; dates as `YYYYMMDD`, times as `HHMMSS`. */
export interface StudyHeader {
  readonly institution: string;
  readonly patientId: string;
  readonly accessionNumber: string;
  readonly date: string;
  readonly time: string;
}

/** The bytes of a file. The same image and header always give the same bytes and UIDs. */
export function radiographFile(
  radiograph: PhantomRadiograph,
  patient: Patient,
  unit: XrayUnit,
  study: StudyHeader,
): Uint8Array {
  const { view } = radiograph;
  const instance = uid(study.accessionNumber, patient.seed, view, "instance");
  const elements = new Map<number, ElementValue>([
    ...patientElements(patient, study),
    ...studyElements(radiograph, patient, unit, study, instance),
    ...pixelElements(radiograph, unit),
    ...(unit.modality === "DX"
      ? dxElements(radiograph, patient, unit)
      : crElements(radiograph, patient)),
  ]);
  return writeDicomFile(elements, {
    sopClass: SOP_CLASS[unit.modality],
    sopInstance: instance,
    transferSyntax: TRANSFER_SYNTAX[unit.compression],
  });
}

type Elements = [number, ElementValue][];

function patientElements(patient: Patient, study: StudyHeader): Elements {
  const year = Number(study.date.slice(0, 4)) - patient.ageYears;
  return [
    [0x00100010, { vr: "PN", value: `Phantom^${study.patientId}` }],
    [0x00100020, { vr: "LO", value: study.patientId }],
    [0x00100030, { vr: "DA", value: `${year}0101` }],
    [0x00100040, { vr: "CS", value: patient.sex === "female" ? "F" : "M" }],
    [0x00101010, { vr: "AS", value: `${String(patient.ageYears).padStart(3, "0")}Y` }],
  ];
}

function studyElements(
  radiograph: PhantomRadiograph,
  patient: Patient,
  unit: XrayUnit,
  study: StudyHeader,
  instance: string,
): Elements {
  const { accessionNumber } = study;
  const number = ["ap", "mortise", "lateral"].indexOf(radiograph.view) + 1;
  return [
    [0x00080005, { vr: "CS", value: "ISO_IR 192" }],
    [0x00080008, { vr: "CS", value: ["ORIGINAL", "PRIMARY"] }],
    [0x00080016, { vr: "UI", value: SOP_CLASS[unit.modality] }],
    [0x00080018, { vr: "UI", value: instance }],
    [0x00080020, { vr: "DA", value: study.date }],
    [0x00080021, { vr: "DA", value: study.date }],
    [0x00080022, { vr: "DA", value: study.date }],
    [0x00080023, { vr: "DA", value: study.date }],
    [0x00080030, { vr: "TM", value: study.time }],
    [0x00080032, { vr: "TM", value: study.time }],
    [0x00080033, { vr: "TM", value: study.time }],
    [0x00080050, { vr: "SH", value: accessionNumber }],
    [0x00080060, { vr: "CS", value: unit.modality }],
    [0x00080070, { vr: "LO", value: unit.manufacturer }],
    [0x00080080, { vr: "LO", value: study.institution }],
    [0x00080090, { vr: "PN", value: "" }],
    [0x00081030, { vr: "LO", value: `Ankle ${patient.side}` }],
    [0x0008103e, { vr: "LO", value: VIEW_TEXT[radiograph.view] }],
    [0x00081090, { vr: "LO", value: unit.model }],
    [0x00180015, { vr: "CS", value: "ANKLE" }],
    [0x00180060, { vr: "DS", value: String(unit.kilovolts) }],
    [0x00181020, { vr: "LO", value: `Malleolus phantom ${PHANTOM_VERSION}` }],
    [0x00181110, { vr: "DS", value: String(unit.sourceToDetectorMm) }],
    [0x0020000d, { vr: "UI", value: uid(accessionNumber, patient.seed, "study") }],
    [0x0020000e, { vr: "UI", value: uid(accessionNumber, patient.seed, "series", number) }],
    [0x00200010, { vr: "SH", value: accessionNumber }],
    [0x00200011, { vr: "IS", value: String(number) }],
    [0x00200013, { vr: "IS", value: String(number) }],
  ];
}

function pixelElements({ width, height, pixels }: PhantomRadiograph, unit: XrayUnit): Elements {
  const top = 2 ** unit.bitsStored - 1;
  const inverted = unit.photometric === "MONOCHROME1";
  const stored = new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    stored[i] = Math.round(top * (inverted ? 1 - pixels[i] : pixels[i]));
  }
  return [
    [0x00280002, { vr: "US", value: 1 }],
    [0x00280004, { vr: "CS", value: unit.photometric }],
    [0x00280010, { vr: "US", value: height }],
    [0x00280011, { vr: "US", value: width }],
    [0x00280100, { vr: "US", value: 16 }],
    [0x00280101, { vr: "US", value: unit.bitsStored }],
    [0x00280102, { vr: "US", value: unit.bitsStored - 1 }],
    [0x00280103, { vr: "US", value: 0 }],
    [0x00281050, { vr: "DS", value: String((top + 1) / 2) }],
    [0x00281051, { vr: "DS", value: String(top + 1) }],
    [
      0x7fe00010,
      unit.compression === "none"
        ? { vr: "OW", value: new Uint8Array(stored.buffer) }
        : { vr: "OB", stream: encodeLosslessJpeg(stored, width, unit.bitsStored) },
    ],
  ];
}

const VIEW_TEXT: Readonly<Record<PhantomView, string>> = {
  ap: "AP",
  mortise: "Mortise",
  lateral: "Lateral",
};

/** SNOMED CT of CID 4010; the mortise has no code there and goes as a medial oblique. */
const VIEW_CODES: Readonly<Record<PhantomView, readonly [code: string, meaning: string]>> = {
  ap: ["399348003", "antero-posterior"],
  mortise: ["260426006", "medial oblique"],
  lateral: ["399260004", "medio-lateral"],
};

function dxElements(radiograph: PhantomRadiograph, patient: Patient, unit: XrayUnit): Elements {
  const spacing = String(radiograph.detectorSpacingMm);
  const magnification = radiograph.detectorSpacingMm / radiograph.spacingMm;
  const [viewCode, viewMeaning] = VIEW_CODES[radiograph.view];
  const inverse = unit.photometric === "MONOCHROME1";
  // CID 4012 has a name for what CID 4010 has not.
  const eponym = radiograph.view === "mortise" ? [codeItem("260497009", "Mortice projection")] : [];
  return [
    [0x00080068, { vr: "CS", value: "FOR PRESENTATION" }],
    [0x00082218, { vr: "SQ", value: [codeItem("70258002", "Ankle joint")] }],
    [0x00181114, { vr: "DS", value: magnification.toFixed(4) }],
    [0x00181164, { vr: "DS", value: [spacing, spacing] }],
    ...(eponym.length === 0
      ? []
      : ([[0x00185104, { vr: "SQ", value: eponym }]] satisfies Elements)),
    [0x00181508, { vr: "CS", value: "" }],
    [0x00187004, { vr: "CS", value: "DIRECT" }],
    [0x00200020, { vr: "CS", value: orientation(radiograph.view) }],
    [0x00200062, { vr: "CS", value: patient.side === "left" ? "L" : "R" }],
    [0x00280301, { vr: "CS", value: "NO" }],
    [0x00281040, { vr: "CS", value: "LOG" }],
    // Brighter is denser, which is less X-ray: the sign is that of the stored values.
    [0x00281041, { vr: "SS", value: inverse ? 1 : -1 }],
    [0x00281052, { vr: "DS", value: "0" }],
    [0x00281053, { vr: "DS", value: "1" }],
    [0x00281054, { vr: "LO", value: "US" }],
    [0x00282110, { vr: "CS", value: "00" }],
    [0x00400555, { vr: "SQ", value: [] }],
    [0x00540220, { vr: "SQ", value: [viewItem(viewCode, viewMeaning)] }],
    [0x20500020, { vr: "CS", value: inverse ? "INVERSE" : "IDENTITY" }],
  ];
}

function crElements(radiograph: PhantomRadiograph, patient: Patient): Elements {
  const spacing = String(radiograph.detectorSpacingMm);
  return [
    [0x00181164, { vr: "DS", value: [spacing, spacing] }],
    [0x00185101, { vr: "CS", value: radiograph.view === "lateral" ? "" : "AP" }],
    [0x00200020, { vr: "CS", value: orientation(radiograph.view) }],
    [0x00200060, { vr: "CS", value: patient.side === "left" ? "L" : "R" }],
    [0x00280301, { vr: "CS", value: "NO" }],
  ];
}

/** Left is to the right of an image seen from the front; a lateral one shows the front or back. */
function orientation(view: PhantomView): [row: string, column: string] {
  return view === "lateral" ? ["A", "F"] : ["L", "F"];
}

function codeItem(code: string, meaning: string): DataSet {
  return new Map<number, ElementValue>([
    [0x00080100, { vr: "SH", value: code }],
    [0x00080102, { vr: "SH", value: "SCT" }],
    [0x00080104, { vr: "LO", value: meaning }],
  ]);
}

function viewItem(code: string, meaning: string): DataSet {
  return new Map([...codeItem(code, meaning), [0x00540222, { vr: "SQ", value: [] }]]);
}

/** A UID under 2.25, which needs no registration: 128 bits of a hash. */
function uid(...words: readonly (string | number)[]): string {
  const hash = createHash("sha256").update(
    ["malleolus phantom", PHANTOM_VERSION, ...words].join("\u0000"),
  );
  return `2.25.${BigInt(`0x${hash.digest("hex").slice(0, 32)}`)}`;
}
