/**
 * Values that take the place of others: UIDs by keyed hash, shifted dates, words that identify
 * nobody.
 */
import { createHmac } from "node:crypto";
import { hashUid } from "../hash-uid.ts";

const DAY_MS = 86_400_000;

/** What a description may keep: joints, bones, sides, views, and how the patient stood. */
const HARMLESS = new Set(
  (
    "ankle enkel fibula tibia talus malleolus foot voet leg onderbeen lower extremity " +
    "joint gewricht bone bot limb osg enkelgewricht tibiotarsal talocrural region structure " +
    "ap pa lat lateral lateraal laterale medial mediaal mortise mortice vork enkelvork vorkopname " +
    "antero anterior anteroposterior postero posterior posteroanterior frontal sagittal projection " +
    "obl oblique oblik schuin endo endorotatie graden gr and en " +
    "left right links rechts li re l r both bdz bilateral beiderzijds " +
    "standing staand weight bearing belast onbelast view views opname xr cr dx x ray"
  ).split(" "),
);

const LIST_MARK = /^[+,;/&]$/;

/**
 * The UID that stands for another, the same for the same key. Without the key, none leads to the other.
 */
export function replaceUid(uid: string, key: Uint8Array): string {
  return hashUid(createHmac("sha256", key).update(`uid:${uid}`).digest());
}

/** Days, 30 to 3679, by which all dates of a patient go back; the same for the same key. */
export function dateShiftDays(patient: string, key: Uint8Array): number {
  const hash = createHmac("sha256", key).update(`dates:${patient}`).digest();
  return -(30 + (hash.readUInt32BE(0) % 3_650));
}

/** `20240229` or `20240229123000.0+0100`, moved by days; empty where it is no whole date. */
export function shiftDate(value: string, days: number): string {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})(\d*(?:\.\d+)?(?:[+-]\d{4})?)$/.exec(value.trim());
  if (match === null) return "";
  const [, year, month, day, rest] = match;
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const given = new Date(time);
  if (given.getUTCMonth() !== Number(month) - 1 || given.getUTCDate() !== Number(day)) return "";
  const moved = new Date(time + days * DAY_MS).toISOString();
  return moved.slice(0, 10).replaceAll("-", "") + rest;
}

/**
 * The harmless words of a description, in their order, and the marks of a list between them; without
 * those that are a part of the patient's name, as `Voet` may be.
 */
export function keepHarmlessWords(
  text: string,
  isOfPatient: (word: string) => boolean = () => false,
): string {
  const words = text.match(/[\p{L}\p{M}\p{N}]+|[+,;/&]/gu) ?? [];
  const kept = words.filter((word, i) => {
    if (LIST_MARK.test(word)) return true;
    if (isHarmless(word)) return !isOfPatient(word);
    // The inward rotation of a mortise view: "20 endo", "15 graden endorotatie", "15gr endo".
    const rest = words.slice(i + 1).join(" ");
    return /^(15|20)(gr|graden)?$/i.test(word) && /^((gr|graden) )?endo/i.test(rest);
  });
  return kept
    .filter((word, i) => !LIST_MARK.test(word) || (isWord(kept[i - 1]) && isWord(kept[i + 1])))
    .join(" ");
}

/** Whether a word names a joint, a side or a view. */
export function isHarmless(word: string): boolean {
  return HARMLESS.has(word.toLowerCase());
}

function isWord(part: string | undefined): boolean {
  return part !== undefined && !LIST_MARK.test(part);
}

/** `034Y` as it is; from 90 years on `090Y`, since the very old are few; empty where it is no age. */
export function capAge(value: string): string {
  const match = /^(\d{3})([DWMY])$/.exec(value.trim());
  if (match === null) return "";
  return match[2] === "Y" && Number(match[1]) > 90 ? "090Y" : match[0];
}

/** A value that says nothing; undefined where the representation has only binary ones. */
export function dummyValue(vr: string | undefined): string | undefined {
  switch (vr) {
    case "DA":
      return "19000101";
    case "DT":
      return "19000101000000";
    case "TM":
      return "000000";
    case "AS":
      return "000Y";
    case "DS":
    case "IS":
      return "0";
    case "PN":
    case "LO":
    case "LT":
    case "SH":
    case "ST":
    case "UC":
    case "UT":
    case "CS":
    case "AE":
      return "REMOVED";
    case "UR":
      return "about:blank";
    default:
      return undefined;
  }
}
