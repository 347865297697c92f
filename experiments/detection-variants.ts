/**
 * What can be had from detectors as they are, without training: findings of low scores, a mirrored view, boxes sent
 * through the box head again (iterative regression), boxes scaled by a factor, scores weighed by powers of the image head's
 * probability, several checkpoints fused (weighted boxes fusion).
 *
 *     node experiments/detection-variants.ts COCO IMAGES LIMIT CHECKPOINT...
 *
 * On the first LIMIT radiographs, those without objects too. The factor is chosen on one half of the groups (patients,
 * near-duplicates) and measured on the other, both ways round. Radiographs are told apart by the highest score and,
 * where every checkpoint has an image head, by the heads: of two views their mean, as `evaluate` has it, of several
 * checkpoints the mean of their logits. A second a radiograph, view and checkpoint on one core with AVX2.
 */
import { createHash } from "node:crypto";
import { connected, readRadiograph } from "@malleolus/data";
import {
  averagePrecision,
  averagePrecisionIntervals,
  type LabeledImage,
  measureImages,
  NO_FRACTURE,
} from "@malleolus/evaluation";
import type { Box } from "@malleolus/geometry";
import {
  type Detection,
  type Examined,
  fuseDetections,
  fuseMirrored,
  inRadiograph,
  mirrorDetection,
  mirrorImage,
  prepareImage,
  weighedByImage,
} from "@malleolus/imaging";
import { batchImages, maskRcnn } from "@malleolus/networks";
import { detectorConfig, detectorPreprocess, type MaskRcnnConfig } from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope } from "@malleolus/torch";
import { labeledImage, readTrainingSet, type TrainingImage } from "@malleolus/training";

const [coco, folder, limitText, ...checkpoints] = process.argv.slice(2);
const limit = Number(limitText);
if (coco === undefined || folder === undefined || !(limit >= 1) || checkpoints.length === 0) {
  console.error("usage: node experiments/detection-variants.ts COCO IMAGES LIMIT CHECKPOINT...");
  process.exit(2);
}

const [LOW, USUAL] = [0.001, 0.05] as const;
/** Of the image head's probability, which multiplies scores; detectors whose head weighs them do so by the first power. */
const POWERS = [0, 0.25, 0.5, 1] as const;
const FACTORS = [0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2] as const;
const BOOTSTRAP = { seed: 1, resamples: 1000 };
/** The least probability, and the distance of the highest from 1, that has a logit. */
const LEAST = 1e-6;

/** What one checkpoint sees of one radiograph from a score of `LOW` on, not weighed by its image head, in the radiograph's pixels. */
interface Views {
  /** Of the image head's probability, that multiplies scores in this detector. */
  readonly power: number;
  readonly plain: Examined;
  /** Those from `USUAL` on, each with the box and the mask that the second stage makes of its box, and its own score. */
  readonly again: Examined;
  readonly mirrored: Examined;
  /** What the image head says of both views. */
  readonly shownInBoth: Examined["shown"];
}

const detectors = checkpoints.map(openViews);
const set = await readTrainingSet(coco, folder, limit);
const groupOf = new Map(
  connected(set.images, ({ keys }) => keys).flatMap((group, i) =>
    group.map((image) => [image, `${i}`] as const),
  ),
);
// By ascending id: where scores are equal, the order decides.
const images = set.images.toSorted((a, b) => a.id - b.id);
const groups = images.map((image) => groupOf.get(image) ?? "");
const seen: Views[][] = [];
for (const [number, image] of images.entries()) {
  const radiograph = await readRadiograph(image.path);
  seen.push(detectors.map((views) => views(radiograph)));
  if ((number + 1) % 20 === 0) console.error(`${number + 1} of ${images.length}`);
}

for (const [place, path] of checkpoints.entries()) {
  console.log(path);
  const own = (from: number, isMirrored: boolean) =>
    seen.map((one) => together([one[place]], from, isMirrored));
  report("one view, scores from 0.05", own(USUAL, false));
  report(
    "one view, scores from 0.05, boxes through the head again",
    seen.map((one) => {
      const { again, power } = one[place];
      return { detections: counted(again, power, USUAL), shown: again.shown };
    }),
  );
  report("one view, scores from 0.001", own(LOW, false));
  report("two views, scores from 0.05", own(USUAL, true));
  report("two views, scores from 0.001", own(LOW, true));
  reportScaled(own(LOW, true));
  if (seen.every((one) => one[place].plain.shown !== null)) {
    for (const power of POWERS) {
      report(
        `two views, scores from 0.001 times the image head's probability to the power of ${power}`,
        seen.map((one) => together([{ ...one[place], power }], LOW, true)),
      );
    }
  }
}
if (checkpoints.length > 1) {
  console.log("all of them fused");
  report(
    "two views each, scores from 0.001",
    seen.map((one) => together(one, LOW, true)),
  );
}

function openViews(path: string): (radiograph: Parameters<typeof prepareImage>[0]) => Views {
  const { tensors, metadata } = readSafetensors(path);
  const config = detectorConfig(metadata, path);
  const preprocess = detectorPreprocess(metadata, path);
  const head = config.imageHead;
  const power = head?.weighsScores === true ? 1 : 0;
  const loaded = (roi: Partial<MaskRcnnConfig["roi"]>) => {
    const made = maskRcnn({
      ...config,
      roi: { ...config.roi, ...roi },
      imageHead: head && { ...head, weighsScores: false },
    });
    scope(() => nn.loadStateDict(made, tensors));
    nn.freeze(made);
    return made;
  };
  const model = loaded({ scoreThreshold: LOW });
  // A region keeps its box of every class, whatever it scores.
  const regressor = loaded({ scoreThreshold: 0, nmsThreshold: 1 });
  for (const tensor of tensors.values()) tensor.free();
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  return (radiograph) => {
    const prepared = prepareImage(radiograph, preprocess);
    const { image } = prepared;
    const [plain, mirrored] = [image, mirrorImage(image)].map((one) =>
      scope(() => model.examine(batchImages([one], { divisibility, pixelMean, channels }))[0]),
    );
    const again = noGrad(() =>
      scope(() => {
        const batch = batchImages([image], { divisibility, pixelMean, channels });
        const maps = regressor.backbone.forward(batch.tensor).slice(0, 4);
        return plain.detections
          .filter(({ score }) => score > USUAL)
          .map((one) => {
            const proposals = [Float32Array.from(one.box)];
            const [regressed] = regressor.roi_heads.detect(maps, proposals, batch.sizes);
            const own = regressed.find((other) => other.class === one.class) ?? one;
            return { ...one, box: own.box, mask: own.mask };
          });
      }),
    );
    const back = mirrored.detections.map((one) => mirrorDetection(one, image.width));
    return {
      power,
      plain: inRadiograph(plain, prepared),
      again: inRadiograph({ ...plain, detections: again }, prepared),
      mirrored: inRadiograph({ ...mirrored, detections: back }, prepared),
      shownInBoth: fuseMirrored(plain, mirrored, image.width, LOW).shown,
    };
  };
}

function together(views: readonly Views[], from: number, isMirrored: boolean): Examined {
  const all = views.flatMap(({ power, plain, mirrored }) =>
    (isMirrored ? [plain, mirrored] : [plain]).map((one) => counted(one, power, from)),
  );
  return {
    detections: fuseDetections(all).filter(({ score }) => score > from),
    shown: meanByLogits(
      views.map(({ plain, shownInBoth }) => (isMirrored ? shownInBoth : plain.shown)),
    ),
  };
}

/** Above a score, scores being multiplied by the image head's probability of their class to the power, if there is a head. */
function counted({ detections, shown }: Examined, power: number, from: number): Detection[] {
  const weights = shown?.map((probability) => probability ** power) ?? null;
  const weighed = weighedByImage({ detections, shown: weights }, from);
  return weighed.detections.filter(({ score }) => score > from);
}

/** Of several image heads [K] each; null where one is missing. */
function meanByLogits(heads: readonly Examined["shown"][]): Examined["shown"] {
  const all = heads.filter((one) => one !== null);
  if (all.length < heads.length) return null;
  const [first] = all;
  return first.map((_, c) => {
    const mean = all.reduce((sum, one) => sum + logit(one[c]), 0) / all.length;
    return 1 / (1 + Math.exp(-mean));
  });
}

function logit(probability: number): number {
  const within = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(within / (1 - within));
}

function report(what: string, found: readonly Examined[]): void {
  console.log(`  ${what}: ${figuresOf(found.map((own, i) => labeled(images[i], own)))}`);
}

/** Boxes scaled by what is best on the half that they are not of. */
function reportScaled(found: readonly Examined[]): void {
  const halves = groups.map(
    (group) => createHash("sha256").update(`half ${group}`).digest()[0] % 2,
  );
  const byFactor = FACTORS.map((factor) =>
    found.map(({ detections, shown }, i) =>
      labeled(images[i], {
        detections: detections.map((one) => ({ ...one, box: scaledBox(one.box, factor) })),
        shown,
      }),
    ),
  );
  const best = [0, 1].map((half) => {
    const values = byFactor.map((all) => {
      const own = all.filter((_, i) => halves[i] === half);
      return averagePrecision(own, set.classes, "box", [NO_FRACTURE]).averagePrecision.all ?? 0;
    });
    return values.indexOf(Math.max(...values));
  });
  const crossed = images.map((_, i) => byFactor[best[1 - halves[i]]][i]);
  const factors = best.map((place) => FACTORS[place]).join(" and ");
  console.log(
    `  the last with boxes scaled (${factors}, each chosen on the other half): ${figuresOf(crossed)}`,
  );
}

function scaledBox([x1, y1, x2, y2]: Box, factor: number): Box {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const [halfWidth, halfHeight] = [((x2 - x1) / 2) * factor, ((y2 - y1) / 2) * factor];
  return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
}

function labeled(image: TrainingImage, { detections, shown }: Examined): LabeledImage {
  return labeledImage(image, detections, set.classes, { scaleX: 1, scaleY: 1 }, shown);
}

function figuresOf(all: readonly LabeledImage[]): string {
  const said = (value: number | null, interval: readonly [number, number] | null) =>
    `${value?.toFixed(3) ?? "–"}${interval === null ? "" : ` (${interval.map((end) => end.toFixed(2)).join(" to ")})`}`;
  const [box, mask] = (["box", "mask"] as const).map((shape) => {
    const { averagePrecision: ap } = averagePrecision(all, set.classes, shape, [NO_FRACTURE]);
    const { averagePrecision: of } = averagePrecisionIntervals(
      all,
      groups,
      set.classes,
      shape,
      BOOTSTRAP,
      [NO_FRACTURE],
    );
    return (
      `${shape} AP ${said(ap.all, of.all)}, AP50 ${said(ap.iou50, of.iou50)}, ` +
      `AP75 ${said(ap.iou75, of.iou75)}`
    );
  });
  const { auc, scoredBy, highestScoreAuc } = measureImages(all, {
    threshold: 0.5,
    notObjects: [NO_FRACTURE],
    groups,
  });
  const areas = [`${said(auc?.auc ?? null, auc?.interval ?? null)} by the ${scoredBy}`];
  if (highestScoreAuc != null) {
    areas.push(`${said(highestScoreAuc.auc, highestScoreAuc.interval)} by the highest score`);
  }
  return `${box}; ${mask}; image AUC ${areas.join(", ")}`;
}
