/** Fractures as `ranges.ts` distributes them within a Danis-Weber class. */
import type { Displacement, Fracture, Morphology, WeberClass } from "./fracture.ts";
import type { Random } from "./random.ts";
import { FRACTURE } from "./ranges.ts";

/** Half of the fibula's depth where the class breaks: what a rise backwards is spread over. */
const HALF_DEPTH: Readonly<Record<WeberClass, number>> = { A: 10, B: 9.5, C: 6.9 };

export function drawFracture(weberClass: WeberClass, random: Random): Fracture {
  const morphology = drawMorphology(weberClass, random);
  const { lowest, height, backward } = drawExtent(weberClass, morphology, random);
  const half = HALF_DEPTH[weberClass];
  const obliqueness = random.between(0.75, 1);
  const spiral = morphology === "spiral";
  const outward = Math.sqrt(1 - obliqueness ** 2) * (random.chance(0.5) ? 1 : -1);
  const wedge =
    morphology === "comminuted"
      ? {
          level: lowest + height / 2 - random.between(2, 6),
          riseOutward: random.between(0.8, 2) * (random.chance(0.5) ? 1 : -1),
        }
      : null;
  const gapMm = drawGap(random);
  return {
    weberClass,
    morphology,
    level: lowest + height / 2,
    riseBackward: (backward * obliqueness * height) / (2 * half),
    riseOutward: (outward * height) / (2 * half),
    winding: spiral ? random.between(0.25, 0.5) * height : 0,
    roughnessMm: random.spread(FRACTURE.roughness),
    gapMm,
    displacement: drawDisplacement(weberClass, gapMm, random),
    wedge,
  };
}

function drawMorphology(weberClass: WeberClass, random: Random): Morphology {
  const { source: _a, ...a } = FRACTURE.morphologyA;
  const { source: _b, ...b } = FRACTURE.morphologyB;
  const { source: _c, ...c } = FRACTURE.morphologyC;
  if (weberClass === "A") return random.weighted(a);
  return weberClass === "B" ? random.weighted(b) : random.weighted(c);
}

/** Lowest level, height of the line, and whether it climbs backwards (1) or forwards (-1). */
function drawExtent(
  weberClass: WeberClass,
  morphology: Morphology,
  random: Random,
): { lowest: number; height: number; backward: 1 | -1 } {
  const transverse = morphology === "transverse" || morphology === "avulsion";
  if (weberClass === "A") {
    const height = transverse ? random.between(0, 3) : random.between(4, 8);
    const level =
      morphology === "avulsion"
        ? -26 + random.spread(FRACTURE.avulsionHeight)
        : random.spread(FRACTURE.levelA);
    // The line's top stays below the plafond, or it would be no A.
    const lowest = Math.min(level - height / 2, -2.5 - height);
    return { lowest, height, backward: random.chance(0.5) ? 1 : -1 };
  }
  if (weberClass === "B") {
    const height = transverse ? random.between(1, 5) : random.spread(FRACTURE.heightB);
    return { lowest: random.spread(FRACTURE.lowestB), height, backward: 1 };
  }
  const height = transverse ? random.between(0, 4) : random.spread(FRACTURE.heightC);
  const lowest = random.spread(FRACTURE.lowestC);
  // From in front above to behind below: the reverse of a B.
  return { lowest, height, backward: -1 };
}

function drawGap(random: Random): number {
  const { source: _, ...shares } = FRACTURE.gaps;
  const kind = random.weighted(shares);
  const range = {
    hairline: FRACTURE.gapHairline,
    narrow: FRACTURE.gapNarrow,
    wide: FRACTURE.gapWide,
  }[kind];
  return random.between(range.low, range.high);
}

/** Hairlines have not moved; the rest moves outward and backward, and turns outward. */
function drawDisplacement(weberClass: WeberClass, gapMm: number, random: Random): Displacement {
  const { median, sigma, max } = FRACTURE.displacement;
  const drawn = Math.min(max, median * Math.exp(sigma * random.normal()));
  const size = gapMm < FRACTURE.gapHairline.high ? Math.min(drawn, gapMm) : drawn;
  const direction = random.between(-0.3, 1.4);
  return {
    lateral: size * Math.cos(direction),
    anterior: -size * Math.sin(direction),
    proximal: weberClass === "A" ? -0.5 * size * random.uniform() : 0.25 * size * random.normal(),
    rotationDegrees: size * random.between(0, 3),
    valgusDegrees: size * random.between(-0.3, 1.2),
  };
}
