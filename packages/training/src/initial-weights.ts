/** Weights that a training begins with, as somebody published them or a run of ours wrote them. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  ModelError,
  type PublishedWeights,
  publishedWeights,
  requireResNet,
} from "@malleolus/networks";
import { readSeenImages, type SeenImages } from "@malleolus/runs";
import { readWeightsFile } from "@malleolus/torch";

/** Initial weights of the backbone or of the whole network, as published. */
export interface InitialWeights extends PublishedWeights {
  readonly path: string;
  readonly sha256: string;
  /** The radiographs that they have seen, where they are of a run of ours that says so. */
  readonly seen: SeenImages | null;
}

/**
 * Safetensors, a checkpoint of PyTorch or a pickle of NumPy arrays, told by its content, under the
 * names of Detectron2, torchvision or Caffe2.
 *
 * @throws TorchError `checkpoint` for a file that is none of these, or not whole.
 * @throws ModelError `weights` for one of another network, or of what is no number.
 */
export function readInitialWeights(path: string): InitialWeights {
  const file = readWeightsFile(path);
  const weights = ofWeights({ path }, () => publishedWeights(file));
  try {
    ofWeights({ path }, () => requireResNet(weights.tensors));
  } catch (error) {
    for (const tensor of weights.tensors.values()) tensor.free();
    throw error;
  }
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { ...weights, path, sha256, seen: readSeenImages(path) };
}

/** Runs what may find the weights wrong; its message then begins with their file. */
export function ofWeights<T>({ path }: Pick<InitialWeights, "path">, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof ModelError) || cause.code !== "weights") throw cause;
    throw new ModelError("weights", `${path}: ${cause.message}`, { cause });
  }
}
