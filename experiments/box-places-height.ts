/**
 * How high above the plafond a region lies, read off what the box head makes of it, by least squares: whether the network
 * knows of it without being told, for `box-places.ts`. Not started by hand.
 */
import { call, fromTypedArray, scope, Tensor } from "@malleolus/torch";
import { z } from "zod";

/** Weights of features, and the bias last [D + 1]: of the box head's last hidden layer, and of the place in the picture. */
export const heightsSchema = z.strictObject({
  hidden: z.array(z.number()),
  picture: z.array(z.number()),
});

/** On the diagonal, so that a feature that is always 0 has a weight of 0; sums are over tens of thousands of regions. */
const RIDGE = 1;

/** Sums over regions of `width` features, and the weights of the least squared errors. */
export function heightFit(width: number) {
  const size = width + 1;
  const squares = new Float64Array(size * size);
  const products = new Float64Array(size);
  return {
    /** Rows of `width` features; regions of an unknown height are passed over. */
    learn(features: Float32Array, heights: readonly (number | null)[]): void {
      const row = new Float64Array(size).fill(1);
      heights.forEach((height, i) => {
        if (height === null) return;
        row.set(features.subarray(i * width, (i + 1) * width));
        for (let j = 0; j < size; j++) {
          if (row[j] === 0) continue;
          products[j] += row[j] * height;
          for (let k = 0; k <= j; k++) squares[j * size + k] += row[j] * row[k];
        }
      });
    },
    /** And the bias last. [width + 1] */
    fitted(): number[] {
      const whole = squares.map((_, i) => {
        const [j, k] = [Math.floor(i / size), i % size];
        const sum = squares[Math.max(j, k) * size + Math.min(j, k)];
        return sum + (j === k ? RIDGE : 0);
      });
      return scope(() => {
        const right = fromTypedArray(products, [size, 1]);
        const solved = call("aten::linalg_solve", fromTypedArray(whole, [size, size]), right);
        if (!(solved instanceof Tensor)) throw new Error("internal: a solution is a tensor");
        return solved.flatten().toNumbers();
      });
    },
  };
}

export function heightBy(weights: readonly number[], features: Float32Array): number {
  return features.reduce((sum, value, k) => sum + value * weights[k], weights[features.length]);
}
