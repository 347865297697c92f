/**
 * A finding that is marked wrong: it is recorded, its radiograph is assigned to training, and the annotators get the
 * case to draw, or get it back. A patient of a test is refused, and one who was marked can never come into a test
 * any more.
 */
import type { WrongFindingGiven } from "@malleolus/schema";
import { annotationDraftOf } from "../annotation/annotating/annotator-draft.ts";
import { ANNOTATION_QUEUE } from "../annotation/annotating/annotator-tasks.ts";
import { returnCase } from "../annotation/annotating/returned-cases.ts";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { caseCode } from "../tasks/case-code.ts";
import { type FoundByModel, type MarkedAs, modelFindings } from "./model-findings.ts";

export interface WrongFinding {
  readonly caseId: string;
  readonly image: string;
  readonly structure: string;
  readonly wrong: MarkedAs;
  readonly note: string;
  /** By its name: one that is there, or a new one. */
  readonly round: string;
  readonly who: string;
}

/**
 * Returns what becomes of the case.
 *
 * @throws StudyError `assignment` before training is drawn, and for a patient of a test; `transition` for a radiograph
 *   that has its truth; `record` for a finding that is not there, or marked already; `not-found` as `modelFindings`.
 */
export async function markWrong(study: Study, given: WrongFinding): Promise<WrongFindingGiven> {
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    const { caseId, image, structure, wrong, note, round, who } = given;
    const stamp = { who, at: new Date().toISOString() };
    await requireMarkable(transaction, caseId, image);
    const found = await modelFindings(within, caseId);
    const finding = found.find((one) => one.image === image && one.structure === structure);
    requireOpen(finding);
    await transaction
      .insertInto("wrong_findings")
      .values({
        round,
        case_id: caseId,
        prelabel_id: finding.prelabel,
        structure,
        wrong,
        note,
        ...stamp,
      })
      .execute();
    await assignToTraining(transaction, caseId, image, `wrong finding in round "${round}"`, stamp);
    return giveOut(within, caseId, note, who);
  });
}

function requireOpen(finding: FoundByModel | undefined): asserts finding is FoundByModel {
  if (finding === undefined) {
    throw new StudyError(
      "record",
      "The model has found something else since. Open the case again.",
    );
  }
  if (finding.marked === null) return;
  throw new StudyError(
    "record",
    `This finding is marked already, in round ${finding.marked.round}.`,
  );
}

async function requireMarkable(
  transaction: StudyTransaction,
  caseId: string,
  image: string,
): Promise<void> {
  const partition = await partitionOfCase(transaction, caseId);
  if (partition === "internal test" || partition === "external test") {
    throw new StudyError(
      "assignment",
      "This patient is of a test. What a model gets wrong there is the test's result, and is never trained on.",
    );
  }
  const drawn = await transaction
    .selectFrom("assigned_images")
    .select("image_sha256")
    .where("assignment", "=", "training")
    .executeTakeFirst();
  if (drawn === undefined) {
    throw new StudyError(
      "assignment",
      "Training is not drawn yet, and a wrong finding would add to it. malleolus assign draws tests and training.",
    );
  }
  const truth = await transaction
    .selectFrom("image_truths")
    .select("how")
    .where("image_sha256", "=", image)
    .executeTakeFirst();
  if (truth === undefined) return;
  throw new StudyError(
    "transition",
    "This radiograph has its truth already: the next training learns from it as it is.",
  );
}

async function partitionOfCase(transaction: StudyTransaction, caseId: string) {
  const row = await transaction
    .selectFrom("cases")
    .innerJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .select("patient_partitions.partition")
    .where("cases.id", "=", caseId)
    .executeTakeFirst();
  return row?.partition ?? null;
}

/** A tuning patient's radiographs stay what they are: they are drawn, and not trained on. */
async function assignToTraining(
  transaction: StudyTransaction,
  caseId: string,
  image: string,
  why: string,
  stamp: AuditStamp,
): Promise<void> {
  const partition = await partitionOfCase(transaction, caseId);
  if (partition === "tuning") return;
  const { patient_id, state } = await transaction
    .selectFrom("cases")
    .select(["patient_id", "state"])
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  if (partition === null) {
    await transaction
      .insertInto("patient_partitions")
      .values({ patient_id, partition: "training", ...stamp })
      .execute();
  }
  await transaction
    .insertInto("assigned_images")
    .values({
      image_sha256: image,
      case_id: caseId,
      patient_id,
      assignment: "training",
      partition: "training",
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (state !== "training")
    await transitionCase(transaction, { caseId, to: "training", why, ...stamp });
}

/** New tasks, tasks that are there and not done, or what was submitted and not decided, given back with the note. */
async function giveOut(
  study: Study,
  caseId: string,
  reason: string,
  who: string,
): Promise<WrongFindingGiven> {
  if ((await assignAnnotators(study, [caseId])) > 0) return "given out";
  const tasks = await study.database
    .selectFrom("tasks")
    .select(["person", "position", "done"])
    .where("queue", "=", ANNOTATION_QUEUE)
    .where("case_id", "=", caseId)
    .execute();
  let given: WrongFindingGiven = "to be drawn already";
  for (const { person, position, done } of tasks) {
    if (done === 0) continue;
    const task = { caseId, person, position, code: caseCode(position), done: true };
    // What was brought in from a file is mended there.
    if ((await annotationDraftOf(study, task)) === null) continue;
    await returnCase(study, task, { reason, who });
    given = "given back";
  }
  return given;
}
