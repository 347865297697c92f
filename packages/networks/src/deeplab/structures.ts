/** Which structures a segmentation can tell apart. How they are painted is imaging's `label-map.ts`. */
import type { Structure } from "@malleolus/schema";
import { ModelError } from "../errors.ts";

/** The label of pixels that are not to be learned from. */
export const IGNORED = 255;

/** @throws ModelError `config` for none or too many, and for a part of what is not painted before. */
export function checkStructures(structures: readonly Structure[]): void {
  const names = structures.map(({ name }) => name);
  const isWrong = (why: string): never => {
    throw new ModelError("config", `structures: ${why}`);
  };
  if (names.length === 0 || names.length >= IGNORED) {
    isWrong(`expected 1 to ${IGNORED - 1}, got ${names.length}; a label is one byte`);
  }
  for (const [i, { name, within }] of structures.entries()) {
    if (names.indexOf(name) !== i) isWrong(`expected each once, got "${name}" twice; rename one`);
    if (within !== null && !names.slice(0, i).includes(within)) {
      isWrong(
        `expected "${name}" after "${within}", within which it lies, got ${names.join(", ")}; ` +
          "list what is painted over after what it is painted on",
      );
    }
  }
}
