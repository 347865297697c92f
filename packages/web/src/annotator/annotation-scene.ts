/**
 * What a drawing of one view is made from, and how places and lines of the radiograph come onto the view: widths and
 * dashes are CSS pixels at every zoom.
 */
import type { Line } from "../shapes/draw-shapes.ts";
import { type Camera, imageToView, type Point, type Viewport } from "../view/camera.ts";
import type { EditorState } from "./editor-state.ts";
import type { Guide } from "./guides.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";

/** Black under every line, so that it is seen on bone and beside it. */
export const CASING = "rgb(0 0 0 / 70%)";
/** CSS pixels beside a view at which a handle is still seen. */
const MARGIN = 20;

/** What somebody else has drawn: whose it is, its pattern says. */
export interface OtherDrawing {
  readonly structure: string;
  readonly points: Ring;
  readonly isClosed: boolean;
  readonly dash: readonly number[];
  /** It is to hold: as heavy as what is selected. */
  readonly isChosen: boolean;
}

export interface AnnotationScene {
  readonly state: EditorState;
  readonly image: string;
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
  readonly hovered: string | null;
  /** The keyboard's cross; null where it is not on this view. */
  readonly cross: Point | null;
  /** Numbers at places that were commented on. */
  readonly pins: readonly { readonly at: Point; readonly number: number }[];
  readonly sayGuide: (guide: Guide) => string;
  /** Below one's own. */
  readonly others: readonly OtherDrawing[];
}

/** In CSS pixels. */
interface Pen {
  readonly width: number;
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly fill?: string;
}

export function line(scene: AnnotationScene, ring: Ring, pen: Pen): Line {
  return stroke(scene, pathOf(scene, ring), pen);
}

/** Strokes of one path, the widest first, are traced once where they are painted. */
export function stroke(
  scene: AnnotationScene,
  points: readonly Point[],
  { width, colour, dash = [], fill }: Pen,
): Line {
  return {
    points,
    width: width * scene.pixelRatio,
    colour,
    dash: dashed(scene, dash),
    ...(fill === undefined ? {} : { fill }),
  };
}

export function pathOf(scene: AnnotationScene, ring: Ring): readonly Point[] {
  const points: Point[] = [];
  for (let i = 0; i < pointCount(ring); i++) points.push(toView(scene, pointAt(ring, i)));
  return points;
}

export function dashed(
  { pixelRatio }: AnnotationScene,
  dash: readonly number[],
): readonly number[] {
  return dash.map((length) => length * pixelRatio);
}

export function beside(scene: AnnotationScene, at: Point): Point {
  const { x, y } = toView(scene, at);
  return { x: x + 8 * scene.pixelRatio, y: y - 20 * scene.pixelRatio };
}

export function closed(ring: Ring): Ring {
  return [...ring, ...ring.slice(0, 2)];
}

export function isInSight({ viewport }: AnnotationScene, { x, y }: Point): boolean {
  return x > -MARGIN && y > -MARGIN && x < viewport.width + MARGIN && y < viewport.height + MARGIN;
}

export function toView({ camera, viewport }: AnnotationScene, at: Point): Point {
  return imageToView(camera, viewport, at);
}
