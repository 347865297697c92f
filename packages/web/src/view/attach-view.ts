/**
 * One view at work: two canvases in a stage, the radiograph below and shapes above, drawn when the
 * machines change; pointers become events of the machines. React knows nothing of it but the stage.
 *
 * What it decides is in pure functions beside it (`gestures.ts`, `camera.ts`, `hit-test.ts`); here are
 * the browser's events.
 */
import type { ModelFinding } from "@malleolus/schema";
import type { Machine } from "../machine.ts";
import type { PixelLevels } from "../render/pixel-levels.ts";
import type { Renderer, RendererKind } from "../render/renderer.ts";
import { createTableRenderer } from "../render/table-renderer.ts";
import { createWebglRenderer } from "../render/webgl-renderer.ts";
import { drawFindings } from "../shapes/draw-findings.ts";
import { drawShapes, type ShapeScene } from "../shapes/draw-shapes.ts";
import { type Hit, hitTest, type PointerKind } from "../shapes/hit-test.ts";
import type { Spacing } from "../shapes/measurement.ts";
import {
  type MeasuringEvent,
  type MeasuringState,
  shownMeasurements,
} from "../shapes/measuring.ts";
import { paint } from "../shapes/paint.ts";
import { type Point, viewToImage } from "./camera.ts";
import type { GestureAction } from "./gestures.ts";
import { listenToPointers, listenToSize, listenToWheel } from "./pointer-events.ts";
import type { ViewerEvent, ViewerState, ViewState } from "./viewer.ts";

export interface ViewParts {
  readonly id: string;
  readonly stage: HTMLElement;
  readonly rendererKind: RendererKind;
  readonly viewer: Machine<ViewerState, ViewerEvent>;
  readonly measuring: Machine<MeasuringState, MeasuringEvent>;
  readonly spacing: Spacing | null;
  /** A model's, of this view; none in most rounds. */
  readonly findings: readonly ModelFinding[];
  /** The values and units beside measurements, by their ids. */
  readonly labelsOf: (state: MeasuringState) => ReadonlyMap<string, string>;
  readonly onMenu: (at: Point) => void;
  /** Where the pointer is on the image; null where it is not. */
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

export interface AttachedView {
  readonly setPixels: (levels: PixelLevels | null) => void;
  readonly detach: () => void;
}

export function attachView(parts: ViewParts): AttachedView {
  const { id, stage, viewer, measuring } = parts;
  const picture = document.createElement("canvas");
  const overlay = document.createElement("canvas");
  stage.prepend(picture, overlay);
  const renderer = makeRenderer(picture, parts);
  const context = overlay.getContext("2d");
  const events = new AbortController();
  let levels: PixelLevels | null = null;
  let hovered: string | null = null;
  let frame = 0;

  const view = () => viewer.state().views.find((one) => one.id === id);
  const ratio = () => Math.max(devicePixelRatio, 1);

  const draw = () => {
    frame = 0;
    const now = view();
    if (now === undefined) return;
    fitCanvas(picture, now);
    fitCanvas(overlay, now);
    if (levels !== null && now.window !== null) {
      renderer.draw({ levels, camera: now.camera, window: now.window });
    }
    if (context === null) return;
    const { lines, labels, handles } = drawShapes(sceneOf(now));
    const found = drawFindings({
      findings: viewer.state().model === "shown" ? parts.findings : [],
      camera: now.camera,
      viewport: now.viewport,
      pixelRatio: ratio(),
    });
    const all = {
      lines: [...found.lines, ...lines],
      labels: [...found.labels, ...labels],
      handles,
    };
    paint(context, all, ratio());
  };
  const drawSoon = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };

  const sceneOf = (now: ViewState): ShapeScene => {
    const state = measuring.state();
    const hidden = viewer.state().overlays === "hidden";
    return {
      measurements: hidden ? [] : shownMeasurements(state, id),
      labels: parts.labelsOf(state),
      selected: state.selected,
      hovered,
      spacing: parts.spacing,
      camera: now.camera,
      viewport: now.viewport,
      pixelRatio: ratio(),
    };
  };

  const hitAt = (at: Point, kind: PointerKind): Hit | null => {
    const now = view();
    return now === undefined ? null : hitTest(sceneOf(now), scaled(at, ratio()), kind);
  };
  const toImage = (at: Point): Point | null => {
    const now = view();
    return now === undefined ? null : viewToImage(now.camera, now.viewport, scaled(at, ratio()));
  };

  const act = (action: GestureAction) => {
    switch (action.type) {
      case "window":
        viewer.dispatch({ type: "drag window", view: id, dx: action.dx, dy: action.dy });
        return;
      case "pan": {
        const { x: dx, y: dy } = scaled({ x: action.dx, y: action.dy }, ratio());
        viewer.dispatch({ type: "pan", view: id, dx, dy });
        return;
      }
      case "zoom": {
        const at = scaled(action.at, ratio());
        viewer.dispatch({ type: "zoom", view: id, at, factor: action.factor });
        return;
      }
      case "click":
        click(action.at, action.hit);
        return;
      case "menu":
        parts.onMenu(action.at);
        return;
      case "drag point": {
        const to = toImage(action.to);
        if (to !== null) {
          measuring.dispatch({ type: "select", id: action.id, point: action.point });
          measuring.dispatch({ type: "move point", id: action.id, point: action.point, to });
        }
        return;
      }
      case "hover":
        hover(action.at);
    }
  };

  const click = (at: Point, hit: Hit | null) => {
    const point = toImage(at);
    if (measuring.state().tool !== null && point !== null) {
      const made = crypto.randomUUID();
      measuring.dispatch({ type: "set point", image: id, at: point, id: made });
    } else {
      measuring.dispatch({ type: "select", id: hit?.id ?? null, point: hit?.point ?? null });
    }
  };

  const hover = (at: Point) => {
    const point = toImage(at);
    parts.onPointer(point);
    if (measuring.state().tool !== null) measuring.dispatch({ type: "move pointer", at: point });
    const under = hitAt(at, "mouse")?.id ?? null;
    if (under === hovered) return;
    hovered = under;
    drawSoon();
  };

  const stops = [viewer.subscribe(drawSoon), measuring.subscribe(drawSoon)];
  const { signal } = events;
  const isToolInHand = () => measuring.state().tool !== null;
  const activate = () => viewer.dispatch({ type: "activate", view: id });
  listenToPointers(stage, { act, hitAt, isToolInHand, activate }, signal);
  listenToWheel(stage, (at, factor) => act({ type: "zoom", at, factor }), signal);
  listenToSize(
    stage,
    (viewport) => viewer.dispatch({ type: "resize", view: id, viewport }),
    signal,
  );
  stage.addEventListener("pointerleave", () => parts.onPointer(null), { signal });
  const onDoubleClick = () => {
    if (!isToolInHand()) viewer.dispatch({ type: "single" });
  };
  stage.addEventListener("dblclick", onDoubleClick, { signal });
  drawSoon();

  return {
    setPixels(next) {
      levels = next;
      drawSoon();
    },
    detach() {
      events.abort();
      for (const stop of stops) stop();
      cancelAnimationFrame(frame);
      renderer.dispose();
      picture.remove();
      overlay.remove();
    },
  };
}

/** WebGL where it was chosen and can be had, else the table. */
function makeRenderer(
  canvas: HTMLCanvasElement,
  { rendererKind, onGraphics }: ViewParts,
): Renderer {
  const webgl = rendererKind === "webgl" ? createWebglRenderer(canvas, onGraphics) : undefined;
  return webgl ?? createTableRenderer(canvas);
}

/** Setting a size clears a canvas, the same one too. */
function fitCanvas(canvas: HTMLCanvasElement, { viewport }: ViewState): void {
  if (canvas.width === viewport.width && canvas.height === viewport.height) return;
  canvas.width = viewport.width;
  canvas.height = viewport.height;
}

function scaled({ x, y }: Point, factor: number): Point {
  return { x: x * factor, y: y * factor };
}
