/** What every page of a case has, whatever is done with it: its views as a machine, and a clock to tell. */
import type { Machine } from "../machine.ts";
import type { ViewerEvent, ViewerState } from "../view/viewer.ts";
import type { ClockEvent } from "./case-clock.ts";

export interface CaseMachines {
  readonly viewer: Machine<ViewerState, ViewerEvent>;
  readonly tick: (event: ClockEvent) => void;
}
