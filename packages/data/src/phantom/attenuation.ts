/**
 * What weakens the beam, and the sums of it along every ray.
 *
 * Linear attenuation coefficients per centimetre at three energies (PHANTOM.md 1c: ICRU-44 materials
 * as tabulated by NIST); trabecular bone is fatty marrow with calcium hydroxyapatite in it, whose
 * share comes from the table's 0.2 g/cm³.
 */
import type { ThicknessMap } from "./thickness.ts";

export const ENERGIES_KEV = [30, 40, 50] as const;

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

export type Material = Exclude<keyof RaySums, "width" | "height">;

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

/** The share of each energy's energy that comes through, one raster each. */
export function transmission(sums: RaySums): Float32Array[] {
  return ENERGIES_KEV.map((_, e) => {
    const [fat, muscle, cortical, metal] = [
      PER_CM.fat[e],
      PER_CM.muscle[e],
      PER_CM.cortical[e],
      PER_CM.metal[e],
    ];
    const mineral = HYDROXYAPATITE[e];
    return sums.fat.map((length, i) =>
      Math.exp(
        -(
          fat * length +
          muscle * sums.muscle[i] +
          cortical * sums.cortical[i] +
          mineral * sums.mineral[i] +
          metal * sums.metal[i]
        ),
      ),
    );
  });
}
