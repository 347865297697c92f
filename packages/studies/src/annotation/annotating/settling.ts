/**
 * Drawings that all annotators of a case have submitted, for a senior to settle: the worst disagreement first. Both
 * drawings of a radiograph come without names and in an order of its own; the sources stay as they are.
 */
import { seededOrder } from "@malleolus/random";
import {
  agreementColumn,
  outlinesColumn,
  type SettlingCase,
  type SettlingDecision,
  type SettlingEntry,
  type SettlingRadiograph,
  type StructureAgreement,
} from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import { requireRole } from "../../people.ts";
import { type ReaderImage, readerImages } from "../../reading/reader-case.ts";
import type { Study } from "../../study.ts";
import { caseCode, caseLabel, positionsOf } from "../../tasks/case-code.ts";
import { imagesOf } from "../../tasks/worklist.ts";
import { findImage } from "../find-image.ts";
import {
  adjudicateAnnotation,
  type Comparison,
  compareAnnotations,
  type LatestAnnotation,
} from "../resolve-annotations.ts";
import { annotatorCase } from "./annotator-case.ts";
import { ANNOTATION_QUEUE, type AnnotatorTask } from "./annotator-tasks.ts";
import { outlinesOf, requireMeaning, requireSound } from "./drawn-outlines.ts";

/** What a list of cases is made from: the comparisons that were made before, since drawings do not change. */
export type KnownAgreements = Map<string, SettlingEntry>;

/**
 * Cases with a radiograph to settle. Cases of which only agreeing ones are left come last.
 *
 * @throws StudyError `person` for someone who is no senior.
 */
export async function settlingList(
  study: Study,
  senior: string,
  known: KnownAgreements,
): Promise<SettlingEntry[]> {
  requireRole(study, senior, "senior");
  const tasks = await submittedCases(study, senior).execute();
  const entries: SettlingEntry[] = [];
  for (const { case_id, position, last, settled } of tasks) {
    const key = `${case_id} ${last} ${settled}`;
    const entry = known.get(key) ?? (await entryOf(study, case_id, position));
    known.set(key, entry);
    if (entry.differing + entry.agreeing > 0) entries.push(entry);
  }
  return entries.toSorted((a, b) => worth(b) - worth(a) || (a.code < b.code ? -1 : 1));
}

/**
 * The first annotator's task of a case, by whose code a senior opens it.
 *
 * @throws StudyError `person` for someone who is no senior, `not-found` for what is not there to settle.
 */
export async function findSettlingTask(
  study: Study,
  senior: string,
  code: string,
): Promise<AnnotatorTask> {
  requireRole(study, senior, "senior");
  const range = positionsOf(code);
  const row = await submittedCases(study, senior)
    .where("tasks.position", ">=", range?.from ?? "")
    .where("tasks.position", "<", range?.to ?? "")
    .executeTakeFirst();
  if (row === undefined) {
    throw new StudyError("not-found", "There is no such case to settle.");
  }
  return { caseId: row.case_id, person: row.person, position: row.position, code, done: true };
}

export async function settlingCase(
  study: Study,
  secret: string,
  task: AnnotatorTask,
): Promise<SettlingCase> {
  const found = await annotatorCase(study, secret, task);
  const radiographs: SettlingRadiograph[] = [];
  for (const image of await readerImages(study, secret, task)) {
    radiographs.push(await settlingRadiograph(study, image));
  }
  return {
    case: {
      ...found,
      state: "new",
      // What a model proposed, and what was said of either drawing, is nothing to go by here.
      proposals: { shown: "never", offers: [] },
      draft: null,
      submitted: null,
      returned: null,
      threads: [],
      previous: null,
      next: null,
    },
    radiographs,
  };
}

/**
 * A senior's decision on one radiograph; within a transaction.
 *
 * @throws StudyError `not-found` for a radiograph that is not the case's, `record` for a drawing that may not be,
 *   and as `adjudicateAnnotation`.
 */
export async function settleRadiograph(
  study: Study,
  secret: string,
  task: AnnotatorTask,
  { who, decision }: { readonly who: string; readonly decision: SettlingDecision },
): Promise<void> {
  const images = await readerImages(study, secret, task);
  const image = images.find(({ key }) => key === decision.image);
  if (image === undefined) {
    throw new StudyError("not-found", "There is no such radiograph in this case.");
  }
  const { visibility, outlines } = await decidedDrawing(study, image, decision.take);
  await adjudicateAnnotation(study, {
    image: image.sha256,
    who,
    visibility,
    outlines: [...outlines],
    why: decision.reason,
  });
}

async function decidedDrawing(
  study: Study,
  { sha256 }: ReaderImage,
  take: SettlingDecision["take"],
): Promise<Pick<LatestAnnotation, "visibility" | "outlines">> {
  const image = await findImage(study.database, sha256);
  const comparison = await compareAnnotations(study.database, study, image);
  if (take.what === "drawing") {
    const taken = comparison === null ? undefined : shuffled(study, sha256, comparison)[take.place];
    if (taken !== undefined) return taken;
    throw new StudyError("transition", "This radiograph is settled. Open the case again.");
  }
  for (const shape of take.shapes) requireSound(shape, image.facts);
  const own = { visibility: take.visibility, outlines: outlinesOf(take.shapes) };
  const hasFracture = image.class !== study.protocol.noFractureClass;
  requireMeaning({ ...own, image: sha256, annotator: "" }, image, hasFracture);
  return own;
}

async function settlingRadiograph(
  study: Study,
  { key, sha256 }: ReaderImage,
): Promise<SettlingRadiograph> {
  const comparison = await compareAnnotations(
    study.database,
    study,
    await findImage(study.database, sha256),
  );
  if (comparison === null) return { image: key, ...(await settledRadiograph(study, sha256)) };
  return {
    image: key,
    settled: null,
    differs: !comparison.agreed,
    agreement: worstFirst(comparison.agreement),
    drawings: shuffled(study, sha256, comparison).map(({ visibility, outlines }) => ({
      visibility,
      outlines: [...outlines],
    })),
  };
}

async function settledRadiograph(
  { database }: Study,
  sha256: string,
): Promise<Omit<SettlingRadiograph, "image">> {
  const truth = await database
    .selectFrom("image_truths")
    .select(["how", "visibility", "outlines", "agreement"])
    .where("image_sha256", "=", sha256)
    .executeTakeFirst();
  if (truth === undefined) return { settled: null, differs: false, agreement: [], drawings: [] };
  const outlines = outlinesColumn.read(truth.outlines, `truth of ${sha256}`);
  const agreement = agreementColumn.read(truth.agreement, `truth of ${sha256}`);
  return {
    settled: truth.how,
    differs: false,
    agreement: worstFirst(agreement),
    drawings: [{ visibility: truth.visibility, outlines: [...outlines] }],
  };
}

/** Neither is always the first: whose is whose is not to be guessed. */
function shuffled(
  { protocol }: Study,
  sha256: string,
  { first, second }: Comparison,
): readonly LatestAnnotation[] {
  const both = second === null ? [first] : [first, second];
  const { seed } = protocol.splits;
  return seededOrder(both, ({ author }) => author, seed, `shuffled for ${sha256}`);
}

async function entryOf(study: Study, caseId: string, position: string): Promise<SettlingEntry> {
  const images = (await imagesOf(study, [caseId])).get(caseId) ?? [];
  let [differing, agreeing] = [0, 0];
  let worstIou: number | null = null;
  for (const { image } of images) {
    const found = await findImage(study.database, image);
    const comparison = await compareAnnotations(study.database, study, found);
    if (comparison === null) continue;
    if (comparison.agreed) agreeing++;
    else differing++;
    for (const { iou } of comparison.agreement) worstIou = Math.min(worstIou ?? 1, iou);
  }
  const code = caseCode(position);
  const views = images.map(({ view }) => view);
  return { code, label: caseLabel(code), views, differing, agreeing, worstIou };
}

/** What differs before what agrees, and of that the least overlap first. */
function worth({ differing, worstIou }: SettlingEntry): number {
  return (differing > 0 ? 2 : 0) + 1 - (worstIou ?? 1);
}

function worstFirst(agreement: readonly StructureAgreement[]): StructureAgreement[] {
  return agreement.toSorted((a, b) => a.iou - b.iou);
}

/**
 * First seats of cases that nobody has still to draw, that lack a truth, and that the senior has neither drawn nor
 * still to read; with what would change how they compare.
 */
function submittedCases({ database }: Study, senior: string) {
  return database
    .selectFrom("tasks")
    .where("tasks.queue", "=", ANNOTATION_QUEUE)
    .where("tasks.seat", "=", 0)
    .where("tasks.case_id", "not in", ({ selectFrom }) =>
      selectFrom("tasks as open")
        .select("open.case_id")
        .where("open.queue", "=", ANNOTATION_QUEUE)
        .where("open.done", "=", 0),
    )
    .where("tasks.case_id", "not in", ({ selectFrom }) =>
      selectFrom("tasks as own")
        .select("own.case_id")
        .where("own.person", "=", senior)
        .where(({ eb, or }) =>
          or([eb("own.queue", "=", ANNOTATION_QUEUE), eb("own.done", "=", 0)]),
        ),
    )
    .where("tasks.case_id", "in", ({ selectFrom }) =>
      selectFrom("images")
        .select("images.case_id")
        .where("images.sha256", "not in", ({ selectFrom: from }) =>
          from("image_truths").select("image_truths.image_sha256"),
        ),
    )
    .select(["tasks.case_id", "tasks.person", "tasks.position"])
    .select(({ selectFrom }) =>
      selectFrom("annotations")
        .innerJoin("images", "images.sha256", "annotations.image_sha256")
        .whereRef("images.case_id", "=", "tasks.case_id")
        .where("annotations.source", "=", "person")
        .select(({ fn }) => fn.max("annotations.id").as("id"))
        .as("last"),
    )
    .select(({ selectFrom }) =>
      selectFrom("image_truths")
        .innerJoin("images", "images.sha256", "image_truths.image_sha256")
        .whereRef("images.case_id", "=", "tasks.case_id")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .as("settled"),
    );
}
