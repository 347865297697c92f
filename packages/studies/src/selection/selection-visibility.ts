/**
 * Who may see what was chosen and why: those who run the study. It tells what a model thinks of
 * radiographs, test patients' among them, so that nobody who reads, draws or decides may see it.
 */
import { StudyError } from "../errors.ts";
import { requireStaff } from "../people.ts";
import type { Study } from "../study.ts";

export interface SeenSelection {
  readonly id: number;
  readonly purpose: "training" | "hardest";
  readonly strategy: string;
  readonly seed: number;
  readonly model: string;
  readonly at: string;
  readonly who: string;
  /** In the order in which they were taken. */
  readonly picks: readonly SeenPick[];
}

export interface SeenPick {
  readonly image: string;
  readonly caseId: string;
  readonly priority: number;
  readonly reason: string;
}

/**
 * A selection by its number, else the latest for training.
 *
 * @throws StudyError `person` for one of the study's readers and annotators, `record` where there
 *   is no such selection.
 */
export async function selectionVisibleTo(
  study: Study,
  { viewer, id }: { readonly viewer: string; readonly id?: number | undefined },
): Promise<SeenSelection> {
  requireStaff(study, viewer);
  const row = await study.database
    .selectFrom("selections")
    .innerJoin("models", "models.sha256", "selections.model_sha256")
    .$if(id !== undefined, (all) => all.where("selections.id", "=", id ?? 0))
    .$if(id === undefined, (all) => all.where("selections.purpose", "=", "training"))
    .select([
      "selections.id",
      "selections.purpose",
      "selections.strategy",
      "selections.seed",
      "selections.at",
      "selections.who",
      "models.name",
      "models.version",
    ])
    .orderBy("selections.id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) {
    const what = id === undefined ? "a selection" : `selection ${id}`;
    throw new StudyError(
      "record",
      `expected ${what} of this study, got none; run malleolus select`,
    );
  }
  const picks = await study.database
    .selectFrom("selected_images")
    .innerJoin("images", "images.sha256", "selected_images.image_sha256")
    .where("selection_id", "=", row.id)
    .select([
      "selected_images.image_sha256",
      "images.case_id",
      "selected_images.priority",
      "selected_images.reason",
    ])
    .orderBy("selected_images.rank")
    .execute();
  const { name, version, ...selection } = row;
  return {
    ...selection,
    model: `${name} ${version}`,
    picks: picks.map((pick) => ({
      image: pick.image_sha256,
      caseId: pick.case_id,
      priority: pick.priority,
      reason: pick.reason,
    })),
  };
}
