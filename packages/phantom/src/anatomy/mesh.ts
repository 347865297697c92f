/**
 * Solids to closed surfaces of triangles, which is what can be projected fast and exactly.
 *
 * Marching tetrahedra (Doi and Koide 1991) on cubes cut along one diagonal. A solid is where *all* of
 * its constraints are negative, and each constraint is linear within a tetrahedron, so edges between
 * them come out sharp: a fracture gap far thinner than the grid keeps its exact width. Neighbouring
 * tetrahedra interpolate the same edges alike, hence the surfaces have no holes.
 */
import type { Bounds } from "./field.ts";
import { BLOCK, NodeLayer, type Sampler } from "./node-layer.ts";

/** `sign * channel + offset < 0`, in millimetres. */
export interface Constraint {
  readonly channel: number;
  readonly sign: 1 | -1;
  readonly offset: number;
}

/** Nine coordinates a triangle; seen from outside, its corners turn counter-clockwise. */
export type Mesh = Float32Array<ArrayBufferLike>;

/** Fields are only about distances: a block is skipped only this much further away than it reaches. */
const CAUTION = 1.7;
/** The corners of the six tetrahedra around a cube's diagonal (bit 0: x, bit 1: y, bit 2: z). */
const TETRAHEDRA = [
  [0, 1, 3, 7],
  [0, 3, 2, 7],
  [0, 2, 6, 7],
  [0, 6, 4, 7],
  [0, 4, 5, 7],
  [0, 5, 1, 7],
] as const;

/** One mesh for each solid, from one sampling of `channels` fields on a grid of `step` mm. */
export function meshSolids(
  sampler: Sampler,
  channels: number,
  solids: readonly (readonly Constraint[])[],
  bounds: Bounds,
  step: number,
): Mesh[] {
  const builders = solids.map((constraints) => new SurfaceBuilder(constraints));
  const near: SurfaceBuilder[] = [];
  const counts = bounds.min.map((low, axis) => Math.ceil((bounds.max[axis] - low) / step / BLOCK));
  const layer = new NodeLayer(sampler, channels, bounds.min, counts, step);
  const middle = new Float64Array(channels);
  const margin = ((BLOCK * step * Math.sqrt(3)) / 2) * CAUTION;
  const half = (BLOCK * step) / 2;
  const [x0, y0, z0] = bounds.min;
  for (let bz = 0; bz < counts[2]; bz++) {
    if (bz > 0) layer.rise();
    for (let by = 0; by < counts[1]; by++) {
      for (let bx = 0; bx < counts[0]; bx++) {
        const left = x0 + bx * BLOCK * step;
        const back = y0 + by * BLOCK * step;
        const low = z0 + bz * BLOCK * step;
        sampler(left + half, back + half, low + half, middle);
        let count = 0;
        for (const builder of builders) {
          if (builder.mayCross(middle, margin)) near[count++] = builder;
        }
        if (count === 0) continue;
        layer.sampleBlock(bx, by, bz);
        for (let b = 0; b < count; b++) near[b].addBlock(layer, bx, by, bz);
      }
    }
  }
  return builders.map((builder) => builder.finish());
}

/** Collects the triangles of one solid. */
class SurfaceBuilder {
  readonly #constraints: readonly Constraint[];
  #triangles = new Float32Array(9 * 4096);
  #length = 0;
  /** Constraint values at a cube's corners, eight for each constraint. */
  readonly #corners: Float64Array;
  readonly #position = new Float64Array(24);
  /** Of a tetrahedron: its corners, inner ones first, and where its edges are crossed. */
  readonly #order: [number, number, number, number] = [0, 0, 0, 0];
  readonly #crossings = new Float64Array(12);

  constructor(constraints: readonly Constraint[]) {
    this.#constraints = constraints;
    this.#corners = new Float64Array(8 * constraints.length);
  }

  /** Whether the surface may come within `margin` of the point with these values. */
  mayCross(values: Float64Array, margin: number): boolean {
    let near = false;
    for (let c = 0; c < this.#constraints.length; c++) {
      const { channel, sign, offset } = this.#constraints[c];
      const value = sign * values[channel] + offset;
      if (value > margin) return false;
      if (value > -margin) near = true;
    }
    return near;
  }

  addBlock(layer: NodeLayer, bx: number, by: number, bz: number): void {
    const { step, row, plane } = layer;
    const [x0, y0, z0] = layer.min;
    const first = layer.nodeOf(bx, by);
    for (let k = 0; k < BLOCK; k++) {
      for (let j = 0; j < BLOCK; j++) {
        for (let i = 0; i < BLOCK; i++) {
          if (!this.#load(layer, first + k * plane + j * row + i)) continue;
          for (let corner = 0; corner < 8; corner++) {
            this.#position[3 * corner] = x0 + (BLOCK * bx + i + (corner & 1)) * step;
            this.#position[3 * corner + 1] = y0 + (BLOCK * by + j + ((corner >> 1) & 1)) * step;
            this.#position[3 * corner + 2] = z0 + (BLOCK * bz + k + (corner >> 2)) * step;
          }
          const isPlain = this.#constraints.length === 1;
          for (const tetrahedron of TETRAHEDRA) {
            if (isPlain) this.#cutPlain(tetrahedron);
            else this.#cut(tetrahedron);
          }
        }
      }
    }
  }

  finish(): Mesh {
    return this.#triangles.slice(0, this.#length);
  }

  /** Values at the corners of a cube; false where no surface passes through it. */
  #load({ values, channels, row, plane }: NodeLayer, first: number): boolean {
    let crosses = false;
    for (let c = 0; c < this.#constraints.length; c++) {
      const { channel, sign, offset } = this.#constraints[c];
      let inside = 0;
      for (let corner = 0; corner < 8; corner++) {
        const node = first + (corner & 1) + ((corner >> 1) & 1) * row + (corner >> 2) * plane;
        const value = sign * values[node * channels + channel] + offset;
        this.#corners[8 * c + corner] = value;
        if (value < 0) inside++;
      }
      if (inside === 0) return false;
      if (inside < 8) crosses = true;
    }
    return crosses;
  }

  /** The same for a solid of one constraint, which most are: without clipping or allocating. */
  #cutPlain(tetrahedron: readonly number[]): void {
    const order = this.#order;
    let inside = 0;
    for (let i = 0; i < 4; i++) {
      const corner = tetrahedron[i];
      if (this.#corners[corner] < 0) order[inside++] = corner;
    }
    if (inside === 0 || inside === 4) return;
    let outside = inside;
    for (let i = 0; i < 4; i++) {
      const corner = tetrahedron[i];
      if (this.#corners[corner] >= 0) order[outside++] = corner;
    }
    const a = order[0];
    const b = order[1];
    const c = order[2];
    const d = order[3];
    if (inside === 2) {
      this.#cross(0, a, c);
      this.#cross(3, a, d);
      this.#cross(6, b, d);
      this.#cross(9, b, c);
      const away = this.#looksAway(6, 0, 9, 3, inside);
      this.#addPlain(0, away ? 3 : 6, away ? 6 : 3);
      this.#addPlain(0, away ? 6 : 9, away ? 9 : 6);
      return;
    }
    if (inside === 1) {
      this.#cross(0, a, b);
      this.#cross(3, a, c);
      this.#cross(6, a, d);
    } else {
      this.#cross(0, a, d);
      this.#cross(3, b, d);
      this.#cross(6, c, d);
    }
    const away = this.#looksAway(3, 0, 6, 0, inside);
    this.#addPlain(0, away ? 3 : 6, away ? 6 : 3);
  }

  /** Where the only constraint is zero between an inner and an outer corner. */
  #cross(to: number, inner: number, outer: number): void {
    const from = this.#corners[inner];
    const t = from / (from - this.#corners[outer]);
    for (let axis = 0; axis < 3; axis++) {
      const start = this.#position[3 * inner + axis];
      this.#crossings[to + axis] = start + t * (this.#position[3 * outer + axis] - start);
    }
  }

  /** Whether q - p and r - s turn about the way out; as in `#facesAway`. */
  #looksAway(q: number, p: number, r: number, s: number, inside: number): boolean {
    const points = this.#crossings;
    const ax = points[q] - points[p];
    const ay = points[q + 1] - points[p + 1];
    const az = points[q + 2] - points[p + 2];
    const bx = points[r] - points[s];
    const by = points[r + 1] - points[s + 1];
    const bz = points[r + 2] - points[s + 2];
    return (
      (ay * bz - az * by) * this.#outward(0, inside) +
        (az * bx - ax * bz) * this.#outward(1, inside) +
        (ax * by - ay * bx) * this.#outward(2, inside) >
      0
    );
  }

  #outward(axis: number, inside: number): number {
    let inner = 0;
    let outer = 0;
    for (let i = 0; i < 4; i++) {
      const value = this.#position[3 * this.#order[i] + axis];
      if (i < inside) inner += value;
      else outer += value;
    }
    return outer / (4 - inside) - inner / inside;
  }

  #addPlain(p: number, q: number, r: number): void {
    this.#makeRoom();
    for (let axis = 0; axis < 3; axis++) {
      this.#triangles[this.#length + axis] = this.#crossings[p + axis];
      this.#triangles[this.#length + 3 + axis] = this.#crossings[q + axis];
      this.#triangles[this.#length + 6 + axis] = this.#crossings[r + axis];
    }
    this.#length += 9;
  }

  /** Adds the part of every constraint's surface within a tetrahedron that the others allow. */
  #cut(tetrahedron: readonly number[]): void {
    for (let c = 0; c < this.#constraints.length; c++) {
      if (!this.#crosses(tetrahedron, c)) continue;
      let polygon = this.#levelSet(tetrahedron, c);
      for (let other = 0; other < this.#constraints.length && polygon.length > 0; other++) {
        if (other !== c) polygon = clip(polygon, 3 + other);
      }
      for (let i = 2; i < polygon.length; i++) this.#add(polygon[0], polygon[i - 1], polygon[i]);
    }
  }

  #crosses(tetrahedron: readonly number[], constraint: number): boolean {
    const first = this.#corners[8 * constraint + tetrahedron[0]] < 0;
    for (let i = 1; i < 4; i++) {
      if (this.#corners[8 * constraint + tetrahedron[i]] < 0 !== first) return true;
    }
    return false;
  }

  /** Where a constraint is zero in a tetrahedron: corners of a triangle or a quadrilateral. */
  #levelSet(tetrahedron: readonly number[], constraint: number): Float64Array[] {
    const inside: number[] = [];
    const outside: number[] = [];
    for (const corner of tetrahedron) {
      if (this.#corners[8 * constraint + corner] < 0) inside.push(corner);
      else outside.push(corner);
    }
    const crossing = (a: number, b: number) => this.#crossing(a, b, constraint);
    const polygon =
      inside.length === 2
        ? [
            crossing(inside[0], outside[0]),
            crossing(inside[0], outside[1]),
            crossing(inside[1], outside[1]),
            crossing(inside[1], outside[0]),
          ]
        : inside.flatMap((a) => outside.map((b) => crossing(a, b)));
    return this.#facesAway(polygon, inside, outside) ? polygon : polygon.reverse();
  }

  /** Position and all constraint values where one of them is zero between two corners. */
  #crossing(a: number, b: number, constraint: number): Float64Array {
    const first = this.#corners[8 * constraint + a];
    const t = first / (first - this.#corners[8 * constraint + b]);
    const point = new Float64Array(3 + this.#constraints.length);
    for (let axis = 0; axis < 3; axis++) {
      const from = this.#position[3 * a + axis];
      point[axis] = from + t * (this.#position[3 * b + axis] - from);
    }
    for (let c = 0; c < this.#constraints.length; c++) {
      const from = this.#corners[8 * c + a];
      point[3 + c] = from + t * (this.#corners[8 * c + b] - from);
    }
    return point;
  }

  /**
   * From the polygon's diagonals, so that corners that coincide do no harm; and towards the middle of
   * the outer corners from that of the inner ones, since a single corner may lie on the surface.
   */
  #facesAway(
    polygon: readonly Float64Array[],
    inside: readonly number[],
    outside: readonly number[],
  ): boolean {
    const p = polygon[0];
    const [q, r, s] =
      polygon.length === 4
        ? [polygon[2], polygon[3], polygon[1]]
        : [polygon[1], polygon[2], polygon[0]];
    const [ax, ay, az] = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
    const [bx, by, bz] = [r[0] - s[0], r[1] - s[1], r[2] - s[2]];
    const outward = (axis: number): number =>
      this.#middle(outside, axis) - this.#middle(inside, axis);
    const away =
      (ay * bz - az * by) * outward(0) +
      (az * bx - ax * bz) * outward(1) +
      (ax * by - ay * bx) * outward(2);
    return away > 0;
  }

  #middle(corners: readonly number[], axis: number): number {
    let sum = 0;
    for (const corner of corners) sum += this.#position[3 * corner + axis];
    return sum / corners.length;
  }

  #makeRoom(): void {
    if (this.#length + 9 > this.#triangles.length) {
      const longer = new Float32Array(2 * this.#triangles.length);
      longer.set(this.#triangles);
      this.#triangles = longer;
    }
  }

  #add(p: Float64Array, q: Float64Array, r: Float64Array): void {
    this.#makeRoom();
    for (const point of [p, q, r]) {
      for (let axis = 0; axis < 3; axis++) this.#triangles[this.#length++] = point[axis];
    }
  }
}

/** The part of a convex polygon where the value at `index` is negative. */
function clip(polygon: Float64Array[], index: number): Float64Array[] {
  if (polygon.every((point) => point[index] < 0)) return polygon;
  const kept: Float64Array[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const here = polygon[i];
    const before = polygon[(i + polygon.length - 1) % polygon.length];
    if (here[index] < 0 !== before[index] < 0) {
      // Always from the inner point, so that both neighbours find the same crossing.
      const [a, b] = here[index] < 0 ? [here, before] : [before, here];
      const t = a[index] / (a[index] - b[index]);
      kept.push(a.map((value, j) => value + t * (b[j] - value)));
    }
    if (here[index] < 0) kept.push(here);
  }
  return kept;
}
