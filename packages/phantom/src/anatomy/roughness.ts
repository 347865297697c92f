/** Gentle bumps over a bone's surface: no bone is as smooth as the solids it is built from. */

import type { Random } from "../random.ts";
import type { Field } from "./field.ts";

/** A field of about `amplitudeMm`, whose bumps repeat after some `sizeMm`. */
export function bumps(random: Random, amplitudeMm: number, sizeMm: number): Field {
  const phase = () => random.between(0, 2 * Math.PI);
  const turn = (2 * Math.PI) / sizeMm;
  const rate = () => turn * random.between(0.75, 1.3);
  const [a, b, c, d, e, f] = [phase(), phase(), phase(), phase(), phase(), phase()];
  const [p, q, r, s] = [rate(), rate(), rate(), rate()];
  return (x, y, z) =>
    amplitudeMm *
    (Math.sin(p * x + 0.6 * turn * z + a) * Math.sin(q * y - 0.4 * turn * z + b) +
      Math.sin(r * z + 0.5 * turn * x + c) * Math.sin(0.7 * s * (x + y) + d) +
      0.5 * Math.sin(1.9 * r * z + e) * Math.sin(1.7 * p * (x - y) + f));
}
