/**
 * The viewer's state with those who want to know of it. React reads it; canvases draw from it at the
 * next frame, so that a pointer's move renders no component.
 */
import { nextViewer, type ViewerEvent, type ViewerState } from "./viewer.ts";

export interface ViewerStore {
  readonly state: () => ViewerState;
  readonly dispatch: (event: ViewerEvent) => void;
  /** Called after every change; gives back how to stop it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createViewerStore(first: ViewerState): ViewerStore {
  let state = first;
  const listeners = new Set<() => void>();
  return {
    state: () => state,
    dispatch(event) {
      const next = nextViewer(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
