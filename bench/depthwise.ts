/**
 * Depthwise convolutions of DeepLabV3+ on MobileNetV2 at 512 x 512, and of EfficientNet-Lite2 (5x5), in float32
 * and channels-last: forward, and with each of the gradients, ours against LibTorch's. Ours hands to LibTorch what
 * that computes as fast: forward without a dilation, and there the input's gradient of 3x3.
 */
import {
  conv2d,
  depthwiseConvolution,
  grad,
  manualSeed,
  noGrad,
  randn,
  scope,
  type Tensor,
} from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import { measure, type Row, row, timed } from "./measure.ts";

interface Shape {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
  readonly stride: number;
  readonly dilation: number;
  /** Default 3. */
  readonly kernel?: number;
}

const SHAPES: readonly Shape[] = [
  { name: "144 at 128", channels: 144, side: 128, stride: 1, dilation: 1 },
  { name: "144 at 128, stride 2", channels: 144, side: 128, stride: 2, dilation: 1 },
  { name: "384 at 32", channels: 384, side: 32, stride: 1, dilation: 1 },
  { name: "960 at 32, dilation 2", channels: 960, side: 32, stride: 1, dilation: 2 },
  { name: "320 at 32, dilation 12", channels: 320, side: 32, stride: 1, dilation: 12 },
  { name: "304 at 128", channels: 304, side: 128, stride: 1, dilation: 1 },
  {
    name: "144 at 104, 5x5, stride 2",
    channels: 144,
    side: 104,
    stride: 2,
    dilation: 1,
    kernel: 5,
  },
  { name: "288 at 52, 5x5", channels: 288, side: 52, stride: 1, dilation: 1, kernel: 5 },
  { name: "720 at 26, 5x5", channels: 720, side: 26, stride: 1, dilation: 1, kernel: 5 },
  { name: "1248 at 13, 5x5", channels: 1248, side: 13, stride: 1, dilation: 1, kernel: 5 },
];

const IMAGES = 2;
const WAYS = ["ours", "LibTorch"] as const;
const PASSES = ["forward", "forward and the input's gradient", "forward and the weight's gradient"];

export const depthwise: Bench = {
  name: "depthwise",
  peerModules: [],
  defaultRuns: 15,
  async run({ runs, progress }) {
    const rows: Row[] = [];
    for (const shape of SHAPES) {
      for (const pass of PASSES) {
        const name = `${shape.name}, ${pass}`;
        progress(name);
        const prepared = WAYS.map((way) => ({ way, ...prepare(shape, way, pass) }));
        const times = await measure(
          prepared.map(({ way, work }) => ({ name: way, run: () => timed(work) })),
          runs,
        );
        for (const { free } of prepared) free();
        const [ours, other] = WAYS.map((way) => times.get(way));
        rows.push(row(name, ours, other, "LibTorch", speed(shape, pass, ours?.medianMs)));
      }
    }
    return rows;
  },
};

function prepare(
  { channels, side, stride, dilation, kernel = 3 }: Shape,
  way: (typeof WAYS)[number],
  pass: string,
): { work: () => void; free: () => void } {
  manualSeed(0);
  const options = { stride, dilation, padding: (dilation * (kernel - 1)) / 2 };
  const convolve = (image: Tensor, weight: Tensor) =>
    way === "ours"
      ? depthwiseConvolution(image, weight, options)
      : conv2d(image, weight, { ...options, groups: channels });
  const lay = (tensor: Tensor) => tensor.to({ memoryFormat: "channelsLast" });
  const [image, weight] = scope(() => [
    lay(randn([IMAGES, channels, side, side])),
    randn([channels, 1, kernel, kernel]),
  ]);
  if (image === undefined || weight === undefined) throw new Error("internal: nothing to convolve");
  if (pass === "forward") {
    return {
      work: () => noGrad(() => convolve(image, weight).free()),
      free: () => [image, weight].map((tensor) => tensor.free()),
    };
  }
  const wanted = pass.includes("input") ? image : weight;
  wanted.requiresGrad_();
  const gradient = scope(() => noGrad(() => lay(randn(convolve(image, weight).shape))));
  return {
    work: () =>
      scope(() => {
        grad(convolve(image, weight), [wanted], { gradients: [gradient] });
      }),
    free: () => [image, weight, gradient].map((tensor) => tensor.free()),
  };
}

/** What the median says of our speed, counting a multiplication and an addition as two. */
function speed(
  { channels, side, stride, kernel = 3 }: Shape,
  pass: string,
  medianMs: number | undefined,
): string {
  const cells = IMAGES * channels * Math.ceil(side / stride) ** 2;
  const operations = 2 * kernel ** 2 * cells * (pass === "forward" ? 1 : 2);
  return `${(operations / (medianMs ?? Number.NaN) / 1e6).toFixed(1)} GFLOP/s`;
}
