/**
 * The thread of a worker in which the preliminary networks run: LibTorch's calls block, and a worker that is silent has
 * lost its job.
 */
import { workerData } from "node:worker_threads";
import { DataError, decodeRadiograph, type Radiograph } from "@malleolus/data";
import { answerQuestions } from "@malleolus/host";
import { openClassifier, openSegmenter } from "@malleolus/networks";
import { setThreads } from "@malleolus/torch";
import { failureOf } from "../prelabel/failure.ts";
import { outlineSeen } from "../prelabel/outline-seen.ts";
import { lookOf } from "../prelabel/prelabel-radiographs.ts";
import { prepareRadiograph } from "../prelabel/prepare-radiograph.ts";
import type { BytePrelabel, BytesToPrelabel, NetworksToOpen } from "./messages.ts";

async function openNetworks({ segmentation, classification, threads }: NetworksToOpen) {
  if (threads !== undefined) setThreads(threads);
  const segmenter = openSegmenter(segmentation);
  const classifier = classification === null ? null : openClassifier(classification);
  return {
    structures: segmenter.structures,
    classes: classifier?.classes ?? [],
    lookAt: lookOf(segmenter, classifier),
    sizes: [segmenter.preprocess, ...(classifier === null ? [] : [classifier.preprocess])],
  };
}

const opened = openNetworks(workerData);
// Whoever asks is told.
opened.catch(() => undefined);

answerQuestions<BytesToPrelabel, BytePrelabel, ReturnType<typeof failureOf>>({
  async answer({ bytes, name, heightRule }) {
    const { structures, classes, lookAt, sizes } = await opened;
    let read: Radiograph;
    try {
      read = await decodeRadiograph(bytes, name);
    } catch (error) {
      if (error instanceof DataError) return { failure: error.message };
      throw error;
    }
    const { images, ...radiograph } = prepareRadiograph(read, sizes);
    const { found, ...said } = lookAt(images[0], images[1]);
    const outlined = outlineSeen({ found, structures, radiograph, heightRule });
    return { seen: { ...radiograph, ...said, ...outlined }, classes };
  },
  failureOf,
});
