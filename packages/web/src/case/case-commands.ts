/** What the keys do that every page of a case has: they look at pictures and change nothing that is said. */
import type { CaseCommand } from "../keys/bindings.ts";
import type { CaseMachines } from "./case-machines.ts";

/** What a page does for such a key, beside what happens in the views. */
export interface CaseActions {
  readonly goTo: (where: "previous" | "next") => void;
  readonly help: (open: "toggle" | "close") => void;
  readonly saveNow: () => void;
  /** The window that somebody keeps is taken; where there is none the page says so. */
  readonly takeOwnWindow: () => void;
}

const ZOOM_STEP = 1.25;

type Run = (viewer: CaseMachines["viewer"], page: CaseActions) => void;

const RUNS: Readonly<Record<CaseCommand, Run>> = {
  "previous case": (_, page) => page.goTo("previous"),
  "next case": (_, page) => page.goTo("next"),
  "view to the left": (viewer) => viewer.dispatch({ type: "neighbour", step: -1 }),
  "view to the right": (viewer) => viewer.dispatch({ type: "neighbour", step: 1 }),
  "one view": (viewer) => viewer.dispatch({ type: "single" }),
  "link views": (viewer) => viewer.dispatch({ type: "link" }),
  "window default": (viewer) => viewer.dispatch({ type: "preset", name: "default" }),
  "window bone": (viewer) => viewer.dispatch({ type: "preset", name: "bone" }),
  "window soft tissue": (viewer) => viewer.dispatch({ type: "preset", name: "soft tissue" }),
  "window edge": (viewer) => viewer.dispatch({ type: "preset", name: "edge" }),
  "window mine": (_, page) => page.takeOwnWindow(),
  invert: (viewer) => viewer.dispatch({ type: "invert" }),
  "zoom in": (viewer) => viewer.dispatch({ type: "zoom in middle", factor: ZOOM_STEP }),
  "zoom out": (viewer) => viewer.dispatch({ type: "zoom in middle", factor: 1 / ZOOM_STEP }),
  fit: (viewer) => viewer.dispatch({ type: "fit" }),
  "reset view": (viewer) => viewer.dispatch({ type: "reset", which: "view" }),
  "reset all": (viewer) => viewer.dispatch({ type: "reset", which: "all" }),
  overlays: (viewer) => {
    const hidden = viewer.state().overlays === "hidden";
    viewer.dispatch({ type: "overlays", to: hidden ? "shown" : "hidden" });
  },
  help: (_, page) => page.help("toggle"),
  "save now": (_, page) => page.saveNow(),
};

export function runCaseCommand(
  command: CaseCommand,
  viewer: CaseMachines["viewer"],
  page: CaseActions,
): void {
  RUNS[command](viewer, page);
}
