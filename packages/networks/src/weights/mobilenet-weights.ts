/**
 * Weights of MobileNetV2, published ones of torchvision's and Gluon's made ours, and our own, copied into a
 * network: under torchvision's names, the first convolution for our input. It keeps three channels, though a
 * radiograph fills them alike: their means differ, so that no value of one channel would stand for
 * the border's padding in all three, and a sum of the weights would save a hundredth of the network.
 */
import { type MobileNetV2Config, readJson, SchemaError } from "@malleolus/schema";
import { nn, noGrad, type StateDictFile, scope, type Tensor } from "@malleolus/torch";
import { z } from "zod";
import { ModelError } from "../errors.ts";
import { requireNumbers } from "./finite-weights.ts";
import { forOurInput } from "./first-convolution.ts";
import { areGluonNames, gluonName } from "./gluon-names.ts";
import { inputConventions } from "./input-convention.ts";
import { CLASSIFIER_FORMAT, isOwnFormat, ownPlaces, SEGMENTER_FORMAT } from "./own-formats.ts";
import { withoutWrapper } from "./wrapper-names.ts";

export interface MobileNetV2Weights {
  /**
   * Under torchvision's names, from `features` on. The first convolution takes blue, green and red,
   * 0 to 255.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** As `MobileNetV2Config.firstExpansion` has to be for them. */
  readonly firstExpansion: boolean;
  /** As `MobileNetV2Config.norm` has to be for them. */
  readonly norm: MobileNetV2Config["norm"];
  /** Of a file of ours, what its last layer tells apart, in order; null of another. */
  readonly classes: readonly string[] | null;
  /** Of a file of ours, what its segmentation tells apart; null where it has none. */
  readonly structures: readonly string[] | null;
  /** Of a whole network of ours what is not its backbone, under a segmentation's names; of others empty. */
  readonly heads: ReadonlyMap<string, Tensor>;
  /** The file's names of what no MobileNetV2 has. */
  readonly leftOver: readonly string[];
}

const FIRST = "features.0.0.weight";
/** Under a feature pyramid stands an EfficientNet-Lite2, whose layers are numbered alike. */
const FIRST_OUTSIDE_A_PYRAMID = /(?:^|(?<!\bbottom_up)\.)features\.0\.0\.weight$/;
/** The classifier's convolution, which a segmentation has not. */
const LAST = "features.18.";

/** Whether a file is of a MobileNetV2, whoever wrote it: by what it says of itself, else by its names. */
export function isMobileNetV2({ tensors, metadata }: StateDictFile): boolean {
  const names = [...tensors.keys()];
  if (isOwnFormat(metadata.format)) return ownPlaces(metadata.format, names) !== null;
  return areGluonNames(names) || names.some((name) => FIRST_OUTSIDE_A_PYRAMID.test(name));
}

/**
 * Recognises those of others by their names, and ours by what they say of themselves: their first
 * convolution is for our input already. The file's tensors become the result's or are freed.
 *
 * @throws ModelError `weights` for another network, for values that are no numbers, and for several
 *   networks in a file.
 */
export function mobileNetV2Weights(file: StateDictFile): MobileNetV2Weights {
  try {
    requireNumbers(file.tensors);
    return isOwnFormat(file.metadata.format) ? ownWeights(file) : renamedWeights(file);
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
  return {
    ...describe(made),
    tensors: made,
    classes: null,
    structures: null,
    heads: new Map(),
    leftOver,
  };
}

const structures = z.array(z.looseObject({ name: z.string() })).optional();
const ownConfigSchema = z.looseObject({
  classes: z.array(z.string()).optional(),
  structures,
  pooling: z.looseObject({ structures }).optional(),
});

function ownWeights({ tensors, metadata }: StateDictFile): MobileNetV2Weights {
  const format = String(metadata.format);
  const places = ownPlaces(format, tensors.keys());
  if (places === null) {
    throw new ModelError(
      "weights",
      `expected weights of a MobileNetV2, got a file of this project in the format ${format}; ` +
        `give one in ${SEGMENTER_FORMAT} or ${CLASSIFIER_FORMAT}, or weights that others published`,
    );
  }
  const { network, mobileNet } = places;
  const made = new Map<string, Tensor>();
  const heads = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    const own = name.startsWith(mobileNet) ? ownName(name.slice(mobileNet.length)) : null;
    if (own !== null) made.set(own, tensor);
    else heads.set(name.startsWith(network) ? name.slice(network.length) : name, tensor);
  }
  const config = ownConfig(metadata);
  const all = config.structures ?? config.pooling?.structures;
  const names = all?.map(({ name }) => name) ?? null;
  const classes = config.classes ?? names ?? [];
  return { ...describe(made), tensors: made, classes, structures: names, heads, leftOver: [] };
}

function ownConfig(metadata: StateDictFile["metadata"]): z.infer<typeof ownConfigSchema> {
  try {
    return readJson(ownConfigSchema, String(metadata.config), "its configuration");
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new ModelError("weights", `${cause.message}; it is of another version`, { cause });
  }
}

function describe(
  tensors: ReadonlyMap<string, Tensor>,
): Pick<MobileNetV2Weights, "firstExpansion" | "norm"> {
  const areFixed = [...tensors.keys()].some((name) => name.endsWith(".running_var"));
  return {
    firstExpansion: tensors.has("features.1.conv.3.weight"),
    norm: areFixed ? "fixed" : "group",
  };
}

function ownName(name: string): string | null {
  return /^(features|classifier)\.\d+\./.test(name) ? name : null;
}

/** Names as in the network. */
export interface MobileNetV2Report {
  /** Taken over. */
  readonly found: readonly string[];
  /** The classifier, where it is for other classes or not in the file, and its convolution: as initialized. */
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
 * Copies weights into a network and says what fitted. Frees nothing. `classes` are the network's, where it
 * has a classifier: one of ours is taken over where it tells the same apart.
 *
 * @throws ModelError `weights` when they are for another first block or another width, and when
 *   layers are missing.
 */
export function initializeMobileNetV2(
  { features, classifier }: Features,
  config: MobileNetV2Config,
  weights: MobileNetV2Weights,
  classes: readonly string[] | null = null,
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
  const isOther = weights.classes !== null && String(weights.classes) !== String(classes);
  const isDiscarded = (name: string) =>
    (config.norm === "group" && weights.norm === "fixed" && isNorm(name)) ||
    (isOther && isFresh(name));
  // A segmentation of ours has no last convolution.
  const isFresh = (name: string) =>
    name.startsWith("classifier.") || (weights.heads.size > 0 && name.startsWith(LAST));
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
