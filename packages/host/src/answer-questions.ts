/** The side of a worker thread that works: it answers its owner's questions (`thread.ts`). */
import { parentPort } from "node:worker_threads";

/** What a thread says of a question. */
export type Told<Answer, Failure> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly failure: Failure };

export interface Answering<Question, Answer, Failure> {
  answer(question: Question): Answer | Promise<Answer>;
  /** What is told of what was thrown: plain data, since an error that travels loses its class. */
  failureOf(error: unknown): Failure;
  /** What of an answer changes hands instead of being copied. */
  moved?(answer: Answer): readonly ArrayBuffer[];
}

/** Answers as long as the thread lives. Questions are begun in their order, each as soon as it comes. */
export function answerQuestions<Question, Answer, Failure>({
  answer,
  failureOf,
  moved = () => [],
}: Answering<Question, Answer, Failure>): void {
  const tell = (told: Told<Answer, Failure>, owned: readonly ArrayBuffer[] = []) =>
    parentPort?.postMessage(told, [...owned]);
  parentPort?.on("message", async ({ id, question }: { id: number; question: Question }) => {
    let given: Answer;
    try {
      given = await answer(question);
    } catch (error) {
      tell({ id, failure: failureOf(error) });
      return;
    }
    tell({ id, answer: given }, moved(given));
  });
}
