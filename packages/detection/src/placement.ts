/** A model onto a device. */
import { type Device, noGrad, scope, Tensor } from "@malleolus/torch";

/**
 * Replaces every tensor of a module that is elsewhere; parameters stay parameters. What held the
 * old tensors (an optimiser) must be made anew.
 */
export function placeModel(module: object, device: Device): void {
  for (const [key, entry] of Object.entries(module)) {
    if (entry instanceof Tensor) {
      if (entry.device === device) continue;
      const moved = scope(() => noGrad(() => entry.to({ device }))).keep();
      moved.requiresGrad_(entry.requiresGrad);
      entry.free();
      Object.assign(module, { [key]: moved });
    } else if (typeof entry === "object" && entry !== null && !ArrayBuffer.isView(entry)) {
      placeModel(entry, device);
    }
  }
}
