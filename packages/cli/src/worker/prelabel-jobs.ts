/** What a worker does with a job of the preliminary networks. */
import { startThread, type Thread } from "@malleolus/host";
import type { Model, Prelabel } from "@malleolus/schema";
import {
  imagesOf,
  imagesToPrelabel,
  knownModel,
  type StudyWork,
  storePrelabels,
  topicOf,
} from "@malleolus/studies";
import { heightRuleOf } from "../prelabel/class-by-height.ts";
import { errorOf, type Failure } from "../prelabel/failure.ts";
import { prelabelOf } from "../prelabel/prelabel-record.ts";
import { lookAtEach } from "./look-at-each.ts";
import type { BytePrelabel, BytesToAnalyze, BytesToPrelabel, NetworksToOpen } from "./messages.ts";
import type { WorkOnImages } from "./work-on-images.ts";

export type PrelabelThread = Thread<BytesToPrelabel, BytePrelabel>;

/** Its owner closes it. What keeps the networks from being opened is told to whoever asks. */
export function startPrelabelling(networks: NetworksToOpen): PrelabelThread {
  return startThread<BytesToPrelabel, BytePrelabel, Failure>(
    new URL("./prelabel-worker.ts", import.meta.url),
    { name: "a worker's networks", errorOf, workerData: networks },
  );
}

export function prelabelJobs(
  { study, queue, images: source, who, onImage, onFailure }: WorkOnImages,
  model: Model,
  networks: PrelabelThread,
): StudyWork {
  const heightRule = heightRuleOf(study.protocol);
  return {
    queue,
    topic: topicOf({ kind: "prelabel", model: model.sha256 }),
    async perform(job, lost) {
      // Whoever sent the job has given the networks their name, perhaps when this worker was there already.
      const known = (await knownModel(study, model.sha256)) ?? model;
      const open = await imagesToPrelabel(study, model.sha256, imagesOf(job));
      const prelabels: Prelabel[] = [];
      const ask = (bytes: BytesToAnalyze) => networks.ask({ ...bytes, heightRule });
      for await (const { sha256, answer } of lookAtEach(source, open, lost, ask)) {
        if ("failure" in answer) onFailure(answer.failure);
        else prelabels.push(prelabelOf(answer.seen, sha256, known, answer.classes));
        onImage();
      }
      return {
        store: (transaction) => storePrelabels(transaction, study, model.sha256, prelabels, who),
      };
    },
  };
}
