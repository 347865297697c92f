/**
 * A forearm with its hand, or a lower leg, as bodies that can be projected: straight long bones, lumps for the small
 * ones, skin, muscle, and now and then a cast. Coarser than the ankle, and no part of any study: a network is to see
 * shafts, joints and fracture lines before it sees real ones.
 */
import { scaledMesh } from "../anatomy/ankle.ts";
import { type Body, boneBodies, plainBody } from "../anatomy/body.ts";
import { type Bounds, type Field, smoothMax } from "../anatomy/field.ts";
import { type Constraint, type Mesh, meshSolids } from "../anatomy/mesh.ts";
import { type Profile, profile } from "../anatomy/profile.ts";
import { bumps } from "../anatomy/roughness.ts";

import { createRandom, type Random } from "../random.ts";
import { sampleForearm } from "./forearm.ts";
import { type BuiltBone, buildBone, type LongBone, levelInLimb } from "./long-bone.ts";
import { sampleLowerLeg } from "./lower-leg.ts";
import { type ShaftFracture, sampleShaftFracture } from "./shaft-fracture.ts";

export type LimbKind = "forearm" | "lower leg";

/** What a kind of limb consists of, at the size of an average man. */
export interface LimbShape {
  readonly bones: readonly LongBone[];
  /** Lumps: carpals, tarsals, the end of a neighbouring bone. */
  readonly lumps: readonly { readonly field: Field; readonly bounds: Bounds }[];
  readonly skin: Field;
  readonly skinBounds: Bounds;
  /** Of the fat under the skin, by level. */
  readonly fatMm: Profile;
  /** How often each bone is the one that breaks; those without a weight never do. */
  readonly breaks: Readonly<Record<string, number>>;
  /** Where along a bone it breaks. */
  readonly sampleShare: (bone: LongBone, random: Random) => number;
  /** Bones that often break together, at about one level. */
  readonly together: readonly string[];
}

export interface Limb {
  readonly seed: string;
  readonly kind: LimbKind;
  readonly side: "left" | "right";
  readonly skin: Mesh;
  readonly muscle: Mesh;
  readonly others: readonly Body[];
  readonly bones: readonly BuiltBone[];
  /** In the order of the bones. */
  readonly fractures: readonly { readonly bone: string; readonly fracture: ShaftFracture }[];
  /** The level that is looked at: a fracture's, or where one could have been. */
  readonly focusMm: number;
}

const SHELL: readonly Constraint[] = [{ channel: 0, sign: 1, offset: 0 }];
const CORE: readonly Constraint[] = [{ channel: 0, sign: 1, offset: 0.5 }];
const LUMP = { mineral: () => 0.19, grain: 0.5 } as const;
const PLASTER_MINERAL = 0.4;

/** The same words always give the same limb; a broken and a sound one of a seed differ by the fracture alone. */
export function buildLimb(seed: string, kind: LimbKind, isBroken: boolean): Limb {
  const of = (trait: string) => createRandom(seed, kind, trait);
  const shape = kind === "forearm" ? sampleForearm(of("shape")) : sampleLowerLeg(of("shape"));
  const scale = of("child").chance(0.25)
    ? of("size").between(0.6, 0.9)
    : of("size").between(0.88, 1.08);
  const mineral = of("mineral").between(0.6, 1.3);
  const breaks = sampleBreaks(shape, of("breaks"));
  const bones = shape.bones.map((bone) =>
    buildBone(bone, isBroken ? (breaks.get(bone) ?? null) : null, {
      mineral,
      scale,
      random: of(`bone ${bone.name}`),
    }),
  );
  const [first] = breaks;
  const tissue = meshTissue(shape, of("tissue"));
  const cast = of("cast").chance(0.15)
    ? meshCast(shape, levelInLimb(first[0], first[1].level), of("plaster"))
    : [];
  return {
    seed,
    kind,
    side: of("side").chance(0.5) ? "left" : "right",
    skin: scaledMesh(tissue.skin, scale),
    muscle: scaledMesh(tissue.muscle, scale),
    others: [
      ...shape.lumps.flatMap((lump) => lumpBodies(lump, mineral, scale)),
      ...cast.flatMap((mesh) => plainBody(scaledMesh(mesh, scale), { mineral: PLASTER_MINERAL })),
    ],
    bones,
    fractures: shape.bones.flatMap((bone) => {
      const fracture = isBroken ? breaks.get(bone) : undefined;
      return fracture === undefined ? [] : [{ bone: bone.name, fracture }];
    }),
    focusMm: levelInLimb(first[0], first[1].level) * scale,
  };
}

/** One bone's, or those of two that break together. Not empty. */
function sampleBreaks(shape: LimbShape, random: Random): Map<LongBone, ShaftFracture> {
  const name = random.weighted(shape.breaks);
  const bone = shape.bones.find((one) => one.name === name);
  if (bone === undefined) throw new Error(`internal: no bone ${name} to break`);
  const share = shape.sampleShare(bone, random);
  const breaks = new Map([[bone, fractureAt(bone, share, random)]]);
  const alsoBreaks = random.chance(0.4);
  if (!shape.together.includes(name) || !alsoBreaks) return breaks;
  const level = levelInLimb(bone, share * bone.lengthMm) + 14 * random.normal();
  for (const other of shape.bones.filter(
    (one) => one !== bone && shape.together.includes(one.name),
  )) {
    const own = (level - other.distal[2]) / other.lengthMm;
    if (own > 0.04 && own < 0.96) breaks.set(other, fractureAt(other, own, random));
  }
  return breaks;
}

function fractureAt(bone: LongBone, share: number, random: Random): ShaftFracture {
  return sampleShaftFracture(share * bone.lengthMm, profile(...bone.halfWidth)(share), random);
}

function meshTissue(shape: LimbShape, random: Random): { skin: Mesh; muscle: Mesh } {
  const waves = bumps(random, 1, 45);
  const [skin, muscle] = meshSolids(
    (x, y, z, values) => {
      const value = shape.skin(x, y, z);
      values[0] = Math.abs(value) > 9 ? value : value + 0.5 * waves(x, y, z);
      values[1] = value + shape.fatMm(z);
    },
    2,
    [SHELL, [{ channel: 1, sign: 1, offset: 0 }]],
    shape.skinBounds,
    3.4,
  );
  return { skin, muscle };
}

/** A shell around the limb, over some length. */
function meshCast(shape: LimbShape, focus: number, random: Random): Mesh[] {
  const [inside, outside] = [bumps(random, 0.7, 62), bumps(random, 0.8, 37)];
  const [thickness, half] = [random.between(3, 8), random.between(70, 170)];
  const middle = focus + random.between(-40, 40);
  const { min, max } = shape.skinBounds;
  return meshSolids(
    (x, y, z, values) => {
      const padded = shape.skin(x, y, z) + inside(x, y, z);
      values[0] = padded + outside(x, y, z);
      values[1] = smoothMax(3 - padded, Math.abs(z - middle) - half, 3);
    },
    2,
    [
      [
        { channel: 0, sign: 1, offset: -3 - thickness },
        { channel: 1, sign: 1, offset: 0 },
      ],
    ],
    {
      min: [min[0] - 14, min[1] - 14, min[2]],
      max: [max[0] + 14, max[1] + 14, max[2]],
    },
    3.4,
  );
}

function lumpBodies(
  { field, bounds }: LimbShape["lumps"][number],
  mineral: number,
  scale: number,
): Body[] {
  const [outer, inner] = meshSolids(
    (x, y, z, values) => {
      values[0] = field(x, y, z);
    },
    1,
    [SHELL, CORE],
    bounds,
    1.8,
  );
  const within = { ...LUMP, mineral: () => mineral * LUMP.mineral() };
  return boneBodies([scaledMesh(outer, scale)], [scaledMesh(inner, scale)], "leg", within);
}
