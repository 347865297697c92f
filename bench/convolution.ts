/**
 * Convolutions of a ResNet-50 with FPN, channels-last on both sides, forward alone and forward
 * with both gradients, in float32 and bfloat16.
 */
import {
  conv2d,
  grad,
  manualSeed,
  noGrad,
  onesLike,
  randn,
  scope,
  type Tensor,
} from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import { type Contestant, measure, type Row, row, timed } from "./measure.ts";

interface Shape {
  readonly name: string;
  readonly input: readonly [number, number, number, number];
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
}

const SHAPES: readonly Shape[] = [
  { name: "3x3, 256 to 256", input: [2, 256, 80, 96], out: 256, kernel: 3, stride: 1 },
  { name: "3x3, 128 to 128", input: [2, 128, 48, 40], out: 128, kernel: 3, stride: 1 },
  { name: "1x1, 1024 to 256", input: [2, 1024, 24, 20], out: 256, kernel: 1, stride: 1 },
  { name: "7x7, 3 to 64", input: [2, 3, 384, 320], out: 64, kernel: 7, stride: 2 },
];

export const convolution: Bench = {
  name: "convolution",
  peerModules: ["torch"],
  defaultRuns: 15,
  async run({ peer, runs, progress }) {
    const rows: Row[] = [];
    for (const shape of SHAPES) {
      for (const dtype of ["float32", "bfloat16"] as const) {
        for (const pass of ["forward", "forward and backward"] as const) {
          const name = `${shape.name}, ${dtype}, ${pass}`;
          progress(name);
          const ours = prepare(shape, dtype, pass === "forward");
          const contestants: Contestant[] = [{ name: "ours", run: () => timed(ours.work) }];
          if (peer !== null) {
            const request = { bench: "convolution", key: name };
            await peer.ask({ ...request, action: "prepare", ...shape, dtype, pass });
            contestants.push({ name: "peer", run: () => peer.run({ ...request, action: "run" }) });
          }
          const times = await measure(contestants, runs);
          ours.free();
          await peer?.ask({ bench: "convolution", key: name, action: "forget" });
          rows.push(
            row(
              name,
              times.get("ours"),
              times.get("peer"),
              "PyTorch, channels-last",
              flops(shape, pass, times.get("ours")?.medianMs),
            ),
          );
        }
      }
    }
    return rows;
  },
};

function prepare(
  shape: Shape,
  dtype: "float32" | "bfloat16",
  forwardOnly: boolean,
): { work: () => void; free: () => void } {
  manualSeed(0);
  const options = { stride: shape.stride, padding: Math.floor(shape.kernel / 2) };
  const lay = (tensor: Tensor) => tensor.to({ dtype, memoryFormat: "channelsLast" });
  const [image, weight] = scope(() => [
    lay(randn(shape.input)),
    lay(randn([shape.out, shape.input[1], shape.kernel, shape.kernel])),
  ]);
  if (image === undefined || weight === undefined) throw new Error("internal: nothing to convolve");
  if (forwardOnly) {
    return {
      work: () => noGrad(() => conv2d(image, weight, options).free()),
      free: () => [image, weight].map((tensor) => tensor.free()),
    };
  }
  image.requiresGrad_();
  weight.requiresGrad_();
  const gradient = scope(() => onesLike(conv2d(image, weight, options)));
  return {
    work: () =>
      scope(() => {
        grad(conv2d(image, weight, options), [image, weight], { gradients: [gradient] });
      }),
    free: () => [image, weight, gradient].map((tensor) => tensor.free()),
  };
}

/** What the median says of our speed, counting a multiplication and an addition as two. */
function flops(shape: Shape, pass: string, medianMs: number | undefined): string {
  const [n, channels, height, width] = shape.input;
  const pixels = n * (height / shape.stride) * (width / shape.stride);
  const passes = pass === "forward" ? 1 : 3;
  const operations = 2 * passes * pixels * shape.out * channels * shape.kernel ** 2;
  return `${Math.round(operations / (medianMs ?? Number.NaN) / 1e6)} GFLOP/s`;
}
