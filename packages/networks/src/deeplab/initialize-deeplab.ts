/**
 * Weights into a whole DeepLabV3+: the backbone's of any MobileNetV2, and of a segmentation of ours the
 * pyramid and the decoder too. A predictor for other structures begins anew.
 */
import { nn, type Tensor } from "@malleolus/torch";
import { initializeMobileNetV2, type MobileNetV2Weights } from "../weights/mobilenet-weights.ts";
import type { DeepLab } from "./deeplab.ts";

/** Names as in the model, but for `leftOver`, which are the file's. */
export interface DeepLabReport {
  readonly found: readonly string[];
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
  /** As initialized. */
  readonly fresh: readonly string[];
  readonly trainedNorms: readonly string[];
}

/**
 * Copies weights into a network and says what fitted. Frees nothing.
 *
 * @throws ModelError `weights` as `initializeMobileNetV2`.
 */
export function initializeDeepLab(model: DeepLab, weights: MobileNetV2Weights): DeepLabReport {
  const { backbone, aspp, decoder, predictor, config } = model;
  const ofBackbone = initializeMobileNetV2(
    { features: backbone.features },
    config.backbone,
    weights,
  );
  const heads = { aspp, decoder, predictor };
  const own = nn.stateDict(heads);
  const names = config.structures.map(({ name }) => name);
  const isSame = String(weights.structures) === String(names);
  const fits = ([name, { shape }]: [string, Tensor]) =>
    String(own.get(name)?.shape) === String(shape) && (isSame || !name.startsWith("predictor."));
  const { loaded } = nn.loadStateDict(heads, new Map([...weights.heads].filter(fits)));
  const found = new Set(loaded);
  return {
    found: [...ofBackbone.found.map((name) => `backbone.${name}`), ...loaded],
    missing: [],
    leftOver: [
      ...ofBackbone.leftOver,
      ...[...weights.heads.keys()].filter((name) => !found.has(name)),
    ],
    fresh: [...own.keys()].filter((name) => !found.has(name)),
    trainedNorms: [],
  };
}
