/** What depends on how the foot is held: soft tissue, and where the foot's bones are. */
import type { AnkleShape } from "./anatomy/shape.ts";
import { muscleField, skinField } from "./anatomy/soft-tissue.ts";
import { talarAxis } from "./anatomy/talus.ts";
import { LEG_TOP, scaledMesh } from "./ankle.ts";
import type { Field } from "./field.ts";
import { type Mesh, meshSolids } from "./mesh.ts";

export interface SoftTissue {
  readonly skin: Mesh;
  readonly muscle: Mesh;
}

/** With the foot turned down by some degrees about the ankle's axis. */
export function meshSoftTissue(shape: AnkleShape, plantarflexionDegrees: number): SoftTissue {
  const { y: axisY, z: axisZ } = talarAxis(shape);
  const angle = (plantarflexionDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const foot =
    (field: Field): Field =>
    (x, y, z) => {
      const [dy, dz] = [y - axisY, z - axisZ];
      return field(x, axisY + cos * dy - sin * dz, axisZ + sin * dy + cos * dz);
    };
  const skin = skinField(shape, foot);
  const muscle = muscleField(shape, foot);
  const bounds = { min: [-70, -110, -180], max: [75, 180, LEG_TOP] } as const;
  const meshes = meshSolids(
    (x, y, z, values) => {
      const value = Math.max(skin(x, y, z), z - LEG_TOP + 6);
      values[0] = value;
      values[1] = Math.max(muscle(x, y, z), value + 1.5);
    },
    2,
    [[{ channel: 0, sign: 1, offset: 0 }], [{ channel: 1, sign: 1, offset: 0 }]],
    bounds,
    2.5,
  );
  return { skin: scaledMesh(meshes[0], shape.scale), muscle: scaledMesh(meshes[1], shape.scale) };
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
