/**
 * The thread that computes how long drawing takes, from the study's files themselves: how far proposals were moved is
 * measured on every drawing, and the bootstrap takes a second.
 */
import { drawingTimes } from "@malleolus/evaluation";
import { answerQuestions } from "@malleolus/host";
import type { DrawingTimes } from "@malleolus/schema";
import { closeStudy, drawingEfforts, openStudy } from "@malleolus/studies";
import { failureOf } from "./figures-thread.ts";

export interface DrawingTimesQuestion {
  readonly folder: string;
  readonly annotators: readonly string[];
  readonly seed: number;
}

/** Of a bootstrap while somebody waits. */
const RESAMPLES = 1000;

answerQuestions<DrawingTimesQuestion, DrawingTimes, string>({
  async answer({ folder, annotators, seed }) {
    const study = await openStudy(folder);
    try {
      return drawingTimes(await drawingEfforts(study), annotators, { seed, resamples: RESAMPLES });
    } finally {
      await closeStudy(study);
    }
  },
  failureOf,
});
