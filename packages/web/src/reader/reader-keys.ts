/** What the reader's keys do to a case. A function of the key; which element has the focus is decided before. */
import { certaintySchema } from "@malleolus/schema";
import { type CaseActions, runCaseCommand } from "../case/case-commands.ts";
import {
  certaintyOfKey,
  classKeys,
  exclusionOfKey,
  isReadingCommand,
  type ReadingCommand,
  readerKeys,
} from "../keys/bindings.ts";
import type { KeyName } from "../keys/match-key.ts";
import type { CaseSession } from "./case-session.ts";

/** What a page does for a key, beside what happens in the case's machines. */
export interface PageActions extends CaseActions {
  readonly submit: () => void;
  readonly focusNote: () => void;
  readonly isHelpOpen: () => boolean;
  /** Says that the key changes nothing here. */
  readonly refuse: (name: KeyName) => void;
}

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Whether the key meant something. A case that is read-only takes only keys of its views, and says so. */
export function pressKey(
  name: KeyName,
  session: CaseSession,
  page: PageActions,
  readOnly: boolean,
): boolean {
  if (readOnly && wouldChange(name, session)) {
    page.refuse(name);
    return true;
  }
  if (!readOnly && (nudge(name, session) || say(name, session))) return true;
  const command = readerKeys.get(name);
  if (command === undefined) return false;
  if (command === "escape") stepOut(session, page);
  else if (isReadingCommand(command)) return !readOnly && change(command, session, page);
  else runCaseCommand(command, session.viewer, page);
  return true;
}

function wouldChange(name: KeyName, { protocol }: CaseSession): boolean {
  const command = readerKeys.get(name);
  return (
    (command !== undefined && command !== "escape" && isReadingCommand(command)) ||
    certaintyOfKey(name) !== undefined ||
    [...classKeys(protocol).values()].includes(name)
  );
}

/** An arrow moves the selected point by one pixel of the screen, with Shift by ten. */
function nudge(name: KeyName, { measuring, viewer }: CaseSession): boolean {
  const { selected, measurements } = measuring.state();
  const direction = ARROWS[name.replace("Shift+", "")];
  if (selected === null || selected.point === null || direction === undefined) return false;
  const { image } = measurements.find(({ id }) => id === selected.id) ?? {};
  const camera = viewer.state().views.find(({ id }) => id === image)?.camera;
  if (camera === undefined) return false;
  const pixels = name.startsWith("Shift+") ? 10 : 1;
  const [x, y] = direction;
  measuring.dispatch({
    type: "nudge",
    dx: (x * pixels) / camera.scale,
    dy: (y * pixels) / camera.scaleY,
  });
  return true;
}

/** Class, exclusion and certainty. */
function say(name: KeyName, { reading, protocol }: CaseSession): boolean {
  const exclusion = reading.state().excluding ? exclusionOfKey(name) : undefined;
  if (exclusion !== undefined) {
    const chosen = protocol.exclusions.at(exclusion);
    if (chosen !== undefined) reading.dispatch({ type: "exclusion", id: chosen.id });
    return true;
  }
  for (const [id, key] of classKeys(protocol)) {
    if (key !== name) continue;
    reading.dispatch({ type: "class", id });
    return true;
  }
  const certainty = certaintySchema.safeParse(certaintyOfKey(name));
  if (certainty.success) reading.dispatch({ type: "certainty", step: certainty.data });
  return certainty.success;
}

function change(
  command: Exclude<ReadingCommand, "escape">,
  { measuring, reading }: CaseSession,
  page: PageActions,
): boolean {
  switch (command) {
    case "exclude":
      reading.dispatch({ type: "excluding", is: !reading.state().excluding });
      return true;
    case "submit":
      page.submit();
      return true;
    case "note":
      page.focusNote();
      return true;
    case "last tool": {
      const { tool, lastTool } = measuring.state();
      const next = tool === null ? (lastTool ?? { rule: null, form: "length" as const }) : null;
      measuring.dispatch({ type: "take tool", tool: next });
      return true;
    }
    case "take back":
      if (measuring.state().tool !== null) {
        measuring.dispatch({ type: "take back point" });
        return true;
      }
      return remove(measuring);
    case "delete":
      return remove(measuring);
  }
}

function remove(measuring: CaseSession["measuring"]): boolean {
  const { selected } = measuring.state();
  if (selected === null) return false;
  measuring.dispatch({ type: "delete", id: selected.id });
  return true;
}

/** Out by one level: the sheet of keys, what is being drawn, the exclusion, the selection. */
function stepOut({ measuring, reading }: CaseSession, page: PageActions): void {
  if (page.isHelpOpen()) page.help("close");
  else if (measuring.state().tool !== null) measuring.dispatch({ type: "escape" });
  else if (reading.state().excluding) reading.dispatch({ type: "excluding", is: false });
  else measuring.dispatch({ type: "escape" });
}
