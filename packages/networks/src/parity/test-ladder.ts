/**
 * The Mask R-CNN on which ours and torchvision's are compared, and what torchvision makes of it.
 *
 * A whole ResNet-50 with thin heads on two small images. The settings are those in which Detectron2
 * can be made to agree with torchvision; where none can, test-torchvision.py makes torchvision agree
 * with Detectron2. The table in CONVENTIONS.md lists both.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Box } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { cat, fromTypedArray, readSafetensors, scope, type Tensor, zeros } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { freeModel } from "../placement.ts";
import { initializeNetwork } from "../weights/initialize-network.ts";
import { publishedWeights } from "../weights/published-weights.ts";

const python = process.env.MALLEOLUS_PEER_PYTHON ?? "/usr/bin/python3";
const script = join(import.meta.dirname, "test-torchvision.py");

/** Why the ladder cannot be climbed here; false where it can. */
export const skip: string | false =
  spawnSync(python, ["-c", "import torchvision"]).status === 0
    ? false
    : `${python} has no torchvision (Debian: python3-torchvision; or MALLEOLUS_PEER_PYTHON)`;

export const STEPS = 10;
export const SGD = { learningRate: 0.00005, momentum: 0.9, weightDecay: 1e-4 } as const;

/** Height and width; both are padded to a square. */
export const SIZES = [
  [48, 64],
  [64, 48],
] as const;
const SIDE = 64;

interface Truth {
  readonly class: number;
  readonly box: Box;
  /** The object is their union. */
  readonly rectangles: readonly Box[];
}

const OBJECTS: readonly (readonly Truth[])[] = [
  [
    {
      class: 0,
      box: [28.3, 26.6, 62.7, 43.2],
      rectangles: [
        [28.3, 26.6, 49.1, 43.2],
        [37.4, 30.9, 62.7, 38.5],
      ],
    },
    { class: 2, box: [11.4, 11.7, 35.9, 38.8], rectangles: [[11.4, 11.7, 35.9, 38.8]] },
  ],
  [
    {
      class: 1,
      box: [17.2, 41.9, 41.6, 55.3],
      rectangles: [
        [17.2, 41.9, 41.6, 47.7],
        [24.8, 44.1, 32.9, 55.3],
      ],
    },
    { class: 2, box: [12.7, 10.4, 32.8, 36.1], rectangles: [[12.7, 10.4, 32.8, 36.1]] },
  ],
];

/**
 * The same objects, each with an outline larger than the image. A cell of a mask target is 0 or 1, and
 * where an edge crosses its middle, the last bit of a region's place decides. In one step that is a
 * small chance; in ten it is not, and what follows then goes another way.
 */
const COVERED = OBJECTS.map((objects) =>
  objects.map((object): Truth => ({ ...object, rectangles: [[-99, -99, 199, 199]] })),
);

export const TARGETS = OBJECTS.map(toTarget);
export const TRAINING_TARGETS = COVERED.map(toTarget);

function toTarget(objects: readonly Truth[]): Target {
  return {
    boxes: objects.map(({ box }) => box),
    classes: objects.map((object) => object.class),
    polygons: objects.map(({ rectangles }) =>
      rectangles.map(([x1, y1, x2, y2]) => [x1, y1, x2, y1, x2, y2, x1, y2]),
    ),
  };
}

function forPython(objects: readonly Truth[]) {
  return {
    boxes: objects.map(({ box }) => box),
    classes: objects.map((object) => object.class),
    // As many rectangles for each, so that they are a tensor.
    rectangles: objects.map(({ rectangles }) => [rectangles[0], rectangles.at(-1)]),
  };
}

function ladderConfig(): MaskRcnnConfig {
  const config = detectron2Config(["a", "b", "c"]);
  return {
    ...config,
    // torchvision's anchors of p6 stand 64 pixels apart only where the batch is a multiple of it.
    sizeDivisibility: 64,
    backbone: { ...config.backbone, strideIn1x1: false, fpnChannels: 64 },
    // Sizes for which the small images have objects on every level, and ratios whose roots are whole:
    // the anchors are the same to the last bit, and so are ties between those inside of an object.
    anchors: {
      ...config.anchors,
      sizes: [[8], [14], [24], [36], [52]],
      aspectRatios: [0.25, 1, 4],
    },
    rpn: {
      ...config.rpn,
      // More than there is: both sides take everything, and no draw has to be shared.
      batchSizePerImage: 8192,
      // Few proposals: a rounding that changes which of two alike ones survives is a small chance
      // times their number, and over ten steps of training it must not happen.
      preNms: { train: 40, test: 40 },
      postNms: { train: 80, test: 60 },
      minBoxSize: 1e-3,
      smoothL1Beta: 1 / 9,
    },
    roi: {
      ...config.roi,
      positiveFraction: 0.5,
      canonicalBoxSize: 28,
      box: {
        ...config.roi.box,
        samplingRatio: 2,
        fullyConnectedChannels: 64,
        smoothL1Beta: 1 / 9,
      },
      mask: { ...config.roi.mask, samplingRatio: 2, channels: 32 },
    },
  };
}

export interface Ladder {
  /** With torchvision's weights. */
  readonly model: MaskRcnn;
  readonly batch: ImageBatch;
  /** What torchvision computed. @throws AssertionError for a name that it did not write. */
  reference(name: string): Tensor;
  /** Its tensors below a prefix, which their names do not have any more. */
  references(prefix: string): Map<string, Tensor>;
  free(): void;
}

/** Has torchvision compute everything, once, and builds ours from its weights. */
export function openLadder(): Ladder {
  const { model, batch, tensors } = scope(() => {
    const config = ladderConfig();
    const tensors = askTorchvision(config);
    const model = maskRcnn(withMeanRpnLosses(config, tensors));
    const weights = publishedWeights({ tensors: below("weights ", tensors), metadata: {} });
    const { missing, leftOver, fresh } = initializeNetwork(model, weights.tensors);
    assert.deepEqual([...missing, ...leftOver, ...fresh, ...weights.leftOver], []);
    const images = SIZES.map((_, i) => taken(tensors, `image ${i}`));
    for (const name of tensors.keys()) if (name.startsWith("weights ")) tensors.delete(name);
    return { model, batch: { tensor: batchOf(images), sizes: SIZES }, tensors };
  });
  return {
    model,
    batch,
    reference: (name) => taken(tensors, name),
    references: (prefix) => below(prefix, tensors),
    free() {
      freeModel(model);
      for (const tensor of tensors.values()) tensor.free();
      batch.tensor.free();
    },
  };
}

function taken(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  assert.ok(tensor !== undefined, `torchvision wrote no ${name}`);
  return tensor;
}

function below(prefix: string, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(prefix)) found.set(name.slice(prefix.length), tensor);
  }
  return found;
}

/**
 * torchvision divides the losses of the anchors by how many were sampled, Detectron2 by how many were
 * asked for.
 */
function withMeanRpnLosses(
  config: MaskRcnnConfig,
  tensors: ReadonlyMap<string, Tensor>,
): MaskRcnnConfig {
  const { rpn } = config;
  const sampled = SIZES.reduce(
    (sum, _, i) => sum + taken(tensors, `anchor labels ${i}`).ge(0).sum().item(),
    0,
  );
  const weight = (rpn.batchSizePerImage * SIZES.length) / sampled;
  return { ...config, rpn: { ...rpn, classLossWeight: weight, boxLossWeight: weight } };
}

function askTorchvision(config: MaskRcnnConfig): Map<string, Tensor> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-parity-"));
  try {
    const specification = {
      config,
      sizes: SIZES,
      steps: STEPS,
      sgd: { lr: SGD.learningRate, momentum: SGD.momentum, weight_decay: SGD.weightDecay },
      targets: OBJECTS.map(forPython),
      trainingTargets: COVERED.map(forPython),
    };
    const given = join(folder, "specification.json");
    const expected = join(folder, "expected.safetensors");
    writeFileSync(given, JSON.stringify(specification));
    const child = spawnSync(python, [script, given, expected], { encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    return readSafetensors(expected).tensors;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Images [3, h, w] of red, green and blue from 0 to 1, as `batchImages` would have them. */
function batchOf(images: readonly Tensor[]): Tensor {
  const mean = fromTypedArray(Float32Array.of(103.53, 116.28, 123.675), [3, 1, 1]);
  const padded = images.map((image) => {
    const [, height, width] = image.shape;
    const input = image.flip([0]).mul(255).sub(mean);
    const wide = cat([input, zeros([3, height, SIDE - width])], { dim: 2 });
    return cat([wide, zeros([3, SIDE - height, SIDE])], { dim: 1 }).reshape([1, 3, SIDE, SIDE]);
  });
  return cat(padded).to({ memoryFormat: "channelsLast" });
}
