/**
 * A worker thread that answers questions, as its owner sees it. The thread's own side is
 * `answer-questions.ts`. Not here: what questions and failures are; an error that travels between threads
 * loses its class, so each package says how its own are told and made again.
 */
import { Worker } from "node:worker_threads";
import type { Told } from "./answer-questions.ts";

export interface Thread<Question, Answer> {
  /** `moved` changes hands instead of being copied. @throws ThreadEnded, and what `errorOf` makes. */
  ask(question: Question, moved?: readonly ArrayBuffer[]): Promise<Answer>;
  /** Ends the thread; what it was doing is dropped. */
  close(): Promise<void>;
}

export interface ThreadOptions<Failure> {
  /** As messages of faults call it: `a loader's thread`. */
  readonly name: string;
  /** What was thrown in the thread, from what it told of it. */
  readonly errorOf: (failure: Failure) => Error;
  readonly workerData?: unknown;
}

/** A thread is gone, with all that it knew: it answers nothing any more. */
export class ThreadEnded extends Error {}

/** Starts a thread with a script that calls `answerQuestions`. */
export function startThread<Question, Answer, Failure>(
  script: URL,
  { name, errorOf, workerData }: ThreadOptions<Failure>,
): Thread<Question, Answer> {
  // Not with the arguments of this process: some of them (--input-type) are for its script alone.
  const worker = new Worker(script, { execArgv: [], workerData });
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let nextId = 0;
  let ended: Error | null = null;

  const end = (reason: Error) => {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("message", (told: Told<Answer, Failure>) => {
    const question = waiting.get(told.id);
    waiting.delete(told.id);
    if ("answer" in told) question?.resolve(told.answer);
    else question?.reject(errorOf(told.failure));
  });
  worker.on("error", (cause) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    end(new ThreadEnded(`internal: ${name} failed: ${why}`, { cause }));
  });
  worker.on("exit", (code) => end(new ThreadEnded(`internal: ${name} ended with code ${code}`)));

  return {
    ask(question, moved = []) {
      if (ended !== null) return Promise.reject(ended);
      const id = nextId++;
      const asked = Promise.withResolvers<Answer>();
      waiting.set(id, asked);
      worker.postMessage({ id, question }, [...moved]);
      return asked.promise;
    },
    async close() {
      await worker.terminate();
    },
  };
}
