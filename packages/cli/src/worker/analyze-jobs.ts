/** What a worker does with a job: each of its radiographs is read, looked at, and told. */
import { causeText } from "@malleolus/errors";
import { startThread, type Thread } from "@malleolus/host";
import { imageColumn } from "@malleolus/schema";
import {
  type AnalyzedImage,
  type ImageSource,
  type ImageToAnalyze,
  imagesToAnalyze,
  type JobQueue,
  requireModel,
  type Study,
  type StudyWork,
  storeAnalyses,
} from "@malleolus/studies";
import { errorOf, type Failure } from "../prelabel/failure.ts";
import type { ByteAnalysis, BytesToAnalyze, DetectorToOpen } from "./messages.ts";

export type AnalysisThread = Thread<BytesToAnalyze, ByteAnalysis>;

/** Its owner closes it. */
export function startAnalysis(detector: DetectorToOpen): AnalysisThread {
  return startThread<BytesToAnalyze, ByteAnalysis, Failure>(
    new URL("./analysis-worker.ts", import.meta.url),
    { name: "a worker's detector", errorOf, workerData: detector },
  );
}

export interface AnalysisWork {
  readonly study: Study;
  readonly queue: JobQueue;
  readonly images: ImageSource;
  readonly modelSha256: string;
  readonly detector: AnalysisThread;
  readonly who: string;
  readonly onImage: () => void;
}

export function analyzeJobs(given: AnalysisWork): StudyWork {
  const { study, queue, modelSha256, who } = given;
  return {
    queue,
    async perform(job, lost) {
      requireModel(job, modelSha256);
      const { model, images } = job.content;
      const open = await imagesToAnalyze(study, model, images);
      const analyzed: AnalyzedImage[] = [];
      // The next one is read while this one is looked at.
      let next = open.length === 0 ? null : readImage(given, open[0]);
      for (const [i, { sha256 }] of open.entries()) {
        if (next === null || lost.aborted) break;
        const bytes = await next;
        next = i + 1 < open.length ? readImage(given, open[i + 1]) : null;
        // It is awaited in the next turn, unless this one throws.
        next?.catch(() => undefined);
        const answer = await given.detector.ask({ bytes, name: `image ${sha256}` });
        analyzed.push({ image: sha256, ...answer });
        given.onImage();
      }
      return (transaction) => storeAnalyses(transaction, model, analyzed, who);
    },
  };
}

function readImage(
  { images }: AnalysisWork,
  { sha256, facts }: ImageToAnalyze,
): Promise<Uint8Array> {
  const format = imageColumn.read(facts, `image ${sha256}`).format;
  // In words: a bucket that is away is not the database that is.
  return images.read(sha256, format).catch((cause: unknown) => {
    throw new Error(`image ${sha256}: ${causeText(cause)}`, { cause });
  });
}
