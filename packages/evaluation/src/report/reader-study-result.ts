/**
 * A reader study for the report: from a list of scores to its analysis, the readers' average curve under
 * each condition, and how large a next study has to be.
 */
import { EvaluationError } from "../errors.ts";
import { averageRoc, type CurvePoint } from "../reader-study/average-roc.ts";
import {
  analyzeReaderStudy,
  type ReaderStudyAnalysis,
} from "../reader-study/obuchowski-rockette.ts";
import { casesForPower } from "../reader-study/power.ts";
import { rocPoints } from "../roc.ts";

export interface ReaderScoreOfPatient {
  readonly patient: string;
  readonly reader: string;
  readonly condition: string;
  /** Higher for a likelier fracture. */
  readonly score: number;
}

export interface ReaderStudyResult {
  readonly analysis: ReaderStudyAnalysis;
  readonly patients: number;
  /** All that it is of, in the order in which patients first come. */
  readonly cases: readonly ScoredPatient[];
  /** Averaged over the readers, in the order of the conditions. */
  readonly curves: readonly (readonly CurvePoint[])[];
  /** Patients for `NEXT_DIFFERENCE` with `NEXT_POWER`; null where more patients do not help. */
  readonly next: readonly { readonly readers: number; readonly patients: number | null }[];
}

export interface ScoredPatient {
  readonly patient: string;
  readonly hasFracture: boolean;
  /** `[conditions][readers]` */
  readonly scores: readonly (readonly number[])[];
}

export const NEXT_DIFFERENCE = 0.05;
export const NEXT_POWER = 0.8;

/**
 * Conditions and readers are in the order in which they first come.
 *
 * @throws EvaluationError `input` where a reader lacks a patient under a condition, for a patient of whom
 *   no truth is known, and as `analyzeReaderStudy`.
 */
export function readerStudyResult(
  scores: readonly ReaderScoreOfPatient[],
  hasFracture: ReadonlyMap<string, boolean>,
): ReaderStudyResult {
  const namesOf = (key: "condition" | "reader" | "patient") => [
    ...new Set(scores.map((one) => one[key])),
  ];
  const [conditions, readers, patients] = [
    namesOf("condition"),
    namesOf("reader"),
    namesOf("patient"),
  ];
  const scoreOf = new Map(
    scores.map(({ condition, reader, patient, score }) => [
      JSON.stringify([condition, reader, patient]),
      score,
    ]),
  );
  const positive = patients.map((patient) => {
    const known = hasFracture.get(patient);
    if (known !== undefined) return known;
    throw new EvaluationError(
      "input",
      `a reader study: expected patients of the study's tests, got ${patient}; leave out others`,
    );
  });
  const byCondition = conditions.map((condition) =>
    readers.map((reader) =>
      patients.map((patient) => {
        const score = scoreOf.get(JSON.stringify([condition, reader, patient]));
        if (score !== undefined) return score;
        throw new EvaluationError(
          "input",
          `a reader study: expected a score of every patient by every reader under every condition, ` +
            `got none of ${patient} by ${reader} under "${condition}"; leave out patients whom ` +
            "somebody has not read",
        );
      }),
    ),
  );
  const study = { conditions, readers, positive, scores: byCondition };
  const analysis = analyzeReaderStudy(study);
  const pilot = { components: analysis.components, cases: patients.length };
  const varies = analysis.components.error > 0;
  return {
    analysis,
    patients: patients.length,
    cases: patients.map((patient, i) => ({
      patient,
      hasFracture: positive[i],
      scores: byCondition.map((own) => own.map((one) => one[i])),
    })),
    curves: byCondition.map((own) => averageRoc(own.map((one) => rocPoints(one, positive) ?? []))),
    next: varies
      ? [readers.length, 2 * readers.length].map((count) => ({
          readers: count,
          patients: casesForPower(
            pilot,
            { readers: count, difference: NEXT_DIFFERENCE, question: "random readers and cases" },
            NEXT_POWER,
          ),
        }))
      : [],
  };
}
