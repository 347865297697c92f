/** A bar that moves on a terminal, with lines of their own above it. */
import { Presets, SingleBar } from "cli-progress";

export interface MovingBar {
  /** `payload` fills the format's places by name. */
  show(done: number, total: number, payload?: Readonly<Record<string, string>>): void;
  /** A line of its own, between two states of the bar. */
  say(text: string): void;
  /** Leaves the terminal as it should be; always called. */
  end(): void;
}

/** `format` is cli-progress's: `{bar} {value}/{total}` and what stands in the payload. */
export function movingBar(terminal: NodeJS.WriteStream, format: string): MovingBar {
  const progress = new SingleBar(
    {
      stream: terminal,
      format,
      barsize: 20,
      hideCursor: true,
      // Our own handlers end the bar: see `stopOnSignals`.
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
    show(done, total, payload = {}) {
      if (running) progress.update(done, payload);
      else progress.start(total, done, payload);
      running = true;
    },
    say(text) {
      pause();
      terminal.write(`${text}\n`);
    },
    end: pause,
  };
}
