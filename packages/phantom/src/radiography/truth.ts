/**
 * The truth of an image: the masks of bones and fracture, measured on the solids that were projected,
 * never on the picture.
 */
import { type Box, emptyMask, type Mask, maskArea, maskBounds } from "@malleolus/geometry";
import { ankleClassification } from "@malleolus/schema";
import type { Ankle } from "../anatomy/ankle.ts";
import { type WeberClass, weberClassOf } from "../patient/fracture.ts";
import { type Camera, projectPoint, spacingAtCenterMm } from "./camera.ts";
import { projectThickness, type ThicknessMap } from "./thickness.ts";

/** Bone counts as seen from this thickness on. */
const BONE_MM = 0.5;
/**
 * A gap counts where rays lose at least this much bone, and this share of what the rays at this rank
 * of all that cross it lose. Not of the most: where a spiral is seen along its surface for a few
 * millimetres, that is many times what shows elsewhere, and the mask would fall to specks.
 */
const GAP_MM = 0.15;
const GAP_RANK = 0.6;
const GAP_SHARE = 0.3;
/** The gap's mask is widened to the first; up to the second an unbroken fibula is an instance. */
const { fractureLine: BAND_MM, intactAbovePlafond: NO_FRACTURE_TOP_MM } =
  ankleClassification.zonesMm;

export interface FractureTruth {
  readonly weberClass: WeberClass;
  readonly morphology: string;
  /** Of the fracture line above the plafond. */
  readonly lowestMm: number;
  readonly highestMm: number;
  readonly gapMm: number;
  readonly displacementMm: number;
}

export interface ImageTruth {
  readonly tibia: Mask;
  readonly fibula: Mask;
  /** The gap, widened to 3 mm; null without a fracture, empty where its projection is nowhere seen. */
  readonly fracture: Mask | null;
  readonly fractureBox: Box | null;
  /** Of an unbroken fibula, from its tip to 60 mm above the plafond; null with a fracture. */
  readonly noFracture: Mask | null;
  readonly noFractureBox: Box | null;
}

/** What is true of the ankle whatever the view; null without a fracture. */
export function fractureTruth(ankle: Ankle): FractureTruth | null {
  const { fracture, shape } = ankle.patient;
  if (fracture === null || ankle.fragments === null) return null;
  // The main line; a wedge's own does not decide the class.
  const [line] = ankle.fragments.gapOuter;
  let [lowestMm, highestMm] = [Infinity, -Infinity];
  for (let i = 2; i < line.length; i += 3) {
    lowestMm = Math.min(lowestMm, line[i]);
    highestMm = Math.max(highestMm, line[i]);
  }
  const { lateral, anterior, proximal } = fracture.displacement;
  return {
    weberClass: weberClassOf(lowestMm / shape.scale, highestMm / shape.scale),
    morphology: fracture.morphology,
    lowestMm,
    highestMm,
    gapMm: fracture.gapMm * shape.scale,
    displacementMm: Math.hypot(lateral, anterior, proximal) * shape.scale,
  };
}

/** From the bones' outer surfaces as they were projected for the image. */
export function imageTruth(
  ankle: Ankle,
  camera: Camera,
  tibiaMap: ThicknessMap,
  fibulaMaps: readonly ThicknessMap[],
): ImageTruth {
  const tibia = unionMask([tibiaMap], camera, BONE_MM);
  const fibula = unionMask(fibulaMaps, camera, BONE_MM);
  if (ankle.fragments === null) {
    const noFracture = below(fibula, camera, NO_FRACTURE_TOP_MM);
    return {
      tibia,
      fibula,
      fracture: null,
      fractureBox: null,
      noFracture,
      noFractureBox: maskBounds(noFracture),
    };
  }
  const fracture = fractureMask(projectThickness(ankle.fragments.gapOuter, camera, 3), camera);
  return {
    tibia,
    fibula,
    fracture,
    fractureBox: maskArea(fracture) === 0 ? null : maskBounds(fracture),
    noFracture: null,
    noFractureBox: null,
  };
}

/**
 * Where a gap takes enough away, widened so that a thin line becomes a band of 3 mm. Held against
 * the images of displaced, comminuted and spiral fractures, this outlines what a reader would: the
 * line where it is seen along its surface, and the whole of a surface seen from its face, whose two
 * borders are what shows. Parts that have slid over one another are left to the bones' own masks.
 */
export function fractureMask(gap: ThicknessMap, camera: Camera): Mask {
  const lost = gap.mm.filter((mm) => mm > GAP_MM).sort();
  const much = lost.length === 0 ? 0 : lost[Math.floor(GAP_RANK * (lost.length - 1))];
  const core = unionMask([gap], camera, Math.max(GAP_MM, GAP_SHARE * much));
  const spacing = spacingAtCenterMm(camera);
  const widthMm = typicalWidth(core) * spacing;
  const by = Math.max(0, BAND_MM - widthMm) / 2 / spacing;
  return widened(core, by);
}

function unionMask(maps: readonly ThicknessMap[], camera: Camera, threshold: number): Mask {
  const mask = emptyMask(camera.width, camera.height);
  for (const map of maps) {
    for (let y = 0; y < map.height; y++) {
      const row = (map.top + y) * camera.width + map.left;
      for (let x = 0; x < map.width; x++) {
        if (map.mm[y * map.width + x] > threshold) mask.data[row + x] = 1;
      }
    }
  }
  return mask;
}

/** Below a level of the leg, tilted in the image as the leg is. */
function below(mask: Mask, camera: Camera, levelMm: number): Mask {
  const [x, y] = projectPoint(camera, [camera.center[0], camera.center[1], levelMm]);
  const [upX, upY] = [camera.rotation[2], camera.rotation[5]];
  const data = mask.data.map((value, i) => {
    const column = i % mask.width;
    const row = (i - column) / mask.width;
    return (column + 0.5 - x) * upX + (row + 0.5 - y) * upY <= 0 ? value : 0;
  });
  return { ...mask, data };
}

/** Twice the area over the length of the border: the width of a long band, in pixels. */
function typicalWidth(mask: Mask): number {
  const { width, height, data } = mask;
  let area = 0;
  let border = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (data[i] === 0) continue;
      area++;
      if (x === 0 || data[i - 1] === 0) border++;
      if (x === width - 1 || data[i + 1] === 0) border++;
      if (y === 0 || data[i - width] === 0) border++;
      if (y === height - 1 || data[i + width] === 0) border++;
    }
  }
  // Steps along pixels are longer than the line they follow, by 4 / pi on average.
  return border === 0 ? 0 : (2 * area) / (border * (Math.PI / 4));
}

/** Every pixel within a radius of the mask. */
function widened(mask: Mask, radius: number): Mask {
  const grown = emptyMask(mask.width, mask.height);
  const reach = Math.floor(radius);
  const offsets: [dx: number, dy: number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (dx * dx + dy * dy <= radius * radius) offsets.push([dx, dy]);
    }
  }
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x] === 0) continue;
      for (const [dx, dy] of offsets) {
        const [u, v] = [x + dx, y + dy];
        if (u >= 0 && v >= 0 && u < mask.width && v < mask.height)
          grown.data[v * mask.width + u] = 1;
      }
    }
  }
  return grown;
}
