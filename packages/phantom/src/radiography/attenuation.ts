/**
 * The attenuation of the beam, and its sums along every ray.
 *
 * Linear attenuation coefficients per centimetre at three energies (PHANTOM.md 1c: ICRU-44 materials
 * as tabulated by NIST); trabecular bone is fatty marrow with calcium hydroxyapatite in it, whose
 * share comes from the table's 0.2 g/cm³.
 */
import type { Box } from "@malleolus/geometry";
import type { Material } from "../anatomy/body.ts";
import type { ThicknessMap } from "./thickness.ts";

const ENERGIES_KEV = [30, 40, 50] as const;

const PER_CM = {
  fat: [0.291, 0.228, 0.202],
  muscle: [0.397, 0.282, 0.238],
  cortical: [2.56, 1.28, 0.81],
  /** Steel: iron's mass attenuation (NIST) at 7.9 g/cm³. */
  metal: [64, 28.7, 15.5],
} as const;
/** cm²/g */
const HYDROXYAPATITE = [2.045, 0.96, 0.54] as const;

/** Along every ray: centimetres of each material, and grams of mineral a square centimetre. */
export interface RaySums {
  readonly width: number;
  readonly height: number;
  readonly fat: Float32Array;
  /** Below zero where bone lies in fat: bone takes muscle's place wherever it is. */
  readonly muscle: Float32Array;
  readonly cortical: Float32Array;
  /** In trabecular bone and calcified tissue. */
  readonly mineral: Float32Array;
  readonly metal: Float32Array;
}

export function emptyRaySums(width: number, height: number): RaySums {
  const raster = () => new Float32Array(width * height);
  return {
    width,
    height,
    fat: raster(),
    muscle: raster(),
    cortical: raster(),
    mineral: raster(),
    metal: raster(),
  };
}

/** The part of the sums within a box of whole pixels. */
export function cropRaySums(sums: RaySums, [x1, y1, x2, y2]: Box): RaySums {
  const cut = (values: Float32Array): Float32Array => {
    const part = new Float32Array((x2 - x1) * (y2 - y1));
    for (let y = y1; y < y2; y++) {
      part.set(values.subarray(y * sums.width + x1, y * sums.width + x2), (y - y1) * (x2 - x1));
    }
    return part;
  };
  return {
    width: x2 - x1,
    height: y2 - y1,
    fat: cut(sums.fat),
    muscle: cut(sums.muscle),
    cortical: cut(sums.cortical),
    mineral: cut(sums.mineral),
    metal: cut(sums.metal),
  };
}

/** Adds `factor` times a thickness to a sum; a negative factor takes it away. */
export function addThickness(
  sums: RaySums,
  material: Material,
  map: ThicknessMap,
  factor: number,
): void {
  const target = sums[material];
  for (let y = 0; y < map.height; y++) {
    const row = (map.top + y) * sums.width + map.left;
    for (let x = 0; x < map.width; x++) {
      target[row + x] += (factor / 10) * map.mm[y * map.width + x];
    }
  }
}

/** The share of the open beam's energy that comes through, for a beam of the given spectrum. */
export function transmission(
  sums: RaySums,
  spectrum: readonly [number, number, number],
): Float32Array {
  const share = new Float32Array(sums.fat.length);
  ENERGIES_KEV.forEach((_, e) => {
    const weight = spectrum[e];
    const [fat, muscle, cortical] = [PER_CM.fat[e], PER_CM.muscle[e], PER_CM.cortical[e]];
    const [metal, mineral] = [PER_CM.metal[e], HYDROXYAPATITE[e]];
    for (let i = 0; i < share.length; i++) {
      const attenuation =
        fat * sums.fat[i] +
        muscle * sums.muscle[i] +
        cortical * sums.cortical[i] +
        mineral * sums.mineral[i] +
        metal * sums.metal[i];
      share[i] += weight * Math.exp(-attenuation);
    }
  });
  return share;
}
