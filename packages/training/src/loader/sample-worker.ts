/**
 * A worker thread that prepares samples. Its thread never loads LibTorch: what it imports is data,
 * geometry and arithmetic.
 */
import { CodedError } from "@malleolus/errors";
import { answerQuestions } from "@malleolus/host";
import type { LoadedSample } from "../augment/sample.ts";
import { prepareSample, type SampleRequest } from "./prepare-sample.ts";

/** An error on its way between threads, where classes are lost. */
export interface Failure {
  readonly message: string;
  /** A file that cannot be used, or a fault of ours. */
  readonly isForeseen: boolean;
}

answerQuestions<SampleRequest, LoadedSample, Failure>({
  answer: prepareSample,
  failureOf(error) {
    if (!(error instanceof Error)) return { message: String(error), isForeseen: false };
    const isForeseen = error instanceof CodedError;
    return { message: isForeseen ? error.message : (error.stack ?? error.message), isForeseen };
  },
  // The pixels.
  moved({ image }) {
    const { buffer } = image.pixels;
    return buffer instanceof ArrayBuffer ? [buffer] : [];
  },
});
