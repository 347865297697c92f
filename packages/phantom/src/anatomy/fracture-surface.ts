/**
 * A fracture's surface through the bone, and that of a wedge between the fragments, as signed distances.
 */
import type { Fracture } from "../patient/fracture.ts";
import type { Random } from "../random.ts";
import type { Field } from "./field.ts";
import { bumps } from "./roughness.ts";

/** What of a fracture says where its surfaces run. */
export type FractureForm = Pick<
  Fracture,
  "level" | "riseBackward" | "riseOutward" | "winding" | "roughnessMm" | "wedge"
>;

/** Signed distance from the fracture's surface, positive above. */
export function fractureSurface(
  fracture: FractureForm,
  axis: (z: number) => readonly [x: number, y: number],
  random: Random,
): Field {
  const { level, riseBackward, riseOutward, winding, roughnessMm } = fracture;
  const [axisX, axisY] = axis(level);
  const coarse = bumps(random, roughnessMm, 7);
  const fine = bumps(random, 0.35 * roughnessMm, 2.3);
  const steepness = Math.sqrt(1 + riseBackward ** 2 + riseOutward ** 2 + (winding / 16) ** 2);
  return (x, y, z) => {
    const out = x - axisX;
    const back = axisY - y;
    // sin of twice the angle about the axis, growing outwards: what makes a plane a screw.
    const squared = out * out + back * back;
    const screw = squared < 1e-6 ? 0 : (winding * out * back) / Math.sqrt(squared) / 8;
    const height = level + riseBackward * back + riseOutward * out + screw;
    const jagged = coarse(x, y, 0.4 * z) + fine(x, y, 0.4 * z);
    return (z - height + jagged) / steepness;
  };
}

/** The surface that parts a wedge from the distal fragment, in the same terms. */
export function wedgeSurface(
  fracture: FractureForm,
  axis: (z: number) => readonly [x: number, y: number],
  random: Random,
): Field | null {
  const { wedge } = fracture;
  if (wedge === null) return null;
  return fractureSurface(
    {
      ...fracture,
      level: wedge.level,
      riseOutward: wedge.riseOutward,
      riseBackward: -0.5 * fracture.riseBackward,
      winding: 0,
    },
    axis,
    random,
  );
}
