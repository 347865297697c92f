/**
 * MobileNetV2 as a classifier of radiographs, the paper's preliminary network that says which fracture, if any, a
 * radiograph shows. In two forms: torchvision's `mobilenet_v2` with as many classes as are asked for and its
 * names (`whole-image.ts`), and one that looks where a segmentation finds structures (`where-found.ts`).
 *
 * Unlike torchvision's, its average is taken over the cells that hold image and not the batch's padding.
 *
 * Shapes: images [N, 3, H, W], H and W multiples of 32; K classes.
 */
import type { RandomStreams } from "@malleolus/random";
import type { ClassificationConfig } from "@malleolus/schema";
import { crossEntropyLoss, fromTypedArray, nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { dropout } from "../dropout.ts";
import { ModelError } from "../errors.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { undividedBatch, type WholeBatch } from "../whole-batch.ts";
import type { ClassifierTrunk } from "./trunk.ts";
import { type WhereFound, whereFound } from "./where-found.ts";
import { wholeImage } from "./whole-image.ts";

export interface ClassifierLosses {
  /** A scalar in float32. */
  readonly class: Tensor;
}

export interface ImageClassifier {
  readonly config: ClassificationConfig;
  /** MobileNetV2's, as torchvision numbers them; 19 with its last convolution. */
  readonly features: ClassifierTrunk["layers"];
  /** Null where the features are a whole radiograph's. */
  readonly whereFound: WhereFound | null;
  readonly classifier: { readonly 1: nn.Linear };
  /** Before softmax: float32 [N, K]. */
  logits(images: ImageBatch): Tensor;
  /**
   * How far the network is from the truth; the class of every image by its index. `whole` where these are a
   * share of a batch.
   */
  losses(
    images: ImageBatch,
    classes: readonly number[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): ClassifierLosses;
  /** The probability of each class [K], for every image. */
  classify(images: ImageBatch): Float32Array[];
}

/**
 * A network with new weights, drawn from LibTorch's generator.
 *
 * @throws ModelError `config` for fewer than two classes, and weights that are not theirs.
 */
export function imageClassifier(config: ClassificationConfig): ImageClassifier {
  checkConfig(config);
  const count = config.classes.length;
  const { pooling } = config;
  const found = pooling.kind === "structures" ? whereFound(config, pooling) : null;
  const trunk = found ?? wholeImage(config);
  const predictor = nn.fullyConnected({ in: trunk.width, out: count });
  nn.normal(predictor.weight, 0.01);

  const logits = (images: ImageBatch, regularise: (features: Tensor) => Tensor): Tensor =>
    scope(() => predictor.forward(regularise(trunk.forward(images))).to("float32"));
  const model: ImageClassifier = {
    // First, so that what is also reached by other names is called by these in a file.
    ...trunk.parts,
    config,
    features: trunk.layers,
    whereFound: found,
    classifier: { 1: predictor },
    logits: (images) => logits(images, (features) => features),
    losses(images, classes, random, whole = undividedBatch) {
      checkClasses(classes, images, count);
      return scope(() => {
        const own = logits(images, (features) =>
          dropout(features, config.dropout, random, "classifier-dropout"),
        );
        const { device } = own;
        const truth = fromTypedArray(BigInt64Array.from(classes, BigInt), [classes.length], {
          device,
        });
        const weight = fromTypedArray(Float32Array.from(config.classWeights), [count], { device });
        // Divided by the images and not, as LibTorch's mean, by their weights: in a batch of one
        // these would have no effect.
        const sum = crossEntropyLoss(own, truth, { weight, reduction: SUM });
        return { class: sum.div(whole.images(classes.length)) };
      });
    },
    classify(images) {
      return noGrad(() =>
        scope(() => {
          const all = model.logits(images).softmax(1).toFloat32Array();
          return images.sizes.map((_, i) => all.slice(i * count, (i + 1) * count));
        }),
      );
    },
  };
  return model;
}

/** LibTorch's number for a sum. */
const SUM = 2;

function checkConfig({ classes, classWeights }: ClassificationConfig): void {
  if (classes.length < 2 || new Set(classes).size < classes.length) {
    throw new ModelError(
      "config",
      `classes: expected two or more, each once, got ${classes.join(", ") || "none"}; name them all`,
    );
  }
  if (classWeights.length === classes.length) return;
  throw new ModelError(
    "config",
    `classWeights: expected ${classes.length}, one a class, got ${classWeights.length}; name each`,
  );
}

function checkClasses(classes: readonly number[], images: ImageBatch, count: number): void {
  const wrong = classes.find((index) => !Number.isInteger(index) || index < 0 || index >= count);
  const expected = images.sizes.length;
  if (wrong === undefined && classes.length === expected) return;
  throw new ModelError(
    "input",
    `losses: expected ${expected} classes from 0 to ${count - 1}, got ${classes.join(", ") || "none"}; ` +
      "give every image one",
  );
}
