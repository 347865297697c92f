/**
 * One view at work: two canvases in a stage, the radiograph below and shapes above, each drawn at the next frame
 * after something changed that it shows. The wheel zooms, the stage's size is the view's. What is drawn over the
 * radiograph, and what pointers do, is for whoever attaches it; React knows nothing of it but the stage.
 */
import type { Machine } from "../machine.ts";
import type { PixelLevels } from "../render/pixel-levels.ts";
import type { Renderer, RendererKind } from "../render/renderer.ts";
import { createTableRenderer } from "../render/table-renderer.ts";
import { createWebglRenderer } from "../render/webgl-renderer.ts";
import type { Drawing } from "../shapes/draw-shapes.ts";
import { paint } from "../shapes/paint.ts";
import { type Point, viewToImage } from "./camera.ts";
import {
  listenToPointers,
  listenToSize,
  listenToWheel,
  type PointerUse,
} from "./pointer-events.ts";
import type { ViewerEvent, ViewerState, ViewState } from "./viewer.ts";

/** A picture that was drawn coarsely on its way is drawn anew once its camera has rested so long. */
const REST_MS = 80;

export interface Overlay {
  /** What the drawing is made from beside the view: the same list, the same drawing. */
  readonly from: readonly unknown[];
  readonly draw: () => Drawing;
}

export interface CanvasParts {
  readonly id: string;
  readonly stage: HTMLElement;
  readonly rendererKind: RendererKind;
  readonly viewer: Machine<ViewerState, ViewerEvent>;
  readonly overlay: (view: ViewState, pixelRatio: number) => Overlay;
  readonly take: PointerUse["take"];
  /** The pointer has left. */
  readonly onLeave: () => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

export interface AttachedView {
  readonly setPixels: (levels: PixelLevels | null) => void;
  readonly redraw: () => void;
  readonly detach: () => void;
}

export interface Canvases extends AttachedView {
  /** As it is now; nothing for a view that the case does not have. */
  readonly view: () => ViewState | undefined;
  /** View pixels for each CSS pixel. */
  readonly pixelRatio: () => number;
  /** From CSS pixels of the stage. */
  readonly toImage: (at: Point) => Point | null;
  readonly pan: (dx: number, dy: number) => void;
  readonly zoom: (at: Point, factor: number) => void;
  /** Aborts when the view is detached. */
  readonly signal: AbortSignal;
}

export function attachCanvases(parts: CanvasParts): Canvases {
  const { id, stage, viewer } = parts;
  const picture = document.createElement("canvas");
  const overlay = document.createElement("canvas");
  stage.prepend(picture, overlay);
  const renderer = makeRenderer(picture, parts);
  // Where no card draws the radiograph none draws what lies over it.
  const context = overlay.getContext("2d", { willReadFrequently: renderer.kind === "table" });
  const ends = new AbortController();
  const { signal } = ends;
  let levels: PixelLevels | null = null;
  let frame = 0;
  /** What the canvases show now. */
  let shown: { readonly levels: PixelLevels; readonly view: ViewState } | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let hasRested = false;
  let painted: readonly unknown[] = [];
  let isBlank = true;

  const view = () => viewer.state().views.find((one) => one.id === id);
  const pixelRatio = () => Math.max(devicePixelRatio, 1);

  const draw = () => {
    frame = 0;
    const now = view();
    if (now === undefined) return;
    // The picture stays as it is where only shapes have changed.
    const isOther = fitCanvas(picture, now) || shown?.view !== now || shown.levels !== levels;
    if ((isOther || hasRested) && levels !== null && now.window !== null) {
      const { camera, window } = now;
      const isMoving = shown !== null && shown.view.camera !== camera;
      const drawn = renderer.draw({ levels, camera, window, isMoving });
      shown = { levels, view: now };
      hasRested = false;
      clearTimeout(resting);
      if (drawn === "coarse") resting = setTimeout(rest, REST_MS);
    }
    const isCleared = fitCanvas(overlay, now);
    if (context === null) return;
    const ratio = pixelRatio();
    const over = parts.overlay(now, ratio);
    const from = [now.camera, now.viewport, ratio, ...over.from];
    if (!isCleared && isSameList(from, painted)) return;
    painted = from;
    const drawing = over.draw();
    const { lines, handles, labels } = drawing;
    const willBeBlank = lines.length + handles.length + labels.length === 0;
    if (!willBeBlank || !(isBlank || isCleared)) paint(context, drawing, ratio);
    isBlank = willBeBlank;
  };
  const rest = () => {
    hasRested = true;
    redraw();
  };
  const redraw = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const scaled = ({ x, y }: Point) => ({ x: x * pixelRatio(), y: y * pixelRatio() });
  const zoom = (at: Point, factor: number) =>
    viewer.dispatch({ type: "zoom", view: id, at: scaled(at), factor });

  const activate = () => viewer.dispatch({ type: "activate", view: id });
  listenToPointers(stage, { take: parts.take, activate }, signal);
  listenToWheel(stage, zoom, signal);
  const resize = (viewport: ViewState["viewport"]) =>
    viewer.dispatch({ type: "resize", view: id, viewport });
  listenToSize(stage, resize, signal);
  stage.addEventListener("pointerleave", parts.onLeave, { signal });
  const stop = viewer.subscribe(redraw);
  redraw();

  return {
    view,
    pixelRatio,
    zoom,
    signal,
    toImage(at) {
      const now = view();
      return now === undefined ? null : viewToImage(now.camera, now.viewport, scaled(at));
    },
    pan(x, y) {
      const { x: dx, y: dy } = scaled({ x, y });
      viewer.dispatch({ type: "pan", view: id, dx, dy });
    },
    setPixels(next) {
      levels = next;
      redraw();
    },
    redraw,
    detach() {
      ends.abort();
      stop();
      cancelAnimationFrame(frame);
      clearTimeout(resting);
      renderer.dispose();
      picture.remove();
      overlay.remove();
    },
  };
}

export function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

/** WebGL where it was chosen and can be had, else the table. */
function makeRenderer(
  canvas: HTMLCanvasElement,
  { rendererKind, onGraphics }: CanvasParts,
): Renderer {
  const webgl = rendererKind === "webgl" ? createWebglRenderer(canvas, onGraphics) : undefined;
  return webgl ?? createTableRenderer(canvas);
}

/** Setting a size clears a canvas, the same one too; true where that was done. */
function fitCanvas(canvas: HTMLCanvasElement, { viewport }: ViewState): boolean {
  if (canvas.width === viewport.width && canvas.height === viewport.height) return false;
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  return true;
}
