/** The demonstration's progress: a line a stage, and a bar within it. */
import { type CountProgress, countProgress } from "../count-progress.ts";
import type { Output } from "../output.ts";
import { describeDuration } from "../training-progress.ts";

export interface DemoProgress {
  /** Its title, and how long is left of the whole demonstration, where that is known. */
  stage(number: number, of: number, title: string, leftSeconds: number | null): void;
  /** Of the stage; `what` names the counted. */
  count(done: number, total: number, what: string): void;
  say(text: string): void;
  /** Of the stage that is going on. */
  finish(seconds: number): void;
  /** Of a stage that an earlier call finished. */
  skip(number: number, of: number, title: string): void;
  /** Leaves the terminal as it should be. */
  end(): void;
}

export function demoProgress(output: Output): DemoProgress {
  let bar: CountProgress | null = null;
  let counted = "";
  const end = () => {
    bar?.end();
    bar = null;
    counted = "";
  };
  const heading = (number: number, of: number, title: string) =>
    `[${String(number).padStart(String(of).length)}/${of}] ${title}`;
  return {
    stage(number, of, title, leftSeconds) {
      end();
      const left = leftSeconds === null ? "" : `; about ${describeDuration(leftSeconds)} left`;
      output.writeError(`${heading(number, of, title)}${left}\n`);
    },
    count(done, total, what) {
      if (what !== counted) {
        end();
        bar = countProgress(output, what);
        counted = what;
      }
      bar?.show(done, total);
    },
    say(text) {
      end();
      output.writeError(`${text}\n`);
    },
    finish(seconds) {
      end();
      output.writeError(`        ${describeDuration(seconds)}\n`);
    },
    skip(number, of, title) {
      end();
      output.writeError(`${heading(number, of, title)}: done before\n`);
    },
    end,
  };
}
