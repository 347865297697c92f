/**
 * The classifier that comes with the project to tell what is not looked at, since a detector would call it sound:
 * whether a radiograph is of an ankle, and whether it is a frontal or a lateral view. One network, and a linear decision
 * for each. Made and measured by `experiments/ankle-check.ts` and
 * `experiments/radiograph-heads.ts`; its figures stand in `detectors/README.md`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DisplayImage } from "@malleolus/imaging";
import { openClassifier } from "./radiograph-classifier.ts";

const PATH = join(import.meta.dirname, "../../detectors/ankle-check.safetensors");
/** In the order of its logits. Each is decided by itself, against "other": its limit is in its weights. */
export const RADIOGRAPH_CHECK_CLASSES = ["ankle", "other", "lateral", "frontal"] as const;
type Decision = (typeof RADIOGRAPH_CHECK_CLASSES)[number];

export interface RadiographLook {
  readonly isAnkle: boolean;
  /** Of an ankle; null where it is not sure. */
  readonly view: "frontal" | "lateral" | null;
}

export interface RadiographCheck {
  look(image: DisplayImage): RadiographLook;
  /** Frees its tensors; it cannot be used any more. */
  close(): void;
}

/**
 * Null where the file was left out of an installation.
 *
 * @throws ModelError `checkpoint` as `openClassifier`.
 */
export function openRadiographCheck(): RadiographCheck | null {
  if (!existsSync(PATH)) return null;
  const { logits, close } = openClassifier(PATH);
  return {
    look(image) {
      const own = logits(image);
      const of = (decision: Decision) => own[RADIOGRAPH_CHECK_CLASSES.indexOf(decision)];
      const is = (decision: Decision) => of(decision) > of("other");
      return {
        isAnkle: of("ankle") >= of("other"),
        view: is("lateral") ? "lateral" : is("frontal") ? "frontal" : null,
      };
    },
    close,
  };
}
