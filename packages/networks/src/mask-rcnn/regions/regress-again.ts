/**
 * Iterative regression of boxes (Gidaris and Komodakis 2015; the baseline of Cascade R-CNN): what was found is pooled
 * and sent through the box head once more, whose deltas for its own class move it. Class and score stay those of
 * the proposal's region, and nothing is suppressed again: two detections of a class may overlap more than the threshold
 * of their suppression once they have moved. In detection alone, without another weight: a proposal is often further from
 * an object than one regression makes good.
 */
import type { RoiConfig } from "@malleolus/schema";
import type { Tensor } from "@malleolus/torch";
import { clipBoxAt, isBoxLargerThan, isFiniteBox, takeBoxes } from "../../boxes/box-array.ts";
import { decodeBoxes } from "../../boxes/box-coding.ts";
import type { Features } from "../features.ts";
import type { DetectedBoxes } from "./box-inference.ts";
import { arrangeRegions, poolRegions } from "./region-pooling.ts";

/** @param deltasOf from pooled regions [n, C, S, S] to the deltas of every class [n, K * 4] */
export function regressAgain(
  features: Features,
  found: readonly DetectedBoxes[],
  sizes: readonly (readonly [height: number, width: number])[],
  config: RoiConfig,
  deltasOf: (pooled: Tensor) => Tensor,
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
  const moved = decodeBoxes(own, regions.boxes, config.box.boxWeights);
  const boxes = found.map((own) => own.boxes.slice());
  places.forEach((place, i) => {
    // A box that is none, or of which nothing is on the image, leaves what there was.
    if (!isFiniteBox(moved, i)) return;
    const [height, width] = sizes[images[i]];
    clipBoxAt(moved, i, width, height);
    if (!isBoxLargerThan(moved, i, 0)) return;
    boxes[images[i]].set(moved.subarray(i * 4, (i + 1) * 4), place * 4);
  });
  return found.map((own, image) => ({ ...own, boxes: boxes[image] }));
}
