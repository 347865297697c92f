/**
 * Statistics for norms whose convolutions are new: mean and variance of what each convolution
 * gives on real images, one norm after the other, every one measured behind norms that already
 * have theirs. They are fixed from then on; weight and bias of these norms train.
 */
import { add, fromTypedArray, noGrad, relu, scope, type Tensor } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";
import type { BackboneModel } from "../weights/initialize-backbone.ts";
import { resNetOf } from "./fpn.ts";
import { isBatchNorm, type NormedConvolution } from "./normed-convolution.ts";
import { type Bottleneck, stageNames } from "./resnet.ts";

/** Feature maps of one batch, and the share of them that is image and not padding. */
interface Maps {
  readonly tensor: Tensor;
  readonly batchHeight: number;
  readonly batchWidth: number;
  readonly sizes: ImageBatch["sizes"];
}

/**
 * Measures the norms of a ResNet's `config.backbone.trainedNorms` on some batches (32 images are enough);
 * nothing happens where it is empty. Padding is left out. Costs about one forward of the images,
 * and holds the maps of one stage for all of them. `onPart` is called between its parts, since all of it may take minutes.
 */
export function measureNormStatistics(
  model: BackboneModel,
  batches: Iterable<ImageBatch>,
  onPart: () => void = () => undefined,
): void {
  const { backbone } = model.config;
  const trainedNorms = backbone.kind === "efficientnet-lite2" ? [] : backbone.trainedNorms;
  const first = stageNames.findIndex((name) => trainedNorms.includes(name));
  if (first < 0) return;
  const network = resNetOf(model.backbone);
  const before = [network.stem, ...stageNames.slice(0, first).flatMap((name) => network[name])];
  noGrad(() =>
    scope(() => {
      let all: Maps[] = [];
      for (const batch of batches) {
        const tensor = scope(() => before.reduce((x, layer) => layer.forward(x), batch.tensor));
        const [, , batchHeight, batchWidth] = batch.tensor.shape;
        all.push({ tensor, batchHeight, batchWidth, sizes: batch.sizes });
        onPart();
      }
      for (const name of stageNames.slice(first)) {
        const measured = trainedNorms.includes(name);
        for (const block of network[name]) {
          const done = all;
          all = scope(() => (measured ? measureBlock(block, done) : through(done, block.forward)));
          for (const maps of done) maps.tensor.free();
          onPart();
        }
      }
    }),
  );
}

/** Measures the norms of a block in the order in which they run; returns what it then gives. */
function measureBlock(block: Bottleneck, inputs: readonly Maps[]): Maps[] {
  const rectified = (maps: readonly Maps[]) => through(maps, relu);
  const one = rectified(measureNorm(block.conv1, inputs));
  const two = rectified(measureNorm(block.conv2, one));
  const three = measureNorm(block.conv3, two);
  const side = block.shortcut === undefined ? inputs : measureNorm(block.shortcut, inputs);
  return three.map((maps, i) => ({ ...maps, tensor: relu(add(maps.tensor, side[i].tensor)) }));
}

/** Sets the statistics of one norm; returns convolution and norm of every input. */
function measureNorm(layer: NormedConvolution, inputs: readonly Maps[]): Maps[] {
  const { norm } = layer;
  if (isBatchNorm(norm)) {
    const { mean, variance } = statistics(through(inputs, layer.convolve));
    scope(() => {
      norm.running_mean.copy_(fromTypedArray(mean, [mean.length]));
      norm.running_var.copy_(fromTypedArray(variance, [variance.length]));
    });
  }
  return through(inputs, layer.forward);
}

/** Mean and variance of every channel over all images, merged as Chan et al. 1979 do. */
function statistics(all: readonly Maps[]): { mean: Float64Array; variance: Float64Array } {
  const channels = all[0]?.tensor.shape[1] ?? 0;
  const mean = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let count = 0;
  for (const maps of all) {
    for (const image of withoutPadding(maps)) {
      const [, height, width] = image.shape; // [C, h, w]
      const cells = height * width;
      const imageMean = image.mean({ dim: [1, 2] }).toFloat32Array();
      const imageVariance = image.variance({ dim: [1, 2], correction: 0 }).toFloat32Array();
      const total = count + cells;
      for (let c = 0; c < channels; c++) {
        const difference = imageMean[c] - mean[c];
        mean[c] += (difference * cells) / total;
        squares[c] += imageVariance[c] * cells + (difference * difference * count * cells) / total;
      }
      count = total;
    }
  }
  return { mean, variance: squares.map((sum) => sum / Math.max(count, 1)) };
}

function withoutPadding(maps: Maps): Tensor[] {
  const [, , rows, columns] = maps.tensor.shape;
  return maps.sizes.map(([height, width], i) => {
    const h = Math.ceil((height * rows) / maps.batchHeight);
    const w = Math.ceil((width * columns) / maps.batchWidth);
    return maps.tensor.at(i, "...", [0, h], [0, w]).to("float32");
  });
}

function through(all: readonly Maps[], f: (input: Tensor) => Tensor): Maps[] {
  return all.map((maps) => ({ ...maps, tensor: f(maps.tensor) }));
}
