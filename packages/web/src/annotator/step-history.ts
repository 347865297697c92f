/** A step back or forward through what was done, with the view moved to it where it would not be seen. */
import { polygonBounds } from "@malleolus/geometry";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { HistoryEntry } from "./history.ts";

type Machines = Pick<AnnotatingSession, "editor" | "viewer">;

export function stepHistory({ editor, viewer }: Machines, way: "undo" | "redo"): void {
  const before = editor.state();
  editor.dispatch({ type: way });
  const { history } = editor.state();
  // While something is drawn its last point goes, which is no step.
  if (history === before.history) return;
  const entry = history.entries[way === "undo" ? history.done : history.done - 1];
  if (entry !== undefined) showEntry(viewer, entry);
}

/** The view keeps its zoom, and stays where it is as long as any of the change is in sight. */
function showEntry(viewer: Machines["viewer"], { change }: HistoryEntry): void {
  const shapes = change.shapes.flatMap(({ before, after }) => [before, after]);
  const first = shapes.find((shape) => shape !== null);
  const view = viewer.state().views.find(({ id }) => id === first?.image);
  if (first === undefined || view === undefined) return;
  const rings = shapes.flatMap((shape) =>
    shape?.image === first.image ? [[...shape.points]] : [],
  );
  const [left, top, right, bottom] = polygonBounds(...rings);
  const { camera, viewport, id } = view;
  const [halfWidth, halfHeight] = [
    viewport.width / 2 / camera.scale,
    viewport.height / 2 / camera.scaleY,
  ];
  const isSeen =
    left < camera.centerX + halfWidth &&
    right > camera.centerX - halfWidth &&
    top < camera.centerY + halfHeight &&
    bottom > camera.centerY - halfHeight;
  if (viewer.state().single) viewer.dispatch({ type: "activate", view: id });
  if (isSeen) return;
  const dx = (camera.centerX - (left + right) / 2) * camera.scale;
  const dy = (camera.centerY - (top + bottom) / 2) * camera.scaleY;
  viewer.dispatch({ type: "pan", view: id, dx, dy });
}
