/** Fractures as `ranges.ts` distributes them within a Danis-Weber class. */

import type { Streams } from "../random.ts";
import { FRACTURE } from "../ranges.ts";
import type { Displacement, Fracture, Morphology, WeberClass } from "./fracture.ts";

/** Half of the fibula's depth where the class breaks: what a rise backwards is spread over. */
const HALF_DEPTH: Readonly<Record<WeberClass, number>> = { A: 10, B: 9.5, C: 6.9 };

/** Every trait from its own stream, as in `samplePatient`. */
export function sampleFracture(weberClass: WeberClass, of: Streams): Fracture {
  const morphology = sampleMorphology(weberClass, of);
  const { lowest, height, backward } = sampleExtent(weberClass, morphology, of);
  const half = HALF_DEPTH[weberClass];
  const obliqueness = of("obliqueness").between(0.75, 1);
  const spiral = morphology === "spiral";
  const outward = Math.sqrt(1 - obliqueness ** 2) * (of("outward").chance(0.5) ? 1 : -1);
  const wedge =
    morphology === "comminuted"
      ? {
          level: lowest + height / 2 - of("wedge level").between(2, 6),
          riseOutward: of("wedge rise").between(0.8, 2) * (of("wedge side").chance(0.5) ? 1 : -1),
        }
      : null;
  const gapMm = sampleGap(of);
  const displacement = sampleDisplacement(weberClass, gapMm, of);
  return {
    weberClass,
    morphology,
    level: lowest + height / 2,
    riseBackward: (backward * obliqueness * height) / (2 * half),
    riseOutward: (outward * height) / (2 * half),
    winding: spiral ? of("winding").between(0.25, 0.5) * height : 0,
    roughnessMm: of("roughness").spread(FRACTURE.roughness),
    gapMm,
    displacement,
    talarShiftMm: weberClass === "A" ? 0 : sampleTalarShift(displacement, of),
    wedge,
  };
}

function sampleMorphology(weberClass: WeberClass, of: Streams): Morphology {
  const { source: _a, ...a } = FRACTURE.morphologyA;
  const { source: _b, ...b } = FRACTURE.morphologyB;
  const { source: _c, ...c } = FRACTURE.morphologyC;
  const random = of("morphology");
  if (weberClass === "A") return random.weighted(a);
  return weberClass === "B" ? random.weighted(b) : random.weighted(c);
}

/** Lowest level, height of the line, and whether it climbs backwards (1) or forwards (-1). */
function sampleExtent(
  weberClass: WeberClass,
  morphology: Morphology,
  of: Streams,
): { lowest: number; height: number; backward: 1 | -1 } {
  const transverse = morphology === "transverse" || morphology === "avulsion";
  if (weberClass === "A") {
    const height = transverse ? of("height").between(0, 3) : of("height").between(4, 8);
    const level =
      morphology === "avulsion"
        ? -26 + of("lowest").spread(FRACTURE.avulsionHeight)
        : of("lowest").spread(FRACTURE.levelA);
    // The line's top stays below the plafond, or it would be no A.
    const lowest = Math.min(level - height / 2, -2.5 - height);
    return { lowest, height, backward: of("backward").chance(0.5) ? 1 : -1 };
  }
  if (weberClass === "B") {
    const height = transverse ? of("height").between(1, 5) : of("height").spread(FRACTURE.heightB);
    return { lowest: of("lowest").spread(FRACTURE.lowestB), height, backward: 1 };
  }
  const height = transverse ? of("height").between(0, 4) : of("height").spread(FRACTURE.heightC);
  const lowest = of("lowest").spread(FRACTURE.lowestC);
  // From in front above to behind below: the reverse of a B.
  return { lowest, height, backward: -1 };
}

function sampleGap(of: Streams): number {
  const { source: _, ...shares } = FRACTURE.gaps;
  const kind = of("gap kind").weighted(shares);
  const range = {
    hairline: FRACTURE.gapHairline,
    narrow: FRACTURE.gapNarrow,
    wide: FRACTURE.gapWide,
  }[kind];
  return of("gap").between(range.low, range.high);
}

/** Hairlines have not moved; the rest moves outward and backward, and turns outward. */
function sampleDisplacement(weberClass: WeberClass, gapMm: number, of: Streams): Displacement {
  const { median, sigma, max } = FRACTURE.displacement;
  const drawn = Math.min(max, median * Math.exp(sigma * of("displacement").normal()));
  const size = gapMm < FRACTURE.gapHairline.high ? Math.min(drawn, gapMm) : drawn;
  const direction = of("direction").between(-0.3, 1.4);
  const along = of("shortening");
  return {
    lateral: size * Math.cos(direction),
    anterior: -size * Math.sin(direction),
    proximal: weberClass === "A" ? -0.5 * size * along.uniform() : 0.25 * size * along.normal(),
    rotationDegrees: size * of("rotation").between(0, 3),
    valgusDegrees: size * of("valgus").between(-0.3, 1.2),
  };
}

/** What opens the medial clear space where the ligaments there are torn. */
function sampleTalarShift({ lateral }: Displacement, of: Streams): number {
  const { chance, from, least, most, max } = FRACTURE.talarShift;
  const random = of("talar shift");
  const follows = random.chance(chance);
  const share = random.between(least, most);
  return follows && lateral > from ? Math.min(max, share * lateral) : 0;
}
