/**
 * From what a segmentation sees of a radiograph to shapes that a person can mend: of every structure the
 * plausible parts, traced and with few corners, of a fracture the line along its middle as well. Where no
 * lower leg is seen, nothing is outlined: a network that knows only legs marks something on a hand, too.
 */
import {
  centrelineOf,
  cleanMask,
  largestComponent,
  type Mask,
  maskArea,
  maskOutlines,
  type Polygon,
} from "@malleolus/geometry";
import { FRACTURE, type Structure } from "@malleolus/schema";
import { labelsWithin, structureMask } from "./label-map.ts";
import { type LabelProbabilities, placeLabels } from "./place-labels.ts";

/** One structure on a radiograph, in its pixels. */
export interface OutlinedStructure {
  readonly structure: string;
  /** Holes turn the other way round. */
  readonly polygons: readonly Polygon[];
  /** Of a fracture that is longer than wide: `[x0, y0, x1, y1, …]` and its width in pixels. */
  readonly line: { readonly points: readonly number[]; readonly width: number } | null;
  /** The mean probability of its pixels. */
  readonly score: number;
}

export interface OutlinedRadiograph {
  readonly isLowerLeg: boolean;
  /** Of no lower leg empty. */
  readonly structures: readonly OutlinedStructure[];
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
const LOWER_LEG = { leastBone: 0.03, leastInOnePart: 0.7, leastSure: 0.75, leastBones: 0.12 };
/** In pixels of the network's image: the side of the part over which the fracture's probability is a mean. */
const PART = 5;

/** `size` is the radiograph's. */
export function outlineStructures(
  found: LabelProbabilities,
  structures: readonly Structure[],
  size: { readonly width: number; readonly height: number },
): OutlinedRadiograph {
  const fractureProbability = greatestMean(found, structures);
  const bones = structures.filter(({ within }) => within === null);
  const areas = bones.map(({ name }) => boneArea(found, structures, name));
  const isLowerLeg =
    areas.every((area) => area > 0) &&
    areas.reduce((sum, area) => sum + area, 0) >= LOWER_LEG.leastBones;
  if (!isLowerLeg) return { isLowerLeg, structures: [], fractureProbability };
  const labels = placeLabels(found, size);
  const pixels = size.width * size.height;
  return {
    isLowerLeg,
    fractureProbability,
    structures: structures.flatMap(({ name, within }) => {
      const rule = within === null ? BONE : { ...LINE, leastArea: LEAST_LINE * pixels };
      const mask = cleanMask(structureMask(labels, structures, name), rule);
      if (maskArea(mask) === 0) return [];
      const line = name === FRACTURE ? centrelineOf(mask) : null;
      const score = meanProbability(found, structures, name) ?? 0;
      return [{ structure: name, polygons: maskOutlines(mask), line, score }];
    }),
  };
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
  let sum = 0;
  let count = 0;
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0) continue;
    count++;
    for (const label of own) sum += found.probabilities[label * mask.data.length + i];
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
