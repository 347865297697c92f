/**
 * Measuring as a machine: clicks set points, the last click makes a measurement; a selected one is
 * changed by dragging or nudging a point. A function from state and event to state; nothing here
 * knows a canvas.
 *
 * Points are moved in place of being drawn anew, and no event but `delete` takes a measurement away.
 */
import { MEASUREMENT_POINTS, type MeasurementForm } from "@malleolus/schema";
import type { Point } from "../view/camera.ts";
import type { Measurement } from "./measurement.ts";

export interface MeasuringTool {
  /** Of the protocol; null for a free measurement. */
  readonly rule: string | null;
  readonly form: MeasurementForm;
}

export interface MeasuringState {
  readonly measurements: readonly Measurement[];
  /** The tool in hand, and the points that it has set. */
  readonly tool: MeasuringTool | null;
  readonly lastTool: MeasuringTool | null;
  readonly draft: readonly Point[];
  /** The radiograph that the draft lies on; points elsewhere begin anew there. */
  readonly draftImage: string | null;
  /** Where the pointer is while a point is to be set. */
  readonly pointer: Point | null;
  readonly selected: { readonly id: string; readonly point: number | null } | null;
}

export type MeasuringEvent =
  | { readonly type: "take tool"; readonly tool: MeasuringTool | null }
  | { readonly type: "set point"; readonly image: string; readonly at: Point; readonly id: string }
  | { readonly type: "move pointer"; readonly at: Point | null }
  | { readonly type: "take back point" }
  | { readonly type: "escape" }
  | { readonly type: "select"; readonly id: string | null; readonly point: number | null }
  | { readonly type: "move point"; readonly id: string; readonly point: number; readonly to: Point }
  | { readonly type: "nudge"; readonly dx: number; readonly dy: number }
  | { readonly type: "delete"; readonly id: string }
  /** Those of a saved reading; whatever was being drawn is left. */
  | { readonly type: "begin"; readonly measurements: readonly Measurement[] };

export const noMeasuring: MeasuringState = {
  measurements: [],
  tool: null,
  lastTool: null,
  draft: [],
  draftImage: null,
  pointer: null,
  selected: null,
};

export function nextMeasuring(state: MeasuringState, event: MeasuringEvent): MeasuringState {
  switch (event.type) {
    case "take tool":
      return {
        ...state,
        tool: event.tool,
        lastTool: event.tool ?? state.lastTool,
        draft: [],
        pointer: null,
        selected: null,
      };
    case "set point":
      return setPoint(state, event);
    case "move pointer":
      return state.tool === null ? state : { ...state, pointer: event.at };
    case "begin":
      return { ...noMeasuring, measurements: event.measurements, lastTool: state.lastTool };
    case "take back point":
      return { ...state, draft: state.draft.slice(0, -1) };
    case "escape":
      return stepOut(state);
    case "select":
      return {
        ...state,
        selected: event.id === null ? null : { id: event.id, point: event.point },
      };
    case "move point":
      return { ...state, measurements: movedPoint(state, event.id, event.point, () => event.to) };
    case "nudge": {
      const { selected } = state;
      if (selected === null || selected.point === null) return state;
      const { dx, dy } = event;
      const moved = movedPoint(state, selected.id, selected.point, ({ x, y }) => ({
        x: x + dx,
        y: y + dy,
      }));
      return { ...state, measurements: moved };
    }
    case "delete":
      return {
        ...state,
        measurements: state.measurements.filter(({ id }) => id !== event.id),
        selected: state.selected?.id === event.id ? null : state.selected,
      };
  }
}

/** What is shown on a radiograph: its measurements, and the one being made up to the pointer. */
export function shownMeasurements(state: MeasuringState, image: string): readonly Measurement[] {
  const { tool, draft, draftImage, pointer } = state;
  const own = state.measurements.filter((one) => one.image === image);
  if (tool === null || draft.length === 0 || draftImage !== image) return own;
  const points = pointer === null ? draft : [...draft, pointer];
  return [...own, { id: DRAFT, image, ...tool, points }];
}

/** The id of what is being drawn. */
export const DRAFT = "draft";

/** The number of the point that the next click sets, from 1; nothing without a tool. */
export function nextPoint({ tool, draft }: MeasuringState): number | undefined {
  return tool === null ? undefined : draft.length + 1;
}

function setPoint(
  state: MeasuringState,
  { image, at, id }: Extract<MeasuringEvent, { type: "set point" }>,
): MeasuringState {
  const { tool } = state;
  if (tool === null) return state;
  const before = state.draftImage === image ? state.draft : [];
  const points = [...before, at];
  if (points.length < MEASUREMENT_POINTS[tool.form]) {
    return { ...state, draft: points, draftImage: image };
  }
  return {
    ...state,
    measurements: [...state.measurements, { id, image, ...tool, points }],
    tool: null,
    draft: [],
    draftImage: null,
    pointer: null,
    selected: { id, point: null },
  };
}

/** Out by one: first the points that were set, then the tool, then the selection. */
function stepOut(state: MeasuringState): MeasuringState {
  if (state.draft.length > 0) return { ...state, draft: [], pointer: null };
  if (state.tool !== null) return { ...state, tool: null, pointer: null };
  return { ...state, selected: null };
}

function movedPoint(
  { measurements }: MeasuringState,
  id: string,
  point: number,
  move: (from: Point) => Point,
): readonly Measurement[] {
  return measurements.map((one) =>
    one.id === id
      ? { ...one, points: one.points.map((from, i) => (i === point ? move(from) : from)) }
      : one,
  );
}
