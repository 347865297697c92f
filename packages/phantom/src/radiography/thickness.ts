/**
 * The thickness of a solid along every ray, in millimetres: the sum of the depths at which it leaves
 * the surface less the depths at which it enters (Freud et al. 2006; Vidal and Villard 2016). Exact for
 * the mesh, in a cone beam, whatever the solid's shape.
 */

import type { Mesh } from "../anatomy/mesh.ts";
import type { Camera } from "./camera.ts";

/** Millimetres along the rays, on a window of the image; none outside of it. */
export interface ThicknessMap {
  /** The window's first pixel and its size, in pixels of the image. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly mm: Float32Array;
}

/**
 * The thickness of closed meshes along the rays through the centres of pixels. With `samples`
 * above 1, the mean of `samples` x `samples` rays a pixel, for structures finer than pixels.
 */
export function projectThickness(
  meshes: readonly Mesh[],
  camera: Camera,
  samples = 1,
): ThicknessMap {
  const corners = meshes.map((mesh) => projectCorners(mesh, camera, samples));
  const window = windowOf(corners, camera, samples);
  const fine = new Float32Array(window.width * window.height * samples * samples);
  for (const triangles of corners) addDepths(triangles, window, samples, camera.handedness, fine);
  const mm = samples === 1 ? fine : binned(fine, window.width, window.height, samples);
  lengthen(mm, window, camera);
  return { ...window, mm };
}

/** (x, y, depth) of every corner, x and y in fine pixels of the whole image. */
function projectCorners(mesh: Mesh, camera: Camera, samples: number): Float32Array {
  const { rotation: m, center, sourceToDetectorMm, objectToDetectorMm } = camera;
  const sourceToCenter = sourceToDetectorMm - objectToDetectorMm;
  const perMm = (sourceToDetectorMm / camera.pitchMm) * samples;
  const [left, top] = [camera.principalX * samples, camera.principalY * samples];
  const [cx, cy, cz] = center;
  const corners = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    const x = mesh[i] - cx;
    const y = mesh[i + 1] - cy;
    const z = mesh[i + 2] - cz;
    const depth = m[6] * x + m[7] * y + m[8] * z;
    const scale = perMm / (sourceToCenter + depth);
    corners[i] = left + (m[0] * x + m[1] * y + m[2] * z) * scale;
    corners[i + 1] = top + (m[3] * x + m[4] * y + m[5] * z) * scale;
    corners[i + 2] = depth;
  }
  return corners;
}

type Window = Pick<ThicknessMap, "left" | "top" | "width" | "height">;

function windowOf(corners: readonly Float32Array[], camera: Camera, samples: number): Window {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const list of corners) {
    for (let i = 0; i < list.length; i += 3) {
      if (list[i] < x1) x1 = list[i];
      if (list[i] > x2) x2 = list[i];
      if (list[i + 1] < y1) y1 = list[i + 1];
      if (list[i + 1] > y2) y2 = list[i + 1];
    }
  }
  const left = Math.max(0, Math.floor(x1 / samples));
  const top = Math.max(0, Math.floor(y1 / samples));
  const right = Math.min(camera.width, Math.ceil(x2 / samples));
  const bottom = Math.min(camera.height, Math.ceil(y2 / samples));
  if (right <= left || bottom <= top) return { left: 0, top: 0, width: 0, height: 0 };
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * Triangles seen from behind add their depth, those seen from the front take it away. A pixel
 * belongs to the triangle that holds its centre; edges are crossed by the same arithmetic from both
 * of their triangles, so that no pixel is counted twice or forgotten.
 */
function addDepths(
  corners: Float32Array,
  window: Window,
  samples: number,
  handedness: 1 | -1,
  mm: Float32Array,
): void {
  const width = window.width * samples;
  const height = window.height * samples;
  const left = window.left * samples + 0.5;
  const top = window.top * samples + 0.5;
  for (let i = 0; i < corners.length; i += 9) {
    let [a, b, c] = [i, i + 3, i + 6];
    const turn =
      (corners[b] - corners[a]) * (corners[c + 1] - corners[a + 1]) -
      (corners[c] - corners[a]) * (corners[b + 1] - corners[a + 1]);
    if (turn === 0) continue;
    if (corners[a + 1] > corners[b + 1]) [a, b] = [b, a];
    if (corners[b + 1] > corners[c + 1]) [b, c] = [c, b];
    if (corners[a + 1] > corners[b + 1]) [a, b] = [b, a];
    const ay = corners[a + 1] - top;
    const by = corners[b + 1] - top;
    const cy = corners[c + 1] - top;
    // Most triangles of a fine mesh lie between the rays: the rest of the work is for the others.
    const firstRow = Math.max(0, Math.ceil(ay));
    const lastRow = Math.min(height - 1, Math.ceil(cy) - 1);
    if (firstRow > lastRow) continue;
    const ax = corners[a] - left;
    const bx = corners[b] - left;
    const cx = corners[c] - left;
    const ad = corners[a + 2];
    const bd = corners[b + 2];
    const cd = corners[c + 2];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    const alongX = ((bd - ad) * (cy - ay) - (cd - ad) * (by - ay)) / area;
    const alongY = ((cd - ad) * (bx - ax) - (bd - ad) * (cx - ax)) / area;
    const nearest = Math.min(ad, bd, cd);
    const farthest = Math.max(ad, bd, cd);
    // y runs down the image: a counter-clockwise triangle faces the source where `turn` is negative,
    // unless the image is mirrored.
    const sign = turn < 0 ? -handedness : handedness;
    for (let row = firstRow; row <= lastRow; row++) {
      const long = ax + ((row - ay) / (cy - ay)) * (cx - ax);
      const short =
        row < by
          ? ax + ((row - ay) / (by - ay)) * (bx - ax)
          : bx + ((row - by) / (cy - by)) * (cx - bx);
      const from = Math.max(0, Math.ceil(Math.min(long, short)));
      const to = Math.min(width - 1, Math.ceil(Math.max(long, short)) - 1);
      for (let column = from; column <= to; column++) {
        const depth = ad + alongX * (column - ax) + alongY * (row - ay);
        // The plane of a sliver is steep beyond sense: its depth stays between its corners'.
        const kept = depth < nearest ? nearest : depth > farthest ? farthest : depth;
        mm[row * width + column] += sign * kept;
      }
    }
  }
}

function binned(fine: Float32Array, width: number, height: number, samples: number): Float32Array {
  const mm = new Float32Array(width * height);
  const share = 1 / (samples * samples);
  for (let y = 0; y < height * samples; y++) {
    const row = Math.floor(y / samples) * width;
    const fineRow = y * width * samples;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < samples; k++) sum += fine[fineRow + x * samples + k];
      mm[row + x] += sum * share;
    }
  }
  return mm;
}

/** From depths to lengths along oblique rays; rounding below zero is cut off. */
function lengthen(mm: Float32Array, window: Window, camera: Camera): void {
  const perPixel = camera.pitchMm / camera.sourceToDetectorMm;
  for (let y = 0; y < window.height; y++) {
    const v = (window.top + y + 0.5 - camera.principalY) * perPixel;
    for (let x = 0; x < window.width; x++) {
      const u = (window.left + x + 0.5 - camera.principalX) * perPixel;
      const i = y * window.width + x;
      mm[i] = mm[i] > 0 ? mm[i] * Math.sqrt(1 + u * u + v * v) : 0;
    }
  }
}
