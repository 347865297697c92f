/**
 * The network of a file of ours, with its predictors in the order of the present classes. Not for other
 * people's files, which do not name their classes.
 */

import { detectorConfig, isDetector, type MaskRcnnConfig, SchemaError } from "@malleolus/schema";
import { cat, type StateDictFile, type Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";

/**
 * The configuration in a file of ours; null in another's.
 *
 * @throws ModelError `weights` where it is of another version.
 */
export function ownConfig({ metadata }: Pick<StateDictFile, "metadata">): MaskRcnnConfig | null {
  if (!isDetector(metadata)) return null;
  try {
    return detectorConfig(metadata, "its configuration");
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new ModelError("weights", `${cause.message}; it is of another version`, { cause });
  }
}

/** Rows a class, and whether the background has some behind them. */
const PREDICTORS: readonly (readonly [name: RegExp, rows: number, hasBackground: boolean])[] = [
  [/\.cls_score\.(weight|bias)$/, 1, true],
  [/\.bbox_pred\.(weight|bias)$/, 4, false],
  [/\.mask_head\.predictor\.(weight|bias)$/, 1, false],
  [/^image_head\.predictor\.(weight|bias)$/, 1, false],
];

export interface ClassesTaken {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Predictors for other classes, by name: they are to begin anew. */
  readonly dropped: readonly string[];
}

/** The predictors' rows by the names of their classes; dropped where the names are others. */
export function forClasses(
  tensors: ReadonlyMap<string, Tensor>,
  given: readonly string[],
  wanted: readonly string[],
): ClassesTaken {
  if (given.length === wanted.length && given.every((name, i) => name === wanted[i])) {
    return { tensors, dropped: [] };
  }
  const isSame = given.toSorted().join("\n") === wanted.toSorted().join("\n");
  const order = wanted.map((name) => given.indexOf(name));
  const result = new Map<string, Tensor>();
  const dropped: string[] = [];
  for (const [name, tensor] of tensors) {
    const predictor = PREDICTORS.find(([pattern]) => pattern.test(name));
    if (predictor === undefined) {
      result.set(name, tensor);
      continue;
    }
    if (!isSame) {
      dropped.push(name);
      continue;
    }
    const [, rows, hasBackground] = predictor;
    const parts = order.map((index) => tensor.narrow(0, index * rows, rows));
    const background = hasBackground ? [tensor.narrow(0, given.length * rows, rows)] : [];
    result.set(name, cat([...parts, ...background]));
  }
  return { tensors: result, dropped };
}
