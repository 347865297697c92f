/**
 * A path with fewer points that looks the same: what lies beside the view is not drawn, and points between which
 * a line runs straight, within a fifth of a pixel of the screen, are left out. An outline of a thousand points
 * costs as much as it has bends.
 */
import type { Point, Viewport } from "../view/camera.ts";

/** `margin` is how far beside the view a line is still seen, by its width; both are view pixels. */
export function visiblePath(
  points: readonly Point[],
  viewport: Viewport,
  { margin, tolerance }: { readonly margin: number; readonly tolerance: number },
): readonly Point[] {
  if (points.length < 3) return points;
  return withoutStraight(withoutUnseen(points, viewport, margin), tolerance);
}

/** A point goes where both its edges lie beyond the same border: so does the edge that takes their place. */
function withoutUnseen(points: readonly Point[], viewport: Viewport, margin: number): Point[] {
  const beyond = ({ x, y }: Point) =>
    (x < -margin ? 1 : 0) |
    (x > viewport.width + margin ? 2 : 0) |
    (y < -margin ? 4 : 0) |
    (y > viewport.height + margin ? 8 : 0);
  const kept = [points[0]];
  let before = beyond(points[0]);
  let here = beyond(points[1]);
  for (let i = 1; i < points.length - 1; i++) {
    const after = beyond(points[i + 1]);
    if ((before & here & after) === 0) {
      kept.push(points[i]);
      before = here;
    }
    here = after;
  }
  kept.push(points[points.length - 1]);
  return kept;
}

/**
 * From the last point that was kept, all lines to the next that pass every point in between within the tolerance lie
 * in a wedge; the first point outside of it, or nearer than one before, makes its predecessor one that is kept.
 */
function withoutStraight(points: readonly Point[], tolerance: number): Point[] {
  const kept = [points[0]];
  let anchor = points[0];
  let wedge: Wedge | null = null;
  for (let i = 1; i < points.length; i++) {
    let next = narrowed(wedge, anchor, points[i], tolerance);
    if (next === null) {
      anchor = points[i - 1];
      kept.push(anchor);
      next = narrowed(null, anchor, points[i], tolerance);
    }
    wedge = next;
  }
  kept.push(points[points.length - 1]);
  return kept;
}

/** Directions to the right and to the left border, and how far the farthest point is. */
interface Wedge {
  readonly rightX: number;
  readonly rightY: number;
  readonly leftX: number;
  readonly leftY: number;
  readonly far: number;
}

/** Null where the point is not in it; a wedge that holds everything around is null, too, at its beginning. */
function narrowed(wedge: Wedge | null, anchor: Point, at: Point, tolerance: number): Wedge | null {
  const x = at.x - anchor.x;
  const y = at.y - anchor.y;
  const far = Math.hypot(x, y);
  if (wedge === null) {
    // As near as that every direction passes it.
    if (far <= tolerance) return { rightX: 0, rightY: 0, leftX: 0, leftY: 0, far };
    return around(x, y, far, tolerance);
  }
  if (far < wedge.far) return null;
  if (far <= tolerance) return { ...wedge, far };
  if (cross(wedge.rightX, wedge.rightY, x, y) < 0) return null;
  if (cross(x, y, wedge.leftX, wedge.leftY) < 0) return null;
  const own = around(x, y, far, tolerance);
  const isOpen = wedge.rightX === 0 && wedge.rightY === 0;
  if (isOpen) return own;
  const right = cross(wedge.rightX, wedge.rightY, own.rightX, own.rightY) > 0 ? own : wedge;
  const left = cross(wedge.leftX, wedge.leftY, own.leftX, own.leftY) < 0 ? own : wedge;
  return {
    rightX: right.rightX,
    rightY: right.rightY,
    leftX: left.leftX,
    leftY: left.leftY,
    far,
  };
}

function around(x: number, y: number, far: number, tolerance: number): Wedge {
  const across = tolerance / far;
  const along = Math.sqrt(1 - across * across);
  const [unitX, unitY] = [x / far, y / far];
  return {
    rightX: along * unitX + across * unitY,
    rightY: along * unitY - across * unitX,
    leftX: along * unitX - across * unitY,
    leftY: along * unitY + across * unitX,
    far,
  };
}

function cross(ax: number, ay: number, bx: number, by: number): number {
  return ax * by - ay * bx;
}
