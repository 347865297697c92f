/** Paints a drawing on a 2D context. It decides nothing but what cannot be seen. */
import type { Point } from "../view/camera.ts";
import type { Drawing } from "./draw-shapes.ts";
import { visiblePath } from "./visible-path.ts";

const LABEL_SIZE = 13;
/** How far, in CSS pixels, a line may run beside its points. */
const TOLERANCE = 0.2;

export function paint(
  context: CanvasRenderingContext2D,
  { lines, handles, labels }: Drawing,
  pixelRatio: number,
): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.lineCap = "round";
  context.lineJoin = "round";
  // Lines over one another are strokes of one path, the widest first.
  let traced: readonly Point[] | null = null;
  let tracedWidth = 0;
  for (const { points, width, colour, dash, fill } of lines) {
    if (traced !== points || tracedWidth < width) {
      const look = { margin: width, tolerance: TOLERANCE * pixelRatio };
      context.beginPath();
      for (const { x, y } of visiblePath(points, context.canvas, look)) context.lineTo(x, y);
      traced = points;
      tracedWidth = width;
    }
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (width === 0) continue;
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.setLineDash([...dash]);
    context.stroke();
  }
  context.setLineDash([]);
  // A square on a larger one is a square with a border, and costs half of a stroke around it.
  for (const { at, size, selected } of handles) {
    square(context, at, size + pixelRatio, selected ? "#ffffff" : "#000000");
    square(context, at, size - pixelRatio, selected ? "#000000" : "#ffffff");
  }
  context.font = `${LABEL_SIZE * pixelRatio}px system-ui, sans-serif`;
  context.textBaseline = "top";
  for (const { at, text } of labels) {
    context.lineWidth = 3 * pixelRatio;
    context.strokeStyle = "rgb(0 0 0 / 80%)";
    context.strokeText(text, at.x, at.y);
    context.fillStyle = "#ffffff";
    context.fillText(text, at.x, at.y);
  }
}

function square(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  side: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.fillRect(x - side / 2, y - side / 2, side, side);
}
