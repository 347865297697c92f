/**
 * What an annotator draws in the reading room: saved as a draft, shape by shape, and submitted as one
 * annotation a radiograph. It stays a draft after that, so that it can be revised until it is decided.
 */
import {
  type Annotation,
  type AnnotationContent,
  annotationDraftColumn,
  type ProposalDecision,
} from "@malleolus/schema";
import { inTransaction } from "../../database/in-transaction.ts";
import { StudyError } from "../../errors.ts";
import type { Study } from "../../study.ts";
import { imagesOf } from "../../tasks/worklist.ts";
import { findImage } from "../find-image.ts";
import { submitAnnotation } from "../submit-annotation.ts";
import { annotatorOffers, isShownOn, type StoredOffer } from "./annotator-offers.ts";
import type { AnnotatorTask } from "./annotator-tasks.ts";
import { outlinesOf, requireMeaning, requireSound } from "./drawn-outlines.ts";

export interface StoredAnnotationDraft {
  readonly version: number;
  readonly content: AnnotationContent;
  readonly savedAt: string;
  readonly submittedAt: string | null;
}

export async function annotationDraftOf(
  { database }: Study,
  { caseId, person }: AnnotatorTask,
): Promise<StoredAnnotationDraft | null> {
  const row = await database
    .selectFrom("annotation_drafts")
    .select(["version", "content", "at", "submitted_at"])
    .where("person", "=", person)
    .where("case_id", "=", caseId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const content = annotationDraftColumn.read(row.content, "annotation_drafts.content");
  return { version: row.version, content, savedAt: row.at, submittedAt: row.submitted_at };
}

interface VersionedContent {
  readonly version: number;
  readonly content: AnnotationContent;
}

/**
 * Saves a draft over version `version`.
 *
 * @throws StudyError `stale` where another was saved since, `transition` once a radiograph of it has its
 *   truth.
 */
export async function saveAnnotationDraft(
  study: Study,
  task: AnnotatorTask,
  given: VersionedContent,
): Promise<{ readonly version: number; readonly savedAt: string }> {
  return inTransaction(study.database, async (transaction) =>
    writeDraft({ ...study, database: transaction }, task, given, null),
  );
}

/**
 * Submits what is drawn: the draft is saved, and each radiograph gets an annotation.
 *
 * @throws StudyError `record` for a shape that crosses itself or encloses nothing, for drawings that were
 *   put aside, and as `submitAnnotation`; otherwise as `saveAnnotationDraft`.
 */
export async function submitAnnotationDraft(
  study: Study,
  task: AnnotatorTask,
  given: VersionedContent,
): Promise<{ readonly at: string; readonly version: number }> {
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    const { content } = given;
    if (content.parked.length > 0) {
      throw new StudyError(
        "record",
        `${content.parked.length} drawings are put aside. Go on with them, or drop them.`,
      );
    }
    const images = await imagesOfTask(within, task);
    const seen = await annotatorOffers(within, task, images, content);
    const before = await annotationDraftOf(within, task);
    const at = new Date().toISOString();
    const { version } = await writeDraft(within, task, given, at);
    for (const image of images) {
      const annotation = annotationOf(content, image, {
        annotator: task.person,
        shown: seen.shown,
        offers: seen.offers.filter((offer) => offer.image === image),
        secondsBefore: before?.submittedAt == null ? 0 : (before.content.seconds[image] ?? 0),
      });
      const found = await findImage(transaction, image);
      for (const shape of content.shapes) {
        if (shape.image === image) requireSound(shape, found.facts);
      }
      requireMeaning(annotation, found, found.class !== study.protocol.noFractureClass);
      await inOwnWords(() => submitAnnotation(within, annotation));
    }
    return { at, version };
  });
}

/** Whether a radiograph of the case has its truth: the case takes no more annotations then. */
export async function isDecided(
  { database }: Pick<Study, "database">,
  { caseId }: AnnotatorTask,
): Promise<boolean> {
  const row = await database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .select("image_truths.how")
    .where("images.case_id", "=", caseId)
    .executeTakeFirst();
  return row !== undefined;
}

interface Drawn {
  readonly annotator: string;
  readonly shown: Annotation["proposals"];
  readonly offers: readonly StoredOffer[];
  /** Time of an earlier submission, which its annotation has already. */
  readonly secondsBefore: number;
}

/** One radiograph's annotation: its shapes by structure, and what became of its proposals. */
function annotationOf(
  content: AnnotationContent,
  image: string,
  { annotator, shown, offers, secondsBefore }: Drawn,
): Annotation {
  const shapes = content.shapes.filter((shape) => shape.image === image);
  const decisions = offers.flatMap(({ key, prelabel, structure, decision: earlier }) => {
    const made = content.decisions.find(({ offer }) => offer === key);
    if (made === undefined) return [];
    const { is, why } = made;
    // A proposal that was rejected and stays so needs no second word.
    if (earlier?.is === "rejected" && is === "rejected") return [];
    const decision: ProposalDecision = {
      of: "shape",
      prelabel,
      structure,
      is,
      ...(why === undefined ? {} : { why }),
    };
    return [decision];
  });
  const begun = decisions.find(({ is }) => is !== "rejected")?.prelabel;
  const wasShown = shown !== undefined && isShownOn(shown, image, content);
  const seconds = (content.seconds[image] ?? 0) - secondsBefore;
  return {
    image,
    annotator,
    visibility: content.visibility[image] ?? null,
    outlines: outlinesOf(shapes),
    ...(begun === undefined ? {} : { startedFrom: begun }),
    proposals: wasShown ? shown : "never",
    decisions,
    seconds: Math.max(0, Math.round(seconds * 10) / 10),
  };
}

/** Messages for those who run the study name images, classes and people; annotators get others. */
async function inOwnWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof StudyError)) throw cause;
    const open = /left open$/.test(cause.message);
    const message = open
      ? "A proposal is undecided. Accept, mend or reject it, then submit again."
      : "This drawing was not accepted as it is. Reload the case, then submit again.";
    throw new StudyError(cause.code === "person" ? "not-found" : cause.code, message, { cause });
  }
}

async function writeDraft(
  study: Study,
  task: AnnotatorTask,
  { version, content }: VersionedContent,
  submittedAt: string | null,
): Promise<{ readonly version: number; readonly savedAt: string }> {
  const own = new Set(await imagesOfTask(study, task));
  if (content.shapes.some(({ image }) => !own.has(image))) {
    throw new StudyError("record", "A radiograph is named that is not this case's. Open it again.");
  }
  if (await isDecided(study, task)) {
    throw new StudyError("transition", "This case is decided. It takes no more drawings.");
  }
  const held = await annotationDraftOf(study, task);
  if ((held?.version ?? 0) !== version) {
    throw new StudyError(
      "stale",
      "This case was saved elsewhere meanwhile. Read it again before you go on.",
    );
  }
  const savedAt = new Date().toISOString();
  const row = {
    version: version + 1,
    content: annotationDraftColumn.write(content),
    at: savedAt,
    submitted_at: submittedAt ?? held?.submittedAt ?? null,
  };
  await study.database
    .insertInto("annotation_drafts")
    .values({ person: task.person, case_id: task.caseId, ...row })
    .onConflict((conflict) => conflict.columns(["person", "case_id"]).doUpdateSet(row))
    .execute();
  return { version: version + 1, savedAt };
}

async function imagesOfTask(study: Study, { caseId }: AnnotatorTask): Promise<string[]> {
  const images = (await imagesOf(study, [caseId])).get(caseId) ?? [];
  return images.map(({ image }) => image);
}
