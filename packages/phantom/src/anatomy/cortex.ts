/** The thickness of the cortex at a point on or in the bone. */
import type { AnkleShape } from "../patient/shape.ts";
import type { Field } from "./field.ts";
import { profile } from "./profile.ts";

/**
 * From the shaft's thick tube to the thin shell of the metaphysis; thicker again where the joint
 * loads it. Table values of PHANTOM.md 1a from +20 up; below, half of them, since a full millimetre
 * of dense bone draws a rim that no radiograph shows.
 */
export function cortexOfTibia({ cortex, superiorClearSpace, domeRadius }: AnkleShape): Field {
  const at = profile([0, 0.45], [10, 0.55], [20, 0.9], [40, 1.9], [60, 3], [80, 3.7], [120, 4.5]);
  const axis = -(superiorClearSpace + domeRadius);
  return (_x, y, z) => {
    const fromJoint = Math.hypot(y, z - axis) - domeRadius - superiorClearSpace;
    const plate = fromJoint < 4 ? 0.35 * Math.min(1, (4 - fromJoint) / 2.5) : 0;
    return cortex * (at(z) + plate);
  };
}

export function cortexOfFibula({ cortex }: AnkleShape): Field {
  const at = profile(
    [-20, 0.5],
    [0, 0.55],
    [10, 0.9],
    [20, 1.4],
    [40, 1.9],
    [60, 2.3],
    [80, 2.6],
    [120, 3],
  );
  return (_x, _y, z) => cortex * at(z);
}
