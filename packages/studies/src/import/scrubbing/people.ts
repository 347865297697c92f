/**
 * Names of people whom nobody told us, by what stands beside them: a title, a role, a relation, the
 * end of a letter. A name that stands alone in a sentence is not found.
 */
import { isOrdinaryWord } from "./ordinary-words.ts";
import { findAll, type Passage } from "./passage.ts";
import { type Expectation, NAME_PATTERN, readName } from "./read-name.ts";

/** After these stands a name, whatever the word. */
const TITLES =
  "drs?|prof(?:essor)?|ir|ing|mrs?|ms|miss|sir|madam|dhr|hr|mevr|mw|mej|meneer|mevrouw|(?:de )?heer|dokter|doctor|zr|fam|collega|weduwe";

const ROLES =
  "(?:(?:seh|arts|co|hoofd|traumato|vaat|intervention(?:al)?|orthop(?:a)?edic|trauma|consultant|referring|reporting|attending|senior|specialist|dienstdoende?)[- ]){0,3}" +
  "(?:radioloog|radiologist|orthopeed|orthopedisch chirurg|traumachirurg|chirurg|surgeon|huisarts|assistente?|aios|anios|arts|physician(?: assistant)?|verpleegkundige|(?:f|ph)ysio(?:therapeut|therapist)|laborante?|radiographer|registrar|consultant|resident|fellow|nurse|sister|matron|zuster|broeder|aanvrager|supervisie|supervisor|superviseur|beoordelaar|verslaglegger|verwijzer|referrer|requester|sonographer|gp|gipsverbandmeester|md|frcr|secretaresse|secretary|dictee|typist)";

const RELATIONS =
  "zoon|dochter|son|daughter|echtgeno(?:te?|ot)|partner|wife|husband|moeder|vader|mother|father|oma|opa|buurvrouw|buurman|broer|zus|brother|familie|family";

const PHRASES =
  "(?:(?:reported|dictated|read|approved|verified|signed|authori[sz]ed|reviewed|checked|performed|requested|referred|seen|typed|confirmed|electronically signed|dictated and signed)(?: by|:)|approved|" +
  "(?:beoordeeld|gezien|verslagen|verslagd|geautoriseerd|aangevraagd|gefiatteerd|geaccordeerd|verricht|ondertekend|besproken|getypt|gedicteerd) (?:door|met)|" +
  "overleg(?: gehad)? met|(?:discussed|spoken|seen|agreed) with|(?:gebeld|gesproken|overlegd) met|informed|overdracht aan|doorgegeven aan|phoned(?: through)? to|cc|t\\.a\\.v\\.|namens|dear|geachte|beste|" +
  "(?:groet(?:en)?|regards|sincerely|hoogachtend),?)";

/** What a word must not be joined to: "Nurse-led", "mrsa". */
const ALONE = "(?<![\\p{L}\\p{N}])";
const TITLE = new RegExp(`${ALONE}(?<title>${TITLES})(?![\\p{L}\\p{N}])(?<gap>\\.? ?)`, "giu");
const ROLE = new RegExp(`${ALONE}(?:${ROLES})(?![\\p{L}\\p{N}-])(?:\\.| ?:)? ?`, "giu");
const RELATION = new RegExp(`${ALONE}(?:${RELATIONS})(?![\\p{L}\\p{N}-]) `, "giu");
const PHRASE = new RegExp(`${ALONE}${PHRASES}(?!\\p{L}):?\\s{0,3}`, "giu");
const AND = /^(?: en met| en| and| &|,|\/)[ ]?/u;

const APART_FROM_ROLE = new RegExp(`(?:, |,? [(])(?=(?:${ROLES})(?![\\p{L}\\p{N}-]))`, "giu");
const NAME_AT_END = new RegExp(`(?<![\\p{L}\\p{N}.])(?:${NAME_PATTERN})$`, "u");
const LONGEST_BEFORE_ROLE = 60;
const INITIALS_AND_NAME = /(?<![\p{L}\p{N}.])(?:\p{Lu}\.[ ]?){1,5}(?=\p{L}{2}|['’])/gu;
const AFTER_WHAT_A_NAME_FOLLOWS =
  /(?:^|[\n,(/:]\s*|(?<![\p{L}\p{N}])(?:by|with|to|from|and|door|met|van|aan|bij|en|namens|per)\s)$/iu;
const CAPITALS = String.raw`(?:(?:\p{Lu}\.){2,4}|\p{Lu}{2,4})`;
const SIGNATURE = new RegExp(
  `(?:^|(?<=[\\s.]))(?<what>${CAPITALS}(?: ?/ ?(?:(?:\\p{L}\\.){2,4}|\\p{L}{2,4}))+|(?<=(?:^|\\n|[.,:;] ))(?:\\p{Lu}\\.){2,4})(?=\\s*$)`,
  "dgu",
);

export function findPeople(text: string): Passage[] {
  return [
    ...afterTitles(text),
    ...after(text, ROLE),
    ...after(text, RELATION),
    ...after(text, PHRASE),
    ...beforeRoles(text),
    ...withInitials(text),
    ...signatures(text),
  ];
}

function afterTitles(text: string): Passage[] {
  return Array.from(text.matchAll(TITLE)).flatMap(({ 0: found, index, groups }) => {
    // Without a full stop, capitals are a method: "MR enkel", "DR ankle".
    const word = groups?.title ?? "";
    const isMethod = /^(?:DR|MR|MS|IR|ING|HR)$/.test(word) && !groups?.gap.startsWith(".");
    // A title needs something between it and the name: "Drsmit" is not one.
    if (groups?.gap === "") return [];
    const expected = isMethod ? "after a role" : "after a title";
    return namesFrom(text, index + found.length, expected);
  });
}

function after(text: string, anchor: RegExp): Passage[] {
  return Array.from(text.matchAll(anchor)).flatMap(({ 0: found, index }) =>
    namesFrom(text, index + found.length, "after a role"),
  );
}

/** A name, and those that are joined to it: "RB and SK". */
function namesFrom(text: string, from: number, expected: Expectation): Passage[] {
  const names: Passage[] = [];
  let end = readName(text, from, expected);
  for (let start = from; end !== null; ) {
    names.push({ start, end, becomes: "[name]" });
    const joined = AND.exec(text.slice(end, end + 12));
    if (joined === null) break;
    start = end + joined[0].length;
    // What follows a comma may as well be the sentence's next word.
    end = readName(text, start, "after a role");
  }
  return names;
}

/** "A. Visser, radioloog", "C. Bos (SEH-arts)". */
function beforeRoles(text: string): Passage[] {
  return Array.from(text.matchAll(APART_FROM_ROLE)).flatMap(({ index }) => {
    const before = text.slice(Math.max(0, index - LONGEST_BEFORE_ROLE), index);
    const name = NAME_AT_END.exec(before);
    if (name === null) return [];
    const start = index - before.length + name.index;
    const end = readName(text, start, "after a role");
    return end === index ? [{ start, end, becomes: "[name]" as const }] : [];
  });
}

/** "A. Visser" where a name may stand, "H.J. ten Cate" anywhere; not the B of "Weber B. Goede stand". */
function withInitials(text: string): Passage[] {
  return Array.from(text.matchAll(INITIALS_AND_NAME)).flatMap(({ 0: initials, index }) => {
    const several = (initials.match(/\p{Lu}/gu)?.length ?? 0) > 1;
    if (!several && !AFTER_WHAT_A_NAME_FOLLOWS.test(text.slice(0, index))) return [];
    const end = readName(text, index, "after a role");
    const isLonger = end !== null && end > index + initials.length;
    return isLonger ? [{ start: index, end, becomes: "[name]" as const }] : [];
  });
}

/** Whose report it is, at its end: "B.K./M.S.", "JRT/kl". */
function signatures(text: string): Passage[] {
  return findAll(text, SIGNATURE, "[name]").filter(({ start, end }) =>
    text
      .slice(start, end)
      .split("/")
      .every((part) => !isOrdinaryWord(part)),
  );
}
