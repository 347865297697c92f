/** The progress of counted work: a bar on a terminal, a line now and then elsewhere. */
import { movingBar } from "./moving-bar.ts";
import type { Output } from "./output.ts";

export interface CountProgress {
  show(done: number, total: number): void;
  /** A line of its own, between two steps of the bar. */
  say(text: string): void;
  /** Leaves the terminal as it should be; always called. */
  end(): void;
}

const LINE_EVERY_MS = 10_000;

/** `what` names the counted: "files". */
export function countProgress(output: Output, what: string): CountProgress {
  const { terminal } = output;
  if (terminal !== undefined) {
    return movingBar(terminal, `{bar} {value}/{total} ${what}  {eta_formatted} left`);
  }
  let saidAt = performance.now();
  return {
    show(done, total) {
      const now = performance.now();
      if (now - saidAt < LINE_EVERY_MS) return;
      saidAt = now;
      output.writeError(`${done} of ${total} ${what}\n`);
    },
    say: (text) => output.writeError(`${text}\n`),
    end: () => undefined,
  };
}
