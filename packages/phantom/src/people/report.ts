/**
 * A radiology report on a simulated study, and what it says as facts, so that screening can be
 * measured: what the radiologist saw, how sure of it, and the slips of dictation.
 */
import type { WeberClass } from "../patient/fracture.ts";
import type { Patient } from "../patient/patient.ts";
import type { Conspicuity } from "../radiography/conspicuity.ts";
import type { FractureTruth } from "../radiography/truth.ts";
import { createRandom, type Random } from "../random.ts";
import { REPORT } from "../ranges.ts";
import { type Language, PHRASES, type Phrases } from "./report-phrases.ts";

/** What a report is written about. */
export interface ReportedStudy {
  readonly patient: Patient;
  readonly fracture: FractureTruth | null;
  /** Of the view that shows the fracture best; null without a fracture. */
  readonly conspicuity: Conspicuity | null;
  readonly views: number;
}

export interface Report {
  readonly language: Language;
  readonly text: string;
  /** What the radiologist held to be so, before any slip. */
  readonly says: "fracture" | "possible fracture" | "no fracture";
  /** Named by the report; null where it says neither class nor level. */
  readonly weberClass: WeberClass | null;
  readonly slip: "none" | "wrong side" | "lost negation";
}

export function writeReport(study: ReportedStudy, language: Language): Report {
  const { patient } = study;
  const random = createRandom(patient.seed, "report", language);
  const phrases = PHRASES[language];
  const says = judge(study, random);
  const slip = sampleSlip(says, random);
  const otherSide = patient.side === "left" ? "right" : "left";
  const fill = filler(study, phrases, random);
  const side = slip === "wrong side" ? otherSide : patient.side;

  const [headIndication, headViews, headFindings, headImpression] = random.pick(phrases.headings);
  const indication = fill(random.pick(phrases.indication), patient.side);
  const views = fill(
    random.pick(study.views > 2 ? phrases.viewsThree : phrases.viewsTwo),
    patient.side,
  );
  const findings = shuffledFindings(study, says, phrases, random).map((text) => fill(text, side));
  const impression = fill(impressionOf(says, phrases, random), side);
  const lines = [
    `${headIndication}${indication}`,
    `${headViews}${views}`,
    `${headFindings}${findings.join(" ")}`,
    `${headImpression}${impression}`,
  ];
  const short = random.chance(REPORT.withoutIndication.value);
  const text = (short ? lines.slice(2) : lines).join("\n");
  return {
    language,
    text: slip === "lost negation" ? withoutNegation(text, language) : text,
    says,
    weberClass: says === "fracture" ? (study.fracture?.weberClass ?? null) : null,
    slip,
  };
}

/** The worse a fracture shows, the less often it is called; some sound ankles are doubted. */
function judge({ fracture, conspicuity }: ReportedStudy, random: Random): Report["says"] {
  const draw = random.uniform();
  if (fracture === null || conspicuity === null) {
    return draw < REPORT.doubtWithoutFracture.value ? "possible fracture" : "no fracture";
  }
  const { called, doubted } = REPORT.seen[conspicuity];
  if (draw < called) return "fracture";
  return draw < called + doubted ? "possible fracture" : "no fracture";
}

function sampleSlip(says: Report["says"], random: Random): Report["slip"] {
  if (random.chance(REPORT.wrongSide.value)) return "wrong side";
  return says === "no fracture" && random.chance(REPORT.lostNegation.value)
    ? "lost negation"
    : "none";
}

function shuffledFindings(
  { patient, fracture, conspicuity }: ReportedStudy,
  says: Report["says"],
  phrases: Phrases,
  random: Random,
): string[] {
  const main =
    says === "fracture" && fracture !== null
      ? [
          random.pick(phrases.fracture[fracture.weberClass]),
          random.pick(fracture.displacementMm < 1 ? phrases.undisplaced : phrases.displaced),
        ]
      : [random.pick(says === "possible fracture" ? phrases.uncertain : phrases.negative)];
  const others = exclusionPhrases(patient, phrases, random);
  if (patient.shape.lateralSwelling > 4 && random.chance(0.7)) {
    others.push(random.pick(phrases.swelling));
  }
  const shifted = (patient.fracture?.talarShiftMm ?? 0) > REPORT.talarShiftSeen.value;
  if (random.chance(0.6)) others.push(random.pick(shifted ? phrases.talarShift : phrases.mortise));
  if (patient.osSubfibulare && conspicuity !== "obvious") others.push(random.pick(phrases.ossicle));
  if (random.chance(REPORT.oldInjury.value)) others.push(random.pick(phrases.oldInjury));
  return random.chance(0.75) ? [...main, ...others] : [...others, ...main];
}

function exclusionPhrases(patient: Patient, phrases: Phrases, random: Random): string[] {
  const { exclusion, tibialFracture } = patient;
  if (exclusion === null) return [];
  const said = {
    "tibia involved": tibialFracture === null ? [] : phrases.tibia[tibialFracture],
    cast: phrases.cast,
    callus: phrases.callus,
    hardware: phrases.hardware,
    "open physes": phrases.openPhyses,
    "poor quality": phrases.poorQuality,
    "wrong view": phrases.wrongView,
  }[exclusion];
  return said.length === 0 ? [] : [random.pick(said)];
}

function impressionOf(says: Report["says"], phrases: Phrases, random: Random): string {
  if (says === "fracture") return random.pick(phrases.positiveImpression);
  return random.pick(says === "possible fracture" ? phrases.uncertain : phrases.negativeImpression);
}

function filler(
  { fracture, patient }: ReportedStudy,
  phrases: Phrases,
  random: Random,
): (text: string, side: Patient["side"]) => string {
  const mm = String(Math.max(1, Math.round(fracture?.displacementMm ?? 0)));
  return (text, side) =>
    text
      .replaceAll("{side}", random.pick(phrases.sides[side]))
      .replaceAll("{weber}", fracture?.weberClass ?? "")
      .replaceAll("{mm}", mm)
      .replaceAll("{age}", String(patient.ageYears));
}

/** Dictation swallowed the first "no". */
function withoutNegation(text: string, language: Language): string {
  return language === "en" ? text.replace(/\bno /i, "") : text.replace(/\bgeen /i, "");
}
