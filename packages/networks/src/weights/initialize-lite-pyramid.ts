/**
 * Weights of an EfficientNet-Lite2 into the pyramid that stands on one: published ones, from `features` on, or a
 * whole pyramid of ours, from `backbone` on.
 */
import type { EfficientNetLiteConfig } from "@malleolus/schema";
import { nn, type Tensor } from "@malleolus/torch";
import type { FeaturePyramid } from "../backbones/fpn.ts";
import { ModelError } from "../errors.ts";
import type { WeightsReport } from "./initialize-backbone.ts";

const NETWORK = "bottom_up.";

/** Whether weights are of a feature pyramid on an EfficientNet-Lite2, alone or in a whole detector of ours. */
export function isLitePyramid(weights: ReadonlyMap<string, Tensor>): boolean {
  const first = `${NETWORK}features.0.0.weight`;
  return weights.has(first) || weights.has(`backbone.${first}`);
}

/**
 * Copies weights into a pyramid and says what fitted. Frees nothing.
 *
 * @throws ModelError `weights` when a layer of the network is missing or of another shape, and when norms are
 *   others than `config` says; nothing is copied then.
 */
export function initializeLitePyramid(
  pyramid: FeaturePyramid,
  { norm }: EfficientNetLiteConfig,
  weights: ReadonlyMap<string, Tensor>,
): WeightsReport {
  const own = nn.stateDict(pyramid);
  const renamed = new Map<string, Tensor>();
  const leftOver: string[] = [];
  for (const [name, tensor] of weights) {
    const target = modelName(name);
    if (own.has(target)) renamed.set(target, tensor);
    else leftOver.push(name);
  }
  const haveStatistics = [...weights.keys()].some((name) => name.endsWith(".running_var"));
  if (haveStatistics !== (norm === "frozen")) {
    throw new ModelError(
      "weights",
      `expected norms ${norm === "frozen" ? "with" : "without"} statistics, as backbone.norm "${norm}" has ` +
        `them, got norms ${haveStatistics ? "with" : "without"} them; set backbone.norm to ` +
        `"${haveStatistics ? "frozen" : "group"}"`,
    );
  }
  for (const [name, { shape }] of own) {
    const got = renamed.get(name)?.shape;
    if (String(got) === String(shape)) continue;
    // A pyramid of which the file knows nothing is one to be learned.
    if (got === undefined && !name.startsWith(NETWORK)) continue;
    throw new ModelError(
      "weights",
      `${name}: expected shape [${shape.join(", ")}], got ${got === undefined ? "none" : `[${got.join(", ")}]`}; ` +
        "use weights of a whole EfficientNet-Lite2, or set backbone.fpnChannels to theirs",
    );
  }
  const { loaded, missing } = nn.loadStateDict(pyramid, renamed);
  return { found: loaded, missing, leftOver, trainedNorms: [] };
}

/** Published names begin with `features`, those of a whole network of ours with `backbone`. */
function modelName(name: string): string {
  if (name.startsWith("backbone.")) return name.slice("backbone.".length);
  return name.startsWith("features.") ? `${NETWORK}${name}` : name;
}
