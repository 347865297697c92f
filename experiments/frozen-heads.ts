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
import { readRadiograph } from "@malleolus/data";
import { flipBox, flipPolygon } from "@malleolus/geometry";
import {
  mirrorImage,
  type NetworkImage,
  prepareImage,
  resizeTarget,
  type Target,
} from "@malleolus/imaging";
import {
  batchImages,
  initializeNetwork,
  type Losses,
  type MaskRcnn,
  maskRcnn,
  writeDetector,
} from "@malleolus/networks";
import { permutation, randomStreams } from "@malleolus/random";
import { detectorConfig, detectorPreprocess, type MaskRcnnConfig } from "@malleolus/schema";
import {
  add,
  backward,
  manualSeed,
  nn,
  noGrad,
  optim,
  readSafetensors,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { readTrainingSet } from "@malleolus/training";

const [checkpoint, coco, folder, out, stepsText = "400"] = process.argv.slice(2);
const steps = Number(stepsText);
if (out === undefined || !(steps >= 1)) {
  console.error("usage: node experiments/frozen-heads.ts CHECKPOINT COCO IMAGES OUT [STEPS]");
  process.exit(2);
}

const [SEED, BATCH, SHOWN_EVERY] = [1, 2, 50];
/** As the recipe `demo`: AdamW, a warm-up, half a cosine. */
const [LEARNING_RATE, WARM_UP, WEIGHT_DECAY] = [0.0003, 50, 0.02];

type RegionLosses = ReturnType<MaskRcnn["roi_heads"]["losses"]>;

interface Head {
  readonly change?: (roi: MaskRcnnConfig["roi"]) => MaskRcnnConfig["roi"];
  /** Drawn anew instead of taken over. */
  readonly isFresh?: (name: string) => boolean;
  readonly learns: RegExp;
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

const { tensors, metadata } = readSafetensors(checkpoint);
const config = detectorConfig(metadata, checkpoint);
const preprocess = detectorPreprocess(metadata, checkpoint);
const { sizeDivisibility: divisibility, pixelMean, channels } = config;
const base = withHead({ learns: /^$/, losses: [] });
const arms = Object.entries(HEADS).map(([name, head]) => {
  const model = withHead(head);
  const own = nn.parameters(model);
  const optimizer = optim.adam(own, {
    learningRate: LEARNING_RATE,
    beta2: 0.99,
    weightDecay: WEIGHT_DECAY,
    decoupled: true,
  });
  return { name, head, model, optimizer, sum: 0 };
});

const set = await readTrainingSet(coco, folder);
const samples: (Sample | undefined)[] = [];
for (let step = 0; step < steps; step++) {
  const random = randomStreams(SEED, step);
  const batch: Sample[] = [];
  for (let slot = 0; slot < BATCH; slot++) {
    const sample = await sampleOf(placeAt(step * BATCH + slot));
    batch.push(random("flip", slot)() < 0.5 ? mirrored(sample) : sample);
  }
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

/** The checkpoint's network with a head, of which nothing else learns. */
function withHead({ change, isFresh, learns }: Head): MaskRcnn {
  manualSeed(SEED);
  const model = maskRcnn({ ...config, roi: change?.(config.roi) ?? config.roi });
  const kept = new Map([...tensors].filter(([name]) => isFresh?.(name) !== true));
  const { missing, fresh } = initializeNetwork(model, kept);
  const lacking = [...missing, ...fresh].filter(
    (name) => isFresh === undefined || !learns.test(name),
  );
  if (lacking.length > 0) {
    throw new Error(
      `${checkpoint}: expected all weights but a new head's, got none of ${lacking.join(", ")}; name a trained detector`,
    );
  }
  for (const [name, tensor] of nn.stateDict(model)) {
    if (!learns.test(name)) tensor.requiresGrad_(false);
  }
  return model;
}

interface Sample {
  readonly image: NetworkImage;
  readonly target: Target;
}

function placeAt(drawn: number): number {
  const count = set.images.length;
  return permutation(SEED, Math.floor(drawn / count), count, "frozen heads")[drawn % count];
}

async function sampleOf(place: number): Promise<Sample> {
  const known = samples[place];
  if (known !== undefined) return known;
  const { path, target } = set.images[place];
  const { image, scaleX, scaleY } = prepareImage(await readRadiograph(path), preprocess);
  const sample = { image, target: resizeTarget(target, scaleX, scaleY) };
  samples[place] = sample;
  return sample;
}

function mirrored({ image, target }: Sample): Sample {
  const { width } = image;
  return {
    image: mirrorImage(image),
    target: {
      ...target,
      boxes: target.boxes.map((box) => flipBox(box, width)),
      polygons: target.polygons.map((own) => own.map((polygon) => flipPolygon(polygon, width))),
    },
  };
}

function learn(batch: readonly Sample[], step: number): void {
  const images = batchImages(
    batch.map(({ image }) => image),
    { divisibility, pixelMean, channels },
  );
  const features = noGrad(() => base.backbone.forward(images.tensor));
  const proposals = base.proposal_generator.propose(features, images.sizes);
  const truths = batch.map(({ target }) => ({
    ...target,
    boxes: Float32Array.from(target.boxes.flat()),
  }));
  const rate = Math.min(1, (step + 1) / WARM_UP) * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps));
  for (const arm of arms) {
    const { model, head, optimizer } = arm;
    const losses = model.roi_heads.losses(
      features.slice(0, 4),
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
    optimizer.learningRate = LEARNING_RATE * rate;
    optimizer.step();
    optimizer.zeroGrad();
  }
}
