/**
 * Names without what a trainer put before them: `module.` of several devices, `_orig_mod.` of a compiled
 * model, `model.` of Lightning, `ema_model.` of an average, and whatever else an attribute was called.
 * What stands before the first convolution stands before all of the network.
 */
import type { Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";

/**
 * A layer that every ResNet has, under Detectron2's and torchvision's names, and every MobileNetV2 and EfficientNet-Lite,
 * alone or under a pyramid, and every EfficientNet-Lite as it is published.
 */
const FIRST_LAYERS = [
  /^(.*?)(?:(?:backbone\.)?bottom_up\.)?stem\.conv1\.weight$/,
  /^(.*?)(?:backbone\.body\.)?layer1\.0\.conv1\.weight$/,
  /^(.*?)(?:(?:backbone\.)?bottom_up\.)?features\.0\.0\.weight$/,
  /^(.*?)_conv_stem\.weight$/,
];

export interface Unwrapped {
  /** Under the network's own names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The file's names of what stands outside of the network, as an average's counter. */
  readonly beside: readonly string[];
}

/** @throws ModelError `weights` for two networks in one file. */
export function withoutWrapper(tensors: ReadonlyMap<string, Tensor>): Unwrapped {
  const found = new Set<string>();
  for (const name of tensors.keys()) {
    for (const pattern of FIRST_LAYERS) {
      const wrapper = pattern.exec(name)?.[1];
      if (wrapper === "" || wrapper?.endsWith(".")) found.add(wrapper);
    }
  }
  const [wrapper, ...others] = found;
  if (others.length > 0) {
    const names = [...found].map((name) => (name === "" ? "no prefix" : name));
    throw new ModelError(
      "weights",
      `expected one network, got ${found.size} (${names.join(", ")}); save the one that is meant alone`,
    );
  }
  if (wrapper === undefined || wrapper === "") return { tensors, beside: [] };
  const within = [...tensors].filter(([name]) => name.startsWith(wrapper));
  return {
    tensors: new Map(within.map(([name, tensor]) => [name.slice(wrapper.length), tensor])),
    beside: [...tensors.keys()].filter((name) => !name.startsWith(wrapper)),
  };
}
