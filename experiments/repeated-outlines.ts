/**
 * How well a person's outline of a fracture repeats, beside which a detector's placement has to be seen: FracAtlas holds
 * some radiographs twice, and its annotators outlined each anew.
 *
 *     node experiments/repeated-outlines.ts FRACATLAS
 *
 * FRACATLAS holds train.json, valid.json and images/. Of each two radiographs of one group of near-duplicates, of
 * which one is outlined at least, each stands once for the truth and once for a detector. The second picture is laid
 * over the first by the shift of the highest correlation; both are printed, since near-duplicates need not be copies.
 *
 * Two people who err alike and apart from each other differ by the square root of two times what one errs. So what a
 * detector could reach that knew the mean of all annotators is estimated by boxes that are moved back, to 0.71 of the
 * way. Half a minute on one core.
 */
import { join } from "node:path";
import { type CocoAnnotation, type CocoImage, readCocoFile, readRadiograph } from "@malleolus/data";
import {
  averagePrecision,
  averagePrecisionIntervals,
  bootstrap,
  type LabeledImage,
  trueObject,
} from "@malleolus/evaluation";
import {
  type Box,
  boxArea,
  boxIou,
  encodeRuns,
  rasterizePolygons,
  scaleBox,
  scalePolygon,
  translateBox,
  translatePolygon,
} from "@malleolus/geometry";
import { type NetworkImage, resizeImage } from "@malleolus/imaging";

const [fracatlas] = process.argv.slice(2);
if (fracatlas === undefined) {
  console.error("usage: node experiments/repeated-outlines.ts FRACATLAS");
  process.exit(2);
}

const CLASS = "fracture";
const BOOTSTRAP = { seed: 1, resamples: 2000 };
const OVERLAPS = [0.3, 0.5, 0.6, 0.75] as const;
/** Of both pictures of a pair while they are laid one over the other, and how far the second is shifted at most. */
const [COMPARED_WIDTH, MOST_SHIFT] = [280, 10];

interface Outlined {
  readonly image: CocoImage;
  readonly annotations: readonly CocoAnnotation[];
  readonly picture: NetworkImage;
}

interface Pair {
  readonly group: string;
  readonly labeled: LabeledImage;
  /** Of each outline of the truth the greatest overlap of boxes with one of the other; 0 without. */
  readonly overlaps: readonly number[];
  /** The same where the other's boxes are moved back. */
  readonly movedBack: readonly number[];
}

for (const name of ["train", "valid"]) {
  const pairs = await pairsOf(join(fracatlas, `${name}.json`), join(fracatlas, "images"));
  report(name, pairs);
}

async function pairsOf(path: string, folder: string): Promise<Pair[]> {
  const coco = await readCocoFile(path);
  const annotationsOf = (image: CocoImage) => coco.annotationsByImage.get(image.id) ?? [];
  const groups = [...Map.groupBy(coco.images, ({ extra }) => String(extra.group))].filter(
    ([, images]) => images.length > 1 && images.some((image) => annotationsOf(image).length > 0),
  );
  const pairs: Pair[] = [];
  for (const [group, images] of groups) {
    const outlined: Outlined[] = [];
    for (const image of images) {
      const picture = await readRadiograph(join(folder, image.fileName));
      outlined.push({ image, annotations: annotationsOf(image), picture });
    }
    for (const [i, first] of outlined.entries()) {
      for (const second of outlined.slice(i + 1)) {
        if (first.annotations.length + second.annotations.length === 0) continue;
        const { x, y, correlation } = shiftBetween(first.picture, second.picture);
        const names = `${first.image.fileName} and ${second.image.fileName}`;
        console.log(
          `${names}: shift ${x.toFixed(1)}, ${y.toFixed(1)} pixels, correlation ${correlation.toFixed(3)}, ` +
            `${first.annotations.length} and ${second.annotations.length} outlines`,
        );
        pairs.push(pairOf(group, first, second, [x, y]));
        const scale = second.image.width / first.image.width;
        pairs.push(pairOf(group, second, first, [-x * scale, -y * scale]));
      }
    }
  }
  return pairs;
}

/** `shift` brings the second's pixels, scaled to the first's, onto the first's. */
function pairOf(
  group: string,
  { image, annotations }: Outlined,
  second: Outlined,
  [x, y]: readonly [number, number],
): Pair {
  const { width, height } = image;
  const [scaleX, scaleY] = [width / second.image.width, height / second.image.height];
  const others = second.annotations.map(({ box, polygons }) => ({
    box: translateBox(scaleBox(box, scaleX, scaleY), x, y),
    polygons: polygons.map((one) => translatePolygon(scalePolygon(one, scaleX, scaleY), x, y)),
  }));
  const boxes = others.map(({ box }) => box);
  const truths = annotations.map((one) => trueObject({ ...one, class: CLASS }, image));
  const bestOverlap = (truth: Box, candidates: readonly Box[]) =>
    Math.max(0, ...candidates.map((box) => boxIou(box, truth)));
  return {
    group,
    labeled: {
      truths,
      detections: others.map(({ box, polygons }) => ({
        class: CLASS,
        score: 1,
        box,
        boxArea: boxArea(box),
        mask: encodeRuns(rasterizePolygons(polygons, width, height)),
      })),
    },
    overlaps: truths.map(({ box }) => bestOverlap(box, boxes)),
    movedBack: truths.map(({ box }) =>
      bestOverlap(
        box,
        boxes.map((other) => between(box, other, Math.SQRT1_2)),
      ),
    ),
  };
}

function between(from: Box, to: Box, share: number): Box {
  const at = (i: 0 | 1 | 2 | 3) => from[i] + share * (to[i] - from[i]);
  return [at(0), at(1), at(2), at(3)];
}

/** The shift of the second picture, scaled to the first's size, that makes them most alike; in the first's pixels. */
function shiftBetween(first: NetworkImage, second: NetworkImage) {
  const height = Math.round((first.height * COMPARED_WIDTH) / first.width);
  const [a, b] = [first, second].map((one) => resizeImage(one, COMPARED_WIDTH, height).pixels);
  let best = { x: 0, y: 0, correlation: -1 };
  for (let y = -MOST_SHIFT; y <= MOST_SHIFT; y++) {
    for (let x = -MOST_SHIFT; x <= MOST_SHIFT; x++) {
      const correlation = correlationAt(a, b, height, x, y);
      if (correlation > best.correlation) best = { x, y, correlation };
    }
  }
  const scale = first.width / COMPARED_WIDTH;
  return { ...best, x: best.x * scale, y: best.y * scale };
}

/** Pearson's, over the pixels of the first that the shifted second reaches in every shift. */
function correlationAt(
  a: Float32Array,
  b: Float32Array,
  height: number,
  shiftX: number,
  shiftY: number,
): number {
  let [count, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let y = MOST_SHIFT; y < height - MOST_SHIFT; y++) {
    for (let x = MOST_SHIFT; x < COMPARED_WIDTH - MOST_SHIFT; x++) {
      const own = a[y * COMPARED_WIDTH + x];
      const other = b[(y - shiftY) * COMPARED_WIDTH + x - shiftX];
      count++;
      sumA += own;
      sumB += other;
      sumAA += own * own;
      sumBB += other * other;
      sumAB += own * other;
    }
  }
  const covariance = sumAB - (sumA * sumB) / count;
  return covariance / Math.sqrt((sumAA - sumA ** 2 / count) * (sumBB - sumB ** 2 / count));
}

function report(name: string, pairs: readonly Pair[]): void {
  const groups = pairs.map(({ group }) => group);
  const labeled = pairs.map((pair) => pair.labeled);
  const outlines = pairs.reduce((sum, { overlaps }) => sum + overlaps.length, 0);
  console.log(
    `${name}: ${new Set(groups).size} groups, ${pairs.length / 2} pairs, ${outlines} outlines held against another's`,
  );
  const clusters = [...Map.groupBy(pairs, ({ group }) => group).values()];
  for (const [what, of] of [
    ["box, as it was outlined", (pair: Pair) => pair.overlaps],
    ["box, moved back", (pair: Pair) => pair.movedBack],
  ] as const) {
    const shares = bootstrap(
      clusters,
      (sample) => {
        const all = sample.flat().flatMap(of);
        return OVERLAPS.map((least) => all.filter((iou) => iou >= least).length / all.length);
      },
      BOOTSTRAP,
    );
    const said = shares.map(
      ({ value, interval }, i) => `IoU ${OVERLAPS[i]}: ${text(value)} ${ends(interval)}`,
    );
    console.log(`  share with a partner, ${what}: ${said.join("; ")}`);
  }
  for (const shape of ["box", "mask"] as const) {
    const { averagePrecision: ap } = averagePrecision(labeled, [CLASS], shape);
    const { averagePrecision: of } = averagePrecisionIntervals(
      labeled,
      groups,
      [CLASS],
      shape,
      BOOTSTRAP,
    );
    console.log(
      `  ${shape} AP ${text(ap.all)} ${ends(of.all)}, AP50 ${text(ap.iou50)} ${ends(of.iou50)}, ` +
        `AP75 ${text(ap.iou75)} ${ends(of.iou75)}`,
    );
  }
}

function text(value: number | null): string {
  return value?.toFixed(2) ?? "–";
}

function ends(interval: readonly [number, number] | null): string {
  return interval === null ? "" : `(${interval.map((end) => end.toFixed(2)).join(" to ")})`;
}
