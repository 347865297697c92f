/**
 * Published weights into a backbone.
 *
 * Norms belong to their convolutions: fixed statistics on other convolutions let activations
 * explode (measured on the MSRA weights without res5's convolutions: a mean of 0.5 after res4
 * and of 1,423 after res5). So where a stage lacks a convolution, its norms are not taken over;
 * `config.backbone.trainedNorms` names that stage, and `norm-statistics.ts` measures it. The same holds
 * where a file brings convolutions without statistics for a network of fixed ones.
 */

import type { MaskRcnnConfig, ResNetConfig, StageName } from "@malleolus/schema";
import { nn, type Tensor } from "@malleolus/torch";
import { type FeaturePyramid, resNetOf } from "../backbones/fpn.ts";
import { stageNames } from "../backbones/resnet.ts";
import { ModelError } from "../errors.ts";
import { initializeLitePyramid } from "./initialize-lite-pyramid.ts";

/** What a network needs to be for this file. */
export interface BackboneModel {
  readonly config: Pick<MaskRcnnConfig, "backbone">;
  readonly backbone: FeaturePyramid;
}

interface ResNetModel extends BackboneModel {
  readonly config: { readonly backbone: ResNetConfig };
}

/** Names as in the model, below `backbone.`, but for `leftOver`, which are the file's. */
export interface WeightsReport {
  /** Taken over. */
  readonly found: readonly string[];
  /** Not in the file, or there for other convolutions: as initialised, or still to be measured. */
  readonly missing: readonly string[];
  /** In the file, and of no use here. */
  readonly leftOver: readonly string[];
  /** Stages whose norms are to be measured. */
  readonly trainedNorms: readonly StageName[];
}

/** Prefix of Detectron2's whole models; files of the network alone do without. */
const NETWORK = "bottom_up.";

/**
 * The stages some of whose convolutions or fixed norms `weights` lacks. They must stand in
 * `config.backbone.trainedNorms` of a network that takes these weights.
 *
 * @throws ModelError `weights` when they are of a deeper or a shallower ResNet.
 */
export function incompleteStages(
  model: ResNetModel,
  weights: ReadonlyMap<string, Tensor>,
): StageName[] {
  checkDepth(model, weights);
  const held = new Set([...weights.keys()].map(modelName));
  return stageNames.filter((stage) =>
    neededNames(model, `${NETWORK}${stage}.`).some((name) => !held.has(name)),
  );
}

/**
 * Copies weights into the backbone and says what fitted.
 *
 * @throws ModelError `weights` when they are of no ResNet, when a shape differs, or when a
 *   stage lacks convolutions and `config.backbone.trainedNorms` does not name it.
 */
export function initializeBackbone(
  model: BackboneModel,
  weights: ReadonlyMap<string, Tensor>,
): WeightsReport {
  const { config, backbone } = model;
  return config.backbone.kind === "efficientnet-lite2"
    ? initializeLitePyramid(backbone, config.backbone, weights)
    : initializeResNet({ config: { backbone: config.backbone }, backbone }, weights);
}

function initializeResNet(model: ResNetModel, weights: ReadonlyMap<string, Tensor>): WeightsReport {
  const { norm, trainedNorms } = model.config.backbone;
  checkFit(model, weights);
  const renamed = new Map<string, Tensor>();
  const leftOver: string[] = [];
  const own = nn.stateDict(model.backbone);
  // Scales that belong to fixed statistics mean nothing to a group norm; another group norm's do.
  const areFixed = [...weights.keys()].some((name) => name.endsWith(".running_var"));
  for (const [name, tensor] of weights) {
    const target = modelName(name);
    const discarded =
      target.includes(".norm.") &&
      ((norm === "group" && areFixed) ||
        trainedNorms.some((s) => target.startsWith(`${NETWORK}${s}.`)));
    if (discarded || !own.has(target)) leftOver.push(name);
    else renamed.set(target, tensor);
  }
  const report = nn.loadStateDict(model.backbone, renamed);
  const [wrong] = report.mismatched;
  if (wrong !== undefined) {
    throw new ModelError(
      "weights",
      `${wrong.name}: expected shape [${wrong.expected.join(", ")}], got [${wrong.got.join(", ")}]; ` +
        "use weights of this network, or set backbone.depth to theirs",
    );
  }
  return { found: report.loaded, missing: report.missing, leftOver, trainedNorms };
}

/** @throws ModelError `weights` where the first convolution of a ResNet is not among them. */
export function requireResNet(weights: ReadonlyMap<string, Tensor>): void {
  const names = [...weights.keys()];
  if (names.map(modelName).includes(`${NETWORK}stem.conv1.weight`)) return;
  const got = names.length === 0 ? "nothing" : `${names.slice(0, 3).join(", ")}, …`;
  throw new ModelError(
    "weights",
    "expected weights of a ResNet under the names of Detectron2 (stem.conv1.weight, …), torchvision " +
      "(layer1.0.conv1.weight, …) or Caffe2 (conv1_w, …), or, for a backbone of that kind, of an EfficientNet-Lite2 " +
      `(_conv_stem.weight, …), got ${got}; give another file`,
  );
}

function checkFit(model: ResNetModel, weights: ReadonlyMap<string, Tensor>): void {
  requireResNet(weights);
  const held = new Set([...weights.keys()].map(modelName));
  const stem = `${NETWORK}stem.conv1.norm.running_var`;
  if (model.config.backbone.norm === "frozen" && !held.has(stem)) {
    throw new ModelError(
      "weights",
      `expected norms with statistics, as backbone.norm "frozen" has them, got none for the stem; ` +
        'set backbone.norm to "group", or use weights with statistics',
    );
  }
  const { norm, trainedNorms } = model.config.backbone;
  const incomplete = incompleteStages(model, weights);
  const unnamed = incomplete.filter((stage) => !trainedNorms.includes(stage));
  if (norm === "frozen" && unnamed.length > 0) {
    throw new ModelError(
      "weights",
      `the weights lack convolutions of ${unnamed.join(", ")} or their norms, which must then be measured; ` +
        `set backbone.trainedNorms to ${JSON.stringify(incomplete)}`,
    );
  }
}

/**
 * A stage that the file does not know at all is one to be learned; a stage of another length makes
 * another network, of which the first blocks alone mean little.
 */
function checkDepth(model: ResNetModel, weights: ReadonlyMap<string, Tensor>): void {
  const names = [...weights.keys()].map(modelName);
  for (const stage of stageNames) {
    const prefix = `${NETWORK}${stage}.`;
    const numbers = names
      .filter((name) => name.startsWith(prefix))
      .map((name) => Number.parseInt(name.slice(prefix.length), 10));
    const got = numbers.reduce((most, number) => Math.max(most, number + 1), 0);
    const expected = resNetOf(model.backbone)[stage].length;
    if (got === 0 || got === expected) continue;
    throw new ModelError(
      "weights",
      `${stage}: expected ${expected} blocks (backbone.depth ${model.config.backbone.depth}), got ${got}; ` +
        "set backbone.depth to theirs (ResNet-50 has 6 blocks in res4, ResNet-101 has 23), or use others",
    );
  }
}

/** Convolutions, and the statistics of norms that have some. */
function neededNames(model: BackboneModel, prefix: string): string[] {
  return [...nn.stateDict(model.backbone).keys()].filter(
    (name) =>
      name.startsWith(prefix) &&
      /\.(conv\d|shortcut)\.(weight|norm\.running_(mean|var))$/.test(name),
  );
}

/** `stem.…` and `backbone.bottom_up.stem.…` are both `bottom_up.stem.…`. */
function modelName(name: string): string {
  if (name.startsWith("backbone.")) return name.slice("backbone.".length);
  return /^(stem|res\d)\./.test(name) ? `${NETWORK}${name}` : name;
}
