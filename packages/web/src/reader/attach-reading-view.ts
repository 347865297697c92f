/**
 * A reader's view at work: measurements and a model's findings over the radiograph; pointers window, measure
 * and choose. What pointers mean is in `gestures.ts`, what they hit in `hit-test.ts`.
 */
import type { ModelFinding } from "@malleolus/schema";
import type { Machine } from "../machine.ts";
import type { RendererKind } from "../render/renderer.ts";
import { drawFindings } from "../shapes/draw-findings.ts";
import { drawShapes, type ShapeScene } from "../shapes/draw-shapes.ts";
import { type Hit, hitTest, type PointerKind } from "../shapes/hit-test.ts";
import type { Spacing } from "../shapes/measurement.ts";
import {
  type MeasuringEvent,
  type MeasuringState,
  shownMeasurements,
} from "../shapes/measuring.ts";
import { type AttachedView, attachCanvases } from "../view/attach-canvases.ts";
import type { Point } from "../view/camera.ts";
import { type Gesture, type GestureAction, nextGesture, noGesture } from "../view/gestures.ts";
import type { PointerTaken } from "../view/pointer-events.ts";
import type { ViewerEvent, ViewerState, ViewState } from "../view/viewer.ts";

const LONG_PRESS_MS = 500;

export interface ReadingViewParts {
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
  readonly onMenu: () => void;
  /** Where the pointer is on the image; null where it is not. */
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

export function attachReadingView(parts: ReadingViewParts): AttachedView {
  const { id, stage, viewer, measuring } = parts;
  let hovered: string | null = null;
  let gesture: Gesture = noGesture;
  let longPress: ReturnType<typeof setTimeout> | undefined;
  const isToolInHand = () => measuring.state().tool !== null;

  const sceneOf = (now: ViewState, pixelRatio: number): ShapeScene => {
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
      pixelRatio,
    };
  };

  const take = (taken: PointerTaken) => {
    const hit = taken.phase === "down" ? hitAt(taken.at, taken.kind) : null;
    const next = nextGesture(gesture, { ...taken, toolInHand: isToolInHand(), hit });
    gesture = next.gesture;
    for (const action of next.actions) act(action);
    if (taken.phase !== "move") clearTimeout(longPress);
    if (taken.phase !== "down" || taken.kind !== "touch") return;
    longPress = setTimeout(() => {
      if (gesture.presses.length !== 1 || gesture.presses[0].dragging) return;
      gesture = noGesture;
      parts.onMenu();
    }, LONG_PRESS_MS);
  };

  const canvases = attachCanvases({
    id,
    stage,
    rendererKind: parts.rendererKind,
    viewer,
    overlay(now, pixelRatio) {
      const { overlays, model } = viewer.state();
      return {
        from: [measuring.state(), overlays === "hidden", model, hovered],
        draw() {
          const { lines, labels, handles } = drawShapes(sceneOf(now, pixelRatio));
          const found = drawFindings({
            findings: model === "shown" ? parts.findings : [],
            camera: now.camera,
            viewport: now.viewport,
            pixelRatio,
          });
          return {
            lines: [...found.lines, ...lines],
            labels: [...found.labels, ...labels],
            handles,
          };
        },
      };
    },
    take,
    onLeave: () => parts.onPointer(null),
    onGraphics: parts.onGraphics,
  });

  const hitAt = ({ x, y }: Point, kind: PointerKind): Hit | null => {
    const now = canvases.view();
    const ratio = canvases.pixelRatio();
    if (now === undefined) return null;
    return hitTest(sceneOf(now, ratio), { x: x * ratio, y: y * ratio }, kind);
  };

  const act = (action: GestureAction) => {
    switch (action.type) {
      case "window":
        viewer.dispatch({ type: "drag window", view: id, dx: action.dx, dy: action.dy });
        return;
      case "pan":
        canvases.pan(action.dx, action.dy);
        return;
      case "zoom":
        canvases.zoom(action.at, action.factor);
        return;
      case "click":
        click(action.at, action.hit);
        return;
      case "menu":
        parts.onMenu();
        return;
      case "drag point": {
        const to = canvases.toImage(action.to);
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
    const point = canvases.toImage(at);
    if (isToolInHand() && point !== null) {
      const made = crypto.randomUUID();
      measuring.dispatch({ type: "set point", image: id, at: point, id: made });
    } else {
      measuring.dispatch({ type: "select", id: hit?.id ?? null, point: hit?.point ?? null });
    }
  };

  const hover = (at: Point) => {
    const point = canvases.toImage(at);
    parts.onPointer(point);
    if (isToolInHand()) measuring.dispatch({ type: "move pointer", at: point });
    const under = hitAt(at, "mouse")?.id ?? null;
    if (under === hovered) return;
    hovered = under;
    canvases.redraw();
  };

  const { signal } = canvases;
  const onDoubleClick = () => {
    if (!isToolInHand()) viewer.dispatch({ type: "single" });
  };
  stage.addEventListener("dblclick", onDoubleClick, { signal });
  const stop = measuring.subscribe(canvases.redraw);
  signal.addEventListener("abort", () => {
    stop();
    clearTimeout(longPress);
  });
  return canvases;
}
