/**
 * A net under the profile: texts that identify the patient, or anybody whom the file names, wherever
 * an exporter repeated them. They are compared as words without accents and capitals, each text read
 * in its own character set.
 */
import { characterSets } from "../attributes.ts";
import { type CharacterSets, decodeText } from "../character-set.ts";
import { dictionaryVr } from "../dictionary.ts";
import { type ByteElement, readElements, readItems, type Writing } from "../elements.ts";
import { isHarmless } from "./replacement.ts";

export interface Identifying {
  /** Parts of the patient's own names, of two letters and more. */
  readonly patientsWords: ReadonlySet<string>;
  /** Those, and of other people's names what is no word of descriptions. */
  readonly words: ReadonlySet<string>;
  /** Numbers and UIDs, wherever they stand. */
  readonly texts: readonly string[];
  /** The date of birth in digits, as it may be written. */
  readonly birthDates: readonly string[];
}

/** Patient's name, other names, birth name and mother's birth name. */
const PATIENTS_NAMES = new Set([0x00100010, 0x00101001, 0x00101005, 0x00101060]);
/** IDs, accession and admission numbers, telephone, address; UIDs of study, series and image. */
const NUMBERS = new Set([
  0x00100020, 0x00101000, 0x00080050, 0x00380010, 0x00102154, 0x00101040, 0x0020000d, 0x0020000e,
  0x00080018,
]);
const INSTITUTIONS = new Set([0x00080080, 0x00080081]);
const BIRTH_DATE = 0x00100030;
const CHARACTER_SET = 0x00080005;
/** Of codes and numbers only whole words count: PRIMARY is no patient called Mary. */
const CODED = new Set("AS CS DA DS DT IS TM UI".split(" "));
const TEXT = new Set("AE LO LT PN SH ST UC UR UT".split(" "));
const SHORTEST_WORD = 2;
/** Shorter ones stand in other words by accident. */
const SHORTEST_WITHIN = 4;
const LARGE = 1_024;

interface DataSet {
  readonly bytes: Uint8Array;
  readonly writing: Writing;
  readonly sets: CharacterSets;
  readonly where: string;
}

/** What a data set and the items in it say of people. */
export function identifyingTexts(dataSet: DataSet, elements: readonly ByteElement[]): Identifying {
  const found = {
    patients: new Set<string>(),
    others: new Set<string>(),
    texts: new Set<string>(),
  };
  const birthDates = new Set<string>();
  collect(dataSet, elements, (tag, vr, text) => {
    if (PATIENTS_NAMES.has(tag)) for (const word of wordsOf(text)) found.patients.add(word);
    else if (vr === "PN") for (const word of wordsOf(text)) found.others.add(word);
    else if (NUMBERS.has(tag))
      for (const one of text.split(/[\\^= ,]+/)) found.texts.add(fold(one));
    else if (INSTITUTIONS.has(tag)) found.texts.add(fold(text.trim()));
    else if (tag === BIRTH_DATE) for (const one of datesOf(text)) birthDates.add(one);
  });
  const isName = (word: string) => word.length >= SHORTEST_WORD;
  const patientsWords = new Set([...found.patients].filter(isName));
  const others = [...found.others].filter((word) => isName(word) && !isHarmless(word));
  return {
    patientsWords,
    words: new Set([...patientsWords, ...others]),
    texts: [...found.texts].filter(({ length }) => length >= SHORTEST_WITHIN),
    birthDates: [...birthDates],
  };
}

function collect(
  dataSet: DataSet,
  elements: readonly ByteElement[],
  take: (tag: number, vr: string | undefined, text: string) => void,
): void {
  const { bytes, where } = dataSet;
  for (const element of elements) {
    const { tag, valueStart, valueEnd } = element;
    if (element.isSequence) {
      for (const item of readItems(bytes, element, dataSet.writing, where)) {
        const inner = readElements(bytes, item, item.writing, where);
        const own = inner.find((one) => one.tag === CHARACTER_SET);
        const sets = characterSets(bytes, own, dataSet.sets);
        collect({ ...dataSet, writing: item.writing, sets }, inner, take);
      }
      continue;
    }
    const vr = dictionaryVr(tag) ?? element.vr;
    const isOfInterest =
      vr === "PN" || NUMBERS.has(tag) || INSTITUTIONS.has(tag) || tag === BIRTH_DATE;
    if (!isOfInterest) continue;
    const text = decodeText(bytes.subarray(valueStart, valueEnd), dataSet.sets);
    take(tag, vr, text.replaceAll("\0", " "));
  }
}

/** Whether a word is a part of the patient's name. */
export function isPatientsWord(word: string, { patientsWords }: Identifying): boolean {
  return patientsWords.has(fold(word));
}

/** Whether a text repeats one of the texts. */
export function mentionsAny(text: string, vr: string, identifying: Identifying): boolean {
  const { words, texts, birthDates } = identifying;
  if (CODED.has(vr)) {
    const own = fold(text).split(/[\\^= ,.\0]+/);
    return own.some(
      (word) => word.length >= SHORTEST_WITHIN && (words.has(word) || texts.includes(word)),
    );
  }
  // Large tables hold no names, and small ones only in a file that is wrong.
  if (!TEXT.has(vr) && text.length > LARGE) return false;
  const folded = fold(text);
  const isWithin = (one: string) => one.length >= SHORTEST_WITHIN && folded.includes(one);
  const repeats = [...words, ...texts].some(isWithin);
  if (!TEXT.has(vr)) return repeats;
  const digits = folded.replace(/[^\p{L}\p{N}]/gu, "");
  return (
    repeats ||
    wordsOf(text).some((word) => words.has(word)) ||
    birthDates.some((date) => digits.includes(date))
  );
}

/** `19310405` as it is, and with the day or the month in front. */
function datesOf(text: string): string[] {
  const match = /(\d{4})\D?(\d{2})\D?(\d{2})/.exec(text);
  if (match === null) return [];
  const [, year, month, day] = match;
  return [`${year}${month}${day}`, `${day}${month}${year}`, `${month}${day}${year}`];
}

function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Letters that are an accented one of another alphabet, and do not come apart as those do. */
const PLAIN: Readonly<Record<string, string>> = {
  ı: "i",
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  þ: "th",
};

/** In small letters without accents. */
function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ıłøđðħßæœþ]/g, (letter) => PLAIN[letter]);
}
