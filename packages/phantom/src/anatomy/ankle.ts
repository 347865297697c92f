/**
 * A patient's ankle as bodies: closed surfaces, each with what it adds to the rays that pass
 * through it. Meshed once, projected in every view.
 */

import type { Patient } from "../patient/patient.ts";
import type { AnkleShape } from "../patient/shape.ts";
import { createRandom, type Random, type Streams } from "../random.ts";
import { TRABECULAR_DENSITY } from "../ranges.ts";
import { type Body, boneBodies, plainBody, type Trabeculae } from "./body.ts";
import { conditionBodies } from "./conditions.ts";
import { cortexOfFibula, cortexOfTibia } from "./cortex.ts";
import { fibulaAxis, fibulaField } from "./fibula.ts";
import type { Bounds, Field } from "./field.ts";
import { calcaneusField, forefootFields } from "./foot.ts";
import { fractureSurface, wedgeSurface } from "./fracture-surface.ts";
import { breakBone, type Fragments } from "./fragments.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";
import { type Profile, profile } from "./profile.ts";
import { bumps } from "./roughness.ts";
import { talusField } from "./talus.ts";
import { tibiaField } from "./tibia.ts";

/** The bones of the leg go on beyond every image; millimetres at an average man's size. */
export const LEG_TOP = 165;

export interface Ankle {
  readonly patient: Patient;
  readonly tibia: Mesh;
  /** All but the fibula. */
  readonly bodies: readonly Body[];
  /** The fibula as it is, and as it was before it broke. */
  readonly fibula: readonly Body[];
  readonly wholeFibula: readonly Body[];
  readonly fragments: Fragments | null;
}

const OUTER: readonly Constraint[] = [{ channel: 0, sign: 1, offset: 0 }];
const INNER: readonly Constraint[] = [{ channel: 1, sign: 1, offset: 0 }];
/** Mineral laid down where a growth plate was; cartilage where it still is. */
const SCAR_ADDS = { mineral: 0.22 } as const;
const PLATE_ADDS = { mineral: -0.24, muscle: 0.15 } as const;

export function buildAnkle(patient: Patient): Ankle {
  const { shape } = patient;
  const of: Streams = (trait) => createRandom(patient.seed, "bones", trait);
  const legTrabeculae = trabeculae(profile(...TRABECULAR_DENSITY.leg), patient, 0);
  const plainFibula = fibulaField(shape);
  const plainTalus = talusField(shape);
  const plainCalcaneus = calcaneusField(shape, plainTalus);

  const fibula = capped(rough(plainFibula, of("fibula"), 0.13, 24));
  const tibia = capped(rough(tibiaField(shape, plainFibula), of("tibia"), 0.16, 27));
  const tibiaMeshes = meshTibia(tibia, patient, of("tibial plate"));
  const fragments = meshFibula(fibula, patient);
  const fibularPlate = meshFibularPlate(fibula, patient, of("fibular plate"));
  const legBone = (outer: readonly Mesh[], inner: readonly Mesh[]): Body[] =>
    boneBodies(outer, inner, "leg", legTrabeculae);
  return {
    patient,
    tibia: tibiaMeshes.outer,
    bodies: [
      ...legBone([tibiaMeshes.outer], [tibiaMeshes.inner]),
      ...tibiaMeshes.extra,
      ...fibularPlate,
      ...footBodies(patient, of("foot"), plainTalus, plainCalcaneus),
      ...conditionBodies(patient, tibia, legTrabeculae),
    ],
    fibula: legBone(fragments.outer, fragments.inner),
    wholeFibula: legBone([fragments.wholeOuter], [fragments.wholeInner]),
    fragments: patient.fracture === null ? null : fragments,
  };
}

function meshTibia(
  tibia: Field,
  { shape, physes }: Patient,
  random: Random,
): { outer: Mesh; inner: Mesh; extra: Body[] } {
  const cortex = cortexOfTibia(shape);
  const wave = bumps(random, 0.7, 34);
  // Never a slab of no thickness: its two sides would differ by rounding alone and not be closed.
  const solids = [OUTER, INNER];
  if (physes === "scarred") solids.push(slab(INNER, 0.35));
  if (physes === "open") solids.push(slab(OUTER, 1.1));
  const [outer, inner, ...plates] = scaledMeshes(
    (x, y, z, values) => {
      const value = tibia(x, y, z);
      values[0] = value;
      values[1] = value + cortex(x, y, z);
      values[2] = z - 12 - wave(x, y, 0);
    },
    3,
    solids,
    { min: [-34, -28, -24], max: [34, 26, LEG_TOP] },
    1.3,
    shape,
  );
  const adds = physes === "open" ? PLATE_ADDS : SCAR_ADDS;
  return { outer, inner, extra: plates.flatMap((plate) => plainBody(plate, adds)) };
}

/** What of a solid lies within half a thickness of the third channel's zero. */
function slab(solid: readonly Constraint[], half: number): readonly Constraint[] {
  return [
    ...solid,
    { channel: 2, sign: 1, offset: -half },
    { channel: 2, sign: -1, offset: -half },
  ];
}

/** The open growth plate of the fibula lies at the plafond's level. */
function meshFibularPlate(fibula: Field, { shape, physes }: Patient, random: Random): Body[] {
  if (physes !== "open") return [];
  const wave = bumps(random, 0.5, 14);
  const [plate] = scaledMeshes(
    (x, y, z, values) => {
      values[0] = fibula(x, y, z);
      values[2] = z - wave(x, y, 0);
    },
    3,
    [slab(OUTER, 0.9)],
    { min: [6, -28, -8], max: [46, 24, 10] },
    0.9,
    shape,
  );
  return plainBody(plate, PLATE_ADDS);
}

function meshFibula(bone: Field, patient: Patient): Fragments {
  const { shape, fracture, seed } = patient;
  const cortex = cortexOfFibula(shape);
  const bounds = { min: [6, -28, -40], max: [46, 24, LEG_TOP] } as const;
  if (fracture === null) {
    const [outer, inner] = scaledMeshes(
      (x, y, z, values) => {
        values[0] = bone(x, y, z);
        values[1] = values[0] + cortex(x, y, z);
      },
      2,
      [OUTER, INNER],
      bounds,
      1.05,
      shape,
    );
    const none: Mesh[] = [];
    return {
      outer: [outer],
      inner: [inner],
      gapOuter: none,
      gapInner: none,
      wholeOuter: outer,
      wholeInner: inner,
    };
  }
  const axis = fibulaAxis(shape);
  const random = createRandom(seed, "fracture surface");
  const surface = fractureSurface(fracture, axis, random);
  const wedge = wedgeSurface(fracture, axis, random);
  const [pivotX, pivotY] = axis(fracture.level);
  const fragments = breakBone(
    { bone, cortex, surface, wedge },
    fracture.gapMm,
    fracture.displacement,
    [pivotX, pivotY, fracture.level],
    bounds,
    1.05,
  );
  const all = (meshes: readonly Mesh[]) => meshes.map((mesh) => scaledMesh(mesh, shape.scale));
  return {
    outer: all(fragments.outer),
    inner: all(fragments.inner),
    gapOuter: all(fragments.gapOuter),
    gapInner: all(fragments.gapInner),
    wholeOuter: scaledMesh(fragments.wholeOuter, shape.scale),
    wholeInner: scaledMesh(fragments.wholeInner, shape.scale),
  };
}

function footBodies(patient: Patient, random: Random, talus: Field, calcaneus: Field): Body[] {
  const { shape } = patient;
  const bone = (
    field: Field,
    shellMm: number,
    bounds: Bounds,
    step: number,
    density: number,
    grain: number,
  ): Body[] => {
    const [outer, inner] = scaledMeshes(
      (x, y, z, values) => {
        values[0] = field(x, y, z);
        values[1] = values[0] + shellMm * shape.cortex;
      },
      2,
      [OUTER, INNER],
      bounds,
      step,
      shape,
    );
    return boneBodies(
      [outer],
      [inner],
      "foot",
      trabeculae(() => density, patient, grain),
    );
  };
  const { talus: ofTalus, calcaneus: ofCalcaneus, forefoot: ofForefoot } = TRABECULAR_DENSITY;
  const hind = { min: [-34, -70, -88], max: [40, 50, 4] } as const;
  const fore = { min: [-60, -10, -100], max: [50, 160, 0] } as const;
  return [
    ...bone(rough(talus, random, 0.25, 13), 0.4, hind, 1.5, ofTalus, 0.3),
    ...bone(rough(calcaneus, random, 0.35, 15), 0.45, hind, 1.6, ofCalcaneus, 0.9),
    ...forefootFields(talus, calcaneus).flatMap((field) =>
      bone(rough(field, random, 0.35, 14), 0.35, fore, 2.1, ofForefoot, 0.6),
    ),
  ];
}

function trabeculae(density: Profile, { mineral, shape }: Patient, grain: number): Trabeculae {
  return { mineral: (z) => mineral * density(z / shape.scale), grain };
}

function rough(field: Field, random: Random, amplitudeMm: number, sizeMm: number): Field {
  const bump = bumps(random, amplitudeMm, sizeMm);
  return (x, y, z) => {
    const value = field(x, y, z);
    return value > 6 || value < -9 ? value : value + bump(x, y, z);
  };
}

function capped(field: Field): Field {
  return (x, y, z) => Math.max(field(x, y, z), z - LEG_TOP + 3);
}

function scaledMeshes(
  ...[sampler, channels, solids, bounds, step, shape]: [
    ...Parameters<typeof meshSolids>,
    shape: AnkleShape,
  ]
): Mesh[] {
  return meshSolids(sampler, channels, solids, bounds, step).map((mesh) =>
    scaledMesh(mesh, shape.scale),
  );
}

export function scaledMesh(mesh: Mesh, scale: number): Mesh {
  const sized = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i++) sized[i] = mesh[i] * scale;
  return sized;
}
