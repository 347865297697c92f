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
import type { AnnotationScene } from "./annotation-scene.ts";
import type { Cross } from "./cross.ts";
import { drawAnnotation, drawnFrom } from "./draw-annotation.ts";
import { pinUnder } from "./draw-marks.ts";
import { hitShape, type Place } from "./place.ts";
import {
  nextPointing,
  noPointing,
  type PointerInput,
  type PointingAction,
  toolEventOf,
} from "./pointing.ts";
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
  readonly onPin: (number: number) => void;
  readonly onMenu: () => void;
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

/** A finger or a pen that has rested so long means the menu. */
const REST_MS = 500;

type Keys = Pick<PointerEvent, "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

export function attachAnnotatingView(parts: AnnotatingViewParts): AttachedView {
  const { id, stage, session, cross } = parts;
  const { viewer, editor } = session;
  let hovered: string | null = null;
  let pointing = noPointing;
  /** The gesture under way is not the tool's: it has shown what was hidden, or chosen a pin. */
  let isTaken = false;
  let resting: ReturnType<typeof setTimeout> | undefined;

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
      point(taken, event);
      clearTimeout(resting);
      if (taken.phase !== "down" && pointing.presses.length !== 1) return;
      resting = setTimeout(() => point({ ...taken, phase: "held" }, event), REST_MS);
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

  const point = (input: PointerInput, event: Keys) => {
    const next = nextPointing(pointing, input);
    pointing = next.pointing;
    for (const action of next.actions) act(action, event);
  };

  const act = (action: PointingAction, event: Keys) => {
    switch (action.type) {
      case "pan":
        // Space is held to pan, too: then it is no click of the keyboard's cross.
        cross.leave();
        canvases.pan(action.dx, action.dy);
        return;
      case "window":
        viewer.dispatch({ type: "drag window", view: id, dx: action.dx, dy: action.dy });
        return;
      case "zoom":
        canvases.zoom(action.at, action.factor);
        return;
      case "right click":
        if (!isToolBusy(editor.state().tool)) {
          parts.onMenu();
          return;
        }
    }
    const tool = toolEventOf(action, (at, kind) => placeOf(at, kind, event));
    if (tool === null) return;
    if (!("place" in tool)) {
      editor.dispatch(tool);
      return;
    }
    const { type, place } = tool;
    if (type === "press" && "at" in action) isTaken = takePress(action.at);
    if (type === "hover") hover(place);
    else if (isTaken) return;
    if (type === "click" && parts.commentAt(place.at)) return;
    if (parts.readOnly() && (type !== "click" || editor.state().tool.tool !== "select")) return;
    if (type === "press") cross.leave();
    editor.dispatch(tool);
  };

  /** Nobody draws on what is not seen; a pin is pressed to read what was said there. */
  const takePress = (at: Point): boolean => {
    if (viewer.state().overlays === "hidden") {
      viewer.dispatch({ type: "overlays", to: "shown" });
      return true;
    }
    const now = canvases.view();
    // While something is drawn a pin is in nobody's way.
    if (now === undefined || isToolBusy(editor.state().tool)) return false;
    const ratio = canvases.pixelRatio();
    const number = pinUnder(sceneOf(now, ratio), { x: at.x * ratio, y: at.y * ratio });
    if (number !== null) parts.onPin(number);
    return number !== null;
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
    clearTimeout(resting);
    for (const stop of stops) stop();
  });
  return canvases;
}
