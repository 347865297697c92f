/**
 * Weights into a classifier: of a whole radiograph's MobileNetV2 those of any other, and for one that looks where
 * structures are found those of a whole segmentation, which it keeps.
 */
import { nn } from "@malleolus/torch";
import { type DeepLabReport, initializeDeepLab } from "../deeplab/initialize-deeplab.ts";
import { ModelError } from "../errors.ts";
import { initializeMobileNetV2, type MobileNetV2Weights } from "../weights/mobilenet-weights.ts";
import type { ImageClassifier } from "./classifier.ts";

/**
 * Copies weights into a network and says what fitted. Frees nothing. Layers for other classes begin anew.
 *
 * @throws ModelError `weights` as `initializeMobileNetV2`, and where the network keeps a segmentation which the
 *   file does not have whole.
 */
export function initializeClassifier(
  model: ImageClassifier,
  weights: MobileNetV2Weights,
): DeepLabReport {
  const { config, whereFound, classifier } = model;
  if (whereFound === null) {
    const { features } = model;
    const { backbone, classes } = config;
    const fit = initializeMobileNetV2({ features, classifier }, backbone, weights, classes);
    return { ...fit, missing: [], trainedNorms: [] };
  }
  const { segmentation, standard } = whereFound;
  requireStructures(segmentation.config.structures, weights);
  const fit = initializeDeepLab(segmentation, weights);
  const [absent] = fit.fresh;
  if (absent !== undefined) {
    throw new ModelError(
      "weights",
      `segmentation.${absent}: expected the recipe's model.pooling, got another or none; set its aspp and decoder ` +
        "as the segmentation has them",
    );
  }
  const trained = { standard, classifier };
  const own = nn.stateDict(trained);
  const isSame = String(weights.classes) === String(config.classes);
  const taken = [...weights.heads].filter(
    ([name, { shape }]) => isSame && String(own.get(name)?.shape) === String(shape),
  );
  const { loaded } = nn.loadStateDict(trained, new Map(taken));
  return {
    found: [...fit.found.map((name) => `segmentation.${name}`), ...loaded],
    missing: [],
    leftOver: fit.leftOver.filter((name) => !loaded.includes(name)),
    fresh: [...own.keys()].filter((name) => !loaded.includes(name)),
    trainedNorms: [],
  };
}

function requireStructures(
  structures: readonly { readonly name: string }[],
  weights: MobileNetV2Weights,
): void {
  const names = structures.map(({ name }) => name).join(", ");
  const got = weights.structures?.join(", ") ?? "weights without structures";
  if (got === names) return;
  throw new ModelError(
    "weights",
    `expected a segmentation of ${names}, got ${got}; train one first (malleolus train --recipe ` +
      "preliminary-segmentation) and give its model.safetensors, or set the recipe's model.pooling",
  );
}
