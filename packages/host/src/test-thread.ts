/** A thread for tests: it adds to what it was given, after a while. */
import { setTimeout } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { answerQuestions } from "./answer-questions.ts";

export interface Question {
  readonly add: number;
  readonly afterMs: number;
  /** Their sum is added, too. */
  readonly bytes?: Uint8Array;
  /** Thrown where nobody catches it. */
  readonly crash?: string;
  /** The thread ends with this code. */
  readonly exit?: number;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
}

const base: number = workerData;

answerQuestions<Question, number, Failure>({
  async answer({ add, afterMs, bytes, crash, exit }) {
    await setTimeout(afterMs);
    if (crash !== undefined) {
      setImmediate(() => {
        throw new Error(crash);
      });
      await setTimeout(60_000);
    }
    if (exit !== undefined) process.exit(exit);
    if (Number.isNaN(add)) throw new RangeError("no number");
    return base + add + (bytes?.reduce((sum, byte) => sum + byte, 0) ?? 0);
  },
  failureOf: (error) =>
    error instanceof Error
      ? { name: error.name, message: error.message }
      : { name: "Error", message: String(error) },
});
