/** What lies under the pointer: a pure function of shapes, camera and pointer. */
import type { Point } from "../view/camera.ts";
import { imageToView } from "../view/camera.ts";
import { pathsOf, type ShapeScene } from "./draw-shapes.ts";

export type PointerKind = "mouse" | "pen" | "touch";

/** CSS pixels within which a handle is hit; lines half of it. */
const RADIUS: Readonly<Record<PointerKind, number>> = { mouse: 12, pen: 16, touch: 22 };

export interface Hit {
  readonly id: string;
  /** The point of the shape; null on its line. */
  readonly point: number | null;
}

/** Points before lines, then the nearest; of those that are as near, the one drawn last. */
export function hitTest(scene: ShapeScene, pointer: Point, kind: PointerKind): Hit | null {
  const radius = RADIUS[kind] * scene.pixelRatio;
  let best: { readonly hit: Hit; readonly distance: number } | null = null;
  const consider = (hit: Hit, distance: number, limit: number) => {
    if (distance <= limit && (best === null || distance <= best.distance)) best = { hit, distance };
  };
  for (const { id, points } of scene.measurements) {
    for (const [index, point] of points.entries()) {
      const at = imageToView(scene.camera, scene.viewport, point);
      consider({ id, point: index }, Math.hypot(at.x - pointer.x, at.y - pointer.y), radius);
    }
  }
  if (best !== null) return hitOf(best);
  for (const measurement of scene.measurements) {
    for (const path of pathsOf(measurement, scene)) {
      for (let i = 0; i + 1 < path.length; i++) {
        const distance = distanceFromSegment(pointer, path[i], path[i + 1]);
        consider({ id: measurement.id, point: null }, distance, radius / 2);
      }
    }
  }
  return hitOf(best);
}

// The compiler does not see that `consider` has set it.
function hitOf(best: { readonly hit: Hit } | null): Hit | null {
  return best === null ? null : best.hit;
}

function distanceFromSegment(point: Point, a: Point, b: Point): number {
  const squared = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  const along =
    squared === 0 ? 0 : ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / squared;
  const share = Math.min(Math.max(along, 0), 1);
  return Math.hypot(point.x - a.x - share * (b.x - a.x), point.y - a.y - share * (b.y - a.y));
}
