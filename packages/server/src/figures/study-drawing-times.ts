/** How long drawing takes, by what stands in the study now; computed in a thread, once for all who ask meanwhile. */
import type { DrawingTimes, namedDrawingTimesSchema } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import type { z } from "zod";
import type { DrawingTimesQuestion } from "./drawing-times-thread.ts";
import { openFiguresThread } from "./figures-thread.ts";

export interface StudyDrawingTimes {
  now(): Promise<z.infer<typeof namedDrawingTimesSchema>>;
  /** Whoever waits is told that the server is stopping. */
  close(): Promise<void>;
}

export function openStudyDrawingTimes(study: Study): StudyDrawingTimes {
  const thread = openFiguresThread<DrawingTimesQuestion, DrawingTimes>(
    new URL("./drawing-times-thread.ts", import.meta.url),
    "drawing times",
  );
  let asked: Promise<DrawingTimes> | null = null;
  return {
    async now() {
      const { folder, configuration, protocol } = study;
      const annotators = configuration.observers.filter(({ roles }) => roles.includes("annotator"));
      const names = Object.fromEntries(annotators.map(({ id, name }) => [id, name]));
      asked ??= thread
        .ask({ folder, annotators: annotators.map(({ id }) => id), seed: protocol.splits.seed })
        .finally(() => {
          asked = null;
        });
      return { ...(await asked), names };
    },
    close: thread.close,
  };
}
