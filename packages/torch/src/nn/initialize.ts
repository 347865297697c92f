/**
 * Initialisers, in place. Drawn from LibTorch's generator: `manualSeed` first.
 *
 * Names as in fvcore (`c2_msra_fill`, `c2_xavier_fill`), which Detectron2 uses.
 */
import { noGrad } from "../autograd.ts";
import type { Tensor } from "../tensor.ts";

let isDrawn = true;

/**
 * Runs `body`, in which weights are not drawn and hold whatever was in memory: for a network all of whose weights
 * are read from a file next. The generator stays where it was.
 */
export function undrawn<T>(body: () => T): T {
  const before = isDrawn;
  isDrawn = false;
  try {
    return body();
  } finally {
    isDrawn = before;
  }
}

/** Normal with the given standard deviation. */
export function normal(weight: Tensor, std: number, mean = 0): Tensor {
  if (!isDrawn) return weight;
  return noGrad(() => weight.normal_({ mean, std }));
}

export function constant(weight: Tensor, value: number): Tensor {
  return noGrad(() => weight.fill_(value));
}

/** He et al. 2015, by fan out, for ReLU: normal of std sqrt(2 / fanOut). */
export function msraFill(weight: Tensor): Tensor {
  return normal(weight, Math.sqrt(2 / fans(weight).out));
}

/** Caffe2's XavierFill: uniform in ±sqrt(3 / fanIn). */
export function xavierFill(weight: Tensor): Tensor {
  if (!isDrawn) return weight;
  const bound = Math.sqrt(3 / fans(weight).in);
  return noGrad(() => weight.uniform_({ from: -bound, to: bound }));
}

/** Of [out, in, …kernel]: how many numbers a unit reads, and how many read it. */
function fans(weight: Tensor): { in: number; out: number } {
  const [out = 1, input = 1, ...kernel] = weight.shape;
  const area = kernel.reduce((product, size) => product * size, 1);
  return { in: input * area, out: out * area };
}
