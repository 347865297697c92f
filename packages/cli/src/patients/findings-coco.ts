/**
 * Findings as a COCO file: what `predict --coco` writes, for tools that read COCO's format. Masks are run
 * lengths, since COCO's polygons have no holes, and each annotation has its score.
 */
import { type CocoAnnotation, cocoText } from "@malleolus/data";
import { boxToXywh, runsOfOutlines } from "@malleolus/geometry";
import type { Prediction } from "@malleolus/schema";

/** One of a command's radiographs, and what was found on it. */
export interface PredictedFile {
  /** The file's name among the command's, unique. */
  readonly name: string;
  readonly prediction: Prediction;
}

/** The file's text. A category a class, in the detector's order; ids count from 1. */
export function findingsCoco(files: readonly PredictedFile[], classes: readonly string[]): string {
  const images = files.map(({ name, prediction: { width, height } }, i) => ({
    id: i + 1,
    fileName: name,
    width,
    height,
    extra: {},
  }));
  const scores = new Map<number, number>();
  const annotations: CocoAnnotation[] = [];
  for (const [i, { prediction }] of files.entries()) {
    const { width, height, findings } = prediction;
    for (const { class: name, score, box, polygons } of findings) {
      const id = annotations.length + 1;
      const runs = runsOfOutlines(polygons, width, height);
      const [, , boxWidth, boxHeight] = boxToXywh(box);
      scores.set(id, score);
      annotations.push({
        id,
        imageId: i + 1,
        categoryId: classes.indexOf(name) + 1,
        box,
        boxSize: [boxWidth, boxHeight],
        polygons: [],
        runs,
        // Every second run is one of pixels that are set.
        area: runs.counts.reduce((sum, count, at) => (at % 2 === 0 ? sum : sum + count), 0),
        isCrowd: false,
      });
    }
  }
  const categories = classes.map((name, i) => ({ id: i + 1, name }));
  return cocoText({ images, categories, annotations }, scores);
}
