/**
 * How long the convolutions of a network take in each dtype, here: a few of a ResNet-50 with its pyramid,
 * forward for detection, forward and backward for training, the dtypes in turn. It takes less than a
 * second on most machines, and no longer than a few rounds on any.
 */
import { autocast, convolution, grad, noGrad, randn, scope, type Tensor } from "@malleolus/torch";

export type DtypeTask = "training" | "detection";

export interface DtypeTimes {
  readonly float32Ms: number;
  readonly bfloat16Ms: number;
}

/** Of a convolution. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly out: number;
  readonly kernel: number;
}

const SHAPES: readonly Shape[] = [
  { channels: 128, height: 48, width: 40, out: 128, kernel: 3 },
  { channels: 256, height: 24, width: 20, out: 256, kernel: 3 },
  { channels: 512, height: 48, width: 40, out: 128, kernel: 1 },
  { channels: 256, height: 24, width: 20, out: 1024, kernel: 1 },
];
const BUDGET_MS = 600;
const MOST_ROUNDS = 7;

/** Medians. Threads are those that are set. */
export function measureDtypes(task: DtypeTask, shapes: readonly Shape[] = SHAPES): DtypeTimes {
  return scope(() => {
    const float32 = contestant(task, "float32", shapes);
    const bfloat16 = contestant(task, "bfloat16", shapes);
    // The first time LibTorch makes its kernels.
    float32();
    bfloat16();
    const began = performance.now();
    const times: DtypeTimes[] = [];
    while (times.length === 0 || isTimeLeft(began, times.length)) {
      times.push({ float32Ms: timed(float32), bfloat16Ms: timed(bfloat16) });
    }
    return {
      float32Ms: median(times.map(({ float32Ms }) => float32Ms)),
      bfloat16Ms: median(times.map(({ bfloat16Ms }) => bfloat16Ms)),
    };
  });
}

function isTimeLeft(began: number, rounds: number): boolean {
  return rounds < MOST_ROUNDS && performance.now() - began < BUDGET_MS;
}

/** One round of all shapes. Weights that train stay in float32 and are cast, as in a step. */
function contestant(
  task: DtypeTask,
  dtype: "float32" | "bfloat16",
  shapes: readonly Shape[],
): () => void {
  const lay = (tensor: Tensor) => tensor.to({ dtype, memoryFormat: "channelsLast" });
  const layers = shapes.map(({ channels, height, width, out, kernel }) => {
    const weight = randn([out, channels, kernel, kernel]).to({ memoryFormat: "channelsLast" });
    return {
      input: lay(randn([1, channels, height, width])),
      weight: task === "training" ? weight.requiresGrad_() : weight.to(dtype),
      above: lay(randn([1, out, height, width])),
      padding: (kernel - 1) / 2,
    };
  });
  const detect = () => {
    for (const { input, weight, padding } of layers) convolution(input, weight, { padding });
  };
  const train = () => {
    for (const { input, weight, above, padding } of layers) {
      const x = input.detach().requiresGrad_();
      const output = autocast(dtype === "bfloat16" ? dtype : null, () =>
        convolution(x, weight, { padding }),
      );
      grad(output, [x, weight], { gradients: [above] });
    }
  };
  return () => scope(() => (task === "training" ? train() : noGrad(detect)));
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
