/**
 * ResNet and the feature pyramid over it, under Detectron2's names: what `networks` builds of the same
 * configuration for LibTorch, in which `backbones/resnet.ts` and `backbones/fpn.ts` say why.
 */
import { type BackboneConfig, PYRAMID_LEVELS, type ResNetConfig } from "@malleolus/schema";
import type { Value } from "../graph/graph.ts";
import { convolution, type Norm, normedConvolution, relu, type Walk } from "../layers/layers.ts";
import { LITE_STAGE_CHANNELS, liteStages } from "./efficientnet-lite.ts";

/** Blocks of res2 to res5. */
const BLOCKS: Readonly<Record<ResNetConfig["depth"], readonly number[]>> = {
  26: [2, 2, 2, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
};
const NORM_GROUPS = 32;
const FIRST_STAGE = 2;

/** Of p2 and p3, and of res2 and res3: sides that are multiples of 4, as 32 divides the image's. */
const TILED_LEVELS = 2;

/** Whether the map of a level, 0 for p2, can be convolved by tiles. */
export function fitsTiles(level: number): boolean {
  return level < TILED_LEVELS;
}

/** Pixels a cell of p2 to p6. */
export const STRIDES: readonly number[] = Array.from(
  { length: PYRAMID_LEVELS },
  (_, i) => 2 ** (i + 2),
);

/** p2 to p6 of an image [1, 3, H, W] whose sides are multiples of 32. */
export function featurePyramid(walk: Walk, image: Value, config: BackboneConfig): Value[] {
  const { graph } = walk;
  const channels = config.fpnChannels;
  const isLite = config.kind === "efficientnet-lite2";
  const stages = isLite ? liteStages(walk, image, config) : residualStages(walk, image, config);
  const inputs = isLite
    ? LITE_STAGE_CHANNELS
    : stages.map((_, level) => residualChannels(config, level));
  let inner: Value | null = null;
  const maps: Value[] = [];
  for (let level = stages.length - 1; level >= 0; level--) {
    const name = FIRST_STAGE + level;
    const own: Value = convolution(walk, stages[level], `backbone.fpn_lateral${name}`, {
      in: inputs[level],
      out: channels,
      kernel: 1,
    });
    inner = inner === null ? own : graph.add("Add", [own, doubled(walk, inner)]);
    const shape = { in: channels, out: channels, kernel: 3, tiled: fitsTiles(level) };
    maps.unshift(convolution(walk, inner, `backbone.fpn_output${name}`, shape));
  }
  const every = { kernel_shape: { integers: [1, 1] }, strides: { integers: [2, 2] } };
  return [...maps, graph.add("MaxPool", [maps[maps.length - 1]], every)];
}

/** Every cell as 2 x 2. */
function doubled({ graph }: Walk, map: Value): Value {
  return graph.add("Resize", [map, "", graph.row("float32", [1, 1, 2, 2])], {
    mode: { text: "nearest" },
    coordinate_transformation_mode: { text: "asymmetric" },
    nearest_mode: { text: "floor" },
  });
}

function residualStages(walk: Walk, image: Value, config: ResNetConfig): Value[] {
  const { graph } = walk;
  const norm: Norm =
    config.norm === "group" ? { kind: "group", groups: NORM_GROUPS } : { kind: "fixed" };
  const stem = "backbone.bottom_up.stem.conv1";
  const first = { in: 3, out: config.width, kernel: 7, stride: 2 };
  const names = { convolution: stem, norm: `${stem}.norm` };
  let map = graph.add("MaxPool", [relu(walk, normedConvolution(walk, image, names, first, norm))], {
    kernel_shape: { integers: [3, 3] },
    strides: { integers: [2, 2] },
    pads: { integers: [1, 1, 1, 1] },
  });
  return BLOCKS[config.depth].map((count, level) => {
    const out = residualChannels(config, level);
    for (let i = 0; i < count; i++) {
      const input = i > 0 ? out : level === 0 ? config.width : out / 2;
      map = bottleneck(walk, map, `backbone.bottom_up.res${FIRST_STAGE + level}.${i}`, {
        in: input,
        out,
        stride: i === 0 && level > 0 ? 2 : 1,
        strideIn1x1: config.strideIn1x1,
        norm,
        level,
      });
    }
    return map;
  });
}

function residualChannels({ width }: ResNetConfig, level: number): number {
  return 4 * width * 2 ** level;
}

interface BlockShape {
  readonly in: number;
  readonly out: number;
  readonly stride: number;
  readonly strideIn1x1: boolean;
  readonly norm: Norm;
  readonly level: number;
}

/** 1x1 down, 3x3, 1x1 up, and the input (through `shortcut` where the shape changes) added. */
function bottleneck(walk: Walk, input: Value, name: string, block: BlockShape): Value {
  const { out, stride, norm, level } = block;
  const middle = out / 4;
  const layer = (
    value: Value,
    own: string,
    shape: { in: number; out: number; kernel: number; stride: number; tiled?: boolean },
  ) => {
    const convolution = `${name}.${own}`;
    return normedConvolution(
      walk,
      value,
      { convolution, norm: `${convolution}.norm` },
      shape,
      norm,
    );
  };
  const [first, second] = block.strideIn1x1 ? [stride, 1] : [1, stride];
  const narrow = { in: block.in, out: middle, kernel: 1, stride: first };
  const one = relu(walk, layer(input, "conv1", narrow));
  const tiled = second === 1 && fitsTiles(level);
  const wide = { in: middle, out: middle, kernel: 3, stride: second, tiled };
  const two = relu(walk, layer(one, "conv2", wide));
  const three = layer(two, "conv3", { in: middle, out, kernel: 1, stride: 1 });
  const isSame = block.in === out && stride === 1;
  const passed = isSame
    ? input
    : layer(input, "shortcut", { in: block.in, out, kernel: 1, stride });
  return relu(walk, walk.graph.add("Add", [three, passed]));
}
