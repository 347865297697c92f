/**
 * A worker thread that prepares samples. Its thread never loads LibTorch: what it imports is data,
 * geometry and arithmetic.
 */
import { parentPort } from "node:worker_threads";
import type { Sample } from "../augment/sample.ts";
import { prepareSample } from "./prepare-sample.ts";
import type { Failure, Question } from "./worker-messages.ts";

parentPort?.on("message", ({ id, request }: Question) => {
  prepareSample(request).then(
    (sample) => parentPort?.postMessage({ id, sample }, moved(sample)),
    (error) => parentPort?.postMessage({ id, failure: failureOf(error) }),
  );
});

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), isForeseen: false };
  const isForeseen = error.name === "DataError" || error.name === "TrainingError";
  return { message: isForeseen ? error.message : (error.stack ?? error.message), isForeseen };
}

/** The pixels change hands instead of being copied. */
function moved({ image }: Sample): ArrayBuffer[] {
  const { buffer } = image.pixels;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
