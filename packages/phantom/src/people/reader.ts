/**
 * A simulated observer's reading of a study: whether there is a fracture, of which class, and
 * whether the study should be left out; and what several decide who look at it together. Neither is
 * perfect, and they err where people do: over what is faint, near a border, or looks like a fracture.
 */
import { type WeberClass, weberClassOf } from "../patient/fracture.ts";
import type { Exclusion } from "../patient/patient.ts";
import { READER } from "../ranges.ts";
import {
  type Impression,
  impressionOf,
  type Line,
  type ReadCase,
  type Reader,
} from "./impression.ts";

export interface Reading {
  readonly weberClass: WeberClass | "none";
  readonly exclusion: Exclusion | null;
  /** How far the impression was from the border between fracture and none: 0 is a guess. */
  readonly confidence: number;
}

/** The same reader reads the same case alike; another `session` is another look. */
export function readCase(readCase: ReadCase, reader: Reader, session: number): Reading {
  return readingOf(impressionOf(readCase, reader, session));
}

/**
 * What readers decide who look again together, each anew, at all views: what one of them sees is
 * shown to the others. Their evidence is pooled, so that what is each one's own averages out and what
 * strikes them all alike stays; who is surer counts for more.
 */
export function consensusOf(
  readCase: ReadCase,
  readers: readonly Reader[],
  session: number,
): Reading {
  const looks = readers.map((reader) => ({
    impression: impressionOf(readCase, reader, session),
    weight: 1,
  }));
  return readingOf(pooled(looks));
}

/**
 * What a senior decides who looks at a case that observers have read: their readings of a session
 * count beside the senior's own look in it, which is worth as much more as it is less noisy.
 */
export function adjudicationOf(
  readCase: ReadCase,
  senior: Reader,
  observers: readonly Reader[],
  session: number,
): Reading {
  const looks = [senior, ...observers].map((reader) => ({
    impression: impressionOf(readCase, reader, session),
    weight: 1 / reader.noise ** 2,
  }));
  return readingOf(pooled(looks));
}

interface WeightedLook {
  readonly impression: Impression;
  readonly weight: number;
}

/** Who does not see a fracture says nothing of where it ends. */
function pooled(looks: readonly WeightedLook[]): Impression {
  const evidence = weightedMean(
    looks.map(({ impression, weight }) => [
      impression.evidence,
      weight * Math.abs(impression.evidence),
    ]),
  );
  const seen = looks.filter(({ impression }) => impression.evidence >= 0);
  const end = (of: keyof Line) =>
    weightedMean(
      seen.map(({ impression, weight }) => [impression.line[of], weight * impression.evidence]),
    );
  const line = { lowest: end("lowest"), highest: end("highest") };
  const exclusions = looks.map(({ impression }) => impression.exclusion);
  return { evidence, line, exclusion: exclusions.find((each) => each !== null) ?? null };
}

function weightedMean(values: readonly (readonly [value: number, weight: number])[]): number {
  const weights = values.reduce((sum, [, weight]) => sum + weight, 0);
  return weights === 0
    ? 0
    : values.reduce((sum, [value, weight]) => sum + value * weight, 0) / weights;
}

function readingOf({ evidence, line, exclusion }: Impression): Reading {
  const weberClass =
    evidence < 0 ? "none" : weberClassOf(line.lowest, line.highest - READER.topToleranceMm);
  return { weberClass, exclusion, confidence: Math.abs(evidence) };
}
