/** Searches as data sets (PS3.4 annex C), and their matches in the form in which DICOMweb gives them. */
import { type ElementValue, parseBareDataSet, writeBareDataSet } from "@malleolus/data/dicom";
import type { DicomJson } from "../dicomweb/dicom-json.ts";
import { PacsError } from "../errors.ts";
import type { AcceptedContext } from "./association.ts";
import { PLAIN_SYNTAXES } from "./command.ts";

export type QueryLevel = "STUDY" | "SERIES" | "IMAGE";

type KeyVr = "CS" | "DA" | "IS" | "LO" | "PN" | "SH" | "TM" | "UI";

/** What can be searched for, by keyword (PS3.6). */
const KEYS: Readonly<Record<string, readonly [tag: number, vr: KeyVr]>> = {
  SOPClassUID: [0x00080016, "UI"],
  SOPInstanceUID: [0x00080018, "UI"],
  StudyDate: [0x00080020, "DA"],
  StudyTime: [0x00080030, "TM"],
  AccessionNumber: [0x00080050, "SH"],
  Modality: [0x00080060, "CS"],
  ModalitiesInStudy: [0x00080061, "CS"],
  ReferringPhysicianName: [0x00080090, "PN"],
  StudyDescription: [0x00081030, "LO"],
  SeriesDescription: [0x0008103e, "LO"],
  PatientName: [0x00100010, "PN"],
  PatientID: [0x00100020, "LO"],
  PatientBirthDate: [0x00100030, "DA"],
  PatientSex: [0x00100040, "CS"],
  BodyPartExamined: [0x00180015, "CS"],
  StudyInstanceUID: [0x0020000d, "UI"],
  SeriesInstanceUID: [0x0020000e, "UI"],
  StudyID: [0x00200010, "SH"],
  SeriesNumber: [0x00200011, "IS"],
  InstanceNumber: [0x00200013, "IS"],
};

/** What every match of a level is asked for. */
const ASKED: Readonly<Record<QueryLevel, readonly string[]>> = {
  STUDY: ["StudyInstanceUID", "StudyDate", "ModalitiesInStudy"],
  SERIES: ["StudyInstanceUID", "SeriesInstanceUID", "Modality", "BodyPartExamined"],
  IMAGE: ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID"],
};

const CHARACTER_SET = 0x00080005;
const LEVEL = 0x00080052;

/** A search, or what is to be retrieved. @throws PacsError `query` for a key that is not known. */
export function writeQuery(
  context: AcceptedContext,
  level: QueryLevel,
  query: Readonly<Record<string, string>>,
  purpose: "find" | "retrieve",
): Uint8Array {
  const dataSet = new Map<number, ElementValue>([[LEVEL, { vr: "CS", value: level }]]);
  if (purpose === "find") {
    dataSet.set(CHARACTER_SET, { vr: "CS", value: "ISO_IR 192" });
    for (const name of ASKED[level]) {
      const [tag, vr] = KEYS[name];
      dataSet.set(tag, { vr, value: "" });
    }
  }
  for (const [name, value] of Object.entries(query)) {
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (key === undefined) {
      const known = Object.keys(KEYS).join(", ");
      throw new PacsError("query", `a search: expected a key of ${known}; got ${name}`);
    }
    const [tag, vr] = key;
    dataSet.set(tag, { vr, value });
  }
  const isImplicit = context.transferSyntax === PLAIN_SYNTAXES.implicit;
  return writeBareDataSet(dataSet, isImplicit ? "implicit" : "explicit");
}

/** A match: all keys that are known and that it has. @throws DataError `damaged`. */
export function readMatch(context: AcceptedContext, bytes: Uint8Array): DicomJson {
  const set = parseBareDataSet(bytes, context.transferSyntax, "a match of a search");
  const match: DicomJson = {};
  for (const [tag, vr] of Object.values(KEYS)) {
    const key = tag.toString(16).padStart(8, "0");
    const value = set.text(`x${key}`);
    if (value !== null) match[key.toUpperCase()] = { vr, Value: [value] };
  }
  return match;
}
