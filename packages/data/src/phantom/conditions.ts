/**
 * What lies in or on an ankle besides its bones: look-alikes of a fracture, and most of the reasons
 * to leave a study out. Shapes and sizes are assumptions unless PHANTOM.md 2f has them.
 */
import { fibulaAxis } from "./anatomy/fibula.ts";
import type { AnkleShape } from "./anatomy/shape.ts";
import { skinField } from "./anatomy/soft-tissue.ts";
import { talarBorders } from "./anatomy/talus.ts";
import { type Body, boneBodies, plainBody, type Trabeculae } from "./body.ts";
import { type Bounds, capsule, ellipsoid, type Field, smoothUnion } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";
import type { Patient } from "./patient.ts";
import { createRandom, type Random } from "./random.ts";
import { bumps } from "./roughness.ts";

const INSIDE: Constraint = { channel: 0, sign: 1, offset: 0 };

/** `bone` is the tibia's field, for what breaks in it. */
export function conditionBodies(patient: Patient, tibia: Field, trabeculae: Trabeculae): Body[] {
  const random = createRandom(patient.seed, "conditions");
  const { shape } = patient;
  const bodies: Body[] = [];
  if (patient.osSubfibulare) bodies.push(...osSubfibulare(shape, trabeculae, random));
  if (patient.nutrientCanal) bodies.push(...nutrientCanal(shape, random));
  if (patient.skinFold) bodies.push(...skinFold(shape, random));
  if (patient.exclusion === "hardware") bodies.push(...plateAndScrews(shape, random));
  if (patient.exclusion === "callus") bodies.push(...callus(patient, random));
  if (patient.exclusion === "tibia involved") {
    bodies.push(...medialMalleolusGap(shape, tibia, random));
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
  const [outer, inner] = meshSolids(
    (px, py, pz, values) => {
      values[0] = ossicle(px, py, pz);
    },
    1,
    [[INSIDE], [{ channel: 0, sign: 1, offset: 0.6 }]],
    bounds,
    0.6,
  ).map((mesh) => scaled(mesh, shape));
  return boneBodies([outer], [inner], "leg", trabeculae);
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
function skinFold(shape: AnkleShape, random: Random): Body[] {
  const level = random.between(-14, 24);
  const slope = random.between(-0.25, 0.25);
  const half = random.between(0.7, 1.2);
  const skin = skinField(shape, (field) => field);
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = Math.max(Math.abs(skin(x, y, z) + 1) - 1, -6 - y);
      values[1] = z - level - slope * x;
    },
    2,
    [[INSIDE, { channel: 1, sign: 1, offset: -half }, { channel: 1, sign: -1, offset: -half }]],
    { min: [-60, -8, level - 20], max: [65, 50, level + 20] },
    1.2,
  );
  // Skin folded upon itself lies before what is there already.
  return plainBody(scaled(mesh, shape), { fat: 0.6, muscle: 0.4 });
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

/** New bone around the fracture, or where one was. */
function callus({ shape, fracture }: Patient, random: Random): Body[] {
  const level = fracture?.level ?? random.between(0, 55);
  const [x, y] = fibulaAxis(shape)(level);
  const bump = bumps(random, 0.9, 8);
  const cuff = ellipsoid([x, y, level], [10.5, 11.5, random.between(10, 17)]);
  const mesh = meshed(
    (px, py, pz) => cuff(px, py, pz) + bump(px, py, pz),
    around([x, y, level], 24),
    1,
    shape,
  );
  return plainBody(mesh, { mineral: random.between(0.16, 0.34) });
}

/** A broken medial malleolus: the gap takes bone away; its sides have not moved. */
function medialMalleolusGap(shape: AnkleShape, tibia: Field, random: Random): Body[] {
  const [medial] = talarBorders(shape);
  const level = random.between(-7, 3);
  const steep = random.between(-0.2, 1.1);
  const half = random.between(0.4, 1.6);
  const bump = bumps(random, 0.4, 6);
  const edge = medial - shape.medialClearSpace + 2.5;
  const slope = Math.hypot(1, steep);
  const cut: Constraint[] = [
    { channel: 1, sign: 1, offset: -half },
    { channel: 1, sign: -1, offset: -half },
    { channel: 2, sign: 1, offset: 0 },
  ];
  const [outer, inner] = meshSolids(
    (x, y, z, values) => {
      values[0] = tibia(x, y, z);
      values[1] = (z - level + steep * (x - edge) + bump(x, y, 0.4 * z)) / slope;
      values[2] = x - edge;
    },
    3,
    [
      [INSIDE, ...cut],
      [{ channel: 0, sign: 1, offset: 0.6 }, ...cut],
    ],
    { min: [-34, -24, -26], max: [4, 24, 36] },
    1,
  ).map((mesh) => scaled(mesh, shape));
  return [
    ...plainBody(outer, { muscle: 1, cortical: -1 }),
    ...plainBody(inner, { cortical: 1, fat: -1, mineral: -0.24 }),
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
