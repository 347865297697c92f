/**
 * Whether a detector's box head that is told where on the ankle a region lies learns better than one that is not: the paper
 * suspects that its network has no positional awareness. As in `frozen-heads.ts` all else of a trained detector rests,
 * and all heads learn from the same radiographs in the same order, from the same maps, proposals and sampled regions.
 *
 *     node experiments/box-places.ts CHECKPOINT COCO IMAGES KEPT [STEPS, 800]
 *
 * A head is not told; is told the region's place above the plafond and aside of the tibia, by the preliminary segmentation; or its
 * place in the picture, which takes no segmentation. Each of the three learns on from the detector's own weights, and once more
 * from weights that are drawn anew: the detector's head says the class of nearly every box that it has learned from, so that
 * little is left there to be told. KEPT gets a file a head; the legs' axes, so that each radiograph is segmented once; and
 * `height.json`, by which the height above the plafond is read off the last hidden layer of the box head as it is (least
 * squares on every sampled region), what it knows of it without being told, and off the place in the picture.
 * `box-places-measured.ts` goes on from there, whose header has the rule by which a head wins. 800 steps of two, as many as the
 * detector itself has learned for: five minutes on one core with AVX2, and two for the segmentation, once.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boxLosses, poolRegions, sampleRegions, shippedPreliminary } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import { add, backward, nn, noGrad, scope, writeSafetensors } from "@malleolus/torch";
import {
  heightsOf,
  openLegs,
  PLACE_WIDTH,
  type PlacedImage,
  placesOf,
} from "./box-places-frames.ts";
import { AS_IT_IS, fileOf, HEADS, placedBoxHead } from "./box-places-head.ts";
import { heightFit } from "./box-places-height.ts";
import {
  headOptimizer,
  learningRateAt,
  openSamples,
  proposedBy,
  readTrained,
  type Sample,
  SEED,
  SHOWN_EVERY,
  truthsOf,
} from "./frozen-heads-training.ts";

const [checkpoint, coco, folder, kept, stepsText = "800"] = process.argv.slice(2);
const steps = Number(stepsText);
const preliminary = shippedPreliminary();
if (kept === undefined || preliminary === null || !(steps >= 1)) {
  console.error("usage: node experiments/box-places.ts CHECKPOINT COCO IMAGES KEPT [STEPS, 800]");
  console.error("the preliminary networks are needed");
  process.exit(2);
}

/**
 * How many times faster the weights of the place learn. Adam moves each weight by about as much a step, and a layer can say
 * the same by thousands of pooled features, so that six further inputs whose weights begin at 0 would hardly be heard.
 */
const PLACE_RATE = 100;

const { preprocess, base, withPart } = readTrained(checkpoint);
const { roi, classes } = base.config;
const asItIs = placedBoxHead(base, false);
const arms = HEADS.map(({ name, told, isAnew }) => {
  const learns = /^roi_heads\.box_/;
  const part = { learns, ...(isAnew ? { isFresh: (weight: string) => learns.test(weight) } : {}) };
  const head = placedBoxHead(withPart(part), told !== null);
  const { box_head, box_predictor, place = {} } = head;
  const rules = [
    { rule: headOptimizer({ box_head, box_predictor }), times: 1 },
    { rule: headOptimizer(place), times: PLACE_RATE },
  ];
  return { name, told, head, rules, sum: 0 };
});
const heights = {
  hidden: heightFit(roi.box.fullyConnectedChannels),
  picture: heightFit(PLACE_WIDTH),
};

mkdirSync(kept, { recursive: true });
const legs = openLegs({
  segmenter: preliminary.segmentation,
  kept: join(kept, "legs.jsonl"),
});
const samples = await openSamples(coco, folder, preprocess);
for (let step = 0; step < steps; step++) {
  const batch = await samples.batchAt(step);
  const placed: PlacedImage[] = [];
  for (const sample of batch) placed.push({ ...sample, axes: await legs.axesOf(sample.path) });
  scope(() => learn(batch, placed, step));
  if ((step + 1) % SHOWN_EVERY !== 0) continue;
  const means = arms.map(({ name, sum }) => `${name} ${(sum / SHOWN_EVERY).toFixed(4)}`);
  console.log(`step ${step + 1} of ${steps}: ${means.join(", ")}`);
  for (const arm of arms) arm.sum = 0;
}
legs.close();
for (const { name, head } of arms) writeSafetensors(join(kept, fileOf(name)), nn.stateDict(head));
const fitted = { hidden: heights.hidden.fitted(), picture: heights.picture.fitted() };
writeFileSync(join(kept, "height.json"), `${JSON.stringify(fitted)}\n`);
console.log(`heads in ${kept}, beside them what the head ${AS_IT_IS} knows of the height`);

function learn(batch: readonly Sample[], placed: readonly PlacedImage[], step: number): void {
  const images = batch.map(({ image }) => image);
  const { maps, proposals } = proposedBy(base, images);
  const truths = truthsOf(batch);
  // As `losses` of the region heads samples them.
  const random = randomStreams(SEED, step);
  const sample = sampleRegions(proposals, truths, classes.length, random, roi);
  const pooled = poolRegions(maps, sample.regions, roi.box);
  const places = {
    plafond: placesOf(sample.regions, placed, "plafond"),
    picture: placesOf(sample.regions, placed, "picture"),
  };
  const hidden = noGrad(() => asItIs.hidden(pooled, null).toFloat32Array());
  const known = heightsOf(places.plafond);
  heights.hidden.learn(hidden, known);
  heights.picture.learn(places.picture, known);
  for (const arm of arms) {
    const { head, told, rules } = arm;
    const predictions = head.predict(pooled, told === null ? null : places[told]);
    const losses = boxLosses(predictions, sample, truths, roi.box);
    const loss = add(losses.boxClass, losses.boxRegression);
    arm.sum += loss.item();
    backward(loss);
    for (const { rule, times } of rules) {
      rule.learningRate = times * learningRateAt(step, steps);
      rule.step();
      rule.zeroGrad();
    }
  }
}
