/** The device and dtype of a model's tensors. */
import { type Device, keep, nn, noGrad, scope, Tensor, type ToOptions } from "@malleolus/torch";
import { clearFoldedWeightsIn } from "./backbones/normed-convolution.ts";

/**
 * Moves a module to a device; parameters stay parameters. What held the old tensors (an
 * optimizer) must be made anew.
 */
export function placeModel(module: object, device: Device): void {
  // LibTorch's current GPU is the first one: nothing of ours chooses another.
  const named = device === "cuda" ? "cuda:0" : device;
  convertTensors(module, (tensor) => (tensor.device === named ? null : { device }));
}

/**
 * Stores the weights of layers that autocast would cast in every forward, once and for all; what
 * has one dimension (biases, norms) stays float32. For modules that do not train any more.
 */
export function storeAsBfloat16(module: object): void {
  convertTensors(module, (tensor) => {
    const rank = tensor.shape.length;
    if (rank < 2) return null;
    return { dtype: "bfloat16", memoryFormat: rank === 4 ? "channelsLast" : "preserve" };
  });
}

/** Frees a model's tensors, and those that were made of them; it cannot be used any more. */
export function freeModel(model: object): void {
  clearFoldedWeightsIn(model);
  for (const tensor of nn.stateDict(model).values()) tensor.free();
}

/** Replaces every tensor for which `target` names another form. */
function convertTensors(module: object, target: (tensor: Tensor) => ToOptions | null): void {
  for (const [key, entry] of Object.entries(module)) {
    if (entry instanceof Tensor) {
      const form = target(entry);
      if (form === null) continue;
      const converted = keep(scope(() => noGrad(() => entry.to(form))));
      converted.requiresGrad_(entry.requiresGrad);
      entry.free();
      Object.assign(module, { [key]: converted });
    } else if (typeof entry === "object" && entry !== null && !ArrayBuffer.isView(entry)) {
      convertTensors(entry, target);
    }
  }
}
