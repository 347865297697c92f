/**
 * The form of a tool: a function from its state and an event to its next state and what it has made. A tool
 * never changes the document but by a finished gesture, so that one that is called off leaves nothing.
 */

import type { Offer } from "@malleolus/schema";
import type { StringKey } from "../../strings/english.ts";
import type { Point } from "../../view/camera.ts";
import type { AnnotationDocument } from "../document.ts";
import type { EditName } from "../history.ts";
import type { Place } from "../place.ts";
import type { Ring } from "../ring.ts";
import { type EditorImage, type Shape, shapesOn } from "../shape.ts";

export const toolNames = [
  "select",
  "polygon",
  "freehand",
  "box",
  "line",
  "wire",
  "edit",
  "split",
  "join",
  "erase",
] as const;
export type ToolName = (typeof toolNames)[number];

export type ToolEvent =
  /** The pointer moves with no button down. */
  | { readonly type: "hover"; readonly place: Place }
  | { readonly type: "press"; readonly place: Place }
  /** It moves with the button down, by more than a hand's tremor. */
  | { readonly type: "drag"; readonly place: Place }
  /** It is let go after a drag. */
  | { readonly type: "drop"; readonly place: Place }
  /** It is let go where it was pressed. */
  | { readonly type: "click"; readonly place: Place }
  /** The browser took the pointer away. */
  | { readonly type: "cancel" }
  | { readonly type: "finish" }
  /** The last point back. */
  | { readonly type: "back" }
  | { readonly type: "escape" }
  /** Somebody leaves: another tool, view, case, window. */
  | { readonly type: "park" }
  | { readonly type: "nudge"; readonly dx: number; readonly dy: number }
  | { readonly type: "candidate"; readonly step: -1 | 1 }
  /** What the live wire was asked for. */
  | { readonly type: "path"; readonly request: string; readonly points: Ring };

export interface Selection {
  readonly ids: readonly string[];
  /** A point of the only selected shape. */
  readonly vertex: number | null;
  /** A proposal instead of shapes. */
  readonly offer: string | null;
}

export const noSelection: Selection = { ids: [], vertex: null, offer: null };

/** What a tool may know. */
export interface World {
  readonly document: AnnotationDocument;
  readonly images: ReadonlyMap<string, EditorImage>;
  readonly selection: Selection;
  /** Proposals that are still to be decided. */
  readonly offers: readonly Offer[];
  /** Structures that are not shown: nothing of them is under a pointer. */
  readonly hidden: ReadonlySet<string>;
  /** What is drawn next. */
  readonly structure: string;
  /** Width of a line, in millimetres. */
  readonly widthMm: number;
  /** For what is made by this event; further ones append to it. */
  readonly id: string;
}

/** What came of an event. */
export interface Step<S> {
  readonly state: S;
  /** A finished gesture. */
  readonly made?: {
    readonly document: AnnotationDocument;
    readonly what: EditName;
    readonly image: string;
    /** Gestures of the same name follow one another as one. */
    readonly gesture?: string;
  };
  /** The drawing that was put aside. */
  readonly parked?: string;
  readonly selection?: Selection;
  readonly said?: StringKey;
  /** Goes on with another tool. */
  readonly take?: ToolName;
  /** A proposal was grasped here: it is taken, and its points are in hand. */
  readonly mends?: { readonly offer: string; readonly from: Place };
}

/** What a tool shows besides the document. */
export interface ToolView {
  readonly image: string;
  /** Of the paths; left out for what is drawn next. */
  readonly structure?: string;
  /** Lines being drawn. */
  readonly paths: readonly {
    readonly points: Ring;
    readonly isClosed: boolean;
    readonly look: "drawn" | "bridge" | "fault";
  }[];
  /** The first is ringed: a click there closes. Of a middle, `span` is its edge from end to end. */
  readonly handles: readonly {
    readonly at: Point;
    readonly look: "first" | "point" | "middle";
    readonly span?: Point;
  }[];
  /** Shapes that are shown otherwise than the document has them. */
  readonly instead: ReadonlyMap<string, Ring>;
}

export interface Tool<S> {
  readonly idle: S;
  readonly next: (state: S, event: ToolEvent, world: World) => Step<S>;
  /** Whether something would be lost if the tool were put down. */
  readonly isBusy: (state: S) => boolean;
  readonly view: (state: S, world: World) => ToolView | null;
  readonly hint: (state: S) => StringKey;
}

/** Shapes of a radiograph that a pointer can be on, from below. */
export function shapesInSight({ document, hidden }: World, image: string): Shape[] {
  return shapesOn(document.shapes.values(), image).filter(
    ({ structure }) => !hidden.has(structure),
  );
}

export function imageView(image: string, more: Partial<Omit<ToolView, "image">>): ToolView {
  return { image, paths: [], handles: [], instead: new Map(), ...more };
}
