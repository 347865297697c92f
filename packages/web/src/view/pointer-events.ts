/** The browser's pointers, wheel and sizes as what machines of gestures and the viewer take. */
import type { PointerKind } from "../shapes/hit-test.ts";
import type { Point, Viewport } from "./camera.ts";

/** A turn of the wheel by one notch zooms by about a fifth. */
const WHEEL_FACTOR = 1.0018;

/** A pointer's event as machines take it; positions are CSS pixels of the stage. */
export interface PointerTaken {
  readonly phase: "down" | "move" | "up" | "cancel";
  readonly pointer: number;
  readonly kind: PointerKind;
  /** 0 left, 1 middle, 2 right, as browsers count them. */
  readonly button: number;
  readonly at: Point;
  readonly spaceHeld: boolean;
}

export interface PointerUse {
  readonly take: (taken: PointerTaken, event: PointerEvent) => void;
  /** The view was pressed, whatever comes of it. */
  readonly activate: () => void;
}

/** Until the signal aborts. */
export function listenToPointers(stage: HTMLElement, use: PointerUse, signal: AbortSignal): void {
  let spaceHeld = false;
  const take = (event: PointerEvent, phase: PointerTaken["phase"]) => {
    const kind = kindOf(event);
    const { pointerId: pointer, button } = event;
    use.take({ phase, pointer, kind, button, at: placeOf(stage, event), spaceHeld }, event);
  };
  const onDown = (event: PointerEvent) => {
    use.activate();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    // The middle button would begin to scroll.
    event.preventDefault();
    take(event, "down");
  };
  const onSpace = (event: KeyboardEvent) => {
    if (event.code !== "Space") return;
    spaceHeld = event.type === "keydown";
    // The browser would scroll.
    if (event.target === stage) event.preventDefault();
  };
  const release = () => {
    spaceHeld = false;
  };
  stage.addEventListener("pointerdown", onDown, { signal });
  stage.addEventListener("pointermove", (event) => take(event, "move"), { signal });
  stage.addEventListener("pointerup", (event) => take(event, "up"), { signal });
  stage.addEventListener("pointercancel", (event) => take(event, "cancel"), { signal });
  stage.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  window.addEventListener("keydown", onSpace, { signal });
  window.addEventListener("keyup", onSpace, { signal });
  window.addEventListener("blur", release, { signal });
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
