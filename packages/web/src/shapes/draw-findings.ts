/**
 * What a model found, as lines of a view: dashed, in the colour of the structure, never filled, so that nothing of
 * the radiograph is covered. A pure function of findings and camera.
 */
import type { ModelFinding } from "@malleolus/schema";
import { type Camera, imageToView, type Viewport } from "../view/camera.ts";
import type { Label, Line } from "./draw-shapes.ts";

export interface FindingsScene {
  readonly findings: readonly ModelFinding[];
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
}

const CASING = "rgb(0 0 0 / 70%)";
const COLOURS: Readonly<Record<string, string>> = { tibia: "#74a5ff", fibula: "#f8ce19" };
const FRACTURE = "#e25822";
const DASH = [6, 4];

export function drawFindings({ findings, camera, viewport, pixelRatio }: FindingsScene): {
  readonly lines: Line[];
  readonly labels: Label[];
} {
  const lines: Line[] = [];
  const labels: Label[] = [];
  for (const { structure, polygons, score } of findings) {
    const colour = COLOURS[structure] ?? FRACTURE;
    for (const polygon of polygons) {
      const points = Array.from({ length: polygon.length / 2 }, (_, index) =>
        imageToView(camera, viewport, { x: polygon[2 * index], y: polygon[2 * index + 1] }),
      );
      const closed = [...points, points[0]];
      const line = (width: number, ink: string, dash: readonly number[]) => ({
        points: closed,
        width: width * pixelRatio,
        colour: ink,
        dash: dash.map((part) => part * pixelRatio),
      });
      lines.push(line(3.5, CASING, []), line(1.5, colour, DASH));
    }
    const [first] = polygons;
    if (score === null || first === undefined) continue;
    const at = imageToView(camera, viewport, { x: first[0], y: first[1] });
    labels.push({ at, text: `M ${score.toFixed(2).replace(/^0/, "")}` });
  }
  return { lines, labels };
}
