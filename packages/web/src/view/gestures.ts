/**
 * What pointers mean on a view, as a machine: from presses, moves and releases to actions. Positions
 * and distances are CSS pixels of the view. Nothing here knows a canvas or an event of the browser.
 *
 * The left button windows, sets points of a tool or drags a point; the right one windows or, where it
 * does not move, opens the menu; the middle one, or the left one with the space bar, pans. One finger
 * is the left button, two pan and zoom.
 */
import type { Hit, PointerKind } from "../shapes/hit-test.ts";
import type { Point } from "./camera.ts";

export interface PointerInput {
  readonly phase: "down" | "move" | "up" | "cancel";
  readonly pointer: number;
  readonly kind: PointerKind;
  /** 0 left, 1 middle, 2 right, as browsers count them. */
  readonly button: number;
  readonly at: Point;
  readonly spaceHeld: boolean;
  readonly toolInHand: boolean;
  /** What lies under the pointer when it is pressed. */
  readonly hit: Hit | null;
}

export type GestureAction =
  | { readonly type: "window"; readonly dx: number; readonly dy: number }
  | { readonly type: "pan"; readonly dx: number; readonly dy: number }
  | { readonly type: "zoom"; readonly at: Point; readonly factor: number }
  | { readonly type: "click"; readonly at: Point; readonly hit: Hit | null }
  | { readonly type: "menu"; readonly at: Point }
  | { readonly type: "drag point"; readonly id: string; readonly point: number; readonly to: Point }
  | { readonly type: "hover"; readonly at: Point };

type Intent = "window" | "pan" | "point" | "tool";

interface Press {
  readonly pointer: number;
  readonly kind: PointerKind;
  readonly button: number;
  readonly intent: Intent;
  readonly hit: Hit | null;
  readonly start: Point;
  readonly last: Point;
  readonly dragging: boolean;
}

export interface Gesture {
  /** Those that are down, the first before the second; more are not heeded. */
  readonly presses: readonly Press[];
}

export const noGesture: Gesture = { presses: [] };

const DRAG_FROM: Readonly<Record<PointerKind, number>> = { mouse: 4, pen: 4, touch: 6 };

export function nextGesture(
  gesture: Gesture,
  input: PointerInput,
): { readonly gesture: Gesture; readonly actions: readonly GestureAction[] } {
  switch (input.phase) {
    case "down":
      return { gesture: withPress(gesture, pressOf(input)), actions: [] };
    case "move":
      return move(gesture, input);
    case "up":
    case "cancel":
      return release(gesture, input);
  }
}

/** With a second finger both pan and zoom, whatever the first one had begun. */
function withPress({ presses }: Gesture, press: Press): Gesture {
  if (presses.length === 0) return { presses: [press] };
  return { presses: [...presses, press].map(onlyPanning) };
}

function onlyPanning(press: Press): Press {
  return { ...press, intent: "pan", dragging: true };
}

function pressOf({ pointer, kind, button, at, spaceHeld, toolInHand, hit }: PointerInput): Press {
  const intent = (): Intent => {
    if (button === 1 || (button === 0 && spaceHeld)) return "pan";
    if (button === 2) return "window";
    if (toolInHand) return "tool";
    return hit?.point === null || hit === null ? "window" : "point";
  };
  return { pointer, kind, button, intent: intent(), hit, start: at, last: at, dragging: false };
}

function move(gesture: Gesture, { pointer, at }: PointerInput) {
  const [first, second] = gesture.presses;
  if (first === undefined) return { gesture, actions: [{ type: "hover", at } as const] };
  const press = gesture.presses.find((one) => one.pointer === pointer);
  if (press === undefined) return { gesture, actions: [] };
  const dragging = press.dragging || distance(press.start, at) >= DRAG_FROM[press.kind];
  // What was moved before it counted as a drag counts, too: the image follows the pointer.
  const moved: Press = { ...press, last: dragging ? at : press.last, dragging };
  const presses = gesture.presses.map((one) => (one.pointer === pointer ? moved : one));
  const next = { gesture: { presses }, actions: [] as readonly GestureAction[] };
  if (second !== undefined) return { ...next, actions: pinch(first, second, moved) };
  if (!dragging)
    return press.intent === "tool" ? { ...next, actions: [{ type: "hover", at } as const] } : next;
  const [dx, dy] = [at.x - press.last.x, at.y - press.last.y];
  return { ...next, actions: dragActions(press, at, dx, dy) };
}

function dragActions(press: Press, at: Point, dx: number, dy: number): readonly GestureAction[] {
  switch (press.intent) {
    case "window":
      return [{ type: "window", dx, dy }];
    case "pan":
      return [{ type: "pan", dx, dy }];
    case "tool":
      return [{ type: "hover", at }];
    case "point": {
      const { hit } = press;
      return hit === null || hit.point === null
        ? []
        : [{ type: "drag point", id: hit.id, point: hit.point, to: at }];
    }
  }
}

/** Two fingers: their middle pans, their distance zooms. */
function pinch(first: Press, second: Press, moved: Press): readonly GestureAction[] {
  const before = [first.last, second.last];
  const after = [first, second].map((one) =>
    one.pointer === moved.pointer ? moved.last : one.last,
  );
  const [from, to] = [middle(before), middle(after)];
  const factor = distance(after[0], after[1]) / Math.max(distance(before[0], before[1]), 1);
  return [
    { type: "pan", dx: to.x - from.x, dy: to.y - from.y },
    { type: "zoom", at: to, factor },
  ];
}

function release(gesture: Gesture, { pointer, phase, at }: PointerInput) {
  const press = gesture.presses.find((one) => one.pointer === pointer);
  const presses = gesture.presses
    .filter((one) => one.pointer !== pointer)
    // The finger that stays after two must not set a point or jump.
    .map(onlyPanning);
  const isClick = press !== undefined && phase === "up" && !press.dragging && presses.length === 0;
  return {
    gesture: { presses },
    actions: isClick ? clickActions(press, at) : toolEnd(press, phase, at),
  };
}

function clickActions({ button, intent, hit }: Press, at: Point): readonly GestureAction[] {
  if (button === 2) return [{ type: "menu", at }];
  if (intent === "pan") return [];
  return [{ type: "click", at, hit }];
}

/** A tool that was pressed, dragged and let go sets a point where it is let go. */
function toolEnd(
  press: Press | undefined,
  phase: PointerInput["phase"],
  at: Point,
): readonly GestureAction[] {
  return press?.intent === "tool" && phase === "up" ? [{ type: "click", at, hit: null }] : [];
}

function middle([a, b]: readonly Point[]): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
