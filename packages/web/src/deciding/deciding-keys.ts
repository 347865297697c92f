/** What keys do on the page that decides: those of every case, classes and exclusions, and the next reading. */
import { type CaseActions, runCaseCommand } from "../case/case-commands.ts";
import {
  classKeys,
  exclusionOfKey,
  isReadingCommand,
  keyLabel,
  readerKeys,
} from "../keys/bindings.ts";
import type { KeyName } from "../keys/match-key.ts";
import type { CaseSession } from "../reader/case-session.ts";
import type { Translate } from "../strings/translate.ts";

export interface DecidingActions extends CaseActions {
  readonly submit: () => void;
  readonly focusReason: () => void;
  readonly isHelpOpen: () => boolean;
  /** Takes what the next reading says, or the one before. */
  readonly adopt: (step: 1 | -1) => void;
}

type DecidingSession = Pick<CaseSession, "viewer" | "reading" | "protocol">;

/** Whether the key meant something. Measuring has no place here: its keys mean nothing. */
export function pressDecidingKey(
  name: KeyName,
  { viewer, reading, protocol }: DecidingSession,
  page: DecidingActions,
): boolean {
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
  if (name === "ArrowDown" || name === "ArrowUp") {
    page.adopt(name === "ArrowDown" ? 1 : -1);
    return true;
  }
  const command = readerKeys.get(name);
  switch (command) {
    case undefined:
      return false;
    case "submit":
      page.submit();
      return true;
    case "note":
      page.focusReason();
      return true;
    case "exclude":
      reading.dispatch({ type: "excluding", is: !reading.state().excluding });
      return true;
    case "escape":
      if (page.isHelpOpen()) page.help("close");
      else reading.dispatch({ type: "excluding", is: false });
      return true;
    default:
      if (isReadingCommand(command)) return false;
      runCaseCommand(command, viewer, page);
      return true;
  }
}

/** For the sheet behind `?`. */
export function decidingKeyRows({ protocol }: Pick<CaseSession, "protocol">, t: Translate) {
  const ofCase = [...new Set(readerKeys.values())].filter(
    (command) => !isReadingCommand(command) && command !== "save now",
  );
  const keysOf = (command: string) =>
    [...readerKeys].filter(([, one]) => one === command).map(([key]) => keyLabel(key));
  return [
    ...protocol.classes.map(({ id, name }) => ({
      id,
      keys: [keyLabel(classKeys(protocol).get(id) ?? "")],
      text: name,
    })),
    { id: "exclude", keys: ["X", "1–9"], text: t("key.exclude") },
    { id: "adopt", keys: ["↑", "↓"], text: t("decide.key adopt") },
    { id: "submit", keys: ["Enter", "Ctrl+Enter"], text: t("decide.key submit") },
    { id: "reason", keys: ["/"], text: t("decide.key reason") },
    ...ofCase.map((command) => ({
      id: command,
      keys: keysOf(command),
      text: t(`key.${command}`),
    })),
  ];
}
