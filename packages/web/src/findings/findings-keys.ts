/** What keys do where findings are looked at: those of every case, and the next finding. */
import { type CaseActions, runCaseCommand } from "../case/case-commands.ts";
import { isReadingCommand, keyLabel, readerKeys } from "../keys/bindings.ts";
import type { KeyName } from "../keys/match-key.ts";
import type { Translate } from "../strings/translate.ts";
import { type FindingsSession, stepFinding } from "./findings-session.ts";

export interface FindingsActions extends CaseActions {
  readonly isHelpOpen: () => boolean;
}

/** Whether the key meant something. */
export function pressFindingsKey(
  name: KeyName,
  session: FindingsSession,
  page: FindingsActions,
): boolean {
  if (name === "." || name === ",") return stepFinding(session, name === "." ? 1 : -1);
  const command = readerKeys.get(name);
  if (command === undefined) return false;
  if (command === "escape") {
    if (page.isHelpOpen()) page.help("close");
    else session.chosen.dispatch(null);
    return true;
  }
  if (isReadingCommand(command) || command === "save now") return false;
  runCaseCommand(command, session.viewer, page);
  return true;
}

/** For the sheet behind `?`. */
export function findingsKeyRows(t: Translate) {
  const ofCase = [...new Set(readerKeys.values())].filter(
    (command) => !isReadingCommand(command) && command !== "save now",
  );
  const keysOf = (command: string) =>
    [...readerKeys].filter(([, one]) => one === command).map(([key]) => keyLabel(key));
  return [
    { id: "next finding", keys: [".", ","], text: t("findings.key next") },
    ...ofCase.map((command) => ({
      id: command,
      keys: keysOf(command),
      text: t(`key.${command}`),
    })),
  ];
}
