/**
 * What a detector found, dashed, and what holds, solid, as lines of a view; each in the colour of its structure. A
 * pure function. Only the finding that is chosen is filled, so that nothing else of the radiograph is covered.
 */
import type { Polygon } from "@malleolus/geometry";
import type { ReportCase, ShownFinding } from "@malleolus/schema";
import type { Label, Line } from "../shapes/draw-shapes.ts";
import { type Camera, imageToView, type Viewport } from "../view/camera.ts";

export type Truth = ReportCase["truths"][number];

export interface FoundScene {
  /** Of this view, each with its place among all findings. */
  readonly findings: readonly (readonly [place: number, finding: ShownFinding])[];
  readonly truths: readonly Truth[];
  /** The place of the finding that is chosen. */
  readonly chosen: number | null;
  readonly noFractureClass: string;
  readonly camera: Camera;
  readonly viewport: Viewport;
  readonly pixelRatio: number;
}

const CASING = "rgb(0 0 0 / 70%)";
/** By structure; whatever else a detector calls is a fracture. */
const COLOURS: Readonly<Record<string, string>> = { tibia: "#74a5ff", fibula: "#f8ce19" };
const FRACTURE = "#e25822";
const DASH = [6, 4];

export function drawFound(scene: FoundScene): { readonly lines: Line[]; readonly labels: Label[] } {
  // Without a fracture it is the malleolus that is outlined.
  const colour = (name: string) =>
    COLOURS[name === scene.noFractureClass ? "fibula" : name] ?? FRACTURE;
  const lines = scene.truths.flatMap((truth) =>
    outlineOf(scene, truth.polygons, { colour: colour(truth.class), dash: [], isChosen: false }),
  );
  const labels: Label[] = [];
  for (const [place, { class: name, polygons, box, score }] of scene.findings) {
    const isChosen = place === scene.chosen;
    lines.push(...outlineOf(scene, polygons, { colour: colour(name), dash: DASH, isChosen }));
    const [left, top] = box;
    const at = imageToView(scene.camera, scene.viewport, { x: left, y: top });
    const shown = score === null ? "" : ` ${score.toFixed(2).replace(/^0/, "")}`;
    labels.push({ at, text: `M${place + 1}${shown}` });
  }
  return { lines, labels };
}

interface Look {
  readonly colour: string;
  readonly dash: readonly number[];
  readonly isChosen: boolean;
}

function outlineOf(
  { camera, viewport, pixelRatio }: FoundScene,
  polygons: readonly Polygon[],
  { colour, dash, isChosen }: Look,
): Line[] {
  return polygons.flatMap((polygon) => {
    const points = Array.from({ length: polygon.length / 2 }, (_, index) =>
      imageToView(camera, viewport, { x: polygon[2 * index], y: polygon[2 * index + 1] }),
    );
    const line = (width: number, ink: string, pattern: readonly number[]) => ({
      points: [...points, points[0]],
      width: width * pixelRatio,
      colour: ink,
      dash: pattern.map((part) => part * pixelRatio),
    });
    return isChosen
      ? [
          line(6, CASING, []),
          { ...line(4, "#ffffff", dash), fill: `${colour}1f` },
          line(2, colour, dash),
        ]
      : [line(3.5, CASING, []), line(1.5, colour, dash)];
  });
}
