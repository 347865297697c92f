/** The reporting checklists of a study's report, with the answers that its authors gave in checklists.toml. */
import { join } from "node:path";
import {
  type AuthorAnswer,
  type Checklist,
  fillChecklists,
  KNOWN_CHECKLISTS,
  type ReportContent,
} from "@malleolus/evaluation";
import { readChecklistsFile, type Study } from "@malleolus/studies";
import { CliError } from "../errors.ts";

/** Filled from everything else that the report says, so that it comes last. */
export function withChecklists(
  study: Pick<Study, "folder">,
  content: ReportContent,
): ReportContent {
  const { design, answers, checklists } = readChecklistsFile(study);
  const own = checklists.map(({ name, source, items }) => ({
    name,
    source,
    design: null,
    items: items.map((item) => ({ ...item, topic: null })),
  }));
  const all = [...KNOWN_CHECKLISTS, ...own];
  checkAnswers(study, answers, all);
  return { ...content, checklists: fillChecklists(all, content, answers, design) };
}

/** An answer to what nobody asks would be lost without a word. */
function checkAnswers(
  { folder }: Pick<Study, "folder">,
  answers: readonly AuthorAnswer[],
  checklists: readonly Checklist[],
): void {
  for (const { checklist: name, item } of answers) {
    const checklist = checklists.find((one) => one.name === name);
    const known =
      checklist === undefined
        ? `one of the checklists ${checklists.map((one) => one.name).join(", ")}, got "${name}"`
        : checklist.items.some(({ id }) => id === item)
          ? null
          : `an item of ${name}, got "${item}"`;
    if (known === null) continue;
    throw new CliError(
      "study",
      `${join(folder, "checklists.toml")}: expected an answer to ${known}`,
    );
  }
}
