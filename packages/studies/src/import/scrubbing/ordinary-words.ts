/**
 * Words that begin with a capital at the head of a sentence and name nobody: those by which reports
 * are screened, and those that reports and their forms are made of.
 */
import { ankleScreeningRules } from "@malleolus/data";

/** Of the screening words, those that are somebody's name too: after "Dr." they are one. */
const EPONYMS = new Set(
  `weber danis jones pott salter harris tillaux volkmann chaput lisfranc chopart maisonneuve dupuytren
  wagstaffe kirschner ottawa hall may`.split(/\s+/),
);

const COMMON = `
  a an and are as at be been both but by can could did do does for from had has have he her him his i if
  in into is it its me my no nor not of off on or our out over per she should so some such than that the
  their them then there these they this those to too under until up was we were what when where which
  who will with would yes you your after again against all also any before between during each few
  further more most other own same since through very while within without about above below known
  seen sent told said asked reported informed agrees agreed advised advises noted shown came went lives
  aan al als alle bij ben bent da daar dan dat de den der deze die dit door dus een eens en er ervan ging
  geen had hebben heb heeft hem het hier hij hoe ik in is ja je kan kwam komt maar me mee meer met mijn mij
  na naar net niet niets nog nu of om omdat onder ons ook op over reeds te tegen ten tevens ter toch toen
  tot u uit uw van vanaf vandaag veel verder via volgens voor waar was wat we weer wel werd wie wil worden
  wordt zal zag zei ze zich zie zij zijn zo zonder zou gezien geen akkoord adviseert vindt vraagt wilt
  advies afspraak afspraken bekend beeld besproken beoordeeld beoordeling bevindingen conclusie concl
  controle datum diagnose doorgegeven gegevens geboren geboortedatum gips gipskamer indicatie klachten
  klinische links rechts verslag verwijzing verwijzer vraag vraagstelling uitslag overleg poli polikliniek
  patient patiente pijn spoed spoedeisende hulp afdeling ziekenhuis radiologie orthopedie chirurgie
  traumatologie huisarts radioloog orthopeed chirurg arts aanvrager zwelling stand opname opnames foto
  onderzoek rontgen rontgenfoto enkel fractuur breuk breuken been voet knie bot botten letsel trauma val gevallen links
  stabiel instabiel onveranderd normaal normale mogelijk waarschijnlijk vergeleken vergelijking graag
  weke delen intact familie niemand onbekend idem zaal kliniek
  accident advice acute alignment ankle normal fracture left right patient pain please radiology
  radiologist orthopaedics orthopedics orthopaedic orthopedic surgery surgeon emergency department
  clinic clinical ward team hospital doctor gp consultant registrar resident nurse theatre plaster room
  trauma review follow repeat compared comparison dated discussed findings impression conclusion
  indication history technique views verified dictated signed approved none nil unknown soft stable
  unstable unchanged thank thanks regards available service services office desk emergency
  seh sehs ed er gp ct mri mr us xr ap pa lat or ok ic icu vfc aios anios bsn mrn nhs dob oa ra im iv nb
  cave pt li re lt rt ao ota sh atfl mcs tfo tfcs mtp rom lm mm tib fib osg usg asap dd nl wnl nad
  orif i ii iii vi vii md frcr phd wb nwb fwb pwb professor prof dr drs doctor dokter sir mr mrs ms miss mevrouw mevr meneer heer dhr
  zuster zr broeder sister mw
  monday tuesday wednesday thursday friday saturday sunday maandag dinsdag woensdag donderdag vrijdag
  zaterdag zondag`;

/** Of a word with an asterisk, this many letters must be given: "step*" begins names too. */
const SHORTEST_STEM = 6;

const terms = allTerms(ankleScreeningRules.languages).map(plain);
const words = new Set([...COMMON.trim().split(/\s+/), ...terms.filter((term) => !/\*/.test(term))]);
const stems = terms.filter((term) => term.includes("*") && term.length > SHORTEST_STEM);
const beginnings = stems
  .filter((term) => term.endsWith("*"))
  .map((term) => term.replaceAll("*", ""));
const endings = stems
  .filter((term) => term.startsWith("*"))
  .map((term) => term.replaceAll("*", ""));

/** Whether a word of a report names nobody, unless it stands after a title. */
export function isOrdinaryWord(word: string): boolean {
  const own = plain(word);
  return (
    own.split(/[-'’]/).some((part) => words.has(part)) ||
    beginnings.some((beginning) => own.startsWith(beginning)) ||
    endings.some((ending) => own.endsWith(ending))
  );
}

/** Whether it names nobody even after a title: "Dr. Weber" is somebody, "MR Enkel" is not. */
export function neverNames(word: string): boolean {
  return words.has(plain(word)) && !EPONYMS.has(plain(word));
}

function allTerms(written: unknown): string[] {
  if (typeof written === "string") return written.match(/[\p{L}*]{2,}/gu) ?? [];
  if (typeof written !== "object" || written === null) return [];
  return Object.values(written).flatMap(allTerms);
}

function plain(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
