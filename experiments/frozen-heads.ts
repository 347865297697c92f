/**
 * What single heads of a trained detector learn while all else of it rests: a second box head, the box head itself for as
 * many steps more, the mask head for as many steps more, the mask head with its predictor drawn anew, and the fine mask
 * head on the same trunk. All see the same radiographs in the same order, the same maps, proposals and sampled regions,
 * so that they differ in themselves alone:
 *
 *     node experiments/frozen-heads.ts CHECKPOINT COCO IMAGES OUT [STEPS]
 *
 * OUT gets a detector's file a head, the whole network with that head, which `frozen-heads-measured.ts` compares. Of
 * augmentation there is mirroring alone. Half a second a step of two on one core with AVX2.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Losses, type MaskRcnn, writeDetector } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import { add, backward, scope, type Tensor } from "@malleolus/torch";
import {
  headOptimizer,
  type LearningPart,
  learningRateAt,
  openSamples,
  proposedBy,
  readTrained,
  type Sample,
  SEED,
  SHOWN_EVERY,
  truthsOf,
} from "./frozen-heads-training.ts";

const [checkpoint, coco, folder, out, stepsText = "400"] = process.argv.slice(2);
const steps = Number(stepsText);
if (out === undefined || !(steps >= 1)) {
  console.error("usage: node experiments/frozen-heads.ts CHECKPOINT COCO IMAGES OUT [STEPS]");
  process.exit(2);
}

type RegionLosses = ReturnType<MaskRcnn["roi_heads"]["losses"]>;

interface Head extends LearningPart {
  readonly losses: readonly (keyof Losses & keyof RegionLosses)[];
}

const HEADS: Readonly<Record<string, Head>> = {
  "box-longer": {
    learns: /^roi_heads\.box_/,
    losses: ["boxClass", "boxRegression"],
  },
  "second-box": {
    change: (roi) => ({
      ...roi,
      secondBoxHead: { iouThreshold: 0.6, boxWeights: [20, 20, 10, 10], lossWeight: 1 },
    }),
    learns: /^roi_heads\.second_box_/,
    losses: ["secondBox"],
  },
  "mask-longer": { learns: /^roi_heads\.mask_head\./, losses: ["mask"] },
  "mask-anew": {
    isFresh: (name) => name.startsWith("roi_heads.mask_head.predictor."),
    learns: /^roi_heads\.mask_head\./,
    losses: ["mask"],
  },
  "mask-fine": {
    change: (roi) => ({
      ...roi,
      mask: { ...roi.mask, head: { kind: "fine", detailChannels: 64, refinements: 2 } },
    }),
    isFresh: (name) => name.startsWith("roi_heads.mask_head.predictor."),
    learns: /^roi_heads\.mask_head\./,
    losses: ["mask"],
  },
};

const { preprocess, base, withPart } = readTrained(checkpoint);
const arms = Object.entries(HEADS).map(([name, head]) => {
  const model = withPart(head);
  return { name, head, model, optimizer: headOptimizer(model), sum: 0 };
});

const samples = await openSamples(coco, folder, preprocess);
for (let step = 0; step < steps; step++) {
  const batch = await samples.batchAt(step);
  scope(() => learn(batch, step));
  if ((step + 1) % SHOWN_EVERY !== 0) continue;
  const means = arms.map(({ name, sum }) => `${name} ${(sum / SHOWN_EVERY).toFixed(3)}`);
  console.log(`step ${step + 1} of ${steps}: ${means.join(", ")}`);
  for (const arm of arms) arm.sum = 0;
}
mkdirSync(out, { recursive: true });
for (const { name, model } of arms) {
  writeDetector(join(out, `${name}.safetensors`), model, preprocess);
  console.log(join(out, `${name}.safetensors`));
}

function learn(batch: readonly Sample[], step: number): void {
  const {
    batch: images,
    maps,
    proposals,
  } = proposedBy(
    base,
    batch.map(({ image }) => image),
  );
  const truths = truthsOf(batch);
  for (const arm of arms) {
    const { model, head, optimizer } = arm;
    const losses = model.roi_heads.losses(
      maps,
      proposals,
      images.sizes,
      truths,
      randomStreams(SEED, step),
    );
    const loss = head.losses
      .map((name) => losses[name])
      .filter((one) => one !== undefined)
      .reduce((sum: Tensor, one) => add(sum, one));
    arm.sum += loss.item();
    backward(loss);
    optimizer.learningRate = learningRateAt(step, steps);
    optimizer.step();
    optimizer.zeroGrad();
  }
}
