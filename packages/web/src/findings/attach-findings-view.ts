/**
 * A view on which findings are looked at: pointers window, pan and zoom, and a click chooses the finding under it.
 * Nothing is drawn by hand here.
 */
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { type AttachedView, attachCanvases } from "../view/attach-canvases.ts";
import type { Point } from "../view/camera.ts";
import { type Gesture, type GestureAction, nextGesture, noGesture } from "../view/gestures.ts";
import type { PointerTaken } from "../view/pointer-events.ts";
import { drawFound, type Truth } from "./draw-found.ts";
import { type FindingsSession, findingAt } from "./findings-session.ts";

const LONG_PRESS_MS = 500;

export interface FindingsViewParts {
  readonly id: string;
  readonly stage: HTMLElement;
  readonly session: FindingsSession;
  /** Of all views. */
  readonly truths: readonly Truth[];
  readonly noFractureClass: string;
  readonly onMenu: () => void;
  /** Where the pointer is on the image; null where it is not. */
  readonly onPointer: (at: Point | null) => void;
  readonly onGraphics: (state: "lost" | "restored") => void;
}

export function attachFindingsView(parts: FindingsViewParts): AttachedView {
  const { id, stage, session } = parts;
  const { viewer, chosen, findings } = session;
  const own = [...findings.entries()].filter(([, { image }]) => image === id);
  const truths = parts.truths.filter(({ image }) => image === id);
  let gesture: Gesture = noGesture;
  let longPress: ReturnType<typeof setTimeout> | undefined;

  const take = (taken: PointerTaken) => {
    const next = nextGesture(gesture, { ...taken, toolInHand: false, hit: null });
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
    rendererKind: rendererForThisComputer(),
    viewer,
    overlay({ camera, viewport }, pixelRatio) {
      const { overlays, model } = viewer.state();
      const isHidden = overlays === "hidden";
      return {
        from: [isHidden, model, chosen.state()],
        draw: () => ({
          ...drawFound({
            findings: isHidden || model === "hidden" ? [] : own,
            truths: isHidden ? [] : truths,
            chosen: chosen.state(),
            noFractureClass: parts.noFractureClass,
            camera,
            viewport,
            pixelRatio,
          }),
          handles: [],
        }),
      };
    },
    take,
    onLeave: () => parts.onPointer(null),
    onGraphics: parts.onGraphics,
  });

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
      case "click": {
        const at = canvases.toImage(action.at);
        chosen.dispatch(at === null ? null : findingAt(findings, id, at));
        return;
      }
      case "menu":
        parts.onMenu();
        return;
      case "hover":
        parts.onPointer(canvases.toImage(action.at));
        return;
      // Without handles no point is dragged.
      case "drag point":
    }
  };

  const { signal } = canvases;
  stage.addEventListener("dblclick", () => viewer.dispatch({ type: "single" }), { signal });
  const stop = chosen.subscribe(canvases.redraw);
  signal.addEventListener("abort", () => {
    stop();
    clearTimeout(longPress);
  });
  return canvases;
}
