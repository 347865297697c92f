/**
 * ResNet-50 and -101 (He et al. 2015) as Detectron2 builds them for Mask R-CNN: a stem and the
 * stages res2 to res5, bottleneck blocks, the first ones frozen
 * (detectron2/modeling/backbone/resnet.py). ResNet-26 is the same with two blocks a stage.
 *
 * Shapes at the full width of 64: images [N, 3, H, W]; stem [N, 64, H/4, W/4]; res2 [N, 256, H/4, W/4];
 * res3 [N, 512, H/8, W/8]; res4 [N, 1024, H/16, W/16]; res5 [N, 2048, H/32, W/32].
 */

import type { ResNetConfig, StageName } from "@malleolus/schema";
import { maxPool2d, nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { type NormedConvolution, type NormKind, normedConvolution } from "./normed-convolution.ts";

/** 1x1 down, 3x3, 1x1 up, and the input (through `shortcut` where the shape changes) added. */
export interface Bottleneck extends nn.Layer {
  readonly shortcut?: NormedConvolution;
  readonly conv1: NormedConvolution;
  readonly conv2: NormedConvolution;
  readonly conv3: NormedConvolution;
}

export interface ResNet {
  readonly stem: nn.Layer & { readonly conv1: NormedConvolution };
  readonly res2: readonly Bottleneck[];
  readonly res3: readonly Bottleneck[];
  readonly res4: readonly Bottleneck[];
  readonly res5: readonly Bottleneck[];
  forward(images: Tensor): StageOutputs;
}

/** What every stage gives; the stem after its pooling. */
export interface StageOutputs {
  readonly stem: Tensor;
  readonly res2: Tensor;
  readonly res3: Tensor;
  readonly res4: Tensor;
  readonly res5: Tensor;
}

export const stageNames: readonly StageName[] = ["res2", "res3", "res4", "res5"];

/** Channels that the stages give. */
export function stageChannels({ width }: ResNetConfig): Readonly<Record<StageName, number>> {
  return { res2: 4 * width, res3: 8 * width, res4: 16 * width, res5: 32 * width };
}

const blockCounts: Readonly<Record<ResNetConfig["depth"], readonly number[]>> = {
  26: [2, 2, 2, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
};

export function resNet(config: ResNetConfig): ResNet {
  const [res2 = [], res3 = [], res4 = [], res5 = []] = stageNames.map((name, i) =>
    makeStage(name, blockCounts[config.depth][i], config),
  );
  const stem = makeStem(config);
  const frozenLayers = [stem, res2, res3, res4, res5].slice(0, config.freezeAt);
  for (const layer of frozenLayers) nn.freeze(layer);

  /**
   * Runs a stage; one that never trains is not recorded. Memory that no gradient needs is freed at
   * once.
   */
  const run = (position: number, layers: readonly nn.Layer[], input: Tensor): Tensor =>
    scope(() => {
      const through = () => layers.reduce((x, layer) => scope(() => layer.forward(x)), input);
      return position < config.freezeAt ? noGrad(through) : through();
    });
  return {
    stem,
    res2,
    res3,
    res4,
    res5,
    forward(images) {
      const outputs = { stem: run(0, [stem], images) };
      const two = run(1, res2, outputs.stem);
      const three = run(2, res3, two);
      const four = run(3, res4, three);
      const five = run(4, res5, four);
      return { ...outputs, res2: two, res3: three, res4: four, res5: five };
    },
  };
}

/** Every block of a network with its stage, from the image on. */
export function blocksOf(network: ResNet): { stage: StageName; block: Bottleneck }[] {
  return stageNames.flatMap((stage) => network[stage].map((block) => ({ stage, block })));
}

/** The convolutions of a block in the order in which they run, and their names. */
export function convolutionsOf(block: Bottleneck): [name: string, layer: NormedConvolution][] {
  const main: [string, NormedConvolution][] = [
    ["conv1", block.conv1],
    ["conv2", block.conv2],
    ["conv3", block.conv3],
  ];
  return block.shortcut === undefined ? main : [["shortcut", block.shortcut], ...main];
}

function makeStem(config: ResNetConfig): ResNet["stem"] {
  const conv1 = normedConvolution({
    in: 3,
    out: config.width,
    kernel: 7,
    stride: 2,
    norm: config.norm,
  });
  return {
    conv1,
    forward(images) {
      return maxPool2d(conv1.forwardRelu(images), 3, { stride: 2, padding: 1 });
    },
  };
}

function makeStage(name: StageName, count: number, config: ResNetConfig): Bottleneck[] {
  const out = stageChannels(config)[name];
  const input = name === "res2" ? config.width : out / 2;
  const measured = config.norm === "frozen" && config.trainedNorms.includes(name);
  const norm: NormKind = measured ? "measured" : config.norm;
  return Array.from({ length: count }, (_, i) =>
    makeBottleneck({
      in: i === 0 ? input : out,
      out,
      stride: i === 0 && name !== "res2" ? 2 : 1,
      strideIn1x1: config.strideIn1x1,
      norm,
    }),
  );
}

function makeBottleneck(options: {
  readonly in: number;
  readonly out: number;
  readonly stride: number;
  readonly strideIn1x1: boolean;
  readonly norm: NormKind;
}): Bottleneck {
  const { out, stride, strideIn1x1, norm } = options;
  const middle = out / 4;
  const first = strideIn1x1 ? stride : 1;
  const second = strideIn1x1 ? 1 : stride;
  const conv1 = normedConvolution({ in: options.in, out: middle, kernel: 1, stride: first, norm });
  const conv2 = normedConvolution({ in: middle, out: middle, kernel: 3, stride: second, norm });
  const conv3 = normedConvolution({ in: middle, out, kernel: 1, stride: 1, norm });
  // The branch begins as nothing, so that a block whose weights are new passes its input on.
  if (norm === "measured") nn.constant(conv3.norm.weight, 0);
  const main = (input: Tensor) => conv3.forward(conv2.forwardRelu(conv1.forwardRelu(input)));
  if (options.in === out && stride === 1) {
    return { conv1, conv2, conv3, forward: (input) => main(input).addRelu_(input) };
  }
  const shortcut = normedConvolution({ in: options.in, out, kernel: 1, stride, norm });
  return {
    shortcut,
    conv1,
    conv2,
    conv3,
    forward: (input) => main(input).addRelu_(shortcut.forward(input)),
  };
}
