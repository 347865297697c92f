/**
 * One view of a case being drawn: the radiograph below, shapes above, drawn when the machines change; pointers
 * become events of the editor. React knows nothing of it but the stage.
 */
import type { PixelLevels } from "../render/pixel-levels.ts";
import type { RendererKind } from "../render/renderer.ts";
import { createTableRenderer } from "../render/table-renderer.ts";
import { createWebglRenderer } from "../render/webgl-renderer.ts";
import { paint } from "../shapes/paint.ts";
import { type Point, viewToImage } from "../view/camera.ts";
import { listenToSize, listenToWheel } from "../view/pointer-events.ts";
import type { ViewState } from "../view/viewer.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { type AnnotationScene, drawAnnotation, drawnFrom, isSameList } from "./draw-annotation.ts";
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
  /** A click that is not the tool's: a comment is to be made there. */
  readonly commentAt: (at: Point) => boolean;
  readonly onMenu: () => void;
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

export interface AttachedAnnotatingView {
  readonly setPixels: (levels: PixelLevels | null) => void;
  readonly redraw: () => void;
  readonly detach: () => void;
}

export function attachAnnotatingView(parts: AnnotatingViewParts): AttachedAnnotatingView {
  const { id, stage, session, cross } = parts;
  const { viewer, editor } = session;
  const picture = document.createElement("canvas");
  const overlay = document.createElement("canvas");
  stage.prepend(picture, overlay);
  const renderer =
    (parts.rendererKind === "webgl" ? createWebglRenderer(picture, parts.onGraphics) : undefined) ??
    createTableRenderer(picture);
  const context = overlay.getContext("2d");
  const events = new AbortController();
  let levels: PixelLevels | null = null;
  let hovered: string | null = null;
  let frame = 0;
  let drawn: ViewState | null = null;
  /** What the overlay was drawn from. */
  let painted: readonly unknown[] = [];
  let drawnLevels: PixelLevels | null = null;

  const view = () => viewer.state().views.find((one) => one.id === id);
  const ratio = () => Math.max(devicePixelRatio, 1);

  const draw = () => {
    frame = 0;
    const now = view();
    if (now === undefined) return;
    // The picture stays as it is where only shapes have changed.
    const isOther = drawn !== now || drawnLevels !== levels;
    if (fitCanvas(picture, now) || isOther) {
      if (levels !== null && now.window !== null) {
        renderer.draw({ levels, camera: now.camera, window: now.window });
        drawn = now;
        drawnLevels = levels;
      }
    }
    const isCleared = fitCanvas(overlay, now);
    if (context === null) return;
    const hidden = viewer.state().overlays === "hidden";
    const scene = sceneOf(now);
    const { hovered: under, cross: at, pins } = scene;
    const { camera, viewport } = now;
    const looks = [camera, viewport, hidden, ratio(), under, at, pins];
    const from = [...looks, ...drawnFrom(scene.state, id)];
    if (!isCleared && isSameList(from, painted)) return;
    painted = from;
    const drawing = hidden ? { lines: [], handles: [], labels: [] } : drawAnnotation(scene);
    paint(context, drawing, ratio());
  };
  const drawSoon = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const sceneOf = (now: ViewState): AnnotationScene => ({
    state: editor.state(),
    image: id,
    camera: now.camera,
    viewport: now.viewport,
    pixelRatio: ratio(),
    hovered,
    cross: cross.on(id),
    pins: parts.pins(),
    sayGuide: parts.sayGuide,
  });

  const placeOf = (at: Point, kind: Place["kind"], event: Keys): Place | null => {
    const now = view();
    if (now === undefined) return null;
    const scaled = { x: at.x * ratio(), y: at.y * ratio() };
    return {
      image: id,
      at: viewToImage(now.camera, now.viewport, scaled),
      scale: { x: now.camera.scale / ratio(), y: now.camera.scaleY / ratio() },
      kind,
      shift: event.shiftKey,
      alt: event.altKey,
      ctrl: event.ctrlKey || event.metaKey,
    };
  };

  const act = (action: PointingAction, event: Keys) => {
    switch (action.type) {
      case "pan":
        viewer.dispatch({
          type: "pan",
          view: id,
          dx: action.dx * ratio(),
          dy: action.dy * ratio(),
        });
        return;
      case "window":
        viewer.dispatch({ type: "drag window", view: id, dx: action.dx, dy: action.dy });
        return;
      case "zoom":
        zoom(action.at, action.factor);
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
    drawSoon();
  };
  const zoom = (at: Point, factor: number) =>
    viewer.dispatch({
      type: "zoom",
      view: id,
      at: { x: at.x * ratio(), y: at.y * ratio() },
      factor,
    });

  const { signal } = events;
  listen(stage, act, () => viewer.dispatch({ type: "activate", view: id }), signal);
  listenToWheel(stage, zoom, signal);
  listenToSize(
    stage,
    (viewport) => viewer.dispatch({ type: "resize", view: id, viewport }),
    signal,
  );
  stage.addEventListener("pointerleave", () => parts.onPointer(null), { signal });
  const onDoubleClick = () => {
    // An outline's points; a double click elsewhere means nothing.
    const { tool, selection } = editor.state();
    if (tool.tool === "select" && selection.ids.length === 1 && !parts.readOnly()) {
      editor.dispatch({ type: "finish" });
    }
  };
  stage.addEventListener("dblclick", onDoubleClick, { signal });
  const stops = [viewer.subscribe(drawSoon), editor.subscribe(drawSoon), cross.subscribe(drawSoon)];
  drawSoon();

  return {
    setPixels(next) {
      levels = next;
      drawSoon();
    },
    redraw: drawSoon,
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

type Keys = Pick<PointerEvent, "shiftKey" | "altKey" | "ctrlKey" | "metaKey">;

function listen(
  stage: HTMLElement,
  act: (action: PointingAction, event: Keys) => void,
  activate: () => void,
  signal: AbortSignal,
): void {
  let pointing = noPointing;
  let spaceHeld = false;
  const take = (event: PointerEvent, phase: "down" | "move" | "up" | "cancel") => {
    const { left, top } = stage.getBoundingClientRect();
    const { pointerType } = event;
    const next = nextPointing(pointing, {
      phase,
      pointer: event.pointerId,
      kind: pointerType === "pen" || pointerType === "touch" ? pointerType : "mouse",
      button: event.button,
      at: { x: event.clientX - left, y: event.clientY - top },
      spaceHeld,
    });
    pointing = next.pointing;
    for (const action of next.actions) act(action, event);
  };
  const onDown = (event: PointerEvent) => {
    activate();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    take(event, "down");
  };
  const onSpace = (event: KeyboardEvent) => {
    if (event.code === "Space") spaceHeld = event.type === "keydown";
  };
  stage.addEventListener("pointerdown", onDown, { signal });
  stage.addEventListener("pointermove", (event) => take(event, "move"), { signal });
  stage.addEventListener("pointerup", (event) => take(event, "up"), { signal });
  stage.addEventListener("pointercancel", (event) => take(event, "cancel"), { signal });
  stage.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  window.addEventListener("keydown", onSpace, { signal });
  window.addEventListener("keyup", onSpace, { signal });
}

/** Setting a size clears a canvas; true where that was done. */
function fitCanvas(canvas: HTMLCanvasElement, { viewport }: ViewState): boolean {
  if (canvas.width === viewport.width && canvas.height === viewport.height) return false;
  canvas.width = viewport.width;
  canvas.height = viewport.height;
  return true;
}
