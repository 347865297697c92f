/** Paints a drawing on a 2D context. It decides nothing. */
import type { Drawing } from "./draw-shapes.ts";

const LABEL_SIZE = 13;

export function paint(
  context: CanvasRenderingContext2D,
  { lines, handles, labels }: Drawing,
  pixelRatio: number,
): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { points, width, colour, dash, fill } of lines) {
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
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
  for (const { at, size, selected } of handles) {
    context.lineWidth = pixelRatio;
    context.fillStyle = selected ? "#000000" : "#ffffff";
    context.strokeStyle = selected ? "#ffffff" : "#000000";
    const half = size / 2;
    context.fillRect(at.x - half, at.y - half, size, size);
    context.strokeRect(at.x - half, at.y - half, size, size);
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
