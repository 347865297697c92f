/** Coded concepts as they stand in a data set (PS3.3 section 8.8), and those that results speak of. */
import { ankleClassification } from "@malleolus/schema";
import type { Attributes } from "../attributes.ts";
import type { DataSet, ElementValue } from "../write/data-set.ts";

export interface Code {
  readonly value: string;
  /** Designator of the coding scheme: `DCM`, `SCT`, `UCUM`, or our own. */
  readonly scheme: string;
  readonly meaning: string;
}

/** Of our own scheme: the classes of Danis-Weber have no codes in DICOM's content mapping. */
export const PRIVATE_SCHEME = "99MALLEOLUS";
/** A UUID of its own: no other scheme has it. */
const PRIVATE_SCHEME_UID = "2.25.206183114955617894127508935210647718392";

/** A code value of representation SH; longer ones go into the Long Code Value. */
const LONGEST_SHORT_VALUE = 16;
/** Of a Code Meaning, LO. */
const LONGEST_MEANING = 64;

const dcm = (value: string, meaning: string): Code => ({ value, scheme: "DCM", meaning });
const sct = (value: string, meaning: string): Code => ({ value, scheme: "SCT", meaning });
const ours = (value: string, meaning: string): Code => ({ value, scheme: PRIVATE_SCHEME, meaning });

export const CODES = {
  algorithmFamily: dcm("123110", "Artificial Intelligence"),
  algorithmName: dcm("111001", "Algorithm Name"),
  algorithmParameters: dcm("111002", "Algorithm Parameters"),
  algorithmVersion: dcm("111003", "Algorithm Version"),
  area: sct("42798000", "Area"),
  boundedBy: sct("75958009", "Bounded by"),
  certainty: dcm("111012", "Certainty of Finding"),
  comment: dcm("121106", "Comment"),
  device: dcm("121007", "Device"),
  deviceManufacturer: dcm("121014", "Device Observer Manufacturer"),
  deviceModel: dcm("121015", "Device Observer Model Name"),
  deviceName: dcm("121013", "Device Observer Name"),
  deviceUid: dcm("121012", "Device Observer UID"),
  finding: dcm("121071", "Finding"),
  findingSite: sct("363698007", "Finding Site"),
  fracture: sct("72704001", "Fracture"),
  geometricPurpose: dcm("130400", "Geometric purpose of region"),
  imageLibrary: dcm("111028", "Image Library"),
  imageLibraryGroup: dcm("126200", "Image Library Group"),
  imageRegion: dcm("111030", "Image Region"),
  imagingMeasurements: dcm("126010", "Imaging Measurements"),
  imagingReport: dcm("126000", "Imaging Measurement Report"),
  language: dcm("121049", "Language of Content Item and Descendants"),
  length: sct("410668003", "Length"),
  measurementGroup: dcm("125007", "Measurement Group"),
  measurementMethod: sct("370129005", "Measurement Method"),
  observerType: dcm("121005", "Observer Type"),
  procedureReported: dcm("121058", "Procedure reported"),
  radiography: { value: "43468-8", scheme: "LN", meaning: "XR unspecified body region" },
  segmentation: dcm("113076", "Segmentation"),
  source: sct("260753009", "Source"),
  sourceImage: dcm("121322", "Source image for image processing operation"),
  sourceOfMeasurement: dcm("121112", "Source of Measurement"),
  trackingIdentifier: dcm("112039", "Tracking Identifier"),
  trackingUid: dcm("112040", "Tracking Unique Identifier"),
  abnormal: sct("49755003", "Morphologically Abnormal Structure"),
  anatomical: sct("123037004", "Anatomical Structure"),
  ankle: sct("70258002", "Ankle joint"),
  fibula: sct("87342007", "Bone structure of fibula"),
  tibia: sct("12611008", "Bone structure of tibia"),
  english: { value: "en", scheme: "RFC5646", meaning: "English" },
  percent: { value: "%", scheme: "UCUM", meaning: "Percent" },
  millimetre: { value: "mm", scheme: "UCUM", meaning: "millimeter" },
  squareMillimetre: { value: "mm2", scheme: "UCUM", meaning: "square millimeter" },
  qualitativeEvaluations: {
    value: "C0034375",
    scheme: "UMLS",
    meaning: "Qualitative Evaluations",
  },
  weber: ours("danis-weber", "Danis-Weber classification"),
  fractureProbability: ours("fracture-prob", "Probability of a fracture"),
  class: ours("class", "Class of the detector"),
  atDetector: ours(
    "at-detector",
    "Measured at the detector, divided by its magnification if known",
  ),
  calibrated: ours("calibrated", "Measured by a calibrated pixel spacing"),
} as const satisfies Readonly<Record<string, Code>>;

/** What an outlined structure is: a bone, a fracture, or what only the study's protocol names. */
export function structureCodes(structure: string): {
  readonly category: Code;
  readonly type: Code;
} {
  switch (structure) {
    case "fracture":
      return { category: CODES.abnormal, type: CODES.fracture };
    case "fibula":
      return { category: CODES.anatomical, type: CODES.fibula };
    case "tibia":
      return { category: CODES.anatomical, type: CODES.tibia };
    default:
      return { category: CODES.anatomical, type: ours(structure, structure) };
  }
}

/** What a class is called and in which classification: Danis-Weber's, or the detector's own. */
export function classCodes(name: string): { readonly concept: Code; readonly value: Code } {
  const weber = ankleClassification.classes.find(({ id }) => id === name);
  return {
    concept: weber === undefined ? CODES.class : CODES.weber,
    value: ours(name, weber?.name ?? name),
  };
}

/** The one item of a code sequence. */
export function codeItem({ value, scheme, meaning }: Code): DataSet {
  return new Map<number, ElementValue>([
    value.length > LONGEST_SHORT_VALUE
      ? [0x00080119, { vr: "UC", value }]
      : [0x00080100, { vr: "SH", value }],
    [0x00080102, { vr: "SH", value: scheme }],
    [0x00080104, { vr: "LO", value: meaning.slice(0, LONGEST_MEANING) }],
  ]);
}

/** A sequence of one code. */
export function codeSequence(code: Code): ElementValue {
  return { vr: "SQ", value: [codeItem(code)] };
}

/** The codes of a sequence; those without value, scheme or meaning are left out. */
export function readCodes(attributes: Attributes, tag: string): Code[] {
  return attributes.items(tag).flatMap((item) => {
    const value = item.text("x00080100") ?? item.text("x00080119");
    const [scheme, meaning] = [item.text("x00080102"), item.text("x00080104")];
    return value === null || scheme === null || meaning === null
      ? []
      : [{ value, scheme, meaning }];
  });
}

/** Coding Scheme Identification Sequence: what our designator means (PS3.3 section C.12.1.1.2). */
export function privateSchemeElement(): readonly [tag: number, element: ElementValue] {
  const item = new Map<number, ElementValue>([
    [0x00080102, { vr: "SH", value: PRIVATE_SCHEME }],
    [0x0008010c, { vr: "UI", value: PRIVATE_SCHEME_UID }],
    [0x00080115, { vr: "ST", value: "Malleolus: Danis-Weber classes of ankle fractures" }],
    [0x00080116, { vr: "ST", value: "Malleolus" }],
  ]);
  return [0x00080110, { vr: "SQ", value: [item] }];
}
