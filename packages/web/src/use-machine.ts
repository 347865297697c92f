/** A machine's state in React: a component renders again when the part that it chose changes. */
import { useSyncExternalStore } from "react";
import type { Machine } from "./machine.ts";

export function useMachine<State, Part>(
  machine: Pick<Machine<State, never>, "state" | "subscribe">,
  choose: (state: State) => Part,
): Part {
  return useSyncExternalStore(machine.subscribe, () => choose(machine.state()));
}
