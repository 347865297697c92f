/**
 * Published weights of MobileNetV2, torchvision's and Gluon's, made ours and copied into a network:
 * under torchvision's names, the first convolution for our input. It keeps three channels, though a
 * radiograph fills them alike: their means differ, so that no value of one channel would stand for
 * the border's padding in all three, and a sum of the weights would save a hundredth of the network.
 */
import { nn, noGrad, type StateDictFile, scope, type Tensor } from "@malleolus/torch";
import type { MobileNetV2Config } from "../backbones/mobilenet-v2.ts";
import { ModelError } from "../errors.ts";
import { requireNumbers } from "./finite-weights.ts";
import { forOurInput } from "./first-convolution.ts";
import { areGluonNames, gluonName } from "./gluon-names.ts";
import { inputConventions } from "./input-convention.ts";
import { withoutWrapper } from "./wrapper-names.ts";

export interface MobileNetV2Weights {
  /**
   * Under torchvision's names, from `features` on. The first convolution takes blue, green and red,
   * 0 to 255.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** As `MobileNetV2Config.firstExpansion` has to be for them. */
  readonly firstExpansion: boolean;
  /** The file's names of what no MobileNetV2 has. */
  readonly leftOver: readonly string[];
}

const FIRST = "features.0.0.weight";

/**
 * Recognises both by their names. The file's tensors become the result's or are freed.
 *
 * @throws ModelError `weights` for another network, for values that are no numbers, and for several
 *   networks in a file.
 */
export function mobileNetV2Weights(file: StateDictFile): MobileNetV2Weights {
  try {
    requireNumbers(file.tensors);
    return renamedWeights(file);
  } catch (error) {
    for (const tensor of file.tensors.values()) tensor.free();
    throw error;
  }
}

function renamedWeights({ tensors }: StateDictFile): MobileNetV2Weights {
  const isGluons = areGluonNames([...tensors.keys()]);
  const { tensors: given, beside } = withoutWrapper(tensors);
  const leftOver: string[] = [...beside];
  const made = scope(() =>
    noGrad(() => {
      const result = new Map<string, Tensor>();
      for (const [name, tensor] of given) {
        // A counter of training batches, which no network needs that does not train its norms.
        if (name.endsWith(".num_batches_tracked")) continue;
        const renamed = isGluons ? gluonName(name) : ownName(name);
        if (renamed === null) leftOver.push(name);
        else {
          result.set(
            renamed,
            renamed === FIRST ? forOurInput(tensor, inputConventions.torchvision) : tensor,
          );
        }
      }
      return result;
    }),
  );
  if (!made.has(FIRST)) {
    const names = [...tensors.keys()];
    const got = names.length === 0 ? "nothing" : `${names.slice(0, 3).join(", ")}, …`;
    throw new ModelError(
      "weights",
      `expected weights of a MobileNetV2 under the names of torchvision (${FIRST}, …) or Gluon ` +
        `(features_conv0_weight, …), got ${got}; give another file`,
    );
  }
  const used = new Set(made.values());
  for (const tensor of tensors.values()) if (!used.has(tensor)) tensor.free();
  return { tensors: made, firstExpansion: made.has("features.1.conv.3.weight"), leftOver };
}

function ownName(name: string): string | null {
  return /^(features|classifier)\.\d+\./.test(name) ? name : null;
}

/** Names as in the network. */
export interface MobileNetV2Report {
  /** Taken over. */
  readonly found: readonly string[];
  /** The classifier, where it is for other classes or not in the file: as initialised. */
  readonly fresh: readonly string[];
  /** Of no use here: the file's norms under group norm, and layers that this network has not. */
  readonly leftOver: readonly string[];
}

/** A MobileNetV2 by itself, or with the layers of a classifier. */
interface Features {
  readonly features: readonly object[];
  readonly classifier?: object;
}

/**
 * Copies weights into a network and says what fitted. Frees nothing.
 *
 * @throws ModelError `weights` when they are for another first block or another width, and when
 *   layers are missing.
 */
export function initializeMobileNetV2(
  { features, classifier }: Features,
  config: MobileNetV2Config,
  weights: MobileNetV2Weights,
): MobileNetV2Report {
  if (weights.firstExpansion !== config.firstExpansion) {
    throw new ModelError(
      "weights",
      `features.1: expected ${expansion(config.firstExpansion)}, got ${expansion(weights.firstExpansion)}; ` +
        `set backbone.firstExpansion to ${weights.firstExpansion}`,
    );
  }
  // Without what does not belong to it, as a whole segmentation network's other parts.
  const network = { features, ...(classifier === undefined ? {} : { classifier }) };
  const own = nn.stateDict(network);
  const isNorm = (name: string) => own.get(name)?.shape.length === 1 && name.startsWith("features");
  // Scales that belong to fixed statistics mean nothing to a group norm; another group norm's do.
  const areFixed = [...weights.tensors.keys()].some((name) => name.endsWith(".running_var"));
  const isDiscarded = (name: string) => config.norm === "group" && areFixed && isNorm(name);
  const isFresh = (name: string) => name.startsWith("classifier.");
  checkFit(own, weights.tensors, (name) => isFresh(name) || isDiscarded(name));
  const taken = [...weights.tensors].filter(([name]) => own.has(name) && !isDiscarded(name));
  const { loaded } = nn.loadStateDict(network, new Map(taken));
  return {
    found: loaded,
    fresh: [...own.keys()].filter((name) => isFresh(name) && !loaded.includes(name)),
    leftOver: [...weights.tensors.keys()].filter((name) => !own.has(name) || isDiscarded(name)),
  };
}

/** All that is needed is there and of the right shape: nothing is copied before. */
function checkFit(
  own: ReadonlyMap<string, Tensor>,
  weights: ReadonlyMap<string, Tensor>,
  isExempt: (name: string) => boolean,
): void {
  for (const [name, { shape }] of own) {
    if (isExempt(name)) continue;
    const got = weights.get(name)?.shape;
    if (got !== undefined && String(got) === String(shape)) continue;
    const isStatistic = /\.running_(mean|var)$/.test(name);
    throw new ModelError(
      "weights",
      `${name}: expected shape [${shape.join(", ")}], got ${got === undefined ? "none" : `[${got.join(", ")}]`}; ` +
        (isStatistic && got === undefined
          ? 'set backbone.norm to "group", or use weights with statistics'
          : "use weights of a whole MobileNetV2 of width 1.0"),
    );
  }
}

function expansion(has: boolean): string {
  return has ? "an expansion (Gluon's)" : "no expansion (torchvision's)";
}
