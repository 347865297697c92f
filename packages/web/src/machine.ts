/**
 * A machine at work: its state, and those who want to know when it changes. React reads it; canvases
 * draw from it at the next frame, so that a pointer's move renders no component.
 */
export interface Machine<State, Event> {
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  /** Called after every change; gives back how to stop it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** `next` is a function from state and event to state; the same state back means no change. */
export function startMachine<State, Event>(
  first: State,
  next: (state: State, event: Event) => State,
): Machine<State, Event> {
  let state = first;
  const listeners = new Set<() => void>();
  return {
    state: () => state,
    dispatch(event) {
      const after = next(state, event);
      if (after === state) return;
      state = after;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
