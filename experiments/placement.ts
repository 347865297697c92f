/**
 * Where a detector's boxes lie against the annotated ones, edge by edge, and which stage puts them there:
 *
 *     node experiments/placement.ts CHECKPOINT COCO IMAGES [RADIOGRAPHS]
 *
 * The second stage is handed four kinds of proposals: the network's own, what it made of these, the annotated boxes,
 * and these moved and stretched by up to a fifth. Each radiograph comes as it is and mirrored: an error of the same
 * sign in both lies in the network's coordinates, one that changes sides lies in what is shown or in how it is
 * outlined. Errors are what is found less what is annotated, in the network's pixels, with standard errors over groups
 * of radiographs that belong together (a patient's, near-duplicates). A third of a second a radiograph with the
 * project's own detector, on one core with AVX2.
 */
import { connected, readRadiograph } from "@malleolus/data";
import { NO_FRACTURE } from "@malleolus/evaluation";
import { type Box, boxHeight, boxIou, boxWidth, clipBox, flipBox } from "@malleolus/geometry";
import {
  type Detection,
  mirrorImage,
  type NetworkImage,
  prepareImage,
  resizeTarget,
} from "@malleolus/imaging";
import { batchImages, freeModel, type MaskRcnn, maskRcnn } from "@malleolus/networks";
import { randomStreams } from "@malleolus/random";
import { detectorConfig, detectorPreprocess, type MaskRcnnConfig } from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope } from "@malleolus/torch";
import { readTrainingSet } from "@malleolus/training";

const [checkpoint, coco, folder, countText = "100000"] = process.argv.slice(2);
const most = Number(countText);
if (checkpoint === undefined || coco === undefined || folder === undefined || !(most >= 1)) {
  console.error("usage: node experiments/placement.ts CHECKPOINT COCO IMAGES [RADIOGRAPHS]");
  process.exit(2);
}

const SEED = 1;
/** Moved boxes a truth, and by how much of its side at most. */
const [JITTERED, JITTER] = [16, 0.2];
/** The overlap from which a finding is of a truth, and its least score. */
const [OF_TRUTH_FROM, LEAST_SCORE] = [0.3, 0.05];

const PROPOSALS = ["its own", "its own, again", "annotated", "annotated, moved"] as const;
const FRAMES = ["as it is", "mirrored"] as const;
const EVERY_FRACTURE = "every fracture";
const EDGES = ["left", "top", "right", "bottom"] as const;

interface Placed {
  readonly class: string;
  readonly group: string;
  readonly proposals: (typeof PROPOSALS)[number];
  readonly frame: (typeof FRAMES)[number];
  readonly truth: Box;
  /** Null where it was not found. */
  readonly found: Box | null;
}

const { tensors, metadata } = readSafetensors(checkpoint);
const config = detectorConfig(metadata, checkpoint);
const preprocess = detectorPreprocess(metadata, checkpoint);
const network = loaded({ ...config, roi: { ...config.roi, scoreThreshold: LEAST_SCORE } });
// Every region keeps its box, whatever it scores and whatever it overlaps.
const regressor = loaded({
  ...config,
  roi: { ...config.roi, scoreThreshold: 0, nmsThreshold: 1, detectionsPerImage: 10_000 },
});
for (const tensor of tensors.values()) tensor.free();

const set = await readTrainingSet(coco, folder);
const groups = connected(set.images, ({ keys }) => keys);
const groupOf = new Map(
  groups.flatMap((group, i) => group.map((image) => [image, `${i}`] as const)),
);
const placed: Placed[] = [];
const shown = set.images.filter(({ target }) => target.boxes.length > 0).slice(0, most);
for (const [number, one] of shown.entries()) {
  const prepared = prepareImage(await readRadiograph(one.path), preprocess);
  const target = resizeTarget(one.target, prepared.scaleX, prepared.scaleY);
  const truths = target.boxes.map((box, i) => ({ box, class: target.classes[i] }));
  for (const frame of FRAMES) {
    const { width } = prepared.image;
    const isMirrored = frame === "mirrored";
    const image = isMirrored ? mirrorImage(prepared.image) : prepared.image;
    const own = isMirrored
      ? truths.map((truth) => ({ ...truth, box: flipBox(truth.box, width) }))
      : truths;
    const group = groupOf.get(one) ?? "";
    for (const found of placements(image, own, number)) placed.push({ ...found, frame, group });
  }
  if ((number + 1) % 10 === 0) console.error(`${number + 1} of ${shown.length}`);
}
freeModel(network);
freeModel(regressor);
report(placed);

function loaded(own: MaskRcnnConfig): MaskRcnn {
  const model = maskRcnn(own);
  scope(() => nn.loadStateDict(model, tensors));
  nn.freeze(model);
  return model;
}

interface Truth {
  readonly box: Box;
  readonly class: number;
}

function placements(
  image: NetworkImage,
  truths: readonly Truth[],
  number: number,
): Omit<Placed, "frame" | "group">[] {
  const { sizeDivisibility: divisibility, pixelMean, channels, classes } = config;
  const size = [image.height, image.width] as const;
  return noGrad(() =>
    scope(() => {
      const batch = batchImages([image], { divisibility, pixelMean, channels });
      const features = network.backbone.forward(batch.tensor);
      const maps = features.slice(0, 4);
      const [proposals] = network.proposal_generator.propose(features, [size]);
      const [own] = network.roi_heads.detect(maps, [proposals], [size]);
      return truths.flatMap((truth, i) => {
        const random = randomStreams(SEED, number)("moved boxes", i);
        const moved = Array.from({ length: JITTERED }, () =>
          movedBox(truth.box, image.width, image.height, random),
        );
        const regressed = (boxes: readonly Box[]) =>
          regressor.roi_heads
            .detect(maps, [Float32Array.from(boxes.flat())], [size])[0]
            .filter((one) => one.class === truth.class);
        const said = { class: classes[truth.class], truth: truth.box };
        const first = surestOf(own, truth);
        const again = first === null ? [{ box: null }] : regressed([first]);
        return [
          { ...said, proposals: PROPOSALS[0], found: first },
          ...again.map(({ box }) => ({ ...said, proposals: PROPOSALS[1], found: box })),
          ...regressed([truth.box]).map(({ box }) => ({
            ...said,
            proposals: PROPOSALS[2],
            found: box,
          })),
          ...regressed(moved).map(({ box }) => ({ ...said, proposals: PROPOSALS[3], found: box })),
        ];
      });
    }),
  );
}

function movedBox(box: Box, width: number, height: number, random: () => number): Box {
  const drawn = () => (2 * random() - 1) * JITTER;
  const [ownWidth, ownHeight] = [boxWidth(box), boxHeight(box)];
  const x = (box[0] + box[2]) / 2 + drawn() * ownWidth;
  const y = (box[1] + box[3]) / 2 + drawn() * ownHeight;
  const [halfWidth, halfHeight] = [((1 + drawn()) * ownWidth) / 2, ((1 + drawn()) * ownHeight) / 2];
  return clipBox([x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight], width, height);
}

/** Of a truth's class the finding with the highest score that overlaps it. */
function surestOf(found: readonly Detection[], truth: Truth): Box | null {
  return (
    found.find((one) => one.class === truth.class && boxIou(one.box, truth.box) >= OF_TRUTH_FROM)
      ?.box ?? null
  );
}

function report(all: readonly Placed[]): void {
  const classes = [...new Set(all.map((one) => one.class))];
  console.log(`${shown.length} radiographs; errors in the network's pixels, standard errors`);
  for (const name of [...classes, EVERY_FRACTURE]) {
    const ofClass = all.filter((one) =>
      name === EVERY_FRACTURE ? one.class !== NO_FRACTURE : one.class === name,
    );
    const sides = ofClass.map(({ truth }) => [boxWidth(truth), boxHeight(truth)] as const);
    const side = (which: 0 | 1) => median(sides.map((own) => own[which])).toFixed(0);
    console.log(`${name}, ${side(0)} x ${side(1)} as medians`);
    for (const proposals of PROPOSALS) {
      for (const frame of FRAMES) {
        const own = ofClass.filter((one) => one.proposals === proposals && one.frame === frame);
        console.log(`  ${proposals}, ${frame}: ${describe(own)}`);
      }
    }
  }
}

function describe(own: readonly Placed[]): string {
  const found = own.flatMap((one) => (one.found === null ? [] : [{ ...one, found: one.found }]));
  if (found.length === 0) return "none found";
  const overlaps = found.map((one) => boxIou(one.found, one.truth));
  const share = (least: number) =>
    (overlaps.filter((iou) => iou >= least).length / own.length).toFixed(2);
  const errors = EDGES.map((edge, i) => {
    const { mean, error } = clusteredMean(
      found.map((one) => ({ group: one.group, value: one.found[i] - one.truth[i] })),
    );
    return `${edge} ${mean.toFixed(2)} (${error.toFixed(2)})`;
  });
  return (
    `${found.length} of ${own.length}, IoU ${median(overlaps).toFixed(2)} as a median, from 0.5 ` +
    `${share(0.5)}, from 0.75 ${share(0.75)}; ${errors.join(", ")}`
  );
}

/** With the standard error that lets what is of one group hang together. */
function clusteredMean(values: readonly { readonly group: string; readonly value: number }[]) {
  const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
  const sums = [...Map.groupBy(values, ({ group }) => group).values()].map((own) =>
    own.reduce((sum, { value }) => sum + value - mean, 0),
  );
  const squares = sums.reduce((sum, own) => sum + own ** 2, 0);
  const correction = sums.length / Math.max(1, sums.length - 1);
  return { mean, error: Math.sqrt(squares * correction) / values.length };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
