/**
 * How far two annotators of a study agree with each other on where a fracture is: by boxes and by masks, each other's
 * and the mean of both. Beside it stands what a detector reaches against the truth that was made of both. Besides, how many
 * outlines of both are the same, as those are that both left as they were proposed.
 *
 *     node experiments/annotators-boxes.ts FIRST SECOND COCO...
 *
 * FIRST and SECOND are what `malleolus export --annotator` writes of two annotators, every COCO a set that
 * `malleolus export` writes of the same study: its radiographs of patients with a fracture count. Two who err alike and
 * apart from each other differ by the square root of two times what one errs, so that a detector that draws the mean of
 * all annotators is estimated by boxes that are moved back, to 0.71 of the way. Intervals of 2,000 resamples of patients.
 * Seconds.
 */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type CocoDataset, originOfImage, readCocoFile } from "@malleolus/data";
import { bootstrap, NO_FRACTURE } from "@malleolus/evaluation";
import {
  type Box,
  boxIou,
  maskIou,
  type Polygon,
  polygonBounds,
  rasterizePolygons,
} from "@malleolus/geometry";
import { mean, median } from "./figures.ts";

const [first, second, ...sets] = process.argv.slice(2);
if (first === undefined || second === undefined || sets.length === 0) {
  console.error("usage: node experiments/annotators-boxes.ts FIRST SECOND COCO...");
  process.exit(2);
}

const [FRACTURE, WELL_PLACED] = ["fracture", 0.75];
const BOOTSTRAP = { seed: 1, resamples: 2000 };

const drawings = [await drawn(first), await drawn(second)] as const;
console.log(
  "| set | fractures | box IoU, median | mean | from 0.75 | boxes moved back: median | from 0.75 | mask IoU, median | Dice, mean | same outline |",
);
console.log(`|${" --- |".repeat(10)}`);
for (const path of sets) {
  const pairs = pairsOf(await readCocoFile(path));
  say(`${basename(path)}`, pairs);
  const byClass = Map.groupBy(pairs, (pair) => pair.class);
  for (const name of [...byClass.keys()].toSorted()) say(`- ${name}`, byClass.get(name) ?? []);
}

/** Of every file the outline of the fracture. */
async function drawn(path: string): Promise<Map<string, readonly Polygon[]>> {
  const { images, categories, annotationsByImage } = await readCocoFile(path);
  const fracture = categories.find(({ name }) => name === FRACTURE)?.id;
  return new Map(
    images.flatMap(({ id, fileName }) => {
      const own = annotationsByImage.get(id)?.find(({ categoryId }) => categoryId === fracture);
      return own === undefined ? [] : [[fileName, own.polygons] as const];
    }),
  );
}

interface Pair {
  readonly patient: string;
  readonly class: string;
  readonly boxIou: number;
  readonly movedIou: number;
  readonly maskIou: number;
  /** Of the same points in the same order. */
  readonly isSame: boolean;
}

function pairsOf({ images }: CocoDataset): Pair[] {
  return images.flatMap((image): Pair[] => {
    const { fileName, width, height, extra } = image;
    const name = extra.class;
    const [one, other] = drawings.map((own) => own.get(fileName));
    if (typeof name !== "string" || name === NO_FRACTURE) return [];
    if (one === undefined || other === undefined) return [];
    const [own, others] = [polygonBounds(...one), polygonBounds(...other)];
    const [mask, otherMask] = [one, other].map((outline) =>
      rasterizePolygons(outline, width, height),
    );
    return [
      {
        patient: originOfImage(image).patient ?? fileName,
        class: name,
        boxIou: boxIou(own, others),
        movedIou: boxIou(own, between(own, others)),
        maskIou: maskIou(mask, otherMask),
        isSame: isDeepStrictEqual(one, other),
      },
    ];
  });
}

/** The second box moved towards the first, to 0.71 of its way. */
function between(from: Box, to: Box): Box {
  const at = (edge: 0 | 1 | 2 | 3) => from[edge] + Math.SQRT1_2 * (to[edge] - from[edge]);
  return [at(0), at(1), at(2), at(3)];
}

function say(name: string, pairs: readonly Pair[]): void {
  const patients = [...Map.groupBy(pairs, ({ patient }) => patient).values()];
  const estimates = bootstrap(
    patients,
    (sample) => {
      const all = sample.flat();
      const boxes = all.map((pair) => pair.boxIou);
      const moved = all.map((pair) => pair.movedIou);
      const masks = all.map((pair) => pair.maskIou);
      return [
        median(boxes),
        mean(boxes),
        mean(boxes.map((iou) => Number(iou >= WELL_PLACED))),
        median(moved),
        mean(moved.map((iou) => Number(iou >= WELL_PLACED))),
        median(masks),
        mean(masks.map((iou) => (2 * iou) / (1 + iou))),
      ];
    },
    BOOTSTRAP,
  );
  const cells = estimates.map(({ value, interval }) =>
    interval === null
      ? "–"
      : `${value?.toFixed(2)} (${interval.map((end) => end.toFixed(2)).join(" to ")})`,
  );
  const same = pairs.filter(({ isSame }) => isSame).length;
  console.log(`| ${[name, pairs.length, ...cells, `${same} of ${pairs.length}`].join(" | ")} |`);
}
