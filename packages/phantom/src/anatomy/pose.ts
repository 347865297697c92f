/** The pose of the foot: soft tissue, and the place of its bones. */

import type { Patient } from "../patient/patient.ts";
import type { AnkleShape } from "../patient/shape.ts";
import { createRandom } from "../random.ts";
import { LEG_TOP, scaledMesh } from "./ankle.ts";
import type { Bounds, Field } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";
import { bumps } from "./roughness.ts";
import { muscleField, skinField, skinWaves } from "./soft-tissue.ts";
import { talarAxis } from "./talus.ts";

const INSIDE: Constraint = { channel: 0, sign: 1, offset: 0 };
const TISSUE_BOUNDS: Bounds = { min: [-80, -120, -180], max: [85, 180, LEG_TOP] };

export interface SoftTissue {
  readonly skin: Mesh;
  readonly muscle: Mesh;
}

/** With the foot turned down by some degrees about the ankle's axis. */
export function meshSoftTissue(patient: Patient, plantarflexionDegrees: number): SoftTissue {
  const { shape } = patient;
  const foot = footPose(shape, plantarflexionDegrees);
  // Tendons are thin, skin is not.
  return {
    skin: meshTissue(skinField(shape, foot, skinWaves(patient.seed)), shape, 4.2),
    muscle: meshTissue(muscleField(shape, foot), shape, 3.2),
  };
}

function meshTissue(tissue: Field, shape: AnkleShape, step: number): Mesh {
  const [mesh] = meshSolids(
    (x, y, z, values) => {
      values[0] = Math.max(tissue(x, y, z), z - LEG_TOP + 6);
    },
    1,
    [[INSIDE]],
    TISSUE_BOUNDS,
    step,
  );
  return scaledMesh(mesh, shape.scale);
}

/** A plaster shell around leg and foot. */
export function meshCast(patient: Patient, plantarflexionDegrees: number): Mesh[] {
  const { shape } = patient;
  const skin = skinField(shape, footPose(shape, plantarflexionDegrees), skinWaves(patient.seed));
  // Wound by hand: creased, and nowhere of the same thickness.
  const random = createRandom(patient.seed, "cast");
  const [inside, outside] = [bumps(random, 0.6, 62), bumps(random, 0.5, 37)];
  return meshSolids(
    (x, y, z, values) => {
      const value = Math.max(skin(x, y, z), z - LEG_TOP + 12);
      const padding = inside(x, y, z);
      values[0] = value + padding + outside(x, y, z);
      values[1] = value + padding;
    },
    2,
    [
      [
        { channel: 0, sign: 1, offset: -9 },
        { channel: 1, sign: -1, offset: 4 },
      ],
    ],
    TISSUE_BOUNDS,
    2.6,
  ).map((mesh) => scaledMesh(mesh, shape.scale));
}

/** A field of the foot, turned down about the ankle's axis. */
function footPose(shape: AnkleShape, degrees: number): (field: Field) => Field {
  const { y: axisY, z: axisZ } = talarAxis(shape);
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (field) => (x, y, z) => {
    const dy = y - axisY;
    const dz = z - axisZ;
    return field(x, axisY + cos * dy - sin * dz, axisZ + sin * dy + cos * dz);
  };
}

/** A bone of the foot, turned down with it and shifted as the talus is. */
export function plantarflexed(mesh: Mesh, { shape, fracture }: Patient, degrees: number): Mesh {
  const shift = (fracture?.talarShiftMm ?? 0) * shape.scale;
  const axis = talarAxis(shape);
  const [axisY, axisZ] = [axis.y * shape.scale, axis.z * shape.scale];
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    const dy = mesh[i + 1] - axisY;
    const dz = mesh[i + 2] - axisZ;
    turned[i] = mesh[i] + shift;
    turned[i + 1] = axisY + cos * dy + sin * dz;
    turned[i + 2] = axisZ - sin * dy + cos * dz;
  }
  return turned;
}
