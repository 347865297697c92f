/**
 * Objects in or on an ankle besides its bones: look-alikes of a fracture, and most of the reasons to
 * leave a study out. Shapes and sizes are assumptions unless PHANTOM.md 2f has them.
 */

import type { Patient, TibialFracture } from "../patient/patient.ts";
import type { AnkleShape } from "../patient/shape.ts";
import { createRandom, type Random, type Streams } from "../random.ts";
import { TRABECULAR_DENSITY } from "../ranges.ts";
import { type Body, boneBodies, plainBody, type Trabeculae } from "./body.ts";
import { cortexOfTibia } from "./cortex.ts";
import { fibulaAxis } from "./fibula.ts";
import { type Bounds, capsule, ellipsoid, type Field, smoothUnion } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";
import { profile } from "./profile.ts";
import { bumps } from "./roughness.ts";
import { skinField, skinWaves } from "./soft-tissue.ts";
import { talarBorders } from "./talus.ts";

const INSIDE: Constraint = { channel: 0, sign: 1, offset: 0 };

/** `bone` is the tibia's field, for what breaks in it. */
export function conditionBodies(patient: Patient, tibia: Field, trabeculae: Trabeculae): Body[] {
  const of: Streams = (trait) => createRandom(patient.seed, "conditions", trait);
  const { shape } = patient;
  const bodies: Body[] = [];
  if (patient.osSubfibulare) bodies.push(...osSubfibulare(shape, trabeculae, of("os subfibulare")));
  if (patient.osTrigonum) bodies.push(...osTrigonum(shape, trabeculae, of("os trigonum")));
  if (patient.nutrientCanal) bodies.push(...nutrientCanal(shape, of("nutrient canal")));
  if (patient.skinFold) bodies.push(...skinFold(patient, of("skin fold")));
  if (patient.exclusion === "hardware") bodies.push(...plateAndScrews(shape, of("hardware")));
  if (patient.exclusion === "callus") bodies.push(...callus(patient, of("callus")));
  if (patient.tibialFracture !== null) {
    bodies.push(...tibialGap(patient.tibialFracture, patient, tibia, of("tibial gap")));
  }
  return bodies;
}

/** A round, corticated ossicle of 4 to 10 mm below the lateral malleolus. */
function osSubfibulare(shape: AnkleShape, trabeculae: Trabeculae, random: Random): Body[] {
  const [x, y] = fibulaAxis(shape)(-shape.lateralTip);
  const size = random.between(2, 4.6);
  const ossicle = ellipsoid(
    [x - random.between(0, 4), y + random.between(-2, 5), -shape.lateralTip - size - 1.2],
    [size, size * random.between(0.8, 1.2), size * random.between(0.65, 1)],
  );
  const bounds = { min: [x - 14, y - 14, -56], max: [x + 14, y + 16, -16] } as const;
  return corticated(ossicle, bounds, shape, "leg", trabeculae);
}

/** Behind the talus' posterior process, and turning with it. */
function osTrigonum(shape: AnkleShape, trabeculae: Trabeculae, random: Random): Body[] {
  const size = random.between(3, 5.5);
  const center = [-1 + random.between(-3, 3), -25.5 - size, -28 + random.between(-2, 2)] as const;
  const ossicle = ellipsoid(center, [size * 1.2, size, size * random.between(0.7, 1)]);
  return corticated(ossicle, around(center, 9), shape, "foot", trabeculae);
}

function corticated(
  ossicle: Field,
  bounds: Bounds,
  shape: AnkleShape,
  part: Body["part"],
  trabeculae: Trabeculae,
): Body[] {
  const [outer, inner] = meshSolids(
    (px, py, pz, values) => {
      values[0] = ossicle(px, py, pz);
    },
    1,
    [[INSIDE], [{ channel: 0, sign: 1, offset: 0.45 }]],
    bounds,
    0.6,
  ).map((mesh) => scaled(mesh, shape));
  return boneBodies([outer], [inner], part, trabeculae);
}

/** A vessel's way through the cortex, obliquely downward: a thin lucent line. */
function nutrientCanal(shape: AnkleShape, random: Random): Body[] {
  const level = random.between(55, 95);
  const [x, y] = fibulaAxis(shape)(level);
  const canal = capsule([x - 1, y - 7, level + 6], [x, y - 2, level - 6], 0.7, 0.5);
  return plainBody(meshed(canal, around([x, y - 4, level], 12), 0.5, shape), {
    cortical: -1,
    muscle: 1,
  });
}

/** A crease around the front of the ankle: a thin dense line that crosses bones and skin alike. */
function skinFold(patient: Patient, random: Random): Body[] {
  const { shape } = patient;
  const level = random.between(-14, 24);
  const slope = random.between(-0.25, 0.25);
  const downward = random.between(-0.1, 0.35);
  const curve = random.between(-0.006, 0.006);
  const half = random.between(0.7, 1.2);
  const skin = skinField(shape, (field) => field, skinWaves(patient.seed));
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = Math.max(Math.abs(skin(x, y, z) + 1) - 1, -6 - y, y - 37);
      values[1] = z - level - slope * x - curve * x * x + downward * y;
    },
    2,
    [[INSIDE, { channel: 1, sign: 1, offset: -half }, { channel: 1, sign: -1, offset: -half }]],
    { min: [-60, -8, level - 44], max: [65, 50, level + 30] },
    1.2,
  );
  // Skin folded upon itself lies before what is there already.
  return plainBody(scaled(mesh, shape), { fat: 0.5, muscle: 0.3 });
}

/** A lateral plate with screws through the fibula, sometimes one into the tibia. */
function plateAndScrews(shape: AnkleShape, random: Random): Body[] {
  const axis = fibulaAxis(shape);
  const from = -8;
  const to = random.between(45, 75);
  const [lowX, lowY] = axis(from);
  const [highX, highY] = axis(to);
  const plate = ellipsoid(
    [(lowX + highX) / 2 + 8.6, (lowY + highY) / 2, (from + to) / 2],
    [1.4, 4.5, (to - from) / 2 + 5],
    5,
  );
  const count = Math.round((to - from) / 12);
  const longOne = random.chance(0.4) ? Math.floor(count / 3) : -1;
  const screws = Array.from({ length: count }, (_, i) => {
    const level = from + ((i + 0.5) * (to - from)) / count;
    const [x, y] = axis(level);
    const reach = i === longOne ? 42 : 14;
    const end = x + 8 - reach;
    return smoothUnion(
      0.5,
      capsule([x + 8.5, y, level], [end, y + reach * 0.25, level + random.between(-1.5, 1.5)], 1.5),
      ellipsoid([x + 9.6, y, level], [1.4, 3.2, 3.2]),
    );
  });
  const bounds = { min: [-18, -26, -20], max: [48, 24, 86] } as const;
  const metal = smoothUnion(0.3, plate, ...screws);
  return plainBody(meshed(metal, bounds, 0.9, shape), { metal: 1 });
}

/** New bone around the fracture, or where one was: a spindle, cloudy and uneven. */
function callus({ shape, fracture }: Patient, random: Random): Body[] {
  const level = fracture?.level ?? random.between(5, 60);
  const axis = fibulaAxis(shape);
  const [x, y] = axis(level);
  const coarse = bumps(random, 1.3, 15);
  const fine = bumps(random, 0.6, 6);
  const [wide, deep] = [random.between(8, 10.5), random.between(9.5, 12)];
  const spindle = ellipsoid([0, 0, level], [wide, deep, random.between(14, 22)]);
  const mesh = meshed(
    (px, py, pz) => {
      const [axisX, axisY] = axis(pz);
      return spindle(px - axisX, py - axisY, pz) + coarse(px, py, pz) + fine(px, py, pz);
    },
    around([x, y, level], 29),
    1,
    shape,
  );
  return plainBody(mesh, { mineral: random.between(0.16, 0.32) });
}

/** Where a fracture of the tibia runs, and the part of the bone that it is kept to. */
interface TibialSurface {
  readonly surface: Field;
  readonly part: Field;
  readonly bounds: Bounds;
}

function tibialSurface(kind: TibialFracture, shape: AnkleShape, random: Random): TibialSurface {
  if (kind === "medial malleolus") {
    const [medial] = talarBorders(shape);
    const edge = medial - shape.medialClearSpace + 2.5;
    const level = random.between(-7, 3);
    const steep = random.between(-0.2, 1.1);
    const slope = Math.hypot(1, steep);
    return {
      surface: (x, _y, z) => (z - level + steep * (x - edge)) / slope,
      part: (x) => x - edge,
      bounds: { min: [-34, -24, -26], max: [4, 24, 36] },
    };
  }
  if (kind === "posterior malleolus") {
    // From the plafond up to the cortex behind, the more of the joint the further in front.
    const front = random.between(-12, -5);
    const steep = random.between(0.35, 0.7);
    const skew = random.between(-0.15, 0.35);
    const slope = Math.hypot(1, steep, skew);
    return {
      surface: (x, y, z) => (y - front + steep * z + skew * x) / slope,
      // Never through corners of the grid, where surfaces would coincide.
      part: (_x, y) => y + 0.37,
      bounds: { min: [-36, -30, -30], max: [36, 6, 62] },
    };
  }
  const level = random.between(48, 85);
  const outward = random.between(0.4, 1.4) * (random.chance(0.5) ? 1 : -1);
  const backward = random.between(-0.9, 0.9);
  const slope = Math.hypot(1, outward, backward);
  return {
    surface: (x, y, z) => (z - level - outward * x - backward * y) / slope,
    part: () => -1,
    bounds: { min: [-24, -24, level - 36], max: [24, 24, level + 36] },
  };
}

/** A break of the tibia: the gap takes bone away; its sides have not moved. */
function tibialGap(
  kind: TibialFracture,
  { shape, mineral }: Patient,
  tibia: Field,
  random: Random,
): Body[] {
  const { surface, part, bounds } = tibialSurface(kind, shape, random);
  const half = random.between(0.4, 1.6);
  const jag = bumps(random, 0.9, 13);
  const bump = bumps(random, 0.4, 6);
  const shell = cortexOfTibia(shape);
  const cut: Constraint[] = [
    { channel: 2, sign: 1, offset: -half },
    { channel: 2, sign: -1, offset: -half },
    { channel: 3, sign: 1, offset: 0 },
  ];
  const [outer, inner] = meshSolids(
    (x, y, z, values) => {
      values[0] = tibia(x, y, z);
      values[1] = values[0] + shell(x, y, z);
      values[2] = surface(x, y, z) + jag(x, y, 0.4 * z) + bump(x, y, 0.4 * z);
      values[3] = part(x, y, z);
    },
    4,
    [
      [INSIDE, ...cut],
      [{ channel: 1, sign: 1, offset: 0 }, ...cut],
    ],
    bounds,
    1,
  ).map((mesh) => scaled(mesh, shape));
  const level = (bounds.min[2] + bounds.max[2]) / 2;
  const density = profile(...TRABECULAR_DENSITY.leg)(level);
  return [
    ...plainBody(outer, { muscle: 1, cortical: -1 }),
    ...plainBody(inner, { cortical: 1, fat: -1, mineral: -density * mineral }),
  ];
}

function around([x, y, z]: readonly [number, number, number], reach: number): Bounds {
  return { min: [x - reach, y - reach, z - reach], max: [x + reach, y + reach, z + reach] };
}

function meshed(field: Field, bounds: Bounds, step: number, shape: AnkleShape): Mesh {
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = field(x, y, z);
    },
    1,
    [[INSIDE]],
    bounds,
    step,
  );
  return scaled(mesh, shape);
}

function scaled(mesh: Mesh, { scale }: AnkleShape): Mesh {
  return mesh.map((value) => value * scale);
}
