/** The keys of the annotator's page, and what they do: a table, and a function of the key. */
import { visibilitySchema } from "@malleolus/schema";
import { type CaseActions, runCaseCommand } from "../case/case-commands.ts";
import type { KeyRow } from "../case/key-sheet.tsx";
import { isReadingCommand, keyLabel, readerKeys } from "../keys/bindings.ts";
import type { KeyName } from "../keys/match-key.ts";
import type { StringKey } from "../strings/english.ts";
import type { Translate } from "../strings/translate.ts";
import type { Point } from "../view/camera.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { Cross } from "./cross.ts";
import { pointAt } from "./ring.ts";
import { stepHistory } from "./step-history.ts";
import { isToolBusy } from "./tools/table.ts";
import type { ToolName } from "./tools/tool.ts";

/** What the page does for a key, beside what happens in the case's machines. */
export interface AnnotatingActions extends CaseActions {
  readonly submit: () => void;
  readonly isHelpOpen: () => boolean;
  readonly comment: (on: "toggle" | "stop") => void;
  readonly isCommenting: () => boolean;
  /** A comment is begun there; whether one was to be made. */
  readonly commentAt: (image: string, at: Point) => boolean;
}

/** The key of each tool; points are edited by Enter. */
export const toolKeys: Readonly<Record<Exclude<ToolName, "edit">, KeyName>> = {
  select: "v",
  polygon: "p",
  freehand: "g",
  box: "r",
  line: "Shift+p",
  wire: "u",
  split: "k",
  join: "j",
  erase: "Shift+g",
};

/** Structures in the order of their keys: tibia, fibula, and the fracture or the sound bone. */
export const structureKeys: readonly (readonly [key: KeyName, structures: readonly string[]])[] = [
  ["q", ["tibia"]],
  ["w", ["fibula"]],
  ["e", ["fracture", "no_fracture"]],
];

/** For the sheet behind `?`. */
export const annotatingKeys: readonly (readonly [keys: readonly KeyName[], text: StringKey])[] = [
  ...toolsOfSheet(),
  [["q", "w", "e"], "key.structure"],
  [["n"], "key.last"],
  [["Shift+n"], "key.redraw"],
  [["Enter"], "key.finish"],
  [["m"], "key.mend"],
  [["Delete", "Backspace"], "key.remove"],
  [[".", ","], "key.step"],
  [["l"], "key.lock"],
  [["Shift+l"], "key.doubt"],
  [["Shift+1", "Shift+2", "Shift+3"], "key.grade"],
  [["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"], "key.nudge"],
  [["Ctrl+ArrowLeft", "Ctrl+ArrowRight", "Ctrl+ArrowUp", "Ctrl+ArrowDown"], "key.move shape"],
  [[" "], "key.click"],
  [["Insert"], "key.insert"],
  [["Shift+ "], "key.section"],
  [["Shift+.", "Shift+,"], "key.add"],
  [["ArrowUp", "ArrowDown"], "key.candidate"],
  [["s"], "key.snap"],
  [["Ctrl+z"], "key.undo"],
  [["Ctrl+Shift+z", "Ctrl+y"], "key.redo"],
  [["o"], "key.comment"],
  [["Ctrl+s"], "key.save now"],
  [["Ctrl+Enter"], "key.submit"],
  [["d", "f"], "key.next case"],
  [["z"], "key.one view"],
  [["y"], "key.link views"],
  [["1", "2", "3", "4", "5"], "settings.window"],
  [["i"], "key.invert"],
  [["+", "-", "="], "key.zoom in"],
  [["Home"], "key.reset view"],
  [["h"], "tool.shapes"],
  [["Escape"], "key.escape"],
  [["?"], "key.help"],
];

export function annotatingKeyRows(t: Translate): readonly KeyRow[] {
  return annotatingKeys.map(([keys, text]) => ({
    id: text,
    keys: keys.map((key) => keyLabel(key.replace(/ $/, "Space"))),
    text: t(text),
  }));
}

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** CSS pixels that the cross goes for a press, and with Shift: a view is crossed in some twenty. */
const CROSS_STEP = 2;
const CROSS_LEAP = 20;

export interface KeyUse {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly page: AnnotatingActions;
  readonly readOnly: boolean;
  readonly pixelRatio: number;
}

/** Whether the key meant something. */
export function pressAnnotatingKey(name: KeyName, use: KeyUse): boolean {
  return comments(name, use) || (!use.readOnly && draws(name, use)) || looks(name, use);
}

/** While a place to comment on is chosen the cross is the comment's, also for who only looks. */
function comments(name: KeyName, { session, cross, page }: KeyUse): boolean {
  if (!page.isCommenting()) return false;
  const direction = ARROWS[name.replace("Shift+", "")];
  if (direction !== undefined) {
    const step = name.startsWith("Shift+") ? CROSS_LEAP : CROSS_STEP;
    cross.move(direction[0] * step, direction[1] * step);
    return true;
  }
  if (name === " ") commentAtCross(session, cross, page);
  return name === " ";
}

function draws(name: KeyName, use: KeyUse): boolean {
  const { session, cross, page } = use;
  const { editor } = session;
  const state = editor.state();
  if (arrow(name, use)) return true;
  const tool = toolOfKey(name);
  if (tool !== undefined) {
    page.comment("stop");
    editor.dispatch({ type: "take tool", tool });
    return true;
  }
  const structure = structureKeys.find(([key]) => key === name)?.[1];
  const drawn = session.detail.structures.find(({ id }) => structure?.includes(id));
  if (drawn !== undefined) {
    editor.dispatch({ type: "structure", id: drawn.id });
    return true;
  }
  const grade = /^Shift\+([1-3])$/.exec(name)?.[1];
  if (grade !== undefined && session.detail.hasFracture) {
    const to = visibilitySchema.options[Number(grade) - 1];
    const image = session.viewer.state().active;
    if (to !== undefined) editor.dispatch({ type: "visibility", image, to });
    return true;
  }
  const { selection } = state;
  const [id] = selection.ids;
  switch (name) {
    case " ":
      cross.click();
      return true;
    case "Insert":
      editor.dispatch({ type: "insert point" });
      return true;
    case "Shift+ ":
      beginSection(session, cross);
      return true;
    case "n":
      if (isToolBusy(state.tool)) editor.dispatch({ type: "finish" });
      else editor.dispatch({ type: "take tool", tool: state.lastTool });
      return true;
    case "Shift+n":
      editor.dispatch({ type: "redraw" });
      return true;
    case "Enter":
      if (selection.offer !== null && !isToolBusy(state.tool)) {
        editor.dispatch({ type: "accept", offer: selection.offer });
      } else editor.dispatch({ type: "finish" });
      return true;
    case "m":
      if (selection.offer === null) return false;
      editor.dispatch({ type: "mend", offer: selection.offer });
      return true;
    case "Delete":
    case "Backspace":
      editor.dispatch({ type: "delete" });
      return true;
    case ".":
    case ",": {
      editor.dispatch({ type: "step", by: name === "." ? 1 : -1 });
      showSelected(session);
      return true;
    }
    case "Shift+.":
    case "Shift+,":
      editor.dispatch({ type: "step", by: name === "Shift+." ? 1 : -1, adds: true });
      showSelected(session);
      return true;
    case "l":
    case "Shift+l":
      if (id === undefined) return false;
      editor.dispatch({ type: name === "l" ? "lock" : "doubt", id });
      return true;
    case "s":
      editor.dispatch({ type: "snapping" });
      return true;
    case "Ctrl+z":
      stepHistory(session, "undo");
      return true;
    case "Ctrl+Shift+z":
    case "Ctrl+y":
      stepHistory(session, "redo");
      return true;
    case "Ctrl+Enter":
      page.submit();
      return true;
    case "Escape":
      if (page.isHelpOpen()) page.help("close");
      else if (page.isCommenting()) page.comment("stop");
      else editor.dispatch({ type: "escape" });
      return true;
    default:
      return false;
  }
}

/** A point that is selected, the other candidate, the cross of a tool; else the next view. */
function arrow(name: KeyName, { session, cross, pixelRatio }: KeyUse): boolean {
  const { editor } = session;
  const whole = ARROWS[name.replace(/^Ctrl\+(Shift\+)?/, "")];
  if (name.startsWith("Ctrl+") && whole !== undefined) {
    const pixels = name.includes("Shift+") ? 10 : 1;
    const [id] = editor.state().selection.ids;
    // Where nothing is selected the editor says so.
    const by = screenStep(session, id, pixels * pixelRatio) ?? { x: 0, y: 0 };
    editor.dispatch({ type: "move", dx: whole[0] * by.x, dy: whole[1] * by.y });
    return true;
  }
  const direction = ARROWS[name.replace("Shift+", "")];
  if (direction === undefined) return false;
  const { tool, selection } = editor.state();
  const [x, y] = direction;
  if (tool.tool === "edit" && tool.at.phase === "preview") {
    editor.dispatch({ type: "candidate", step: x + y > 0 ? 1 : -1 });
    return true;
  }
  const leap = name.startsWith("Shift+");
  const isPathDrawn = tool.tool === "edit" && tool.at.phase === "section";
  if (tool.tool === "edit" && selection.vertex !== null && !isPathDrawn) {
    const by = screenStep(session, selection.ids[0], (leap ? 10 : 1) * pixelRatio);
    if (by !== null) editor.dispatch({ type: "nudge", dx: x * by.x, dy: y * by.y });
    return by !== null;
  }
  if (tool.tool === "select" || tool.tool === "join") return false;
  const step = leap ? CROSS_LEAP : CROSS_STEP;
  cross.move(x * step, y * step);
  return true;
}

/** So many pixels of the view that a shape is on, in pixels of its radiograph. */
function screenStep(
  { editor, viewer }: Pick<AnnotatingSession, "editor" | "viewer">,
  id: string | undefined,
  pixels: number,
): Point | null {
  const image = editor.state().document.shapes.get(id ?? "")?.image;
  const camera = viewer.state().views.find((view) => view.id === image)?.camera;
  return camera === undefined ? null : { x: pixels / camera.scale, y: pixels / camera.scaleY };
}

/** The comment is begun at the cross; where there is none yet it appears. */
export function commentAtCross(
  { viewer }: Pick<AnnotatingSession, "viewer">,
  cross: Cross,
  { commentAt }: Pick<AnnotatingActions, "commentAt">,
): void {
  const place = cross.where();
  if (place === null || place.image !== viewer.state().active) cross.move(0, 0);
  else {
    cross.leave();
    commentAt(place.image, place.at);
  }
}

/** A part is drawn anew from the selected point on: the cross is put there, for who has no pointer. */
export function beginSection({ editor }: Pick<AnnotatingSession, "editor">, cross: Cross): void {
  editor.dispatch({ type: "begin section" });
  const { tool, document } = editor.state();
  if (tool.tool !== "edit" || tool.at.phase !== "section") return;
  const shape = document.shapes.get(tool.at.target);
  if (shape !== undefined) cross.put(shape.image, pointAt(shape.points, tool.at.from));
}

/** Keys that change nothing of what is drawn. */
function looks(name: KeyName, { session: { viewer }, page }: KeyUse): boolean {
  if (name === "o") page.comment("toggle");
  else if (name === "Escape") {
    page.help("close");
    page.comment("stop");
  } else {
    const command = readerKeys.get(name);
    if (command === undefined || isReadingCommand(command)) return false;
    runCaseCommand(command, viewer, page);
  }
  return true;
}

/** The view of what is selected becomes the active one. */
export function showSelected({ editor, viewer }: AnnotatingSession): void {
  const { selection, document, offers } = editor.state();
  const image =
    document.shapes.get(selection.ids[0] ?? "")?.image ??
    offers.find(({ key }) => key === selection.offer)?.image;
  if (image !== undefined) viewer.dispatch({ type: "activate", view: image });
}

function toolOfKey(name: KeyName): ToolName | undefined {
  switch (name) {
    case toolKeys.select:
      return "select";
    case toolKeys.polygon:
      return "polygon";
    case toolKeys.freehand:
      return "freehand";
    case toolKeys.box:
      return "box";
    case toolKeys.line:
      return "line";
    case toolKeys.wire:
      return "wire";
    case toolKeys.split:
      return "split";
    case toolKeys.join:
      return "join";
    case toolKeys.erase:
      return "erase";
    default:
      return undefined;
  }
}

function toolsOfSheet(): readonly (readonly [readonly KeyName[], StringKey])[] {
  return [
    [[toolKeys.select], "key.tool select"],
    [[toolKeys.polygon], "key.tool polygon"],
    [[toolKeys.freehand], "key.tool freehand"],
    [[toolKeys.box], "key.tool box"],
    [[toolKeys.line], "key.tool line"],
    [[toolKeys.wire], "key.tool wire"],
    [["Enter"], "key.tool edit"],
    [[toolKeys.split], "key.tool split"],
    [[toolKeys.join], "key.tool join"],
    [[toolKeys.erase], "key.tool erase"],
  ];
}
