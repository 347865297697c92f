/**
 * Shapes as lines and labels of a view: a pure function of shapes and camera. Line widths, ticks and
 * handles are in CSS pixels at every zoom.
 *
 * Black lies under every line, so that it is seen on bone and beside it; weight says what is selected.
 */
import { MEASUREMENT_POINTS } from "@malleolus/schema";
import type { Camera, Point, Viewport } from "../view/camera.ts";
import { imageToView } from "../view/camera.ts";
import { footOfPerpendicular, type Measurement, type Spacing } from "./measurement.ts";

export interface Line {
  readonly points: readonly Point[];
  readonly width: number;
  readonly colour: string;
  readonly dash: readonly number[];
  /** Of what the points enclose; nothing without it. */
  readonly fill?: string;
}

export interface Handle {
  readonly at: Point;
  readonly size: number;
  readonly selected: boolean;
}

export interface Label {
  readonly at: Point;
  readonly text: string;
}

/** All in view pixels, in the order of painting. */
export interface Drawing {
  readonly lines: readonly Line[];
  readonly handles: readonly Handle[];
  readonly labels: readonly Label[];
}

export interface ShapeScene {
  readonly measurements: readonly Measurement[];
  /** What stands beside each, by id: its value and unit. */
  readonly labels: ReadonlyMap<string, string>;
  readonly selected: { readonly id: string; readonly point: number | null } | null;
  readonly hovered: string | null;
  readonly spacing: Spacing | null;
  readonly camera: Camera;
  readonly viewport: Viewport;
  /** View pixels for each CSS pixel. */
  readonly pixelRatio: number;
}

const INK = "#e4e7eb";
const CASING = "rgb(0 0 0 / 70%)";
const TICK = 7;
const HANDLE = 7;
const LABEL_DISTANCE = 10;
/** Width of a letter of a label, rather more than less. */
const LETTER = 8;

export function drawShapes(scene: ShapeScene): Drawing {
  const lines: Line[] = [];
  const handles: Handle[] = [];
  const labels: Label[] = [];
  const { camera, viewport, pixelRatio, selected } = scene;
  for (const measurement of scene.measurements) {
    const isSelected = selected?.id === measurement.id;
    const isHovered = scene.hovered === measurement.id;
    for (const path of pathsOf(measurement, scene)) {
      lines.push(...cased(path, isSelected, isHovered, pixelRatio));
    }
    const points = measurement.points.map((point) => imageToView(camera, viewport, point));
    if (isSelected || measurement.points.length < MEASUREMENT_POINTS[measurement.form]) {
      for (const [index, at] of points.entries()) {
        const marked = isSelected && selected?.point === index;
        handles.push({ at, size: HANDLE * pixelRatio, selected: marked });
      }
    }
    const text = scene.labels.get(measurement.id);
    const last = points.at(-1);
    if (text !== undefined && last !== undefined) {
      labels.push({ at: labelPlace(last, text, scene), text });
    }
  }
  return { lines, handles, labels };
}

/** Below and to the right of the last point, or as far to the left as it takes to be seen whole. */
function labelPlace(point: Point, text: string, { viewport, pixelRatio }: ShapeScene): Point {
  const distance = LABEL_DISTANCE * pixelRatio;
  const [width, height] = [text.length * LETTER * pixelRatio, 2 * LETTER * pixelRatio];
  return {
    x: Math.max(Math.min(point.x + distance, viewport.width - width), 0),
    y: Math.min(point.y + distance, viewport.height - height),
  };
}

/** The lines of a measurement in view pixels: each a list of points. Hit testing takes the same. */
export function pathsOf(
  measurement: Measurement,
  { camera, viewport, spacing, pixelRatio }: Omit<ShapeScene, "measurements" | "labels">,
): Point[][] {
  const at = measurement.points.map((point) => imageToView(camera, viewport, point));
  const tick = TICK * pixelRatio;
  if (at.length < 2) return [];
  switch (measurement.form) {
    case "length":
      return [[at[0], at[1]], ...ticks(at[0], at[1], tick)];
    case "perpendicular": {
      if (at.length < 3) return [[at[0], at[1]]];
      const [a, b, c] = measurement.points;
      const foot = imageToView(camera, viewport, footOfPerpendicular(c, a, b, spacing));
      return [[at[0], at[1]], [at[2], foot], ...ticks(at[2], foot, tick)];
    }
    case "angle":
      return [at];
    case "between lines":
      return at.length < 4
        ? [[at[0], at[1]]]
        : [
            [at[0], at[1]],
            [at[2], at[3]],
          ];
  }
}

/** Short strokes across both ends. */
function ticks(a: Point, b: Point, size: number): Point[][] {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return [];
  const across = { x: ((a.y - b.y) / length) * (size / 2), y: ((b.x - a.x) / length) * (size / 2) };
  return [a, b].map((end) => [
    { x: end.x - across.x, y: end.y - across.y },
    { x: end.x + across.x, y: end.y + across.y },
  ]);
}

function cased(
  points: readonly Point[],
  isSelected: boolean,
  isHovered: boolean,
  pixelRatio: number,
): Line[] {
  const line = (width: number, colour: string) => ({
    points,
    width: width * pixelRatio,
    colour,
    dash: [],
  });
  if (isSelected) return [line(6, "#000000"), line(4, "#ffffff"), line(2, INK)];
  return [line(3.5, CASING), line(isHovered ? 2 : 1.5, INK)];
}
