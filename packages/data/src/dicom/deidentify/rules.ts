/**
 * The rule for each attribute: the profile's table with the options of a study, and for all others what
 * their representation may give away. No text that a person typed stays as it was typed: of
 * descriptions and comments the harmless words stay, and whole texts only where they are the machine's.
 *
 * Options in use: clean descriptors, retain longitudinal temporal information with modified dates,
 * retain patient characteristics. Not in use, so that the basic profile applies: retain UIDs, device
 * identity, institution identity, safe private attributes; clean graphics and structured content.
 */
import { dictionaryVr } from "../dictionary.ts";
import { PIXEL_DATA } from "../elements.ts";
import { CONFIDENTIALITY_PROFILE } from "./confidentiality-profile.ts";

/**
 * - `keep`: the value as it is, or for a sequence what its own rules leave of each item;
 * - `remove`: gone; `empty`: no value; `dummy`: a value that says nothing;
 * - `uid`: replaced by keyed hash; `date`: shifted by days; `age`: nobody is older than 90;
 * - `words`: of a description, only those that name a joint, a side or a view;
 * - `pseudonym`: what the study calls the patient.
 */
export type Action =
  | "keep"
  | "remove"
  | "empty"
  | "dummy"
  | "uid"
  | "date"
  | "age"
  | "words"
  | "pseudonym";

export interface Rule {
  readonly action: Action;
  /** By the standard's table, for writing that does not say it; undefined where neither does. */
  readonly vr: string | undefined;
}

const TEXT = new Set("LO LT SH ST UC UT".split(" "));
const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const DEIDENTIFICATION = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280303]);

/**
 * Attributes whose UIDs name a kind of thing and no thing, so that they mean the same everywhere.
 * All the standard's own (`1.2.840.10008.…`) do so too, whatever the attribute.
 */
const KINDS = new Set([
  0x00080016, 0x0008001a, 0x0008001b, 0x00080062, 0x0008010c, 0x0008010d, 0x00080117, 0x00080118,
  0x00081150, 0x0008115a,
]);

/** Codes, and what the machine and not a person writes; they are kept where they repeat no name. */
const MACHINE_TEXTS = new Set([
  0x00080070, 0x00080100, 0x00080102, 0x00080103, 0x0008010f, 0x00081090, 0x00181020, 0x00181160,
  0x00181261, 0x00281054, 0x00283004,
]);

/** What is drawn or looked up for the picture; any other bytes may be a document, or another picture. */
const PICTURE_BYTES = new Set([
  PIXEL_DATA,
  0x7fe00001,
  0x7fe00002,
  0x00281201,
  0x00281202,
  0x00281203,
  0x00281221,
  0x00281222,
  0x00281223,
  0x00282000,
  0x00283006,
]);

/** Where a file and the dictionary disagree, the one that gives away more counts: in this order. */
const BY_REPRESENTATION: readonly (readonly [vrs: readonly string[], action: Action])[] = [
  [["PN"], "empty"],
  [["UI"], "uid"],
  [["DA", "DT"], "date"],
  [["UR", "AE"], "remove"],
  [["LT", "ST", "UC", "UT", "LO", "SH"], "words"],
  [["AS"], "age"],
  [["OB", "OD", "OF", "OL", "OV", "OW", "OX", "UN"], "remove"],
];

const TABLE: ReadonlyMap<number, Rule> = new Map(
  CONFIDENTIALITY_PROFILE.trim()
    .split("\n")
    .map((line) => {
      const [tag, vr, basic, options] = line.split(" ");
      return [Number.parseInt(tag, 16), { action: chooseAction(vr, basic, options), vr }];
    }),
);

/**
 * The rule for an attribute. `vr` as the file says, else as the dictionary; undefined where neither
 * does.
 */
export function ruleFor(tag: number, vr: string | undefined): Rule {
  const group = tag >>> 16;
  const isCurveOrOverlay = (group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000;
  const isGroupLength = (tag & 0xffff) === 0;
  if (group % 2 === 1 || isCurveOrOverlay || isGroupLength || DEIDENTIFICATION.has(tag)) {
    return { action: "remove", vr };
  }
  if (tag === PATIENT_NAME) return { action: "pseudonym", vr: "PN" };
  if (tag === PATIENT_ID) return { action: "pseudonym", vr: "LO" };
  if (KINDS.has(tag)) return { action: "keep", vr: "UI" };
  const rule = TABLE.get(tag);
  if (rule !== undefined) return { action: rule.action, vr: vr ?? rule.vr };
  if (MACHINE_TEXTS.has(tag) || PICTURE_BYTES.has(tag)) return { action: "keep", vr };
  const said = [vr, dictionaryVr(tag)];
  const given = BY_REPRESENTATION.find(([vrs]) => said.some((one) => vrs.includes(one ?? "UN")));
  return { action: vr === undefined ? "remove" : (given?.[1] ?? "keep"), vr };
}

/** One action of a row: where the standard leaves a choice, one that every object allows. */
function chooseAction(vr: string, basic: string, options: string): Action {
  if (options.includes("t")) {
    if (vr === "DA" || vr === "DT") return "date";
    if (vr === "TM") return "keep";
  }
  if (options.includes("p")) return vr === "AS" ? "age" : "keep";
  if (options.includes("c") && TEXT.has(vr)) return "words";
  switch (basic) {
    case "X":
      return "remove";
    case "U":
      return "uid";
    case "Z":
    case "X/Z":
      return "empty";
    case "X/Z/U":
      return "keep";
    case "D":
    case "Z/D":
    case "X/D":
    case "X/Z/D":
      if (vr === "UI") return "uid";
      return vr === "SQ" ? "keep" : "dummy";
    default:
      throw new Error(`internal: the confidentiality profile has no action ${basic}`);
  }
}
