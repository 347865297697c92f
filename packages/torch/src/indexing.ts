/**
 * Indexing and slicing that read like the shape: `boxes.at("...", 2)`, `scores.at([0, 10])`,
 * `features.at(0, null, [1, -1])`, `boxes.at(kept)`.
 */

import { tensor } from "./creation.ts";
import { tensorOf } from "./dispatch.ts";
import { TorchError } from "./errors.ts";
import { native } from "./native.ts";
import { index, indexPut_, select, slice, unsqueeze } from "./ops.generated.ts";
import { Tensor } from "./tensor.ts";

/**
 * One place in a list of indices: a number takes one element and drops the dimension; `[start,
 * end]` or `[start, end, step]` a range (null: from the beginning, to the end; negative: from
 * the end); `"..."` all dimensions that are left; `null` a new dimension of size 1; a tensor of
 * int64 those elements, a tensor of bool those where it is true.
 */
export type Index =
  | number
  | readonly [start: number | null, end: number | null, step?: number]
  | "..."
  | null
  | Tensor;

/** A view, or with tensors among the indices a copy. A method of Tensor too. */
export function at(self: Tensor, ...indices: Index[]): Tensor {
  const { view, advanced } = resolve(self, indices);
  if (advanced.every((entry) => entry === null)) return view === self ? alias(self) : view;
  try {
    return index(view, advanced);
  } finally {
    if (view !== self) view.free();
  }
}

/** Writes a tensor or number into what `at` would return. Returns `self`. A method of Tensor too. */
export function setAt(self: Tensor, indices: readonly Index[], value: Tensor | number): Tensor {
  const { view, advanced } = resolve(self, indices);
  try {
    if (advanced.some((entry) => entry !== null)) putAt(view, advanced, value);
    else if (value instanceof Tensor) view.copy_(value);
    else view.fill_(value);
  } finally {
    if (view !== self) view.free();
  }
  return self;
}

declare module "./tensor.ts" {
  interface Tensor {
    at(...indices: Index[]): Tensor;
    setAt(indices: readonly Index[], value: Tensor | number): Tensor;
  }
}

Tensor.prototype.at = function (this: Tensor, ...indices: Index[]): Tensor {
  return at(this, ...indices);
};

Tensor.prototype.setAt = function (
  this: Tensor,
  indices: readonly Index[],
  value: Tensor | number,
): Tensor {
  return setAt(this, indices, value);
};

function putAt(view: Tensor, advanced: readonly (Tensor | null)[], value: Tensor | number): void {
  if (value instanceof Tensor) {
    indexPut_(view, advanced, value);
    return;
  }
  const filled = tensor(value, { dtype: view.dtype, device: view.device });
  try {
    indexPut_(view, advanced, filled);
  } finally {
    filled.free();
  }
}

/** Another tensor of the same elements: freeing what `at` returned never frees what it was asked of. */
function alias(self: Tensor): Tensor {
  return tensorOf(native.alias(self.live()));
}

/** Takes the plain indices as views; what tensors index remains, a place for each dimension. */
function resolve(
  self: Tensor,
  indices: readonly Index[],
): { view: Tensor; advanced: (Tensor | null)[] } {
  const rank = self.shape.length;
  const consumed = indices.reduce<number>((sum, entry) => sum + dimensionsTaken(entry), 0);
  if (consumed > rank) {
    throw new TorchError(
      "argument",
      `at: expected at most ${rank} indices for shape [${self.shape.join(", ")}], got ${consumed}`,
    );
  }
  if (indices.filter((entry) => entry === "...").length > 1) {
    throw new TorchError("argument", 'at: expected "..." at most once');
  }
  let view = self;
  // The views on the way are given back at once; only the last is of use.
  const step = (next: (from: Tensor) => Tensor) => {
    const previous = view;
    try {
      view = next(previous);
    } finally {
      if (previous !== self) previous.free();
    }
  };
  const advanced: (Tensor | null)[] = [];
  let dimension = 0;
  for (const entry of indices) {
    if (typeof entry === "number") {
      step((from) => select(from, dimension, entry));
    } else if (entry === null) {
      step((from) => unsqueeze(from, dimension));
      advanced.push(null);
      dimension += 1;
    } else if (entry === "...") {
      for (let i = consumed; i < rank; i++) advanced.push(null);
      dimension += rank - consumed;
    } else if (entry instanceof Tensor) {
      advanced.push(entry);
      dimension += dimensionsTaken(entry);
    } else {
      const [start, end, stride] = entry;
      step((from) => slice(from, { dim: dimension, start, end, step: stride ?? 1 }));
      advanced.push(null);
      dimension += 1;
    }
  }
  return { view, advanced };
}

/** A mask takes as many dimensions as it has; a new dimension and "..." take none of their own. */
function dimensionsTaken(entry: Index): number {
  if (entry === null || entry === "...") return 0;
  return entry instanceof Tensor && entry.dtype === "bool" ? entry.shape.length : 1;
}
