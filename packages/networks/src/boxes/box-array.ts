/**
 * Many boxes as one flat float32 array, x1, y1, x2, y2 a box: what the hot loops of proposals and
 * regions work on, without an object a box.
 */
import type { Box } from "@malleolus/geometry";

/** The boxes one after another. [n * 4] */
export function boxArray(boxes: readonly Box[]): Float32Array {
  const array = new Float32Array(boxes.length * 4);
  boxes.forEach((box, i) => {
    array.set(box, i * 4);
  });
  return array;
}

/** Some of the boxes, in the order of `rows`. */
export function takeBoxes(boxes: Float32Array, rows: ArrayLike<number>): Float32Array {
  const taken = new Float32Array(rows.length * 4);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * 4;
    for (let c = 0; c < 4; c++) taken[i * 4 + c] = boxes[from + c];
  }
  return taken;
}

/** Whether all coordinates of box `i` are finite. */
export function isFiniteBox(boxes: Float32Array, i: number): boolean {
  const at = i * 4;
  // Not finite as soon as one of them is not; float64 holds the sum of any four that are.
  return Number.isFinite(boxes[at] + boxes[at + 1] + boxes[at + 2] + boxes[at + 3]);
}

/** Whether both sides of box `i` are longer than `side` pixels. */
export function isBoxLargerThan(boxes: Float32Array, i: number, side: number): boolean {
  const at = i * 4;
  return boxes[at + 2] - boxes[at] > side && boxes[at + 3] - boxes[at + 1] > side;
}

/** Moves box `i` inside an image of the given size, in place. */
export function clipBoxAt(boxes: Float32Array, i: number, width: number, height: number): void {
  const at = i * 4;
  boxes[at] = Math.min(Math.max(boxes[at], 0), width);
  boxes[at + 1] = Math.min(Math.max(boxes[at + 1], 0), height);
  boxes[at + 2] = Math.min(Math.max(boxes[at + 2], 0), width);
  boxes[at + 3] = Math.min(Math.max(boxes[at + 3], 0), height);
}
