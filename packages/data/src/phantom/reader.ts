/**
 * A simulated observer's reading of a study: whether there is a fracture, of which class, and
 * whether the study should be left out. What makes a case hard (how the fracture shows, how near
 * its ends are to a border between classes, what imitates one) is the same for all observers; how
 * each sees it is not, and neither is perfect.
 */
import { type WeberClass, weberClassOf } from "./fracture.ts";
import type { Exclusion, Patient } from "./patient.ts";
import { createRandom, type Random } from "./random.ts";
import { READER } from "./ranges.ts";
import type { FractureTruth } from "./truth.ts";

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
}

export interface Reading {
  readonly weberClass: WeberClass | "none";
  readonly exclusion: Exclusion | null;
  /** How far the impression was from the border between fracture and none: 0 is a guess. */
  readonly confidence: number;
}

/** The same reader reads the same case alike; `session` makes it another reading. */
export function readCase(readCase: ReadCase, reader: Reader, session: number): Reading {
  const { patient, fracture } = readCase;
  const shared = createRandom(patient.seed, "case difficulty");
  const own = createRandom(patient.seed, "reading", reader.name, session);
  const evidence =
    strengthOf(readCase, shared) +
    READER.sharedNoise * shared.normal() +
    READER.ownNoise * reader.noise * own.normal();
  const exclusion =
    patient.exclusion !== null && own.chance(READER.exclusionSeen) ? patient.exclusion : null;
  const weberClass = evidence < 0 ? "none" : perceivedClass(fracture, patient, reader, shared, own);
  return { weberClass, exclusion, confidence: Math.abs(evidence) };
}

/** Log of the best view's contrast over what is just seen; without a fracture, its imitations. */
function strengthOf({ patient, fracture, contrasts }: ReadCase, shared: Random): number {
  if (fracture !== null) {
    const best = Math.max(0, ...contrasts);
    return Math.log(Math.max(best, 0.02) / READER.justSeenContrast);
  }
  const imitations = [patient.osSubfibulare, patient.skinFold, patient.nutrientCanal];
  const count = imitations.filter(Boolean).length;
  return -READER.soundMargin + count * READER.imitation * shared.uniform();
}

function perceivedClass(
  fracture: FractureTruth | null,
  patient: Patient,
  reader: Reader,
  shared: Random,
  own: Random,
): WeberClass {
  // What is not there was taken for a small fracture of the tip, or an undisplaced one beside the
  // syndesmosis.
  if (fracture === null) return shared.chance(0.6) ? "A" : "B";
  const { scale } = patient.shape;
  const see = (level: number): number =>
    level / scale +
    READER.sharedLevelMm * shared.normal() +
    READER.ownLevelMm * reader.noise * own.normal();
  return weberClassOf(see(fracture.lowestMm), see(fracture.highestMm) - READER.topToleranceMm);
}
