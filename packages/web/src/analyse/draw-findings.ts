/** A radiograph with what was found on it, drawn into a canvas of the radiograph's size. */
import type { DisplayImage } from "@malleolus/imaging";
import type { Finding } from "@malleolus/schema";

/** As the overlays of `malleolus predict` have them: told apart by readers who see red and green alike. */
const COLORS = ["#f0b429", "#56c2f0", "#e98bc4", "#3fd0a0"];

export function drawFindings(
  canvas: HTMLCanvasElement,
  { width, height, pixels }: DisplayImage,
  findings: readonly Finding[],
): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const picture = context.createImageData(width, height);
  for (let i = 0; i < pixels.length; i++) {
    const level = Math.round(pixels[i] * 255);
    picture.data.set([level, level, level, 255], i * 4);
  }
  context.putImageData(picture, 0, 0);
  // Two pixels of the page, however large the radiograph is.
  const unit = Math.max(width, height) / 640;
  context.lineJoin = "round";
  context.font = `${16 * unit}px system-ui, sans-serif`;
  for (const [i, { box, polygons }] of findings.entries()) {
    context.strokeStyle = COLORS[i % COLORS.length];
    context.fillStyle = COLORS[i % COLORS.length];
    context.beginPath();
    for (const polygon of polygons) {
      for (let at = 0; at < polygon.length; at += 2) {
        if (at === 0) context.moveTo(polygon[0], polygon[1]);
        else context.lineTo(polygon[at], polygon[at + 1]);
      }
      context.closePath();
    }
    context.lineWidth = 2 * unit;
    context.stroke();
    // Edged in black, to be read on a bright bone, too.
    const [x, y] = [box[2] + 4 * unit, box[1] + 14 * unit];
    context.strokeStyle = "#000000";
    context.lineWidth = 4 * unit;
    context.strokeText(`${i + 1}`, x, y);
    context.fillText(`${i + 1}`, x, y);
  }
}
