/** Weights that a training begins with, as somebody published them or a run of ours wrote them. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type EfficientNetLiteWeights,
  efficientNetLiteWeights,
  isEfficientNetLite,
  isLitePyramid,
  isMobileNetV2,
  type MobileNetV2Weights,
  ModelError,
  mobileNetV2Weights,
  type PublishedWeights,
  publishedWeights,
  requireResNet,
} from "@malleolus/networks";
import { namedRecipes, readSeenImages, type SeenImages } from "@malleolus/runs";
import type { Recipe } from "@malleolus/schema";
import { readWeightsFile, type StateDictFile } from "@malleolus/torch";

interface WeightsOrigin {
  readonly path: string;
  readonly sha256: string;
  /** The radiographs that they have seen, where they are of a run of ours that says so. */
  readonly seen: SeenImages | null;
}

/** Under our names, a detector's from `backbone` on; `own` as in `PublishedWeights`. */
export type LiteWeights = EfficientNetLiteWeights & Pick<PublishedWeights, "own">;

/** Of a backbone or of a whole Mask R-CNN on it; or of a MobileNetV2, alone or in a network of ours. */
export type InitialWeights = WeightsOrigin &
  (
    | ({ readonly network: "resnet" } & PublishedWeights)
    | ({ readonly network: "efficientnet-lite2" } & LiteWeights)
    | ({ readonly network: "mobilenet-v2" } & MobileNetV2Weights)
  );

/**
 * Safetensors, a checkpoint of PyTorch or a pickle of NumPy arrays, told by its content, under the
 * names of Detectron2, torchvision, Caffe2 or Gluon.
 *
 * @throws TorchError `checkpoint` for a file that is none of these, or not whole.
 * @throws ModelError `weights` for one of another network, or of what is no number.
 */
export function readInitialWeights(path: string): InitialWeights {
  const file = readWeightsFile(path);
  const weights = ofWeights({ path }, () => recognized(file));
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { ...weights, path, sha256, seen: readSeenImages(path) };
}

function recognized(file: StateDictFile) {
  if (isMobileNetV2(file)) {
    return { network: "mobilenet-v2", ...mobileNetV2Weights(file) } as const;
  }
  if (isEfficientNetLite(file)) {
    return { network: "efficientnet-lite2", ...efficientNetLiteWeights(file), own: null } as const;
  }
  const weights = publishedWeights(file);
  if (isLitePyramid(weights.tensors)) {
    return { network: "efficientnet-lite2", ...weights } as const;
  }
  try {
    requireResNet(weights.tensors);
  } catch (error) {
    for (const tensor of weights.tensors.values()) tensor.free();
    throw error;
  }
  return { network: "resnet", ...weights } as const;
}

/** @throws ModelError `weights` for another network's. */
export function resNetWeights(weights: InitialWeights): PublishedWeights {
  if (weights.network === "resnet") return weights;
  throw wrongNetwork("a ResNet or a Mask R-CNN on one", weights);
}

/** @throws ModelError `weights` for another network's. */
export function efficientNetLite2Weights(weights: InitialWeights): LiteWeights {
  if (weights.network === "efficientnet-lite2") return weights;
  throw wrongNetwork("an EfficientNet-Lite2 or a Mask R-CNN on one", weights);
}

/** @throws ModelError `weights` for another network's. */
export function mobileNetWeights(weights: InitialWeights): MobileNetV2Weights {
  if (weights.network === "mobilenet-v2") return weights;
  throw wrongNetwork("a MobileNetV2", weights);
}

const NETWORK_NAMES = {
  resnet: "a ResNet",
  "efficientnet-lite2": "an EfficientNet-Lite2",
  "mobilenet-v2": "a MobileNetV2",
} as const satisfies Record<InitialWeights["network"], string>;

function wrongNetwork(expected: string, { network }: InitialWeights): ModelError {
  const theirs = namedRecipes.flatMap(({ recipe }) =>
    networkOf(recipe) === network ? [recipe.name] : [],
  );
  return new ModelError(
    "weights",
    `expected weights of ${expected}, got those of ${NETWORK_NAMES[network]}; give weights of the recipe's network, ` +
      `or take a recipe of the weights' (${theirs.join(", ")})`,
  );
}

function networkOf({ model }: Recipe): InitialWeights["network"] {
  if (model.kind !== "mask-rcnn") return "mobilenet-v2";
  return model.backbone.kind === "efficientnet-lite2" ? "efficientnet-lite2" : "resnet";
}

/** Runs what may find the weights wrong; its message then begins with their file. */
export function ofWeights<T>({ path }: Pick<WeightsOrigin, "path">, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof ModelError) || cause.code !== "weights") throw cause;
    throw new ModelError("weights", `${path}: ${cause.message}`, { cause });
  }
}
