/** The thread that computes how far readers agree: a second for a large study, in which nobody may wait. */
import { type ReaderAgreement, readerAgreement } from "@malleolus/evaluation";
import { answerQuestions } from "@malleolus/host";
import { failureOf } from "./figures-thread.ts";

export interface AgreementQuestion {
  readonly readers: readonly string[];
  /** A row a case, in it one rating a reader; null where one said nothing. */
  readonly said: readonly (readonly (string | null)[])[];
  readonly seed: number;
}

/** Of a bootstrap while somebody waits. */
const RESAMPLES = 500;

answerQuestions<AgreementQuestion, ReaderAgreement, string>({
  answer: ({ readers, said, seed }) =>
    readerAgreement(readers, said, { seed, resamples: RESAMPLES }),
  failureOf,
});
