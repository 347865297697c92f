/**
 * What each stage of a detector makes of places in a radiograph that are given: its proposals there, its boxes before
 * they are suppressed, weighed and fused, and after it, what it says of the place itself, and what it sees there. For
 * `missed-fractures.ts`; not started by hand.
 */
import { type Box, boxIou, flipBox, scaleBox } from "@malleolus/geometry";
import {
  type Detection,
  type DisplayImage,
  fuseDetections,
  mirrorDetection,
  mirrorImage,
  type NetworkImage,
  prepareImage,
  resizeImage,
  weighedByImage,
} from "@malleolus/imaging";
import {
  arrangeRegions,
  batchImages,
  detectBoxes,
  freeModel,
  type MaskRcnn,
  maskRcnn,
  poolRegions,
  type Regions,
  withMasks,
} from "@malleolus/networks";
import { detectorConfig, detectorPreprocess } from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope } from "@malleolus/torch";

/** A fracture is found by a finding with this score and overlap; below `LOW` nothing is looked at. */
export const [FOUND_SCORE, FOUND_IOU, LOW] = [0.05, 0.3, 0.001] as const;

/** How a radiograph is shown to the network. */
export type Frame = "as it is" | "mirrored";

/** Of a place, over all frames that were shown. */
export interface Staged {
  /** Its greatest overlap with a proposal. */
  readonly proposed: number;
  /**
   * The highest score of a box that overlaps it by `FOUND_IOU`: of all boxes, of those that suppression leaves, and
   * of these after the image head weighed them; 0 where there is none above `LOW`.
   */
  readonly regressed: number;
  readonly unsuppressed: number;
  readonly weighed: number;
  /** The score of the place itself where it is handed to the box head, before the image head weighs it; a mean. */
  readonly given: number;
  /** What the box head sees of it, before its predictors, of the radiograph as it is. [D] */
  readonly features: Float32Array;
}

export interface ScoredBox {
  /** In the radiograph's pixels. */
  readonly box: Box;
  readonly score: number;
}

export interface StagedRadiograph {
  /** One a place, in their order. */
  readonly places: readonly Staged[];
  /** By falling score, as the detector gives them from `FOUND_SCORE` on, and from `LOW` on. */
  readonly findings: readonly ScoredBox[];
  readonly faint: readonly ScoredBox[];
  /** The image head's probability; null without one. */
  readonly shown: number | null;
}

export interface Stages {
  readonly frames: readonly Frame[];
  look(
    radiograph: DisplayImage,
    places: readonly Box[],
    frames: readonly Frame[],
  ): StagedRadiograph;
  close(): void;
}

/** `frames` are those that the checkpoint is used with. */
export function openStages(path: string): Stages {
  const { tensors, metadata } = readSafetensors(path);
  const config = detectorConfig(metadata, path);
  const preprocess = detectorPreprocess(metadata, path);
  if (config.classes.length !== 1 || config.roi.boxRegressions !== 1 || config.roi.secondBoxHead) {
    throw new Error(
      `${path}: expected a detector of one class that regresses a box once, got one of ` +
        `${config.classes.join(", ")} with ${config.roi.boxRegressions} regressions; give another`,
    );
  }
  const model = maskRcnn(config);
  scope(() => nn.loadStateDict(model, tensors));
  for (const tensor of tensors.values()) tensor.free();
  nn.freeze(model);
  return {
    frames: preprocess.testTimeFlip ? ["as it is", "mirrored"] : ["as it is"],
    look(radiograph, places, frames) {
      const { image, scaleX, scaleY } = prepareImage(radiograph, preprocess);
      const own = places.map((box) => scaleBox(box, scaleX, scaleY));
      const seen = frames.map((frame) =>
        noGrad(() => scope(() => lookInFrame(model, image, own, frame))),
      );
      const fused = (from: number) =>
        fuseDetections(seen.map((one) => one.weighedFrom(from)))
          .filter(({ score }) => score > from)
          .map(({ box, score }) => ({ box: scaleBox(box, 1 / scaleX, 1 / scaleY), score }));
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      const shown = seen.map((one) => one.shown).filter((one) => one !== null);
      return {
        places: own.map((place, i) => {
          const best = (part: (one: InFrame) => readonly Detection[]) =>
            Math.max(...seen.map((one) => highestAt(part(one), place)));
          return {
            proposed: Math.max(...seen.map((one) => one.proposed[i])),
            regressed: best((one) => one.regressed),
            unsuppressed: best((one) => one.unsuppressed),
            weighed: best((one) => one.weighedFrom(LOW)),
            given: mean(seen.map((one) => one.given[i].score)),
            features: seen[frames.indexOf("as it is")].given[i].features,
          };
        }),
        findings: fused(FOUND_SCORE),
        faint: fused(LOW),
        shown: shown.length === 0 ? null : mean(shown),
      };
    },
    close: () => freeModel(model),
  };
}

/** In pixels of the network's image as it is; of places, in their order. */
interface InFrame {
  readonly proposed: readonly number[];
  readonly regressed: readonly Detection[];
  readonly unsuppressed: readonly Detection[];
  weighedFrom(score: number): readonly Detection[];
  readonly given: readonly { readonly score: number; readonly features: Float32Array }[];
  readonly shown: number | null;
}

function lookInFrame(
  model: MaskRcnn,
  asItIs: NetworkImage,
  places: readonly Box[],
  frame: Frame,
): InFrame {
  const { sizeDivisibility: divisibility, pixelMean, channels, roi, imageHead } = model.config;
  const { width } = asItIs;
  const isMirrored = frame === "mirrored";
  const image = isMirrored ? mirrorImage(asItIs) : asItIs;
  const own = isMirrored ? places.map((box) => flipBox(box, width)) : places;
  const { tensor, sizes } = batchImages([image], { divisibility, pixelMean, channels });
  const features = model.backbone.forward(tensor);
  const maps = features.slice(0, 4);
  const { box_head, box_predictor } = model.roi_heads;
  const hiddenOf = (regions: Regions) => box_head.forward(poolRegions(maps, regions, roi.box));

  const proposals = model.proposal_generator.propose(features, sizes);
  const regions = arrangeRegions(proposals, roi);
  const predictions = box_predictor.predict(hiddenOf(regions));
  const detected = (rule: Partial<typeof roi>): Detection[] => {
    const found = detectBoxes(predictions, regions, sizes, {
      ...roi,
      scoreThreshold: LOW,
      ...rule,
    });
    // Nobody looks at masks here.
    const [bare] = withMasks(
      found,
      found.map(({ classes }) => Array.from(classes, () => new Float32Array())),
    );
    return isMirrored ? bare.map((one) => mirrorDetection(one, width)) : bare;
  };
  const unsuppressed = detected({});
  const shown = model.image_head?.logits(maps, sizes).sigmoid().toFloat32Array() ?? null;
  const weighs = imageHead?.weighsScores === true ? shown : null;
  return {
    proposed: own.map((place) => bestOverlap(boxesOf(proposals[0]), place)),
    regressed: detected({ nmsThreshold: 1, detectionsPerImage: Number.POSITIVE_INFINITY }),
    unsuppressed,
    weighedFrom: (score) =>
      weighedByImage({ detections: unsuppressed, shown: weighs }, score).detections.filter(
        (one) => one.score > score,
      ),
    given: givenPlaces(),
    shown: shown?.[0] ?? null,
  };

  function givenPlaces() {
    const given = arrangeRegions([Float32Array.from(own.flat())], roi);
    const hidden = hiddenOf(given);
    const scores = box_predictor.predict(hidden).logits.softmax(1).toFloat32Array(); // [n, 2]
    const rows = hidden.toFloat32Array(); // [n, D]
    const size = rows.length / own.length;
    return own.map((_, place) => {
      const row = given.places.indexOf(place);
      return { score: scores[row * 2], features: rows.slice(row * size, (row + 1) * size) };
    });
  }
}

export function bestOverlap(boxes: readonly Box[], place: Box): number {
  return boxes.reduce((best, box) => Math.max(best, boxIou(box, place)), 0);
}

function highestAt(detections: readonly Detection[], place: Box): number {
  return detections.reduce(
    (most, { box, score }) => (boxIou(box, place) >= FOUND_IOU ? Math.max(most, score) : most),
    0,
  );
}

function boxesOf(flat: Float32Array): Box[] {
  return Array.from({ length: flat.length / 4 }, (_, i) => [
    flat[i * 4],
    flat[i * 4 + 1],
    flat[i * 4 + 2],
    flat[i * 4 + 3],
  ]);
}

/** Of a patch's sides in pixels, and of the window that it shows in greater sides of the place. */
const [PATCH, WINDOW] = [32, 2] as const;

/** The place and what is around it, small, with mean 0 and length 1: products of two are correlations. [32 * 32] */
export function patchOf(
  { width, height, pixels }: DisplayImage,
  [x1, y1, x2, y2]: Box,
): Float32Array {
  const side = Math.max(
    2,
    Math.round(Math.min(WINDOW * Math.max(x2 - x1, y2 - y1), width, height)),
  );
  const within = (middle: number, end: number) =>
    Math.min(Math.max(Math.round(middle - side / 2), 0), end - side);
  const [left, top] = [within((x1 + x2) / 2, width), within((y1 + y2) / 2, height)];
  const window = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const from = (top + y) * width + left;
    window.set(pixels.subarray(from, from + side), y * side);
  }
  const small = resizeImage({ width: side, height: side, pixels: window }, PATCH, PATCH).pixels;
  const mean = small.reduce((sum, value) => sum + value, 0) / small.length;
  return unitOf(small.map((value) => value - mean));
}

export function mirrorPatch(patch: Float32Array): Float32Array {
  return mirrorImage({ width: PATCH, height: PATCH, pixels: patch }).pixels;
}

/** Of length 1, or 0 where it has none. */
export function unitOf(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  return length === 0 ? values : values.map((value) => value / length);
}

export function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}
