/**
 * The keyboard's cross: arrows move it over the active view, Space clicks there, so that whatever a pointer can
 * draw, keys can draw; a comment is placed with it, too.
 */
import type { Point } from "../view/camera.ts";
import type { ViewState } from "../view/viewer.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Place } from "./place.ts";

export interface Cross {
  /** Where it is on this view; null where it is not. */
  readonly on: (image: string) => Point | null;
  readonly where: () => { readonly image: string; readonly at: Point } | null;
  /** There, as where a gesture goes on from a point that is selected. */
  readonly put: (image: string, at: Point) => void;
  /** By CSS pixels; it appears in the middle of the active view. */
  readonly move: (dx: number, dy: number) => void;
  /** A press and a click of the tool in hand. */
  readonly click: () => void;
  /** A pointer is used: it goes. */
  readonly leave: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function makeCross(
  { viewer, editor }: Pick<AnnotatingSession, "viewer" | "editor">,
  pixelRatio: () => number,
): Cross {
  let where: { readonly image: string; readonly at: Point } | null = null;
  const listeners = new Set<() => void>();
  const set = (next: typeof where) => {
    where = next;
    for (const listener of listeners) listener();
  };
  const activeView = () => {
    const { views, active } = viewer.state();
    return views.find(({ id }) => id === active);
  };
  const placeAt = (view: ViewState, at: Point): Place => ({
    image: view.id,
    at,
    scale: { x: view.camera.scale / pixelRatio(), y: view.camera.scaleY / pixelRatio() },
    kind: "mouse",
    shift: false,
    alt: false,
    ctrl: false,
  });
  return {
    on: (image) => (where?.image === image ? where.at : null),
    where: () => where,
    put: (image, at) => set({ image, at }),
    move(dx, dy) {
      const view = activeView();
      if (view === undefined) return;
      const { camera, image } = view;
      const from = where?.image === view.id ? where.at : { x: camera.centerX, y: camera.centerY };
      const at = {
        x: clamp(from.x + (dx * pixelRatio()) / camera.scale, image.width),
        y: clamp(from.y + (dy * pixelRatio()) / camera.scaleY, image.height),
      };
      set({ image: view.id, at });
      editor.dispatch({ type: "hover", place: placeAt(view, at) });
    },
    click() {
      const view = activeView();
      if (view === undefined) return;
      if (where?.image !== view.id) {
        set({ image: view.id, at: { x: view.camera.centerX, y: view.camera.centerY } });
        return;
      }
      const place = placeAt(view, where.at);
      editor.dispatch({ type: "press", place });
      editor.dispatch({ type: "click", place });
    },
    leave: () => {
      if (where !== null) set(null);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function clamp(value: number, greatest: number): number {
  return Math.min(Math.max(value, 0), greatest);
}
