/**
 * A test's readers beside the detector, each on the patients whom the reader put into a class: who gets
 * more of them right, and how the areas under the curve of readers on average and of the detector differ.
 *
 * A reading is scored by its certainty, from a certain fracture down to certainly none. Where readers were
 * not asked for it, their curves have one point, and the area is the mean of sensitivity and specificity.
 */
import type { Proportion } from "@malleolus/schema";
import { type McNemar, mcnemar, pairedCounts } from "../comparison/mcnemar.ts";
import type { Evaluation } from "../evaluate.ts";
import { holmAdjusted } from "../holm.ts";
import { proportionOf } from "../proportion.ts";
import { averageRoc, type CurvePoint } from "../reader-study/average-roc.ts";
import {
  type DetectorBesideReaders,
  detectorBesideReaders,
  powerBesideReaders,
} from "../reader-study/detector-beside-readers.ts";
import { fewestCases } from "../reader-study/power.ts";
import { rocPoints } from "../roc.ts";
import type { ReaderResult, Reading } from "./reader-results.ts";

export interface ReadersBeside {
  /** In the order of the test's readers. */
  readonly readers: readonly ReaderBeside[];
  /** Null with fewer than two readers of the same patients, or of one kind of patient. */
  readonly areas: AreasBeside | null;
}

export interface ReaderBeside {
  readonly name: string;
  readonly independent: boolean;
  readonly patients: number;
  /** The detector's accuracy on the reader's patients. */
  readonly detector: Proportion;
  /** Who is right: the detector first, the reader second. */
  readonly right: McNemar;
  /** Of its exact p, over all readers. */
  readonly holmP: number | null;
}

export interface AreasBeside extends DetectorBesideReaders {
  readonly names: readonly string[];
  /** Whether the truth was set without them. */
  readonly independent: boolean;
  readonly patients: number;
  readonly byCertainty: boolean;
  readonly curves: {
    readonly detector: readonly CurvePoint[];
    readonly readers: readonly CurvePoint[];
  };
  /** Patients with whom a next study of as many readers shows a difference of `PLANNED_DIFFERENCE`. */
  readonly patientsForPower: number | null;
}

/** Of an area, the least that would matter; and the power with which it is to be shown. */
export const PLANNED_DIFFERENCE = 0.05;
export const PLANNED_POWER = 0.8;

/** Null without readers. */
export function readersBeside(
  evaluation: Evaluation,
  readers: readonly ReaderResult[],
): ReadersBeside | null {
  if (readers.length === 0) return null;
  const { outcomes } = evaluation;
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.patient, outcome]));
  const compared = readers.map(({ name, independent, readings }): Omit<ReaderBeside, "holmP"> => {
    const both = readings.flatMap(({ patient, truth, said }) => {
      const outcome = outcomeOf.get(patient);
      return outcome === undefined
        ? []
        : [{ detector: outcome.prediction.class === truth, reader: said === truth }];
    });
    const byDetector = both.map((one) => one.detector);
    return {
      name,
      independent,
      patients: both.length,
      detector: proportionOf(byDetector.filter(Boolean).length, both.length),
      right: mcnemar(
        pairedCounts(
          byDetector,
          both.map((one) => one.reader),
        ),
      ),
    };
  });
  const adjusted = holmAdjusted(compared.map(({ right }) => right.exactP));
  return {
    readers: compared.map((one, i) => ({ ...one, holmP: adjusted[i] })),
    areas: areasOf(evaluation, readers),
  };
}

/** Of the readers who had no part in the truth; without two of them, of all. */
function areasOf(
  { outcomes, settings: { noFractureClass } }: Evaluation,
  readers: readonly ReaderResult[],
): AreasBeside | null {
  const independent = readers.filter((one) => one.independent);
  const chosen = independent.length >= 2 ? independent : readers;
  const saidBy = chosen.map(
    ({ readings }) => new Map(readings.map((reading) => [reading.patient, reading])),
  );
  const read = outcomes.flatMap((outcome) => {
    const said = saidBy.flatMap((own) => own.get(outcome.patient) ?? []);
    return said.length < chosen.length ? [] : [{ outcome, said }];
  });
  const byCertainty = read.every(({ said }) => said.every(({ certainty }) => certainty !== null));
  const scoreOf = ({ said, certainty }: Reading) => {
    const sure = byCertainty ? (certainty ?? 1) : 1;
    return said === noFractureClass ? -sure : sure;
  };
  const positive = read.map(({ outcome }) => outcome.truth !== noFractureClass);
  const detector = read.map(({ outcome }) => outcome.prediction.fractureScore);
  const scores = chosen.map((_, reader) => read.map(({ said }) => scoreOf(said[reader])));
  const areas = detectorBesideReaders({ positive, detector, readers: scores });
  if (areas === null) return null;
  return {
    ...areas,
    names: chosen.map(({ name }) => name),
    independent: chosen === independent,
    patients: read.length,
    byCertainty,
    curves: {
      detector: rocPoints(detector, positive) ?? [],
      readers: averageRoc(scores.map((own) => rocPoints(own, positive) ?? [])),
    },
    patientsForPower: patientsForPower(areas),
  };
}

/** Null where nothing varies, or more patients do not help, since readers differ too much. */
function patientsForPower({ variance, readers }: DetectorBesideReaders): number | null {
  if (variance.error === 0) return null;
  const planned = { readers: readers.length, difference: PLANNED_DIFFERENCE };
  return fewestCases(
    (cases) => powerBesideReaders(variance, { ...planned, cases }) >= PLANNED_POWER,
  );
}
