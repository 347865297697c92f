/**
 * The thread of a worker in which its detector runs: LibTorch's calls block, and a worker that is silent has lost
 * its job.
 */
import { workerData } from "node:worker_threads";
import { DataError, decodeRadiograph, type Radiograph } from "@malleolus/data";
import { answerQuestions } from "@malleolus/host";
import { openEngine } from "../engine/open-engine.ts";
import { LEAST_SCORE } from "../patients/least-score.ts";
import { failureOf } from "../prelabel/failure.ts";
import type { ByteAnalysis, BytesToAnalyze, DetectorToOpen } from "./messages.ts";

const { engine: name, path, dtype, threads }: DetectorToOpen = workerData;
const opened = openEngine(name, path, {
  dtype,
  threads,
  scoreThreshold: LEAST_SCORE,
  isQuiet: true,
  output: { write: () => undefined, writeError: () => undefined },
});
// Whoever asks is told.
opened.catch(() => undefined);

answerQuestions<BytesToAnalyze, ByteAnalysis, ReturnType<typeof failureOf>>({
  async answer({ bytes, name: where }) {
    const engine = await opened;
    let radiograph: Radiograph;
    try {
      radiograph = await decodeRadiograph(bytes, where);
    } catch (error) {
      if (error instanceof DataError) return { failure: error.message };
      throw error;
    }
    return { analysis: await engine.analyze(radiograph) };
  },
  failureOf,
});
