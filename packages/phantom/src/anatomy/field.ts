/**
 * Implicit solids: a field is negative inside, positive outside, and near its zero about the
 * distance in millimetres. The shapes here are what bones are put together from.
 *
 * Frame: x lateral, y anterior, z proximal; the tibial plafond's centre is the origin and x runs
 * along the axis through both malleoli (the frame in which the mortise view looks along y). Every
 * ankle is a right one; a left one is mirrored when it is projected.
 */
export type Field = (x: number, y: number, z: number) => number;
export type Point = readonly [x: number, y: number, z: number];

/** A box in millimetres: least and greatest corner. */
export interface Bounds {
  readonly min: Point;
  readonly max: Point;
}

/** Half axes and, with `power` above 2, ever more of a box with rounded corners. */
export function ellipsoid(center: Point, radii: Point, power = 2): Field {
  const [cx, cy, cz] = center;
  const [rx, ry, rz] = radii;
  return (x, y, z) => {
    // Plain constants: arrays of three would cost more than the arithmetic, millions of times.
    const dx = x - cx;
    const dy = y - cy;
    const dz = z - cz;
    const u = Math.abs(dx / rx);
    const v = Math.abs(dy / ry);
    const w = Math.abs(dz / rz);
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (distance < 1e-9) return -Math.min(rx, ry, rz);
    const q =
      power === 2
        ? Math.sqrt(u * u + v * v + w * w)
        : (u ** power + v ** power + w ** power) ** (1 / power);
    // The radius in this direction is distance / q; the second factor shortens what a flat
    // ellipsoid would overstate.
    const reach = distance - distance / q;
    const gx = u / rx;
    const gy = v / ry;
    const gz = w / rz;
    const steepness = Math.sqrt(gx * gx + gy * gy + gz * gz);
    const radial = (u * u + v * v + w * w) / (distance * Math.max(steepness, 1e-9));
    return reach * Math.min(1, Math.max(0.3, radial));
  };
}

/** The points within a radius of a segment; the radius runs linearly from one end to the other. */
export function capsule(from: Point, to: Point, fromRadius: number, toRadius = fromRadius): Field {
  const [ax, ay, az] = from;
  const [bx, by, bz] = [to[0] - ax, to[1] - ay, to[2] - az];
  const squared = bx * bx + by * by + bz * bz;
  return (x, y, z) => {
    const dx = x - ax;
    const dy = y - ay;
    const dz = z - az;
    const t = Math.min(1, Math.max(0, (dx * bx + dy * by + dz * bz) / squared));
    const ex = dx - t * bx;
    const ey = dy - t * by;
    const ez = dz - t * bz;
    return Math.sqrt(ex * ex + ey * ey + ez * ez) - (fromRadius + t * (toRadius - fromRadius));
  };
}

/** Lesser of two values, rounded where they meet within `width` (Quilez' polynomial). */
export function smoothMin(a: number, b: number, width: number): number {
  const h = Math.max(width - Math.abs(a - b), 0) / width;
  return Math.min(a, b) - (h * h * width) / 4;
}

/** Greater of two values, rounded where they meet within `width`. */
export function smoothMax(a: number, b: number, width: number): number {
  return -smoothMin(-a, -b, width);
}

/** All the solids together, rounded where they meet. */
export function smoothUnion(width: number, first: Field, ...others: readonly Field[]): Field {
  return (x, y, z) => {
    let value = first(x, y, z);
    for (let i = 0; i < others.length; i++) value = smoothMin(value, others[i](x, y, z), width);
    return value;
  };
}

/** What of a solid keeps a distance from another: a joint space that fits. */
export function clearOf(solid: Field, neighbor: Field, distance: number, width: number): Field {
  return (x, y, z) => {
    const value = solid(x, y, z);
    // Far outside, nothing that the neighbour takes away matters.
    return value > 8 ? value : smoothMax(value, distance - neighbor(x, y, z), width);
  };
}
