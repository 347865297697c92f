/**
 * An annotator's view at work: shapes over the radiograph; pointers become events of the editor. What pointers
 * mean is in `pointing.ts`.
 */
import type { RendererKind } from "../render/renderer.ts";
import { type AttachedView, attachCanvases } from "../view/attach-canvases.ts";
import { type Point, viewToImage } from "../view/camera.ts";
import type { PointerTaken } from "../view/pointer-events.ts";
import type { ViewState } from "../view/viewer.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { type AnnotationScene, drawAnnotation, drawnFrom } from "./draw-annotation.ts";
import { hitShape, type Place } from "./place.ts";
import { nextPointing, noPointing, type PointingAction } from "./pointing.ts";
import { shapesOn } from "./shape.ts";
import { isToolBusy } from "./tools/table.ts";

export interface AnnotatingViewParts {
  readonly id: string;
  readonly stage: HTMLElement;
  readonly rendererKind: RendererKind;
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly readOnly: () => boolean;
  readonly pins: () => AnnotationScene["pins"];
  readonly sayGuide: AnnotationScene["sayGuide"];
  readonly others: () => AnnotationScene["others"];
  /** A click that is not the tool's: a comment is to be made there. */
  readonly commentAt: (at: Point) => boolean;
  readonly onMenu: () => void;
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

type Keys = Pick<PointerEvent, "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

export function attachAnnotatingView(parts: AnnotatingViewParts): AttachedView {
  const { id, stage, session, cross } = parts;
  const { viewer, editor } = session;
  let hovered: string | null = null;
  let pointing = noPointing;

  const sceneOf = ({ camera, viewport }: ViewState, pixelRatio: number): AnnotationScene => ({
    state: editor.state(),
    image: id,
    camera,
    viewport,
    pixelRatio,
    hovered,
    cross: cross.on(id),
    pins: parts.pins(),
    sayGuide: parts.sayGuide,
    others: parts.others(),
  });

  const canvases = attachCanvases({
    id,
    stage,
    rendererKind: parts.rendererKind,
    viewer,
    overlay(now, pixelRatio) {
      const hidden = viewer.state().overlays === "hidden";
      const scene = sceneOf(now, pixelRatio);
      const { cross: at, pins, others, state } = scene;
      return {
        from: [hidden, hovered, at, pins, others, ...drawnFrom(state, id)],
        draw: () => (hidden ? { lines: [], handles: [], labels: [] } : drawAnnotation(scene)),
      };
    },
    take(taken: PointerTaken, event) {
      const next = nextPointing(pointing, taken);
      pointing = next.pointing;
      for (const action of next.actions) act(action, event);
    },
    onLeave: () => parts.onPointer(null),
    onGraphics: parts.onGraphics,
  });

  const placeOf = (at: Point, kind: Place["kind"], event: Keys): Place | null => {
    const now = canvases.view();
    if (now === undefined) return null;
    const ratio = canvases.pixelRatio();
    return {
      image: id,
      at: viewToImage(now.camera, now.viewport, { x: at.x * ratio, y: at.y * ratio }),
      scale: { x: now.camera.scale / ratio, y: now.camera.scaleY / ratio },
      kind,
      shift: event.shiftKey,
      alt: event.altKey,
      ctrl: event.ctrlKey || event.metaKey,
    };
  };

  const act = (action: PointingAction, event: Keys) => {
    switch (action.type) {
      case "pan":
        canvases.pan(action.dx, action.dy);
        return;
      case "window":
        viewer.dispatch({ type: "drag window", view: id, dx: action.dx, dy: action.dy });
        return;
      case "zoom":
        canvases.zoom(action.at, action.factor);
        return;
      case "cancel":
        editor.dispatch({ type: "cancel" });
        return;
      case "right click":
        // While something is drawn, the right button takes a point back.
        if (isToolBusy(editor.state().tool)) editor.dispatch({ type: "back" });
        else parts.onMenu();
        return;
      default: {
        const place = placeOf(action.at, action.kind, event);
        if (place === null) return;
        if (action.type === "hover") hover(place);
        if (action.type === "click" && parts.commentAt(place.at)) return;
        if (parts.readOnly() && action.type !== "click") return;
        if (parts.readOnly() && editor.state().tool.tool !== "select") return;
        if (action.type === "press") cross.leave();
        editor.dispatch({ type: action.type, place });
      }
    }
  };

  const hover = (place: Place) => {
    parts.onPointer(place.at);
    const { document: drawing, hidden } = editor.state();
    const there = shapesOn(drawing.shapes.values(), id).filter(
      ({ structure }) => !hidden.has(structure),
    );
    const under = hitShape(place, there)?.id ?? null;
    if (under === hovered) return;
    hovered = under;
    canvases.redraw();
  };

  const { signal } = canvases;
  const onDoubleClick = () => {
    // An outline's points; a double click elsewhere means nothing.
    const { tool, selection } = editor.state();
    if (tool.tool === "select" && selection.ids.length === 1 && !parts.readOnly()) {
      editor.dispatch({ type: "finish" });
    }
  };
  stage.addEventListener("dblclick", onDoubleClick, { signal });
  const stops = [editor.subscribe(canvases.redraw), cross.subscribe(canvases.redraw)];
  signal.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });
  return canvases;
}
