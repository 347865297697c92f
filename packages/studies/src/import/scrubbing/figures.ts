/**
 * Dates, numbers and addresses by which somebody can be found. What is measured, counted or graded
 * stays: "10 20 30 mm", "L4/5", "15-20 graden", "2 richtingen", "10-14 dagen".
 */
import { findAll, type Passage } from "./passage.ts";

const MONTH =
  "(?:jan(?:uari|uary)?|feb(?:r(?:uari|uary)?)?|m(?:aart|rt|arch|ar)|apr(?:il)?|mei|may|june?|juni|july?|juli|aug(?:ust(?:us)?)?|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY = "(?:0?[1-9]|[12]\\d|3[01])";
const MONTH_NUMBER = "(?:0?[1-9]|1[0-2])";
const YEAR = "(?:19|20)\\d{2}";
/** What follows something measured, so that it is no date and no telephone. */
const UNIT =
  "(?![\\d.,/x×-]*\\d)(?!-?\\s*(?:mm|cm|m\\b|mg|ml|kg|kv|mas|hu|%|°|graden|gr\\b|degrees?|deg\\b|x\\b|×|dagen|weken|maanden|days|weeks|months|schroe|screw|hole|gaats|views?|richting|opname))";
const START = "(?<![\\p{L}\\p{N}/.,-])";
const END = "(?![\\p{L}\\p{N}])";
const TIME = "(?:[01]?\\d|2[0-3])[:.][0-5]\\d(?:[:.][0-5]\\d)?";

const DATES = [
  `${START}(?:${DAY}[-/. ]${MONTH_NUMBER}|${MONTH_NUMBER}[-/. ]${DAY})[-/. ]${YEAR}${END}`,
  `${START}(?<!(?:rom|flexie|flexion|extensie|extension):? )(?:${DAY}([-/.])${MONTH_NUMBER}\\1|${MONTH_NUMBER}([-/.])${DAY}\\2)\\d{2}${END}${UNIT}`,
  `${START}${YEAR}[-/.]${MONTH_NUMBER}[-/.]${DAY}${END}`,
  // Without a year, two digits with a zero among them, or a word before that says it is a date.
  `${START}(?:${DAY}/(?:0[1-9]|1[0-2])|0[1-9]/${DAY})${END}(?<!(?:1|2|3)/(?:10|11|12))${UNIT}`,
  `(?<=(?:^|[^\\p{L}])(?:dd|d\\.d\\.|dated|datum|date:?|sinds|since|op|on|of) )${DAY}[-/]${MONTH_NUMBER}${END}${UNIT}`,
  `${START}${DAY}(?:st|nd|rd|th|e)?\\.?[- ]?(?:of )?${MONTH}(?:\\.?,?[- ]?${YEAR}${END}|${END}(?:\\.?,?[- ]?['’]?\\d{2}${END}(?![.:,]\\d)${UNIT})?)`,
  `${START}${MONTH}\\.? (?:the )?${DAY}(?:st|nd|rd|th)?(?:,? ${YEAR}|${END}(?!-\\p{L})${UNIT})`,
  `${START}${MONTH}[. ,'’]{0,3}${YEAR}${END}`,
].map((source) => new RegExp(source, "dgiu"));

const TIME_AFTER = new RegExp(`^,?\\s*(?:om|at|,|-|T)?\\s*(?<what>${TIME})${END}`, "diu");
const TIME_IS_NEAR = 24;
const TIME_BEFORE = new RegExp(
  `${START}(?<what>${TIME})(?: ?(?:uur|u|h|hrs|hours|am|pm))?,?\\s+(?:op|on|of|van|dd|d\\.d\\.)?\\s*$`,
  "diu",
);

/** Ages of ninety and above are told together, as PS3.15 and HIPAA want it. */
const AGES = [
  `${START}(?<what>(?:9\\d|1[0-2]\\d))(?=[- ]?(?:jarige?|jaar|jr|j\\b|years?|yrs?|y/?o|y\\b|[mfv]\\b)(?!\\p{L}))`,
  `(?<=(?:leeftijd|age|aged):? )(?<what>(?:9\\d|1[0-2]\\d))${END}`,
].map((source) => new RegExp(source, "dgiu"));

const NUMBERS = [
  // Telephones with the 0 or + that they begin with.
  `(?<![\\p{L}\\p{N}])(?:\\+\\d{2}|00\\d{2})(?:[ ./-]?\\(?\\d\\)?){8,12}${END}`,
  `(?<![\\p{L}\\p{N}])\\(0\\d{1,4}\\)(?:[ .-]?\\d){5,8}${END}`,
  `(?<![\\p{L}\\p{N}.,])0\\d{1,4}[ /-]?\\d(?:[ .-]?\\d){5,8}${END}`,
  // Groups of three and four digits, at least seven in all.
  `${START}\\d{3}[ -]\\d{3,4}(?:[ -]\\d{3,4})*${END}(?<=\\d(?:[ -]?\\d){6,})${UNIT}`,
  `${START}\\d{6,}${END}(?![.,]\\d)`,
  // After what says what it is.
  `(?<=(?:^|[^\\p{L}])(?:sein|pieper|bleep|pager|beeper|ext(?:ension)?|toestel|tst|tel(?:efoon)?|phone|fax|mobiel|dect|kamer|room)(?:nummer|number|nr)?[.:]*\\s{0,2})\\d{2,}(?:[ -]\\d+)*${END}${UNIT}`,
  `(?<=(?:^|[^\\p{L}])(?:bsn|mrn|nhs|pid|dossier|polis|patient(?:en)?|pati[eë]nt(?:en)?|onderzoeks?|accession|hospital|order|opdracht|zis)[- ]?(?:nummer|number|nr|no|id)?[.:#]*\\s{0,2})(?=[\\p{L}-]{0,4}\\d)[\\p{L}\\d][\\p{L}\\d-]{3,}${END}`,
].map((source) => new RegExp(source, "dgiu"));

const STREET_END =
  "(?:straat|str\\.|laan|weg|plein|kade|gracht|singel|dijk|hof|dreef|steeg|plantsoen|baan|markt|pad|park|wal|burgwal|erf|ring|boulevard|allee)";
const ADDRESSES = [
  `${START}\\p{Lu}[\\p{L}'’-]*(?: (?:(?:van|de|den|der|het|'t|ter|ten) )*\\p{Lu}[\\p{L}'’-]*){0,3}?(?<=${STREET_END}) \\d{1,4}(?:[ -]?(?:\\p{L}|bis|hs|[IV]+))?${END}`,
  `${START}\\d{1,4}\\p{L}?,? (?:\\p{Lu}[\\p{L}'’]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court|Square|Way|Place|Terrace|Crescent|Gardens|Grove)${END}`,
  `${START}[1-9]\\d{3} ?(?!(?:AP|PA|CT|MR|XR|US|ED|LM|MM|HU|MG|KV|KG|ML|CM|LL|RL|IV|EN|OP|IN|NA|DE|ER|IS)(?!\\p{L}))\\p{Lu}{2}${END}(?: {1,2}\\p{Lu}[\\p{L}'’-]+)?`,
  `${START}(?!L\\d|C\\d|T\\d)[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}${END}`,
].map((source) => new RegExp(source, "dgu"));

const MAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/dgu;

export function findFigures(text: string): Passage[] {
  const dates = DATES.flatMap((expression) => findAll(text, expression, "[date]"));
  return [
    ...findAll(text, MAIL, "[mail]"),
    ...ADDRESSES.flatMap((expression) => findAll(text, expression, "[address]")),
    ...dates,
    ...dates.flatMap((date) => timesBeside(text, date)),
    ...AGES.flatMap((expression) => findAll(text, expression, "[90+]")),
    ...NUMBERS.flatMap((expression) => findAll(text, expression, "[number]")),
  ];
}

/** A clock time goes with its date; alone it tells nothing. */
function timesBeside(text: string, { start, end }: Passage): Passage[] {
  const from = Math.max(0, start - TIME_IS_NEAR);
  const before = TIME_BEFORE.exec(text.slice(from, start))?.indices?.groups?.what;
  const after = TIME_AFTER.exec(text.slice(end, end + TIME_IS_NEAR))?.indices?.groups?.what;
  const times: Passage[] = [];
  if (before) times.push({ start: from + before[0], end: from + before[1], becomes: "[date]" });
  if (after) times.push({ start: end + after[0], end: end + after[1], becomes: "[date]" });
  return times;
}
