/**
 * Weights as others publish them, made ours: under Detectron2's names, in Detectron2's order of
 * classes, for our input.
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { noGrad, type StateDictFile, scope, type Tensor } from "@malleolus/torch";
import { areCaffe2Names, caffe2Name } from "./caffe2-names.ts";
import { requireNumbers } from "./finite-weights.ts";
import { forOurInput } from "./first-convolution.ts";
import { type InputConvention, inputConventions } from "./input-convention.ts";
import { ownConfig } from "./own-weights.ts";
import {
  areTorchvisionNames,
  classesInOrder,
  isSecondVersion,
  torchvisionName,
} from "./torchvision-names.ts";
import { withoutWrapper } from "./wrapper-names.ts";

export interface PublishedWeights {
  /** Under Detectron2's names. The first convolution takes blue, green and red, 0 to 255. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What they expected when they were published. */
  readonly convention: InputConvention;
  /** What the norms of the file are: `batch` have statistics, `group` have none; null without norms. */
  readonly norm: "batch" | "group" | null;
  /** Of a file of ours; null of another. */
  readonly own: MaskRcnnConfig | null;
  /** The file's names of what no network here has. */
  readonly leftOver: readonly string[];
}

/**
 * Recognises the names of torchvision, of Caffe2 and of Detectron2, in that order; names that are
 * none of these stay, and fit nothing. The file's tensors become the result's or are freed.
 *
 * @throws ModelError `weights` for values that are no numbers, and for several networks in a file.
 */
export function publishedWeights(file: StateDictFile): PublishedWeights {
  try {
    requireNumbers(file.tensors);
    return renamedWeights(file);
  } catch (error) {
    for (const tensor of file.tensors.values()) tensor.free();
    throw error;
  }
}

function renamedWeights({ tensors, metadata }: StateDictFile): PublishedWeights {
  const own = ownConfig({ metadata });
  const { tensors: given, beside } = withoutWrapper(tensors);
  const names = [...given.keys()];
  const isOfTorchvision = areTorchvisionNames(names);
  const rename = renaming(names);
  const convention = conventionOf(names, metadata);
  const leftOver: string[] = [...beside];
  const made = scope(() =>
    noGrad(() => {
      const result = new Map<string, Tensor>();
      for (const [name, tensor] of given) {
        // A counter of training batches, which no network needs that does not train its norms.
        if (name.endsWith(".num_batches_tracked")) continue;
        const renamed = rename(name);
        if (renamed === null) leftOver.push(name);
        else result.set(renamed, adapted(renamed, tensor, convention, isOfTorchvision));
      }
      return result;
    }),
  );
  const used = new Set(made.values());
  for (const tensor of tensors.values()) if (!used.has(tensor)) tensor.free();
  return { tensors: made, convention, norm: normOf([...made.keys()]), own, leftOver };
}

function normOf(names: readonly string[]): PublishedWeights["norm"] {
  if (names.some((name) => name.endsWith(".norm.running_var"))) return "batch";
  return names.some((name) => name.endsWith(".norm.weight")) ? "group" : null;
}

function renaming(names: readonly string[]): (name: string) => string | null {
  if (areTorchvisionNames(names)) {
    if (!isSecondVersion(names)) return torchvisionName;
    return (name) => (name.startsWith("backbone.body.") ? torchvisionName(name) : null);
  }
  return areCaffe2Names(names) ? caffe2Name : (name) => name;
}

function conventionOf(
  names: readonly string[],
  metadata: StateDictFile["metadata"],
): InputConvention {
  // Detectron2's tools/convert-torchvision-to-d2.py changes the names and nothing else.
  if (areTorchvisionNames(names) || metadata.__author__ === "torchvision") {
    return inputConventions.torchvision;
  }
  return areCaffe2Names(names) ? inputConventions.msra : inputConventions.detectron2;
}

function adapted(
  name: string,
  tensor: Tensor,
  convention: InputConvention,
  isOfTorchvision: boolean,
): Tensor {
  if (/(^|\.)stem\.conv1\.weight$/.test(name)) return forOurInput(tensor, convention);
  return isOfTorchvision ? classesInOrder(name, tensor) : tensor;
}
