/** What depends on how the foot is held: soft tissue, and where the foot's bones are. */
import type { AnkleShape } from "./anatomy/shape.ts";
import { muscleField, skinField } from "./anatomy/soft-tissue.ts";
import { talarAxis } from "./anatomy/talus.ts";
import { LEG_TOP, scaledMesh } from "./ankle.ts";
import type { Bounds, Field } from "./field.ts";
import { type Constraint, type Mesh, meshSolids } from "./mesh.ts";

const INSIDE: Constraint = { channel: 0, sign: 1, offset: 0 };
const TISSUE_BOUNDS: Bounds = { min: [-80, -120, -180], max: [85, 180, LEG_TOP] };

export interface SoftTissue {
  readonly skin: Mesh;
  readonly muscle: Mesh;
}

/** With the foot turned down by some degrees about the ankle's axis. */
export function meshSoftTissue(shape: AnkleShape, plantarflexionDegrees: number): SoftTissue {
  const foot = footPose(shape, plantarflexionDegrees);
  // Tendons are thin, skin is not.
  return {
    skin: meshTissue(skinField(shape, foot), shape, 4.2),
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
export function meshCast(shape: AnkleShape, plantarflexionDegrees: number): Mesh[] {
  const skin = skinField(shape, footPose(shape, plantarflexionDegrees));
  return meshSolids(
    (x, y, z, values) => {
      values[0] = Math.max(skin(x, y, z), z - LEG_TOP + 12);
    },
    1,
    [
      [
        { channel: 0, sign: 1, offset: -9 },
        { channel: 0, sign: -1, offset: 4 },
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
    const [dy, dz] = [y - axisY, z - axisZ];
    return field(x, axisY + cos * dy - sin * dz, axisZ + sin * dy + cos * dz);
  };
}

/** A bone of the foot, turned down with it. */
export function plantarflexed(mesh: Mesh, shape: AnkleShape, degrees: number): Mesh {
  const axis = talarAxis(shape);
  const [axisY, axisZ] = [axis.y * shape.scale, axis.z * shape.scale];
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    const [dy, dz] = [mesh[i + 1] - axisY, mesh[i + 2] - axisZ];
    turned[i] = mesh[i];
    turned[i + 1] = axisY + cos * dy + sin * dz;
    turned[i + 2] = axisZ - sin * dy + cos * dz;
  }
  return turned;
}
