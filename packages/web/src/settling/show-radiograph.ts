/** A radiograph that a senior goes to: its view is the active one, and shows where the drawings differ. */
import type { SettlingRadiograph } from "@malleolus/schema";
import type { AnnotatingSession } from "../annotator/annotating-session.ts";
import { disagreementOf } from "./drawings.ts";

type Viewer = AnnotatingSession["viewer"];

export function showRadiograph(viewer: Viewer, radiograph: SettlingRadiograph): void {
  viewer.dispatch({ type: "activate", view: radiograph.image });
  const extent = radiograph.differs ? disagreementOf(radiograph) : null;
  if (extent !== null) viewer.dispatch({ type: "show", view: radiograph.image, extent });
}

/** Once its view has a size; returns how to give that up. */
export function showWhenSized(viewer: Viewer, radiograph: SettlingRadiograph): () => void {
  const tryIt = () => {
    const view = viewer.state().views.find(({ id }) => id === radiograph.image);
    if (view === undefined || view.viewport.width <= 1) return;
    stop();
    showRadiograph(viewer, radiograph);
  };
  const stop = viewer.subscribe(tryIt);
  tryIt();
  return stop;
}
