/**
 * What was found is pooled and sent through a box head once more, whose deltas for its own class move it. Class and
 * score stay those of the proposal's region, and nothing is suppressed again: two detections of a class may overlap more
 * than the threshold of their suppression once they have moved. A proposal is often further from an object than one
 * regression makes good.
 *
 * Through the same head it is iterative regression (Gidaris and Komodakis 2015; the baseline of Cascade R-CNN), in
 * detection alone and without another weight; through another, the second stage of a cascade: `second-box-head.ts`.
 */
import type { RoiConfig } from "@malleolus/schema";
import { takeBoxes } from "../../boxes/box-array.ts";
import type { Features } from "../features.ts";
import type { DetectedBoxes } from "./box-inference.ts";
import { type BoxRegressor, movedBoxes } from "./moved-boxes.ts";
import { arrangeRegions, poolRegions } from "./region-pooling.ts";

/** @param sizes true height and width of each image */
export function regressAgain(
  features: Features,
  found: readonly DetectedBoxes[],
  sizes: readonly (readonly [height: number, width: number])[],
  config: RoiConfig,
  { deltasOf, boxWeights }: BoxRegressor,
): DetectedBoxes[] {
  const regions = arrangeRegions(
    found.map(({ boxes }) => boxes),
    config,
  );
  const { images, places } = regions;
  if (images.length === 0) return [...found];
  const deltas = deltasOf(poolRegions(features, regions, config.box));
  const classCount = deltas.shape[1] / 4;
  const rows = places.map((place, i) => i * classCount + found[images[i]].classes[place]);
  const own = takeBoxes(deltas.toFloat32Array(), rows);
  const moved = movedBoxes(regions, own, sizes, boxWeights);
  const boxes = found.map((own) => own.boxes.slice());
  places.forEach((place, i) => {
    boxes[images[i]].set(moved.subarray(i * 4, (i + 1) * 4), place * 4);
  });
  return found.map((own, image) => ({ ...own, boxes: boxes[image] }));
}
