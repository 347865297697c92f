/**
 * From what a segmentation sees of a radiograph to shapes that a person can mend: of every structure the
 * plausible parts, traced and with few corners, of a fracture the line along its middle as well. Where no
 * lower leg is seen, nothing is outlined: a network that knows only legs marks something on a hand, too.
 */
import {
  type Clean,
  centrelineOf,
  cleanMask,
  largestComponent,
  type Mask,
  type MaskPart,
  maskArea,
  maskOutlines,
} from "@malleolus/geometry";
import { FRACTURE, type ProposedShape, type Structure } from "@malleolus/schema";
import { labelsWithin, structureMask, structureParts } from "./label-map.ts";
import { type LabelProbabilities, placeLabels } from "./place-labels.ts";

/** The radiograph that is outlined. */
export interface RadiographSize {
  readonly width: number;
  readonly height: number;
  /** Null where it is not known: a line has no width in millimetres then, and is left out. */
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
}

export interface OutlinedRadiograph {
  readonly isLowerLeg: boolean;
  /** Of no lower leg empty. Their scores are mean probabilities of their pixels. */
  readonly shapes: readonly ProposedShape[];
  /** That there is a fracture: the greatest mean probability over a part of the image as large as one. */
  readonly fractureProbability: number;
}

/** A bone is one part, without holes but those that another bone leaves in it. */
const BONE = { leastArea: 1, shareOfLargest: 1, mostHole: Infinity };
/** A fracture's line may be seen in pieces. */
const LINE = { shareOfLargest: 0.2, mostHole: 9 };
/** A share of the image: what is smaller is no fracture. */
const LEAST_LINE = 0.00005;
/**
 * What the bones of a lower leg have, by radiographs of ankles and of other parts of the body: each so large a
 * share of the image, most of its pixels in one part, and so sure a mean probability there; and both
 * together so large a share.
 */
const LOWER_LEG = { leastBone: 0.03, leastInOnePart: 0.7, leastSure: 0.75, leastBones: 0.1 };
/** In pixels of the network's image: the side of the part over which the fracture's probability is a mean. */
const PART = 5;

export function outlineStructures(
  found: LabelProbabilities,
  structures: readonly Structure[],
  radiograph: RadiographSize,
): OutlinedRadiograph {
  const fractureProbability = greatestMean(found, structures);
  const bones = structures.filter(({ within }) => within === null);
  const areas = bones.map(({ name }) => boneArea(found, structures, name));
  const isLowerLeg =
    areas.every((area) => area > 0) &&
    areas.reduce((sum, area) => sum + area, 0) >= LOWER_LEG.leastBones;
  if (!isLowerLeg) return { isLowerLeg, shapes: [], fractureProbability };
  const labels = placeLabels(found, radiograph);
  const pixels = radiograph.width * radiograph.height;
  const parts = structureParts(
    labels,
    structures,
    structures.map(({ name }) => name),
  );
  return {
    isLowerLeg,
    fractureProbability,
    shapes: structures.flatMap(({ name, within }, i) => {
      const part = parts[i];
      if (part === null) return [];
      const rule = within === null ? BONE : { ...LINE, leastArea: LEAST_LINE * pixels };
      const shape = shapeOf(name, part, rule, radiograph);
      const score = meanProbability(found, structures, name);
      return shape === null ? [] : [{ ...shape, score }];
    }),
  };
}

/** Null where nothing plausible is left of the mask. */
function shapeOf(
  structure: string,
  part: MaskPart,
  rule: Clean,
  { pixelSpacingMm }: RadiographSize,
): Omit<ProposedShape, "score"> | null {
  const clean = cleanMask(part.mask, rule);
  if (maskArea(clean) === 0) return null;
  const line = structure === FRACTURE && pixelSpacingMm !== null ? centrelineOf(clean) : null;
  const placed = (points: readonly number[]) =>
    points.map((value, i) => rounded(value + (i % 2 === 0 ? part.x : part.y)));
  return {
    structure,
    polygons: maskOutlines(clean).map(placed),
    line:
      line === null || pixelSpacingMm === null
        ? null
        : {
            points: placed(line.points),
            // Where pixels are not square a width depends on the direction: it is that of their mean side.
            widthMm: rounded(line.width * Math.sqrt(pixelSpacingMm[0] * pixelSpacingMm[1])),
          },
  };
}

/** Outlines keep a hundredth of a pixel. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The share of the image that a bone's main part has; 0 for what is none. */
function boneArea(
  found: LabelProbabilities,
  structures: readonly Structure[],
  name: string,
): number {
  const all = structureMask(found.labels, structures, name);
  const mask = largestComponent(all);
  const [area, whole] = [maskArea(mask), maskArea(all)];
  const share = area / mask.data.length;
  const sure = meanWithin(found, structures, name, mask);
  const isBone =
    share >= LOWER_LEG.leastBone &&
    area >= LOWER_LEG.leastInOnePart * whole &&
    sure !== null &&
    sure >= LOWER_LEG.leastSure;
  return isBone ? share : 0;
}

/** Over the pixels whose likeliest label is the structure's; null without any. */
function meanProbability(
  found: LabelProbabilities,
  structures: readonly Structure[],
  name: string,
): number | null {
  return meanWithin(found, structures, name, structureMask(found.labels, structures, name));
}

function meanWithin(
  found: LabelProbabilities,
  structures: readonly Structure[],
  name: string,
  mask: Mask,
): number | null {
  const own = labelsWithin(structures, name);
  const { probabilities } = found;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    count++;
    // By index: an iterator costs several times as much.
    for (let k = 0; k < own.length; k++) sum += probabilities[own[k] * mask.data.length + i];
  }
  return count === 0 ? null : Math.min(1, sum / count);
}

/** Of the fracture's probability, over squares; by sums of all that lies above and to the left. */
function greatestMean(
  { width, height, probabilities }: LabelProbabilities,
  structures: readonly Structure[],
): number {
  const label = structures.findIndex(({ name }) => name === FRACTURE);
  if (label < 0 || width < PART || height < PART) return 0;
  const stride = width + 1;
  const sums = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += probabilities[(label * height + y) * width + x];
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
    }
  }
  let most = 0;
  for (let y = PART; y <= height; y++) {
    for (let x = PART; x <= width; x++) {
      const sum =
        sums[y * stride + x] -
        sums[(y - PART) * stride + x] -
        sums[y * stride + x - PART] +
        sums[(y - PART) * stride + x - PART];
      most = Math.max(most, sum);
    }
  }
  return Math.min(1, most / PART ** 2);
}
