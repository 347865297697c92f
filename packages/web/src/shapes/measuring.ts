/**
 * Measuring as a machine: clicks set points, the last click makes a measurement; a selected one is
 * changed by dragging or nudging a point. A function from state and event to state; nothing here
 * knows a canvas.
 *
 * Points are moved in place of being drawn anew, and no event but `delete` takes a measurement away.
 */
import type { Point } from "../view/camera.ts";
import { type Measurement, type MeasurementKind, POINTS_OF } from "./measurement.ts";

export interface MeasuringTool {
  readonly name: string;
  readonly kind: MeasurementKind;
}

export interface MeasuringState {
  readonly measurements: readonly Measurement[];
  /** The tool in hand, and the points that it has set. */
  readonly tool: MeasuringTool | null;
  readonly lastTool: MeasuringTool | null;
  readonly draft: readonly Point[];
  /** Where the pointer is while a point is to be set. */
  readonly pointer: Point | null;
  readonly selected: { readonly id: string; readonly point: number | null } | null;
}

export type MeasuringEvent =
  | { readonly type: "take tool"; readonly tool: MeasuringTool | null }
  | { readonly type: "set point"; readonly at: Point; readonly id: string }
  | { readonly type: "move pointer"; readonly at: Point | null }
  | { readonly type: "take back point" }
  | { readonly type: "escape" }
  | { readonly type: "select"; readonly id: string | null; readonly point: number | null }
  | { readonly type: "move point"; readonly id: string; readonly point: number; readonly to: Point }
  | { readonly type: "nudge"; readonly dx: number; readonly dy: number }
  | { readonly type: "delete"; readonly id: string };

export const noMeasuring: MeasuringState = {
  measurements: [],
  tool: null,
  lastTool: null,
  draft: [],
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
      return setPoint(state, event.at, event.id);
    case "move pointer":
      return state.tool === null ? state : { ...state, pointer: event.at };
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

/** What is shown: the measurements, and the one that is being made with the pointer as its end. */
export function shownMeasurements(state: MeasuringState): readonly Measurement[] {
  const { tool, draft, pointer, measurements } = state;
  if (tool === null || draft.length === 0) return measurements;
  const points = pointer === null ? draft : [...draft, pointer];
  return [...measurements, { id: DRAFT, name: tool.name, kind: tool.kind, points }];
}

/** The id of what is being drawn. */
export const DRAFT = "draft";

/** The number of the point that the next click sets, from 1; nothing without a tool. */
export function nextPoint({ tool, draft }: MeasuringState): number | undefined {
  return tool === null ? undefined : draft.length + 1;
}

function setPoint(state: MeasuringState, at: Point, id: string): MeasuringState {
  const { tool } = state;
  if (tool === null) return state;
  const points = [...state.draft, at];
  if (points.length < POINTS_OF[tool.kind]) return { ...state, draft: points };
  const made: Measurement = { id, name: tool.name, kind: tool.kind, points };
  return {
    ...state,
    measurements: [...state.measurements, made],
    tool: null,
    draft: [],
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
