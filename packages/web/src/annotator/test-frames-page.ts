/**
 * What runs in the browser when frames of the annotator's page are measured: three views with the real renderers and the real drawing, one frame after
 * the other, each timed from the change to the last pixel.
 */

import { emptyAnnotation } from "@malleolus/schema";
import { makeLevels } from "../render/pixel-levels.ts";
import { createTableRenderer } from "../render/table-renderer.ts";
import { createWebglRenderer } from "../render/webgl-renderer.ts";
import { paint } from "../shapes/paint.ts";
import { isSameList } from "../view/attach-canvases.ts";
import { fitCamera } from "../view/camera.ts";
import { drawAnnotation, drawnFrom } from "./draw-annotation.ts";
import { beginEditor, nextEditor } from "./editor.ts";
import { newShape } from "./shape.ts";

const SIDE = 3000;
const POINTS = 1000;
const FRAMES = 12;
const VIEWPORT = { width: 366, height: 796 };
const names = ["a", "b", "c"].map((letter) => letter.repeat(32));

export interface MeasuredFrames {
  readonly renderer: string;
  readonly what: string;
  /** Milliseconds from the change to the last pixel, a frame each. */
  readonly times: readonly number[];
  /** Pixels of the three overlays that are not empty, at the end. */
  readonly drawn: number;
}

function radiograph() {
  const levels = new Uint16Array(SIDE * SIDE);
  for (let i = 0; i < levels.length; i++) levels[i] = (i * 2654435761) >>> 20;
  return makeLevels(SIDE, SIDE, 0, {
    width: SIDE,
    height: SIDE,
    levels,
    top: 4095,
    window: { low: 0, high: 4095 },
  });
}

function circle(image: string) {
  const points = Array.from({ length: POINTS }, (_, i) => {
    const angle = (2 * Math.PI * i) / POINTS;
    return [1500 + 1200 * Math.cos(angle), 1500 + 1200 * Math.sin(angle)];
  });
  return newShape({
    id: `s-${image[0]}`,
    image,
    structure: "fibula",
    order: 1,
    points: points.flat(),
  });
}

const spacing = { rowMm: 0.1, columnMm: 0.1, source: "calibrated" } as const;
const first = beginEditor({
  images: names.map((id) => ({ id, width: SIDE, height: SIDE, spacing })),
  offers: [],
  content: { ...emptyAnnotation, shapes: names.map(circle) },
  structure: "fibula",
  widthMm: 3,
  prefix: "t",
});
const levels = radiograph();
const geometry = { width: SIDE, height: SIDE, columnSpacingMm: 0.1, pixelAspect: 1 };
const fitted = fitCamera(geometry, VIEWPORT);

function canvas(): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = VIEWPORT.width;
  made.height = VIEWPORT.height;
  document.body.append(made);
  return made;
}

async function measureFrames(): Promise<MeasuredFrames[]> {
  const measured: MeasuredFrames[] = [];
  for (const kind of ["webgl", "table"] as const) {
    const views = names.map((image) => {
      const [picture, overlay] = [canvas(), canvas()];
      const renderer =
        (kind === "webgl" ? createWebglRenderer(picture, () => {}) : undefined) ??
        createTableRenderer(picture);
      return { image, picture, renderer, context: overlay.getContext("2d") };
    });
    const painted = new Map<string, readonly unknown[]>();
    for (const what of ["a point moves", "the window changes", "zoom changes"] as const) {
      const times: number[] = [];
      let state = nextEditor(first, {
        type: "select",
        selection: { ids: ["s-a"], vertex: 3, offer: null },
      });
      for (let frame = 0; frame < FRAMES; frame++) {
        const begun = performance.now();
        const zoom = what === "zoom changes" ? 1 + frame / 20 : 1;
        const zoomed = { ...fitted, scale: fitted.scale * zoom, scaleY: fitted.scaleY * zoom };
        const camera = zoom === 1 ? fitted : zoomed;
        const level = 2000 + (what === "the window changes" ? frame * 10 : 0);
        if (what === "a point moves") state = nextEditor(state, { type: "nudge", dx: 1, dy: 1 });
        for (const { image, renderer, context } of views) {
          // As on the page: where only shapes change the picture stays, and where none does the shapes.
          if (what !== "a point moves" || frame === 0) {
            const window = { level, width: 4000, inverted: false };
            renderer.draw({ levels, camera, window, isMoving: what === "zoom changes" });
          }
          const from = [camera, ...drawnFrom(state, image)];
          const isSame = isSameList(from, painted.get(image) ?? []);
          painted.set(image, from);
          if (context === null || isSame) continue;
          const scene = { state, image, camera, viewport: VIEWPORT, pixelRatio: 1 };
          const drawing = drawAnnotation({
            ...scene,
            hovered: null,
            cross: null,
            pins: [],
            sayGuide: ({ mm }) => `${mm.toFixed(1)} mm`,
            others: [],
          });
          paint(context, drawing, 1);
        }
        // Reading a pixel waits until all are drawn.
        for (const { context } of views) context?.getImageData(0, 0, 1, 1);
        for (const { picture } of views) picture.getContext("webgl2")?.finish();
        times.push(performance.now() - begun);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      const drawn = views.reduce((sum, { context }) => sum + filled(context), 0);
      // The first ones compile and warm up.
      measured.push({ renderer: kind, what, times: times.slice(2), drawn });
    }
    for (const { renderer } of views) renderer.dispose();
  }
  return measured;
}

function filled(context: CanvasRenderingContext2D | null): number {
  const data = context?.getImageData(0, 0, VIEWPORT.width, VIEWPORT.height).data ?? [];
  let count = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count++;
  return count;
}

Object.assign(window, { measureFrames });
