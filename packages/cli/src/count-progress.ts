/**
 * What a person sees of counted work: a bar on a terminal, a line now and then elsewhere.
 */
import { Presets, SingleBar } from "cli-progress";
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
  if (terminal !== undefined) return bar(terminal, what);
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

function bar(terminal: NodeJS.WriteStream, what: string): CountProgress {
  const progress = new SingleBar(
    {
      stream: terminal,
      format: `{bar} {value}/{total} ${what}  {eta_formatted} left`,
      barsize: 20,
      hideCursor: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let running = false;
  const pause = () => {
    if (running) progress.stop();
    running = false;
  };
  return {
    show(done, total) {
      if (running) progress.update(done);
      else progress.start(total, done);
      running = true;
    },
    say(text) {
      pause();
      terminal.write(`${text}\n`);
    },
    end: pause,
  };
}
