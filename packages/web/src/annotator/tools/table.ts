/** The tools in one table: what is in hand, and what comes of an event for it. */
import type { StringKey } from "../../strings/english.ts";
import { type BoxState, box } from "./box.ts";
import { type EditState, edit } from "./edit.ts";
import { type EraseState, erase } from "./erase.ts";
import { type FreehandState, freehand } from "./freehand.ts";
import { type JoinState, join } from "./join.ts";
import { type PointByPoint, pointByPoint } from "./point-by-point.ts";
import { type SelectState, select } from "./select.ts";
import { type SplitState, split } from "./split.ts";
import type { Step, Tool, ToolEvent, ToolName, ToolView, World } from "./tool.ts";
import { type WireState, wire } from "./wire.ts";

interface StateOf {
  readonly select: SelectState;
  readonly polygon: PointByPoint;
  readonly freehand: FreehandState;
  readonly box: BoxState;
  readonly line: PointByPoint;
  readonly wire: WireState;
  readonly edit: EditState;
  readonly split: SplitState;
  readonly join: JoinState;
  readonly erase: EraseState;
}

/** The tool in hand, and how far it is. */
export type ToolState = {
  [Name in ToolName]: { readonly tool: Name; readonly at: StateOf[Name] };
}[ToolName];

const polygon = pointByPoint("polygon");
const line = pointByPoint("line");

export function idleTool(tool: ToolName): ToolState {
  switch (tool) {
    case "select":
      return { tool, at: select.idle };
    case "polygon":
      return { tool, at: polygon.idle };
    case "freehand":
      return { tool, at: freehand.idle };
    case "box":
      return { tool, at: box.idle };
    case "line":
      return { tool, at: line.idle };
    case "wire":
      return { tool, at: wire.idle };
    case "edit":
      return { tool, at: edit.idle };
    case "split":
      return { tool, at: split.idle };
    case "join":
      return { tool, at: join.idle };
    case "erase":
      return { tool, at: erase.idle };
  }
}

export function nextTool(state: ToolState, event: ToolEvent, world: World): Step<ToolState> {
  switch (state.tool) {
    case "select":
      return within(select.next(state.at, event, world), (at) => ({ tool: "select", at }));
    case "polygon":
      return within(polygon.next(state.at, event, world), (at) => ({ tool: "polygon", at }));
    case "freehand":
      return within(freehand.next(state.at, event, world), (at) => ({ tool: "freehand", at }));
    case "box":
      return within(box.next(state.at, event, world), (at) => ({ tool: "box", at }));
    case "line":
      return within(line.next(state.at, event, world), (at) => ({ tool: "line", at }));
    case "wire":
      return within(wire.next(state.at, event, world), (at) => ({ tool: "wire", at }));
    case "edit":
      return within(edit.next(state.at, event, world), (at) => ({ tool: "edit", at }));
    case "split":
      return within(split.next(state.at, event, world), (at) => ({ tool: "split", at }));
    case "join":
      return within(join.next(state.at, event, world), (at) => ({ tool: "join", at }));
    case "erase":
      return within(erase.next(state.at, event, world), (at) => ({ tool: "erase", at }));
  }
}

/** What any tool can be asked besides its next state. */
export function askTool<T>(
  state: ToolState,
  ask: <S>(tool: Omit<Tool<S>, "next" | "idle">, at: S) => T,
): T {
  switch (state.tool) {
    case "select":
      return ask(select, state.at);
    case "polygon":
      return ask(polygon, state.at);
    case "freehand":
      return ask(freehand, state.at);
    case "box":
      return ask(box, state.at);
    case "line":
      return ask(line, state.at);
    case "wire":
      return ask(wire, state.at);
    case "edit":
      return ask(edit, state.at);
    case "split":
      return ask(split, state.at);
    case "join":
      return ask(join, state.at);
    case "erase":
      return ask(erase, state.at);
  }
}

export function isToolBusy(state: ToolState): boolean {
  return askTool(state, (tool, at) => tool.isBusy(at));
}

export function toolView(state: ToolState, world: World): ToolView | null {
  return askTool(state, (tool, at) => tool.view(at, world));
}

export function toolHint(state: ToolState): StringKey {
  return askTool(state, (tool, at) => tool.hint(at));
}

function within<S>(step: Step<S>, wrap: (at: S) => ToolState): Step<ToolState> {
  return { ...step, state: wrap(step.state) };
}
