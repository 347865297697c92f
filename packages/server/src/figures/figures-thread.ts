/**
 * A thread in which figures are computed that take longer than a reader may wait. It starts with the first question;
 * one that has failed answers nobody any more, and the next question starts another.
 */
import { startThread, type Thread } from "@malleolus/host";
import { ServerError } from "../errors.ts";

export interface FiguresThread<Question, Answer> {
  /** @throws ServerError `unavailable` once it is closed. */
  ask(question: Question): Promise<Answer>;
  /** Whoever waits is told that the server is stopping. */
  close(): Promise<void>;
}

/** `what` is computed, by a script that calls `answerQuestions` and tells failures by their stacks. */
export function openFiguresThread<Question, Answer>(
  script: URL,
  what: string,
): FiguresThread<Question, Answer> {
  let thread: Thread<Question, Answer> | null = null;
  let isClosed = false;
  return {
    async ask(question) {
      const stopping = () => new ServerError("unavailable", "The server is stopping.");
      if (isClosed) throw stopping();
      thread ??= start<Question, Answer>(script, what);
      const asked = thread;
      try {
        return await asked.ask(question);
      } catch (error) {
        if (thread === asked) thread = null;
        throw isClosed ? stopping() : error;
      }
    },
    async close() {
      isClosed = true;
      await thread?.close();
    },
  };
}

function start<Question, Answer>(script: URL, what: string): Thread<Question, Answer> {
  return startThread<Question, Answer, string>(script, {
    name: `the thread of ${what}`,
    errorOf: (text) => new Error(`internal: ${what}: ${text}`),
  });
}

/** What a thread of figures tells of an error. */
export function failureOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
