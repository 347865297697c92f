/**
 * The views of a case as one state: where each looks, its window, which is active and whether they
 * are linked. A function from state and event to state; drawing is somebody else's.
 *
 * Linked views zoom and pan together, in millimetres where these are known, and take presets and
 * inversion together; the window that is dragged is one view's own.
 */
import {
  type Camera,
  type Extent,
  fitCamera,
  followCamera,
  type ImageGeometry,
  isFitted,
  type Point,
  panBy,
  resizeCamera,
  scaleTo,
  showExtent,
  type Viewport,
  zoomAt,
} from "./camera.ts";
import type { Histogram } from "./histogram.ts";
import {
  dragWindow,
  type PresetName,
  presetWindow,
  type Window,
  type WindowShares,
  windowOfShares,
} from "./window.ts";

export interface ViewState {
  readonly id: string;
  readonly image: ImageGeometry;
  readonly viewport: Viewport;
  readonly camera: Camera;
  /** Nothing until the radiograph's values are there. */
  readonly histogram: Histogram | null;
  /** What the file itself shows between black and white. */
  readonly fileWindow: Window | null;
  readonly window: Window | null;
  /** Asked for before the radiograph was there; done when it comes. */
  readonly waiting: readonly WindowEvent[];
}

export interface ViewerState {
  /** From left to right. */
  readonly views: readonly ViewState[];
  readonly active: string;
  readonly linked: boolean;
  /** Only the active view is shown. */
  readonly single: boolean;
  readonly overlays: "shown" | "hidden" | "peeking";
  /** A model's findings, where there are any. */
  readonly model: "shown" | "hidden";
  /** Windows begin with these shares of the pixels; null for the file's own window. */
  readonly startWindow: WindowShares | null;
}

export type ViewerEvent =
  | { readonly type: "resize"; readonly view: string; readonly viewport: Viewport }
  | {
      readonly type: "pixels";
      readonly view: string;
      readonly histogram: Histogram;
      readonly fileWindow: Window;
    }
  | { readonly type: "activate"; readonly view: string }
  | { readonly type: "neighbour"; readonly step: -1 | 1 }
  | { readonly type: "zoom"; readonly view: string; readonly at: Point; readonly factor: number }
  | { readonly type: "show"; readonly view: string; readonly extent: Extent }
  | { readonly type: "pan"; readonly view: string; readonly dx: number; readonly dy: number }
  | {
      readonly type: "drag window";
      readonly view: string;
      readonly dx: number;
      readonly dy: number;
    }
  | { readonly type: "zoom in middle"; readonly factor: number }
  | { readonly type: "fit" }
  | WindowEvent
  | { readonly type: "reset"; readonly which: "view" | "all" }
  | { readonly type: "link" }
  | { readonly type: "single" }
  | { readonly type: "model" }
  | { readonly type: "overlays"; readonly to: ViewerState["overlays"] };

export type WindowEvent =
  | { readonly type: "preset"; readonly name: PresetName }
  | { readonly type: "shares"; readonly shares: WindowShares }
  | { readonly type: "invert" };

const UNKNOWN_VIEWPORT: Viewport = { width: 1, height: 1 };

export function beginViewer(
  images: readonly { readonly id: string; readonly image: ImageGeometry }[],
  settings: Pick<ViewerState, "linked" | "startWindow">,
): ViewerState {
  return {
    ...settings,
    views: images.map(({ id, image }) => ({
      id,
      image,
      viewport: UNKNOWN_VIEWPORT,
      camera: fitCamera(image, UNKNOWN_VIEWPORT),
      histogram: null,
      fileWindow: null,
      window: null,
      waiting: [],
    })),
    active: images[0]?.id ?? "",
    single: false,
    overlays: "shown",
    model: "shown",
  };
}

export function nextViewer(state: ViewerState, event: ViewerEvent): ViewerState {
  switch (event.type) {
    case "resize":
      return changeView(state, event.view, (view) => ({
        ...view,
        viewport: event.viewport,
        camera: resizeCamera(view.camera, view.image, view.viewport, event.viewport),
      }));
    case "pixels":
      return changeView(state, event.view, (view) =>
        view.waiting.reduce(setWindow, {
          ...view,
          histogram: event.histogram,
          fileWindow: event.fileWindow,
          // What the reader has set while only the preview was there stays.
          window: view.window ?? startWindowOf(state, event.histogram, event.fileWindow),
          waiting: [],
        }),
      );
    case "activate":
      return state.active === event.view ? state : { ...state, active: event.view };
    case "neighbour": {
      const index = state.views.findIndex(({ id }) => id === state.active) + event.step;
      return { ...state, active: state.views[index]?.id ?? state.active };
    }
    case "zoom":
      return moveCamera(state, event.view, ({ camera, image, viewport }) =>
        zoomAt(camera, image, viewport, event.at, event.factor),
      );
    case "zoom in middle":
      return moveCamera(state, state.active, ({ camera, image, viewport }) =>
        scaleTo(camera, image, viewport, camera.scale * event.factor),
      );
    case "pan":
      return moveCamera(state, event.view, ({ camera, image }) =>
        panBy(camera, image, event.dx, event.dy),
      );
    case "show":
      return changeView(state, event.view, (view) => ({
        ...view,
        camera: showExtent(view.image, view.viewport, event.extent),
      }));
    case "fit":
      return changeTogether(state, (view) => ({
        ...view,
        camera: fitCamera(view.image, view.viewport),
      }));
    case "drag window":
      return changeView(state, event.view, (view) =>
        changeWindow(view, (window, histogram) =>
          dragWindow(window, histogram, event.dx, event.dy),
        ),
      );
    case "preset":
    case "shares":
    case "invert":
      return changeTogether(state, (view) => setWindow(view, event));
    case "reset":
      return {
        ...state,
        views: state.views.map((view) =>
          event.which === "all" || view.id === state.active ? resetView(state, view) : view,
        ),
      };
    case "link":
      return { ...state, linked: !state.linked };
    case "single":
      return { ...state, single: !state.single };
    case "model":
      return { ...state, model: state.model === "shown" ? "hidden" : "shown" };
    case "overlays":
      return { ...state, overlays: event.to };
  }
}

/** The greatest zoom over the fitted view that a reader used, for the conditions of the reading. */
export function zoomOverFit({ camera, image, viewport }: ViewState): number {
  return isFitted(camera, image, viewport) ? 1 : camera.scale / fitCamera(image, viewport).scale;
}

/** A window of a radiograph that is not there yet waits for it. */
function setWindow(view: ViewState, event: WindowEvent): ViewState {
  if (view.window === null) return { ...view, waiting: [...view.waiting, event] };
  return changeWindow(view, (window, histogram) => {
    const { inverted } = window;
    switch (event.type) {
      case "preset":
        return { ...presetOf(view, histogram, event.name), inverted };
      case "shares":
        return { ...windowOfShares(histogram, event.shares), inverted };
      case "invert":
        return { ...window, inverted: !inverted };
    }
  });
}

/** The default is what the file says. */
function presetOf({ fileWindow }: ViewState, histogram: Histogram, name: PresetName): Window {
  return name === "default" && fileWindow !== null ? fileWindow : presetWindow(histogram, name);
}

function startWindowOf(
  { startWindow }: ViewerState,
  histogram: Histogram,
  fileWindow: Window,
): Window {
  return startWindow === null ? fileWindow : windowOfShares(histogram, startWindow);
}

function resetView(state: ViewerState, view: ViewState): ViewState {
  const { histogram, fileWindow } = view;
  return {
    ...view,
    camera: fitCamera(view.image, view.viewport),
    window:
      histogram === null || fileWindow === null
        ? null
        : startWindowOf(state, histogram, fileWindow),
    waiting: [],
  };
}

function changeView(
  state: ViewerState,
  id: string,
  change: (view: ViewState) => ViewState,
): ViewerState {
  return { ...state, views: state.views.map((view) => (view.id === id ? change(view) : view)) };
}

/** The active view, and where views are linked all others as well. */
function changeTogether(state: ViewerState, change: (view: ViewState) => ViewState): ViewerState {
  return {
    ...state,
    views: state.views.map((view) =>
      state.linked || view.id === state.active ? change(view) : view,
    ),
  };
}

function changeWindow(
  view: ViewState,
  change: (window: Window, histogram: Histogram) => Window,
): ViewState {
  const { window, histogram } = view;
  if (window === null || histogram === null) return view;
  return { ...view, window: change(window, histogram) };
}

function moveCamera(
  state: ViewerState,
  id: string,
  move: (view: ViewState) => Camera,
): ViewerState {
  const leader = state.views.find((view) => view.id === id);
  if (leader === undefined) return state;
  const after = move(leader);
  const led = { before: leader.camera, after, image: leader.image };
  return {
    ...state,
    views: state.views.map((view) => {
      if (view.id === id) return { ...view, camera: after };
      return state.linked ? { ...view, camera: followCamera(view, led) } : view;
    }),
  };
}
