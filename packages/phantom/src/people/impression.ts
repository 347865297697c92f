/**
 * A simulated observer's impression of a study, before a reading is made of it (`reader.ts`).
 *
 * What makes a case hard (how the fracture shows, how near its ends are to a border between classes,
 * what imitates one) is the same for all. How it strikes them is so in part: some of it strikes all
 * alike, some those of one school, and the rest is each reader's own, of which some stays from one
 * look to the next. The fainter a line is, the more readers differ over it and over where it ends.
 */
import type { Exclusion, Patient } from "../patient/patient.ts";
import type { FractureTruth } from "../radiography/truth.ts";
import { createRandom, type Random } from "../random.ts";
import { READER } from "../ranges.ts";

export interface ReadCase {
  readonly patient: Patient;
  readonly fracture: FractureTruth | null;
  /** Contrast to noise in each view, as `PhantomRadiograph.fractureContrast`. */
  readonly contrasts: readonly number[];
}

export interface Reader {
  readonly name: string;
  /** 1 for an ordinary observer; a senior's noise is less. */
  readonly noise: number;
  /** Those who learnt together overlook alike. */
  readonly school: string;
}

export interface Impression {
  /** Above 0 for a fracture. */
  readonly evidence: number;
  /** Of the line, or of what is taken for one; millimetres of an average man. */
  readonly line: Line;
  readonly exclusion: Exclusion | null;
}

export interface Line {
  readonly lowest: number;
  readonly highest: number;
}

/** What strikes a reader otherwise than it is: standard normal draws. */
interface Noise {
  readonly evidence: number;
  /** How high a line lies against the plafond. */
  readonly level: number;
  /** How much of a faint line goes unseen at either end; its size counts. */
  readonly below: number;
  readonly above: number;
}

/** The same reader has the same impression of the same case; another `session` is another look. */
export function impressionOf(readCase: ReadCase, reader: Reader, session: number): Impression {
  const { patient } = readCase;
  const { seed } = patient;
  const { strength, line } = whatThereIs(readCase);
  const shared = mixed(
    READER.commonShare,
    noiseOf(createRandom(seed, "case difficulty")),
    scaled(reader.noise, noiseOf(createRandom(seed, "case difficulty", reader.school))),
  );
  const look = createRandom(seed, "reading", reader.name, session);
  const own = scaled(
    reader.noise,
    mixed(READER.lastingShare, noiseOf(createRandom(seed, "reader", reader.name)), noiseOf(look)),
  );
  const faint = faintness(strength);
  const ownNoise = READER.ownNoise + READER.ownNoiseFaint * faint;
  const ownLevelMm = READER.ownLevelMm + READER.ownLevelFaintMm * faint;
  const shift = READER.sharedLevelMm * shared.level + ownLevelMm * own.level;
  const unseen = (share: number): number =>
    Math.min(0.5, READER.unseenShare * faint * Math.abs(share)) * (line.highest - line.lowest);
  return {
    evidence: strength + READER.sharedNoise * shared.evidence + ownNoise * own.evidence,
    line: {
      lowest: line.lowest + shift + unseen(own.below),
      highest: line.highest + shift - unseen(own.above),
    },
    exclusion:
      patient.exclusion !== null && look.chance(READER.exclusionSeen) ? patient.exclusion : null,
  };
}

/** 1 for an invisible sign, one half at the threshold of seeing, 0 for an obvious one. */
function faintness(strength: number): number {
  return 1 / (1 + Math.exp(READER.faintSlope * strength));
}

/**
 * The best view's contrast over what is just seen, as a logarithm, and where the line ends. Without
 * a fracture, how much something imitates one, and where: at the tip, or beside the syndesmosis.
 */
function whatThereIs({ patient, fracture, contrasts }: ReadCase): {
  readonly strength: number;
  readonly line: Line;
} {
  if (fracture !== null) {
    const best = Math.max(0.02, ...contrasts);
    const { scale } = patient.shape;
    return {
      strength: Math.log(best / READER.justSeenContrast),
      line: { lowest: fracture.lowestMm / scale, highest: fracture.highestMm / scale },
    };
  }
  const random = createRandom(patient.seed, "imitation");
  const imitations = [patient.osSubfibulare, patient.skinFold, patient.nutrientCanal];
  const count = imitations.filter(Boolean).length;
  const strength = -READER.soundMargin + count * READER.imitation * random.uniform();
  const atTip = patient.osSubfibulare || random.chance(READER.imitationAtTip);
  return { strength, line: atTip ? READER.lineAtTip : READER.lineAtSyndesmosis };
}

function noiseOf(random: Random): Noise {
  return noise(() => random.normal());
}

/** `share` is the first's part of the variance. */
function mixed(share: number, first: Noise, second: Noise): Noise {
  return noise((of) => Math.sqrt(share) * first[of] + Math.sqrt(1 - share) * second[of]);
}

function scaled(by: number, values: Noise): Noise {
  return noise((of) => by * values[of]);
}

function noise(value: (of: keyof Noise) => number): Noise {
  return {
    evidence: value("evidence"),
    level: value("level"),
    below: value("below"),
    above: value("above"),
  };
}
