/** A check that every file of weights passes before it is used. */
import { type DType, scope, type Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";

/**
 * A training that begins with NaN or infinity diverges, and its learning rate gets the blame.
 *
 * @throws ModelError `weights` for NaN and infinity.
 */
export function requireNumbers(tensors: ReadonlyMap<string, Tensor>): void {
  const bad = scope(() =>
    [...tensors].flatMap(([name, tensor]) => {
      const isFractional = FRACTIONAL.has(tensor.dtype);
      return isFractional && !tensor.isfinite().all().item() ? [name] : [];
    }),
  );
  const [first] = bad;
  if (first === undefined) return;
  throw new ModelError(
    "weights",
    `expected numbers, got NaN or infinity in ${first}${bad.length > 1 ? ` and ${bad.length - 1} more` : ""}; ` +
      "the training that wrote it diverged, or the file is damaged: take an earlier one",
  );
}

const FRACTIONAL: ReadonlySet<DType> = new Set(["float32", "float64", "float16", "bfloat16"]);
