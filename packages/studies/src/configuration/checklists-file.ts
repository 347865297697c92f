/**
 * `checklists.toml` of a study: what only its authors can answer of the reporting checklists, and the
 * items of checklists that the program does not know. The file may be absent.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Study } from "../study.ts";
import { readToml } from "./read-toml.ts";

const NAME = "checklists.toml";

const answerSchema = z.strictObject({
  checklist: z.string().min(1),
  item: z.string().min(1),
  status: z.enum(["answered", "not applicable"]),
  text: z.string().min(1),
});

const itemSchema = z.strictObject({
  id: z.string().min(1),
  /** What has to be reported. */
  asks: z.string().min(1),
});

const checklistsFileSchema = z.strictObject({
  design: z
    .enum([
      "retrospective evaluation",
      "randomised trial",
      "trial protocol",
      "early clinical evaluation",
    ])
    .default("retrospective evaluation"),
  answers: z.array(answerSchema).default([]),
  checklists: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        /** Where it was published. */
        source: z.string().min(1),
        items: z.array(itemSchema).min(1),
      }),
    )
    .default([]),
});
export type ChecklistsFile = z.infer<typeof checklistsFileSchema>;

/** Without the file nothing is answered. Throws StudyError `configuration` for one that is wrong. */
export function readChecklistsFile({ folder }: Pick<Study, "folder">): ChecklistsFile {
  const path = join(folder, NAME);
  return existsSync(path) ? readToml(checklistsFileSchema, path) : checklistsFileSchema.parse({});
}
