/**
 * A study's radiographs, looked at by the preliminary networks, and what these propose kept in the study, some
 * at a time: what is interrupted goes on.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { openClassifier, openSegmenter } from "@malleolus/networks";
import { fileSha256 } from "@malleolus/runs";
import type { Model, Prelabel } from "@malleolus/schema";
import { imagePath, imagesWithoutPrelabel, type Study, storeProposals } from "@malleolus/studies";
import { CliError } from "../errors.ts";
import { heightRuleOf } from "./class-by-height.ts";
import { prelabelRadiographs } from "./prelabel-radiographs.ts";
import { prelabelOf } from "./prelabel-record.ts";

export interface StudyToPrelabel {
  readonly study: Study;
  readonly segmentation: string;
  /** Null without a network that says classes. */
  readonly classification: string | null;
  /** The model's in the study. */
  readonly name: string;
  readonly who: string;
  /** Threads that read radiographs, and as many that outline. */
  readonly workers: number;
  readonly stop: AbortSignal;
  /** After each radiograph. */
  readonly onRadiograph: (done: number, total: number) => void;
  /** A radiograph that cannot be read, with its reason. */
  readonly onFailure: (reason: string) => void;
  /** Once, before the first radiograph, where probabilities are only as sure as training made them. */
  readonly onUncalibrated: () => void;
}

export interface PrelabelCounts {
  readonly stored: number;
  readonly outlined: number;
  readonly noLowerLeg: number;
  /** That cannot be read. */
  readonly failed: number;
}

/** Prelabels that are stored together: what an interruption costs. */
const BATCH = 20;

/** Both networks together as a study knows them. */
export async function preliminaryModel(
  name: string,
  segmentation: string,
  classification: string | null,
): Promise<Model> {
  const paths = classification === null ? [segmentation] : [segmentation, classification];
  const hashes = await Promise.all(paths.map(fileSha256));
  return {
    sha256: createHash("sha256").update(hashes.join("\n")).digest("hex"),
    name,
    version: hashes.map((hash) => hash.slice(0, 8)).join("+"),
  };
}

/**
 * Looks at every radiograph that these networks have not looked at.
 *
 * @throws CliError `study` where an image is missing from the store; errors of the networks' files.
 */
export async function prelabelStudy(
  given: StudyToPrelabel,
): Promise<PrelabelCounts & { readonly model: Model }> {
  const { study, segmentation, classification, who, workers, stop } = given;
  const model = await preliminaryModel(given.name, segmentation, classification);
  const segmenter = openSegmenter(segmentation);
  const classifier = classification === null ? null : openClassifier(classification);
  const counts = { stored: 0, outlined: 0, noLowerLeg: 0, failed: 0 };
  let waiting: Prelabel[] = [];
  const store = async () => {
    const { stored } = await storeProposals(study, waiting, who);
    counts.stored += stored;
    waiting = [];
  };
  try {
    const files = (await imagesWithoutPrelabel(study, model.sha256)).map((sha256) => ({
      sha256,
      path: pathOf(study.images, sha256),
    }));
    if (classifier !== null && classifier.calibration === null) {
      given.onUncalibrated();
    }
    const seen = prelabelRadiographs({
      files,
      pathOf: ({ path }) => path,
      segmenter,
      classifier,
      heightRule: heightRuleOf(study.protocol),
      workers,
      stop,
    });
    let done = 0;
    for await (const one of seen) {
      given.onRadiograph(++done, files.length);
      if ("error" in one) {
        counts.failed++;
        given.onFailure(one.error.message);
        continue;
      }
      if (one.outlined.isLowerLeg) counts.outlined++;
      else counts.noLowerLeg++;
      waiting.push(prelabelOf(one, one.file.sha256, model, classifier?.classes ?? []));
      if (waiting.length === BATCH) await store();
    }
    await store();
    return { ...counts, model };
  } finally {
    segmenter.close();
    classifier?.close();
  }
}

function pathOf(store: string, sha256: string): string {
  const formats = ["dicom", "jpeg", "png"] as const;
  const found = formats.map((format) => imagePath(store, sha256, format)).find(existsSync);
  if (found !== undefined) return found;
  throw new CliError("study", `${store}: expected image ${sha256}, got none; import it again`);
}
