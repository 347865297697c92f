/** The browser's pointers, wheel and sizes as what the gestures' machine and the viewer take. */
import type { Hit, PointerKind } from "../shapes/hit-test.ts";
import type { Point, Viewport } from "./camera.ts";
import { type Gesture, type GestureAction, nextGesture, noGesture } from "./gestures.ts";

/** A turn of the wheel by one notch zooms by about a fifth. */
const WHEEL_FACTOR = 1.0018;
const LONG_PRESS_MS = 500;

export interface PointerUse {
  readonly act: (action: GestureAction) => void;
  readonly hitAt: (at: Point, kind: PointerKind) => Hit | null;
  readonly isToolInHand: () => boolean;
  /** The view was pressed, whatever comes of it. */
  readonly activate: () => void;
}

/** Until the signal aborts. */
export function listenToPointers(stage: HTMLElement, use: PointerUse, signal: AbortSignal): void {
  let gesture: Gesture = noGesture;
  let spaceHeld = false;
  let longPress: ReturnType<typeof setTimeout> | undefined;

  const take = (event: PointerEvent, phase: "down" | "move" | "up" | "cancel") => {
    const kind = kindOf(event);
    const at = placeOf(stage, event);
    const next = nextGesture(gesture, {
      phase,
      pointer: event.pointerId,
      kind,
      button: event.button,
      at,
      spaceHeld,
      toolInHand: use.isToolInHand(),
      hit: phase === "down" ? use.hitAt(at, kind) : null,
    });
    gesture = next.gesture;
    for (const action of next.actions) use.act(action);
  };

  const onDown = (event: PointerEvent) => {
    use.activate();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    // The middle button would begin to scroll.
    event.preventDefault();
    take(event, "down");
    clearTimeout(longPress);
    if (event.pointerType !== "touch") return;
    const at = placeOf(stage, event);
    longPress = setTimeout(() => {
      if (gesture.presses.length !== 1 || gesture.presses[0].dragging) return;
      gesture = noGesture;
      use.act({ type: "menu", at });
    }, LONG_PRESS_MS);
  };
  const onUp = (event: PointerEvent) => {
    clearTimeout(longPress);
    take(event, "up");
  };
  const onSpace = (event: KeyboardEvent) => {
    if (event.code !== "Space") return;
    spaceHeld = event.type === "keydown";
    // The browser would scroll.
    if (event.target === stage) event.preventDefault();
  };

  stage.addEventListener("pointerdown", onDown, { signal });
  stage.addEventListener("pointermove", (event) => take(event, "move"), { signal });
  stage.addEventListener("pointerup", onUp, { signal });
  stage.addEventListener("pointercancel", (event) => take(event, "cancel"), { signal });
  stage.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  window.addEventListener("keydown", onSpace, { signal });
  window.addEventListener("keyup", onSpace, { signal });
  const release = () => {
    spaceHeld = false;
  };
  window.addEventListener("blur", release, { signal });
  signal.addEventListener("abort", () => clearTimeout(longPress));
}

/** Each turn of the wheel as a factor of zoom at a place. */
export function listenToWheel(
  stage: HTMLElement,
  zoom: (at: Point, factor: number) => void,
  signal: AbortSignal,
): void {
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    zoom(placeOf(stage, event), WHEEL_FACTOR ** (-event.deltaY * lines));
  };
  stage.addEventListener("wheel", onWheel, { passive: false, signal });
}

/** The stage's size in device pixels, exactly where the browser tells it. */
export function listenToSize(
  stage: HTMLElement,
  resize: (viewport: Viewport) => void,
  signal: AbortSignal,
): void {
  const observer = new ResizeObserver(([entry]) => {
    const exact = entry.devicePixelContentBoxSize?.[0];
    const { width, height } = entry.contentRect;
    resize({
      width: Math.max(exact?.inlineSize ?? Math.round(width * devicePixelRatio), 1),
      height: Math.max(exact?.blockSize ?? Math.round(height * devicePixelRatio), 1),
    });
  });
  observer.observe(stage);
  signal.addEventListener("abort", () => observer.disconnect());
}

function kindOf({ pointerType }: PointerEvent): PointerKind {
  return pointerType === "pen" || pointerType === "touch" ? pointerType : "mouse";
}

function placeOf(stage: HTMLElement, { clientX, clientY }: MouseEvent): Point {
  const { left, top } = stage.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
