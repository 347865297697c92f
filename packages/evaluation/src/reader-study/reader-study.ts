/**
 * A reader study: several readers read the same cases under several conditions (alone, and with the
 * model), so that a difference can be told from what other readers and other cases would give.
 */
import { EvaluationError } from "../errors.ts";

export interface ReaderStudy {
  /** The conditions, at least two to compare. */
  readonly conditions: readonly string[];
  /** At least two. */
  readonly readers: readonly string[];
  /** By case: whether it has a fracture. */
  readonly positive: readonly boolean[];
  /** `[conditions][readers][cases]`: everyone has read everything; higher for likelier positive. */
  readonly scores: readonly (readonly (readonly number[])[])[];
}

/** @throws EvaluationError `input` for a study that is not complete or holds only one kind of case. */
export function checkReaderStudy({ conditions, readers, positive, scores }: ReaderStudy): void {
  if (conditions.length < 2 || readers.length < 2) {
    throw refusal(
      `expected at least two conditions and two readers, got ${conditions.length} and ` +
        `${readers.length}; one reader's curves are compared by compareAucs`,
    );
  }
  const positives = positive.filter(Boolean).length;
  if (positives < 2 || positive.length - positives < 2) {
    throw refusal(
      `expected at least two cases with and two without a fracture, got ${positives} and ` +
        `${positive.length - positives}`,
    );
  }
  if (scores.length !== conditions.length) {
    throw refusal(`expected scores of ${conditions.length} conditions, got ${scores.length}`);
  }
  for (const [i, byReader] of scores.entries()) {
    if (byReader.length !== readers.length) {
      throw refusal(
        `${conditions[i]}: expected scores of ${readers.length} readers, got ${byReader.length}; ` +
          "every reader must have read under every condition",
      );
    }
    for (const [j, byCase] of byReader.entries()) {
      const wrong = byCase.findIndex((score) => Number.isNaN(score));
      if (byCase.length === positive.length && wrong < 0) continue;
      throw refusal(
        `${conditions[i]}, ${readers[j]}: expected a score of each of ${positive.length} cases, got ` +
          (wrong < 0 ? `${byCase.length}` : `NaN of case ${wrong}`) +
          "; leave out cases that somebody has not read",
      );
    }
  }
}

function refusal(message: string): EvaluationError {
  return new EvaluationError("input", `a reader study: ${message}`);
}
