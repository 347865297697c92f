/** A long bone's shape: cross-sections along z, each an ellipse that may be pulled out of shape. */
import { type Field, smoothMax } from "./field.ts";
import type { Profile } from "./profile.ts";

export interface Tube {
  readonly centerX: Profile;
  readonly centerY: Profile;
  readonly halfWidth: Profile;
  readonly halfDepth: Profile;
  /** Share of the radius by which the cross-section tends to a rectangle. */
  readonly square?: Profile;
  /** Share of the radius by which it tends to a triangle with a corner in front. */
  readonly triangle?: Profile;
}

export function tube(shape: Tube): Field {
  return (x, y, z) => {
    const dx = x - shape.centerX(z);
    const dy = y - shape.centerY(z);
    const a = shape.halfWidth(z);
    const b = shape.halfDepth(z);
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (distance < 1e-9) return -Math.min(a, b);
    const u = dx / a;
    const v = dy / b;
    let radius = distance / Math.sqrt(u * u + v * v);
    if (shape.square !== undefined || shape.triangle !== undefined) {
      const cos = dx / distance;
      const sin = dy / distance;
      const double = cos * cos - sin * sin;
      const fourfold = 2 * double * double - 1;
      const threefold = sin * (3 - 4 * sin * sin);
      const square = shape.square?.(z) ?? 0;
      const triangle = shape.triangle?.(z) ?? 0;
      radius *= 1 - square * fourfold - triangle * threefold;
    }
    return distance - radius;
  };
}

/** The part of a solid above a rounded lower end. */
export function above(solid: Field, level: (x: number, y: number) => number, width: number): Field {
  return (x, y, z) => smoothMax(solid(x, y, z), level(x, y) - z, width);
}
