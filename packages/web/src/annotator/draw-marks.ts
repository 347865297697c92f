/** Marks on a drawing that are no shapes: rings, the keyboard's cross, pins of comments, a shape's box. */
import type { Line } from "../shapes/draw-shapes.ts";
import type { Point } from "../view/camera.ts";
import { type AnnotationScene, CASING, line, toView } from "./annotation-scene.ts";
import type { Shape } from "./shape.ts";
import { boxOfShape } from "./shape-box.ts";

const RING = 13;
const CROSS = 12;
/** A pin's side, and how far to the right and below its place it begins: its leader is some twelve long. */
const PIN = 24;
const LEADER = 9;
const BOX = "rgb(228 231 235 / 70%)";

export function ringAround(
  { pixelRatio }: AnnotationScene,
  { x, y }: Point,
  colour = "#ffffff",
): Line[] {
  const radius = (RING / 2) * pixelRatio;
  const points = Array.from({ length: 17 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 16;
    return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
  });
  return [
    { points, width: 3.5 * pixelRatio, colour: CASING, dash: [] },
    { points, width: 1.5 * pixelRatio, colour, dash: [] },
  ];
}

export function crossLines(scene: AnnotationScene, at: Point): Line[] {
  const { x, y } = toView(scene, at);
  const size = CROSS * scene.pixelRatio;
  const arms = [
    [
      { x: x - size, y },
      { x: x + size, y },
    ],
    [
      { x, y: y - size },
      { x, y: y + size },
    ],
  ];
  return ["#000000", "#ffffff"].flatMap((colour, i) =>
    arms.map((points) => ({
      points,
      width: (i === 0 ? 3 : 1) * scene.pixelRatio,
      colour,
      dash: [],
    })),
  );
}

/** A pin stands beside its place, at the end of a short line: it hides nothing of the border. */
export function pinLines(scene: AnnotationScene, at: Point): Line[] {
  const { pixelRatio } = scene;
  const [from, to] = [toView(scene, at), pinPlace(scene, at, 0)];
  const [w, h] = [PIN * pixelRatio, PIN * pixelRatio];
  const box = [
    to,
    { x: to.x + w, y: to.y },
    { x: to.x + w, y: to.y + h },
    { x: to.x, y: to.y + h },
    to,
  ];
  return [
    { points: [from, to], width: pixelRatio, colour: "#ffffff", dash: [] },
    { points: box, width: pixelRatio, colour: "#ffffff", dash: [], fill: "#000000" },
  ];
}

export function pinPlace(scene: AnnotationScene, at: Point, inset: number): Point {
  const { x, y } = toView(scene, at);
  const { pixelRatio } = scene;
  return { x: x + (LEADER + inset) * pixelRatio, y: y + (LEADER + inset * 0.75) * pixelRatio };
}

/** The number of the pin at a place of the view, in view pixels; the upper one where they overlap. */
export function pinUnder(scene: AnnotationScene, { x, y }: Point): number | null {
  const size = PIN * scene.pixelRatio;
  const found = scene.pins.findLast(({ at }) => {
    const corner = pinPlace(scene, at, 0);
    return x >= corner.x && y >= corner.y && x <= corner.x + size && y <= corner.y + size;
  });
  return found?.number ?? null;
}

/** The box that a network learns from a shape, as it is drawn now. */
export function boxLine(scene: AnnotationScene, shape: Shape): Line[] {
  const image = scene.state.images.get(shape.image);
  if (image === undefined) return [];
  const [left, top, right, bottom] = boxOfShape(shape, image);
  const ring = [left, top, right, top, right, bottom, left, bottom, left, top];
  return [line(scene, ring, { width: 1, colour: BOX, dash: [1, 3] })];
}
