/** Fields sampled on a grid, one layer of blocks after another. */
import type { Point } from "./field.ts";

/** Writes the values of all channels at a point. */
export type Sampler = (x: number, y: number, z: number, values: Float64Array) => void;

/** Cubes along each edge of a block; blocks far from any surface are skipped. */
export const BLOCK = 4;

/**
 * The fields at the nodes of one layer of blocks, each sampled once and only where a block asks for it:
 * blocks side by side share the nodes between them, and so do layers.
 */
export class NodeLayer {
  readonly channels: number;
  readonly step: number;
  readonly min: Point;
  /** From a node to the next along y and along z. */
  readonly row: number;
  readonly plane: number;
  /** `channels` a node. */
  readonly values: Float64Array;
  readonly #isSampled: Uint8Array;
  readonly #sampler: Sampler;
  readonly #at: Float64Array;

  constructor(
    sampler: Sampler,
    channels: number,
    min: Point,
    counts: readonly number[],
    step: number,
  ) {
    this.#sampler = sampler;
    this.channels = channels;
    this.min = min;
    this.step = step;
    this.row = BLOCK * counts[0] + 1;
    this.plane = this.row * (BLOCK * counts[1] + 1);
    const nodes = this.plane * (BLOCK + 1);
    this.values = new Float64Array(nodes * channels);
    this.#isSampled = new Uint8Array(nodes);
    this.#at = new Float64Array(channels);
  }

  /** To the layer above, whose lowest nodes are the highest of this one. */
  rise(): void {
    const top = BLOCK * this.plane;
    this.values.copyWithin(0, top * this.channels);
    this.#isSampled.copyWithin(0, top);
    this.#isSampled.fill(0, this.plane);
  }

  /** The node of a block's lowest corner. */
  nodeOf(bx: number, by: number): number {
    return BLOCK * (by * this.row + bx);
  }

  /** Samples what of a block's nodes has not been sampled; `bz` is this layer's number. */
  sampleBlock(bx: number, by: number, bz: number): void {
    const { channels, step, row, plane, values } = this;
    const [x0, y0, z0] = this.min;
    const at = this.#at;
    const first = this.nodeOf(bx, by);
    for (let k = 0; k <= BLOCK; k++) {
      const z = z0 + (BLOCK * bz + k) * step;
      for (let j = 0; j <= BLOCK; j++) {
        const y = y0 + (BLOCK * by + j) * step;
        for (let i = 0; i <= BLOCK; i++) {
          const node = first + k * plane + j * row + i;
          if (this.#isSampled[node] === 1) continue;
          this.#isSampled[node] = 1;
          this.#sampler(x0 + (BLOCK * bx + i) * step, y, z, at);
          for (let c = 0; c < channels; c++) values[node * channels + c] = at[c];
        }
      }
    }
  }
}
