/**
 * What pointers mean on an annotator's view, as a machine: the left button is the tool's, the right one windows
 * or, where it does not move, takes a point back or opens the menu; the middle one, or Space, pans. One
 * finger is the tool, two pan and zoom, three window; where a pen is used, fingers pan. A finger or a pen that rests
 * is the right button's click.
 */
import type { PointerKind } from "../shapes/hit-test.ts";
import type { Point } from "../view/camera.ts";
import type { Place } from "./place.ts";
import type { ToolEvent } from "./tools/tool.ts";

export interface PointerInput {
  /** `held` comes by the clock: a finger or a pen that is down for a while and has not moved. */
  readonly phase: "down" | "move" | "up" | "cancel" | "held";
  readonly pointer: number;
  readonly kind: PointerKind;
  /** 0 left, 1 middle, 2 right, as browsers count them. */
  readonly button: number;
  /** CSS pixels of the view. */
  readonly at: Point;
  readonly spaceHeld: boolean;
}

export type PointingAction =
  | {
      readonly type: "hover" | "press" | "drag" | "drop" | "click";
      readonly at: Point;
      readonly kind: PointerKind;
    }
  | { readonly type: "cancel" }
  | { readonly type: "pan" | "window"; readonly dx: number; readonly dy: number }
  | { readonly type: "zoom"; readonly at: Point; readonly factor: number }
  | { readonly type: "right click"; readonly at: Point };

/** What an action is for the tool in hand; null where it is the view's. */
export function toolEventOf(
  action: PointingAction,
  placeOf: (at: Point, kind: PointerKind) => Place | null,
): ToolEvent | null {
  switch (action.type) {
    case "pan":
    case "window":
    case "zoom":
      return null;
    case "cancel":
      return { type: "cancel" };
    case "right click":
      return { type: "back" };
    default: {
      const place = placeOf(action.at, action.kind);
      return place === null ? null : { type: action.type, place };
    }
  }
}

type Intent = "tool" | "pan" | "window";

interface Press {
  readonly pointer: number;
  readonly kind: PointerKind;
  readonly button: number;
  readonly intent: Intent;
  readonly start: Point;
  readonly last: Point;
  readonly dragging: boolean;
}

export interface Pointing {
  readonly presses: readonly Press[];
  /** A pen was seen on this view: fingers no longer draw. */
  readonly pen: boolean;
}

export const noPointing: Pointing = { presses: [], pen: false };

interface Next {
  readonly pointing: Pointing;
  readonly actions: readonly PointingAction[];
}

const DRAG_FROM: Readonly<Record<PointerKind, number>> = { mouse: 4, pen: 4, touch: 6 };

export function nextPointing(pointing: Pointing, input: PointerInput): Next {
  const pen = pointing.pen || input.kind === "pen";
  const known = pen === pointing.pen ? pointing : { ...pointing, pen };
  switch (input.phase) {
    case "down":
      return down(known, input);
    case "move":
      return move(known, input);
    case "held":
      return held(known, input);
    case "up":
    case "cancel":
      return up(known, input);
  }
}

function down(pointing: Pointing, input: PointerInput): Next {
  const { pointer, kind, button, at } = input;
  const first = pointing.presses[0];
  if (first === undefined) {
    const intent = intentOf(input, pointing.pen);
    const press = { pointer, kind, button, intent, start: at, last: at, dragging: false };
    return {
      pointing: { ...pointing, presses: [press] },
      actions: intent === "tool" ? [{ type: "press", at, kind }] : [],
    };
  }
  // More fingers: what the first one had begun for the tool is called off.
  const count = pointing.presses.length + 1;
  const intent: Intent = count >= 3 ? "window" : "pan";
  const presses = [
    ...pointing.presses,
    { pointer, kind, button, intent, start: at, last: at, dragging: true },
  ].map((press) => ({ ...press, intent, dragging: true }));
  const called = pointing.presses.some((press) => press.intent === "tool");
  return { pointing: { ...pointing, presses }, actions: called ? [{ type: "cancel" }] : [] };
}

function intentOf({ button, spaceHeld, kind }: PointerInput, pen: boolean): Intent {
  if (button === 1 || (button === 0 && spaceHeld)) return "pan";
  if (button === 2) return "window";
  return kind === "touch" && pen ? "pan" : "tool";
}

function move(pointing: Pointing, { pointer, at, kind }: PointerInput): Next {
  const { presses } = pointing;
  if (presses.length === 0) return { pointing, actions: [{ type: "hover", at, kind }] };
  const press = presses.find((one) => one.pointer === pointer);
  if (press === undefined) return { pointing, actions: [] };
  const dragging = press.dragging || distance(press.start, at) >= DRAG_FROM[press.kind];
  const moved = { ...press, dragging, last: dragging ? at : press.last };
  const next = {
    ...pointing,
    presses: presses.map((one) => (one.pointer === pointer ? moved : one)),
  };
  if (!dragging) return { pointing: next, actions: [] };
  const [dx, dy] = [at.x - press.last.x, at.y - press.last.y];
  if (presses.length === 2) return { pointing: next, actions: pinch(presses, moved) };
  switch (press.intent) {
    case "tool":
      return { pointing: next, actions: [{ type: "drag", at, kind: press.kind }] };
    case "pan":
      return { pointing: next, actions: [{ type: "pan", dx, dy }] };
    case "window": {
      // Of three fingers the first leads.
      const leads = presses[0]?.pointer === pointer;
      return { pointing: next, actions: leads ? [{ type: "window", dx, dy }] : [] };
    }
  }
}

function held(pointing: Pointing, { pointer, at }: PointerInput): Next {
  const [press] = pointing.presses;
  const isResting =
    pointing.presses.length === 1 && press.pointer === pointer && press.kind !== "mouse";
  if (!isResting || press.dragging) return { pointing, actions: [] };
  // What follows is no tool's any more.
  const presses = [{ ...press, intent: "pan" as const, dragging: true }];
  const called = press.intent === "tool" ? [{ type: "cancel" as const }] : [];
  return { pointing: { ...pointing, presses }, actions: [...called, { type: "right click", at }] };
}

function up(pointing: Pointing, { pointer, phase, at }: PointerInput): Next {
  const press = pointing.presses.find((one) => one.pointer === pointer);
  const presses = pointing.presses.filter((one) => one.pointer !== pointer);
  const next = { ...pointing, presses };
  if (press === undefined || presses.length > 0) return { pointing: next, actions: [] };
  const { kind, intent, dragging, button } = press;
  if (intent === "tool") {
    if (phase === "cancel") return { pointing: next, actions: [{ type: "cancel" }] };
    return { pointing: next, actions: [{ type: dragging ? "drop" : "click", at, kind }] };
  }
  const isClick = button === 2 && !dragging && phase === "up";
  return { pointing: next, actions: isClick ? [{ type: "right click", at }] : [] };
}

/** Two fingers: their middle pans, their distance zooms. */
function pinch(presses: readonly Press[], moved: Press): readonly PointingAction[] {
  const before = presses.map(({ last }) => last);
  const after = presses.map((one) => (one.pointer === moved.pointer ? moved.last : one.last));
  const middle = ([a, b]: readonly Point[]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const [from, to] = [middle(before), middle(after)];
  const factor = distance(after[0], after[1]) / Math.max(distance(before[0], before[1]), 1);
  return [
    { type: "pan", dx: to.x - from.x, dy: to.y - from.y },
    { type: "zoom", at: to, factor },
  ];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
