/**
 * What a result takes from its radiograph: whose it is, of which study, how it lies and is displayed.
 * The pixels are not read.
 *
 * A result's dates are those of the radiograph, not of the day of the analysis: then a repeated
 * analysis makes the same object, byte for byte, and an archive that has it already loses nothing.
 */
import { DataError } from "../../errors.ts";
import type { Attributes } from "../attributes.ts";
import { parseDataSet } from "../data-set.ts";
import { readPixelHeader } from "../header.ts";
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { type Code, codeItem, readCodes } from "./code.ts";

export type Elements = readonly (readonly [tag: number, element: ElementValue])[];

export interface ResultSource {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly series: string;
  readonly study: string;
  readonly instanceNumber: string;
  readonly width: number;
  readonly height: number;
  /** Elements of the modules Patient, Patient Study and General Study, as they are copied. */
  readonly patientAndStudy: Elements;
  /** `YYYYMMDD` and `HHMMSS`, as in the radiograph. */
  readonly date: string;
  readonly time: string;
  /** Which way rows and columns lead; empty where it is not said. */
  readonly patientOrientation: readonly string[];
  readonly laterality: "L" | "R" | null;
  readonly bodyPart: string | null;
  /** What was done, where the radiograph has a code for it. */
  readonly procedures: readonly Code[];
  /** Elements that make stored values to values of the modality (PS3.3 section C.11.1). */
  readonly modalityTransform: Elements;
  /** Those that say which of them are shown, black to white (C.11.2): a table, or a window. */
  readonly window: Elements;
  /** Whether high values are shown dark. */
  readonly inverse: boolean;
  /** Whether it is in colour, which no grayscale presentation state can show. */
  readonly isColor: boolean;
}

type CopiedVr = "AS" | "CS" | "DA" | "DS" | "LO" | "PN" | "SH" | "TM";

/** Type 2 must be there, empty if need be. */
const COPIED: readonly (readonly [tag: number, vr: CopiedVr, type: 2 | 3])[] = [
  [0x00080020, "DA", 2],
  [0x00080030, "TM", 2],
  [0x00080050, "SH", 2],
  [0x00080090, "PN", 2],
  [0x00080201, "SH", 3],
  [0x00081030, "LO", 3],
  [0x00100010, "PN", 2],
  [0x00100020, "LO", 2],
  [0x00100021, "LO", 3],
  [0x00100030, "DA", 2],
  [0x00100040, "CS", 2],
  [0x00101010, "AS", 3],
  [0x00101020, "DS", 3],
  [0x00101030, "DS", 3],
  [0x00120062, "CS", 3],
  [0x00120063, "LO", 3],
  [0x00200010, "SH", 2],
  [0x00280303, "CS", 3],
];

/** How it was de-identified, in codes; what the study was for. */
const COPIED_CODES = [0x00081032, 0x00120064] as const;

/**
 * Reads it from a radiograph's bytes.
 *
 * @throws DataError: `damaged` or `no-pixels` as `readDicom`, and where it lacks one of the UIDs by
 *   which results name it.
 */
export function readResultSource(bytes: Uint8Array, where: string): ResultSource {
  const attributes = parseDataSet(bytes, where);
  const { rows, columns, photometric } = readPixelHeader(attributes, where);
  const uid = (tag: string, name: string): string => {
    const found = attributes.text(tag);
    if (found !== null && /^[0-9.]{1,64}$/.test(found)) return found;
    throw new DataError(
      "damaged",
      `${where}: expected a ${name} that results can name, got ${found ?? "none"}; export it again`,
    );
  };
  const side = attributes.text("x00200062") ?? attributes.text("x00200060");
  const study = uid("x0020000d", "Study Instance UID");
  return {
    sopClass: uid("x00080016", "SOP Class UID"),
    sopInstance: uid("x00080018", "SOP Instance UID"),
    series: uid("x0020000e", "Series Instance UID"),
    study,
    instanceNumber: attributes.text("x00200013") ?? "1",
    width: columns,
    height: rows,
    patientAndStudy: [...copied(attributes), [0x0020000d, { vr: "UI", value: study }]],
    date: firstText(attributes, ["x00080023", "x00080022", "x00080021", "x00080020"], "19000101"),
    time: firstText(attributes, ["x00080033", "x00080032", "x00080031", "x00080030"], "000000"),
    patientOrientation: texts(attributes, "x00200020"),
    laterality: side === "L" || side === "R" ? side : null,
    bodyPart: attributes.text("x00180015"),
    procedures: readCodes(attributes, "x00081032"),
    modalityTransform: modalityTransform(attributes),
    window: window(attributes),
    inverse: photometric === "MONOCHROME1",
    isColor: !photometric.startsWith("MONOCHROME"),
  };
}

function copied(attributes: Attributes): Elements {
  const plain = COPIED.flatMap(([tag, vr, type]) => {
    const value = texts(attributes, key(tag));
    return value.length === 0 && type === 3 ? [] : [[tag, { vr, value }] as const];
  });
  const coded = COPIED_CODES.flatMap((tag) => {
    const codes = readCodes(attributes, key(tag));
    return codes.length === 0
      ? []
      : [[tag, { vr: "SQ", value: codes.map(codeItem) }] satisfies [number, ElementValue]];
  });
  return [...plain, ...coded];
}

/** A table, or slope and intercept. */
function modalityTransform(attributes: Attributes): Elements {
  const [table] = attributes.items("x00283000");
  if (table !== undefined) {
    return [[0x00283000, { vr: "SQ", value: [lookUpTable(table, attributes, ["x00283004"])] }]];
  }
  const [intercept, slope] = ["x00281052", "x00281053"].map((tag) => decimalText(attributes, tag));
  if (intercept === null || slope === null) return [];
  return [
    [0x00281052, { vr: "DS", value: intercept }],
    [0x00281053, { vr: "DS", value: slope }],
    [0x00281054, { vr: "LO", value: attributes.text("x00281054") ?? "US" }],
  ];
}

/** The first of each kind, as `display.ts` takes them: a table before a window. */
function window(attributes: Attributes): Elements {
  const [table] = attributes.items("x00283010");
  if (table !== undefined) {
    return [[0x00283010, { vr: "SQ", value: [lookUpTable(table, attributes, [])] }]];
  }
  const [center, width] = ["x00281050", "x00281051"].map((tag) => decimalText(attributes, tag));
  if (center === null || width === null) return [];
  const explanation = attributes.text("x00281055");
  const shape = attributes.text("x00281056");
  return [
    [0x00281050, { vr: "DS", value: center }],
    [0x00281051, { vr: "DS", value: width }],
    ...(explanation === null
      ? []
      : [[0x00281055, { vr: "LO", value: explanation }] satisfies [number, ElementValue]]),
    ...(shape === null
      ? []
      : [[0x00281056, { vr: "CS", value: shape }] satisfies [number, ElementValue]]),
  ];
}

/** Its descriptor has the sign of the stored values; its data are 16-bit words. */
function lookUpTable(table: Attributes, image: Attributes, alsoText: readonly string[]): DataSet {
  const vr = image.short("x00280103") === 1 ? "SS" : "US";
  const data = Uint16Array.from(table.numbers("x00283006", 2));
  return new Map<number, ElementValue>([
    [0x00283002, { vr, value: table.numbers("x00283002", 2) }],
    ...["x00283003", ...alsoText].flatMap((tag) => {
      const value = table.text(tag);
      return value === null
        ? []
        : [
            [Number.parseInt(tag.slice(1), 16), { vr: "LO", value }] satisfies [
              number,
              ElementValue,
            ],
          ];
    }),
    [0x00283006, { vr: "OW", value: new Uint8Array(data.buffer) }],
  ]);
}

/** A decimal string as it is written, or, where it is badly written, what the reader takes it for. */
function decimalText(attributes: Attributes, tag: string): string | null {
  const [text, value] = [attributes.text(tag), attributes.decimal(tag)];
  if (text === null || value === null) return null;
  const isDecimal = text.length <= 16 && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  return isDecimal ? text : String(Number(value.toPrecision(9)));
}

/** All values of an element, up to the first that is empty. */
function texts(attributes: Attributes, tag: string): string[] {
  const values: string[] = [];
  for (
    let value = attributes.text(tag);
    value !== null;
    value = attributes.text(tag, values.length)
  ) {
    values.push(value);
  }
  return values;
}

function firstText(attributes: Attributes, tags: readonly string[], otherwise: string): string {
  for (const tag of tags) {
    const text = attributes.text(tag);
    if (text !== null) return text;
  }
  return otherwise;
}

function key(tag: number): string {
  return `x${tag.toString(16).padStart(8, "0")}`;
}
