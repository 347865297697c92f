/** Masks for the tests: written down, drawn by chance, or with the corners of real structures. */
import fc from "fast-check";
import type { Mask } from "./mask.ts";

/** Rows of `.` and `#`. */
export function maskOf(...rows: string[]): Mask {
  const data = Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
  return { width: rows[0].length, height: rows.length, data };
}

/** Any pixels of at most so many columns and rows. */
export function anyMask(most: number): fc.Arbitrary<Mask> {
  return fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height, maxLength: width * height, max: 1 })
        .map((data) => ({ width, height, data })),
    );
}
