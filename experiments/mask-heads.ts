/**
 * What a finer mask head buys on thin bands, and what it costs: small networks that differ in it
 * alone learn, from the same images in the same order, to find and outline oblique bands a few pixels
 * wide, as hairline fractures are. `node experiments/mask-heads.ts [--steps N] [--seeds N] [--arm TEXT]`
 *
 * Not one of `malleolus bench`: it has no peer, and takes minutes.
 */
import { parseArgs } from "node:util";
import {
  type Box,
  boxIou,
  emptyMask,
  type Mask,
  maskIou,
  polygonBounds,
  rasterizePolygons,
  rasterizePolygonsInBox,
} from "@malleolus/geometry";
import { type NetworkImage, pasteMask, type Target } from "@malleolus/imaging";
import { batchImages, type MaskRcnn, maskRcnn } from "@malleolus/networks";
import {
  detectron2Config,
  type MaskHeadConfig,
  type MaskRcnnConfig,
  type RoiConfig,
} from "@malleolus/schema";
import {
  add,
  autocast,
  backward,
  libtorchVersion,
  manualSeed,
  nn,
  optim,
  scope,
  threads,
} from "@malleolus/torch";

const SIDE = 256;
const BATCH = 2;
const TEST_IMAGES = 100;
/** In pixels: 3 mm where the shorter side of a radiograph of 24 cm has 384 of them. */
const BAND_WIDTH = 5;
const LEARNING_RATE = 0.001;

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "500" },
    seeds: { type: "string", default: "1" },
    arm: { type: "string", default: "" },
  },
});
const steps = Number(values.steps);

const plain: MaskHeadConfig = {
  ...detectron2Config([]).roi.mask,
  convolutions: 2,
  channels: 64,
};
const twice: MaskHeadConfig = { ...plain, pooledSize: 28 };
const fine: MaskHeadConfig = {
  ...plain,
  head: { kind: "fine", detailChannels: 32, refinements: 2 },
};
/** The side of boxes that are pooled from p4. By the first, the larger half of the bands is from p3. */
const [demonstration, detectron2] = [112, 224];
const arms: Readonly<Record<string, Pick<RoiConfig, "mask" | "canonicalBoxSize">>> = {
  "detectron2, 14 to 28, from p2": { mask: plain, canonicalBoxSize: detectron2 },
  "detectron2, 28 to 56, from p2": { mask: twice, canonicalBoxSize: detectron2 },
  "fine, 14 to 56, from p2": { mask: fine, canonicalBoxSize: detectron2 },
  "detectron2, 14 to 28, from p2 and p3": { mask: plain, canonicalBoxSize: demonstration },
  "detectron2, 28 to 56, from p2 and p3": { mask: twice, canonicalBoxSize: demonstration },
  "fine, 14 to 56, from p2 and p3": { mask: fine, canonicalBoxSize: demonstration },
};

console.log(
  `LibTorch ${libtorchVersion()}, ${threads()} threads, ${steps} steps of ${BATCH} images`,
);
console.log(
  `IoU that a grid can reach: ${[28, 56].map((size) => `${size}: ${ceiling(size)}`).join(", ")}`,
);
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  for (const [name, roi] of Object.entries(arms)) {
    if (name.endsWith(values.arm)) scope(() => runArm(name, roi, seed));
  }
}

interface Scene {
  readonly image: NetworkImage;
  readonly target: Target;
}

function runArm(name: string, roi: Partial<RoiConfig>, seed: number): void {
  manualSeed(seed);
  const model = maskRcnn(configOf(roi));
  const optimizer = optim.adam(nn.parameters(model), {
    learningRate: LEARNING_RATE,
    weightDecay: 0.02,
    decoupled: true,
  });
  let maskLoss = 0;
  const stepsMs: number[] = [];
  for (let step = 0; step < steps; step++) {
    const began = performance.now();
    const warm = Math.min(1, (step + 1) / 50);
    optimizer.learningRate =
      LEARNING_RATE * warm * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps));
    const loss = learn(model, sceneBatch(seed * 1_000_000 + step * BATCH), seed + step);
    if (step >= steps - 50) maskLoss += loss / 50;
    optimizer.step();
    optimizer.zeroGrad();
    stepsMs.push(performance.now() - began);
  }
  optimizer.free();
  const found = evaluate(model);
  console.log(
    `seed ${seed}  ${name.padEnd(36)}  mask loss ${maskLoss.toFixed(3)}  found ${found.recall.toFixed(2)}  ` +
      `mask IoU ${found.matched.toFixed(3)} of those found, ${found.all.toFixed(3)} of all  ` +
      `step ${median(stepsMs).toFixed(0)} ms, detection ${found.milliseconds.toFixed(0)} ms`,
  );
}

/** As narrow as the demonstration's network, on Detectron2's pattern. */
function configOf(own: Partial<RoiConfig>): MaskRcnnConfig {
  const config = detectron2Config(["fracture"]);
  const { backbone, rpn, roi } = config;
  return {
    ...config,
    backbone: { ...backbone, depth: 26, width: 32, norm: "group", freezeAt: 0, fpnChannels: 64 },
    anchors: { sizes: [[16], [32], [64], [128], [256]], aspectRatios: [0.4, 1, 2.5], offset: 0 },
    rpn: {
      ...rpn,
      iouThresholds: [0.3, 0.5],
      preNms: { train: 500, test: 500 },
      postNms: { train: 200, test: 200 },
    },
    roi: {
      ...roi,
      batchSizePerImage: 64,
      box: { ...roi.box, fullyConnectedChannels: 256 },
      ...own,
    },
  };
}

/** One step's gradients; returns the loss of the masks. */
function learn(model: MaskRcnn, scenes: readonly Scene[], seed: number): number {
  return scope(() => {
    const batch = batchImages(scenes.map(({ image }) => image));
    const targets = scenes.map(({ target }) => target);
    const losses = autocast("bfloat16", () =>
      model.losses(batch, targets, (purpose, slot) =>
        random(seed * 31 + slot * 7 + purpose.length),
      ),
    );
    backward(Object.values(losses).reduce((sum, loss) => add(sum, loss)));
    return losses.mask.item();
  });
}

/** Of the true bands: how many are found by a box of IoU 0.5, and how well their masks agree. */
function evaluate(model: MaskRcnn) {
  const ious: number[] = [];
  const milliseconds: number[] = [];
  for (let i = 0; i < TEST_IMAGES; i++) {
    const { image, target } = scene(900_000_000 + i);
    const began = performance.now();
    const [found] = scope(() => autocast("bfloat16", () => model.detect(batchImages([image]))));
    milliseconds.push(performance.now() - began);
    const [best] = found.filter(
      ({ box, score }) => score >= 0.3 && boxIou(box, target.boxes[0]) >= 0.5,
    );
    if (best === undefined) continue;
    const truth = rasterizePolygons(target.polygons[0], SIDE, SIDE);
    ious.push(maskIou(pasted(best.mask, best.box), truth));
  }
  const sum = ious.reduce((total, iou) => total + iou, 0);
  return {
    recall: ious.length / TEST_IMAGES,
    matched: sum / ious.length,
    all: sum / TEST_IMAGES,
    milliseconds: median(milliseconds),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The mean IoU of true bands that went through a grid of this size over their own boxes. */
function ceiling(size: number): string {
  const ious = Array.from({ length: TEST_IMAGES }, (_, i) => {
    const { target } = scene(900_000_000 + i);
    const [box] = target.boxes;
    const cells = Float32Array.from(rasterizePolygonsInBox(target.polygons[0], box, size));
    return maskIou(pasted(cells, box), rasterizePolygons(target.polygons[0], SIDE, SIDE));
  });
  return (ious.reduce((sum, iou) => sum + iou, 0) / ious.length).toFixed(3);
}

function pasted(probabilities: Float32Array, box: Box): Mask {
  const placed = pasteMask(probabilities, box, SIDE, SIDE);
  const mask = emptyMask(SIDE, SIDE);
  for (let y = 0; y < placed.height; y++) {
    const row = placed.data.subarray(y * placed.width, (y + 1) * placed.width);
    mask.data.set(row, (y + placed.top) * SIDE + placed.left);
  }
  return mask;
}

function sceneBatch(seed: number): Scene[] {
  return Array.from({ length: BATCH }, (_, i) => scene(seed + i));
}

/** A bright shaft on uneven ground, with noise, and across it a band that is a little darker. */
function scene(seed: number): Scene {
  const draw = random(seed);
  const between = (low: number, high: number) => low + (high - low) * draw();
  const [centerX, centerY] = [between(70, SIDE - 70), between(70, SIDE - 70)];
  const angle = between(0.3, 1.25) * (draw() < 0.5 ? 1 : -1);
  const half = between(22, 60);
  const waves = [between(0, 3), between(0.02, 0.08), between(0, 6.28)] as const;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const bend = (along: number) => waves[0] * Math.sin(along * waves[1] * 2 + waves[2]);
  const contrast = between(25, 60);
  const shaft = half * 1.2;
  const ground = [between(0.01, 0.04), between(0, 6.28), between(0.01, 0.04), between(0, 6.28)];
  const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) + 0.5 - centerX, Math.floor(i / SIDE) + 0.5 - centerY];
    const along = x * cosine + y * sine;
    const across = -x * sine + y * cosine - bend(along);
    const uneven = 20 * Math.sin(x * ground[0] + ground[1]) * Math.sin(y * ground[2] + ground[3]);
    const bone = 70 / (1 + Math.exp((Math.abs(x) - shaft) / 3));
    const inside = Math.min(1, Math.max(0, BAND_WIDTH / 2 + 0.5 - Math.abs(across)));
    const band = Math.abs(along) <= half ? inside : 0;
    return 80 + uneven + bone - contrast * band + 30 * (draw() + draw() - 1);
  });
  const outline = bandOutline(half, bend).map(([along, across]) => [
    centerX + along * cosine - across * sine,
    centerY + along * sine + across * cosine,
  ]);
  const polygon = outline.flat();
  return {
    image: { width: SIDE, height: SIDE, pixels },
    target: { boxes: [polygonBounds(polygon)], classes: [0], polygons: [[polygon]] },
  };
}

/** There along one edge and back along the other; along and across the band. */
function bandOutline(half: number, bend: (along: number) => number): [number, number][] {
  const count = 12;
  const edge = (side: number) =>
    Array.from({ length: count + 1 }, (_, i): [number, number] => {
      const along = -half + (2 * half * i) / count;
      return [along, bend(along) + (side * BAND_WIDTH) / 2];
    });
  return [...edge(1), ...edge(-1).toReversed()];
}

/** Uniform numbers in [0, 1): Marsaglia's xorshift from a seed that was mixed. */
function random(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
