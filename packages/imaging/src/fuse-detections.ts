/**
 * Detections of one image looked at in several ways (as it is, and mirrored) fused: a box that only one
 * of them shows counts half, and the sides of one that both show are a mean. A fracture's ends are
 * hard to tell, so that this places boxes better than either (weighted boxes fusion, Solovyev et
 * al. 2021; masks take part here).
 */
import { type Box, boxIou, flipBox } from "@malleolus/geometry";
import type { Detection } from "./detection.ts";
import { mirrorImage } from "./prepare-image.ts";

/** Overlap from which boxes of two views are of the same thing. */
const SAME_FROM = 0.55;

/**
 * Detections of one image in several views, fused: each class on its own; score and probabilities are
 * means over all views, 0 where one shows nothing; box and mask are means weighted by the scores.
 */
export function fuseDetections(views: readonly (readonly Detection[])[]): Detection[] {
  const surestFirst = views
    .flatMap((found, view) => found.map((detection) => ({ detection, view })))
    .toSorted((a, b) => b.detection.score - a.detection.score);
  const clusters: Cluster[] = [];
  for (const { detection, view } of surestFirst) {
    const candidates = clusters
      .filter(({ fused, views: seen }) => fused.class === detection.class && !seen.has(view))
      .map((cluster) => ({ cluster, overlap: boxIou(cluster.fused.box, detection.box) }))
      .filter(({ overlap }) => overlap >= SAME_FROM)
      .toSorted((a, b) => b.overlap - a.overlap);
    if (candidates.length === 0) {
      clusters.push({ members: [detection], views: new Set([view]), fused: detection });
      continue;
    }
    const [{ cluster }] = candidates;
    cluster.members.push(detection);
    cluster.views.add(view);
    cluster.fused = mean(cluster.members);
  }
  return clusters
    .map(({ fused, members }) => ({
      ...fused,
      score: members.reduce((sum, { score }) => sum + score, 0) / views.length,
      probabilities: fused.probabilities.map(
        (_, c) =>
          members.reduce((sum, { probabilities }) => sum + probabilities[c], 0) / views.length,
      ),
    }))
    .toSorted((a, b) => b.score - a.score);
}

/** What several views show of one thing, at most one of each view. */
interface Cluster {
  readonly members: Detection[];
  readonly views: Set<number>;
  fused: Detection;
}

/** Of detections of one class whose masks have equally many cells; the score is the first's. */
function mean(detections: readonly Detection[]): Detection {
  const total = detections.reduce((sum, { score }) => sum + score, 0);
  const weighted = (part: (detection: Detection) => number): number =>
    detections.reduce((sum, detection) => sum + detection.score * part(detection), 0) / total;
  const [first] = detections;
  const corner = (c: 0 | 1 | 2 | 3): number => weighted(({ box }) => box[c]);
  const box: Box = [corner(0), corner(1), corner(2), corner(3)];
  // The grids are stretched over boxes that nearly agree: cell by cell is near enough.
  const mask = first.mask.map((_, cell) => weighted((detection) => detection.mask[cell]));
  return { ...first, box, mask };
}

/** A detection of the mirrored image as one of the image itself. */
export function mirrorDetection(detection: Detection, width: number): Detection {
  const side = Math.round(Math.sqrt(detection.mask.length));
  const { pixels } = mirrorImage({ width: side, height: side, pixels: detection.mask });
  return { ...detection, box: flipBox(detection.box, width), mask: pixels };
}
