/**
 * What the preliminary networks see on radiographs, one after the other: files are read and brought to
 * the networks' sizes in threads, and shapes are made in threads, while the networks look at others.
 */
import { isDeepStrictEqual } from "node:util";
import { DataError } from "@malleolus/data";
import { startThread, threadPool } from "@malleolus/host";
import { type LabelProbabilities, mirrorImage, type NetworkImage } from "@malleolus/imaging";
import { meanWithMirrored, type RadiographClassifier, type Segmenter } from "@malleolus/networks";
import type { HeightRule } from "./class-by-height.ts";
import { errorOf, type Failure } from "./failure.ts";
import type {
  OutlinedAnkle,
  PreparedRadiograph,
  RadiographToPrepare,
  SeenToOutline,
} from "./messages.ts";

export interface SeenRadiograph<File> extends OutlinedAnkle, Omit<PreparedRadiograph, "images"> {
  readonly file: File;
  /** Of the classifier's classes, in their order; null without a classifier. */
  readonly probabilities: Float32Array | null;
  /** The same of the radiograph flipped left to right. */
  readonly flippedProbabilities: Float32Array | null;
}

export interface PrelabelOptions<File> {
  readonly files: readonly File[];
  readonly pathOf: (file: File) => string;
  readonly segmenter: Segmenter;
  readonly classifier: RadiographClassifier | null;
  /** How a fracture's height tells its class; null where it does not. */
  readonly heightRule: HeightRule | null;
  /** Threads that read, and as many that outline. */
  readonly workers: number;
  /** Ends it after the radiograph that is going on. */
  readonly stop: AbortSignal;
}

/** Radiographs that are read or outlined while another is looked at, a thread. */
const AHEAD = 2;

/**
 * In the order of the files, each with what was thrown where it cannot be used.
 *
 * @throws ModelError and TorchError where a network cannot compute.
 */
export async function* prelabelRadiographs<File>(
  options: PrelabelOptions<File>,
): AsyncGenerator<SeenRadiograph<File> | { readonly file: File; readonly error: Error }> {
  const { files, pathOf, segmenter, classifier, heightRule, workers, stop } = options;
  const readers = threadPool(workers, () =>
    startThread<RadiographToPrepare, PreparedRadiograph, Failure>(
      new URL("./prepare-worker.ts", import.meta.url),
      { name: "a thread that reads radiographs", errorOf },
    ),
  );
  const outliners = threadPool(workers, () =>
    startThread<SeenToOutline, OutlinedAnkle, Failure>(
      new URL("./outline-worker.ts", import.meta.url),
      { name: "a thread that outlines", errorOf },
    ),
  );
  const lookAt = lookOf(segmenter, classifier);
  const sizes = [segmenter.preprocess, ...(classifier === null ? [] : [classifier.preprocess])];
  const prepare = async (file: File) => {
    const prepared = await readers.lend((thread) => thread.ask({ path: pathOf(file), sizes }));
    return look(prepared);
  };
  const look = async ({ images, ...radiograph }: PreparedRadiograph) => {
    const [image, smaller] = images;
    const { found, probabilities, flippedProbabilities } = lookAt(image, smaller);
    const outlined = outliners.lend((thread) =>
      thread.ask({ found, structures: segmenter.structures, radiograph, heightRule }),
    );
    return { ...radiograph, probabilities, flippedProbabilities, ...(await outlined) };
  };
  try {
    const begun: Promise<SeenRadiograph<File> | { file: File; error: Error }>[] = [];
    const begin = (file: File) =>
      prepare(file).then(
        (seen) => ({ file, ...seen }),
        (error: unknown) => {
          if (error instanceof DataError) return { file, error };
          throw error;
        },
      );
    let next = 0;
    while (next < files.length || begun.length > 0) {
      while (next < files.length && begun.length < AHEAD * workers) {
        const seen = begin(files[next++]);
        // Whoever waits for it hears of its failure; until then it is nobody's.
        seen.catch(() => undefined);
        begun.push(seen);
      }
      const first = await begun.shift();
      if (first === undefined) return;
      yield first;
      if (stop.aborted) return;
    }
  } finally {
    await Promise.all([readers.close(), outliners.close()]);
  }
}

interface Seen extends Pick<SeenRadiograph<unknown>, "probabilities" | "flippedProbabilities"> {
  readonly found: LabelProbabilities;
}

/** At the segmenter's size, and at the classifier's where there is one. */
type Look = (image: NetworkImage, ofClassifier: NetworkImage | undefined) => Seen;

/**
 * Both networks' look at a radiograph and at its mirror image: one pass of each where both have one segmentation at
 * one size, which is then asked for outlines on the mirror image, too, at no cost.
 */
export function lookOf(segmenter: Segmenter, classifier: RadiographClassifier | null): Look {
  const own = classifier?.segmentation ?? null;
  const withoutFlip = { ...segmenter.preprocess, testTimeFlip: false };
  const isOne =
    own?.weightsHash === segmenter.weightsHash &&
    isDeepStrictEqual(withoutFlip, classifier?.preprocess);
  if (own !== null && isOne) {
    return (image) => {
      const [plain, mirrored] = own.segmentAndClassify([image, mirrorImage(image)]);
      return {
        found: segmenter.preprocess.testTimeFlip
          ? meanWithMirrored(plain.found, mirrored.found)
          : plain.found,
        probabilities: plain.probabilities,
        flippedProbabilities: mirrored.probabilities,
      };
    };
  }
  return (image, ofClassifier) => {
    const classify = (one: NetworkImage) => classifier?.classifyPrepared(one) ?? null;
    return {
      found: segmenter.segmentPrepared(image),
      probabilities: ofClassifier === undefined ? null : classify(ofClassifier),
      flippedProbabilities: ofClassifier === undefined ? null : classify(mirrorImage(ofClassifier)),
    };
  };
}
