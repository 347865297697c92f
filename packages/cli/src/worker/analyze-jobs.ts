/** What a worker does with a detector's job: each of its radiographs is read, looked at, and told. */
import { startThread, type Thread } from "@malleolus/host";
import {
  type AnalyzedImage,
  analysisResults,
  imagesOf,
  imagesToAnalyze,
  type StudyWork,
  topicOf,
} from "@malleolus/studies";
import { errorOf, type Failure } from "../prelabel/failure.ts";
import { lookAtEach } from "./look-at-each.ts";
import type { ByteAnalysis, BytesToAnalyze, DetectorToOpen } from "./messages.ts";
import type { WorkOnImages } from "./work-on-images.ts";

export type AnalysisThread = Thread<BytesToAnalyze, ByteAnalysis>;

/** Its owner closes it. */
export function startAnalysis(detector: DetectorToOpen): AnalysisThread {
  return startThread<BytesToAnalyze, ByteAnalysis, Failure>(
    new URL("./analysis-worker.ts", import.meta.url),
    { name: "a worker's detector", errorOf, workerData: detector },
  );
}

/** `model` is the detector's hash. */
export function analyzeJobs(
  { study, queue, images: source, who, onImage }: WorkOnImages,
  model: string,
  detector: AnalysisThread,
): StudyWork {
  return {
    queue,
    topic: topicOf({ kind: "analyze", model }),
    async perform(job, lost) {
      const open = await imagesToAnalyze(study, model, imagesOf(job));
      const analyzed: AnalyzedImage[] = [];
      const ask = (bytes: BytesToAnalyze) => detector.ask(bytes);
      for await (const { sha256, answer } of lookAtEach(source, open, lost, ask)) {
        analyzed.push({ image: sha256, ...answer });
        onImage();
      }
      return analysisResults(model, analyzed, who);
    },
  };
}
