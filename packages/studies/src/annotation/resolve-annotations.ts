/**
 * From annotations to the truth of an image: the first annotator's where both agree, else what a senior
 * decides. A case whose images all have theirs is annotated.
 */
import {
  type AnnotationAdjudication,
  agreementColumn,
  type Outline,
  outlinesColumn,
  type StructureAgreement,
  type TruthHow,
  type Visibility,
} from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { type FoundImage, findImage } from "./find-image.ts";
import { agreementOf } from "./outline-polygons.ts";
import { checkMeaning, checkOutlines } from "./structures.ts";

export interface ResolvedAnnotations {
  /** Images that got their truth. */
  readonly resolved: number;
  /** Cases that are annotated with them. */
  readonly casesAnnotated: number;
  /** Images on which the annotators differ, for a senior. */
  readonly disagreements: readonly string[];
}

/** Settles every image that all its annotators have drawn; each is a transaction of its own. */
export async function resolveAnnotations(study: Study, who: string): Promise<ResolvedAnnotations> {
  const pending = await study.database
    .selectFrom("annotations")
    .select("image_sha256")
    .distinct()
    .where("source", "=", "person")
    .where("image_sha256", "not in", ({ selectFrom }) =>
      selectFrom("image_truths").select("image_sha256"),
    )
    .orderBy("image_sha256")
    .execute();
  const disagreements: string[] = [];
  const counts = { resolved: 0, casesAnnotated: 0 };
  for (const { image_sha256: sha256 } of pending) {
    const outcome = await inTransaction(study.database, async (transaction) => {
      const image = await findImage(transaction, sha256);
      const comparison = await compareAnnotations(transaction, study, image);
      if (comparison === null) return null;
      if (!comparison.agreed) return "differ";
      const { first, second, agreement } = comparison;
      const stamp: AuditStamp = { who, at: new Date().toISOString() };
      const annotated = await writeTruth(transaction, image, {
        ...first,
        how: second === null ? "single annotator" : "agreed",
        comparison,
        why: agreementText(agreement),
        ...stamp,
      });
      return annotated ? "case annotated" : "resolved";
    });
    if (outcome === "differ") disagreements.push(sha256);
    if (outcome === "resolved" || outcome === "case annotated") counts.resolved++;
    if (outcome === "case annotated") counts.casesAnnotated++;
  }
  return { ...counts, disagreements };
}

/**
 * A senior's truth of an image on which the annotators differ; returns whether its case is annotated
 * with it.
 *
 * @throws StudyError `person` for someone who is no senior or drew it, `record` for an annotation
 *   that contradicts protocol or case, `transition` where there is nothing to decide.
 */
export async function adjudicateAnnotation(
  study: Study,
  given: AnnotationAdjudication,
): Promise<boolean> {
  const { who, why, outlines, visibility } = given;
  requireRole(study, who, "senior");
  const at = new Date().toISOString();
  return inTransaction(study.database, async (transaction) => {
    const image = await findImage(transaction, given.image);
    const comparison = await compareAnnotations(transaction, study, image);
    if (comparison === null || comparison.agreed) {
      const why =
        comparison === null
          ? "an annotation is missing, or the image has its truth"
          : "its annotators agree";
      throw new StudyError(
        "transition",
        `image ${image.sha256}: ${why}; there is nothing for a senior to decide`,
      );
    }
    if ([comparison.first, comparison.second].some((annotation) => annotation?.author === who)) {
      throw new StudyError(
        "person",
        `image ${image.sha256}: expected a senior who did not draw it, got ${who}; another decides`,
      );
    }
    checkOutlines(study, outlines, image);
    checkMeaning(study, given, { sha256: image.sha256, class: image.class ?? "" });
    return writeTruth(transaction, image, {
      visibility,
      outlines,
      how: "adjudicated",
      comparison,
      who,
      at,
      why,
    });
  });
}

export interface LatestAnnotation {
  readonly id: number;
  readonly author: string;
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
}

export interface Comparison {
  readonly first: LatestAnnotation;
  /** Null where the protocol asks for one annotator. */
  readonly second: LatestAnnotation | null;
  readonly agreement: readonly StructureAgreement[];
  readonly agreed: boolean;
}

/** Null where the image has its truth, an annotator has not drawn it, or a drawing was given back. */
export async function compareAnnotations(
  database: StudyDatabase | Transaction<StudyTables>,
  { protocol }: Study,
  image: FoundImage,
): Promise<Comparison | null> {
  const truth = await database
    .selectFrom("image_truths")
    .select("how")
    .where("image_sha256", "=", image.sha256)
    .executeTakeFirst();
  if (truth !== undefined) return null;
  const people = await database
    .selectFrom("tasks")
    .select(["person", "done"])
    .where("queue", "=", "annotation")
    .where("case_id", "=", image.caseId)
    .orderBy("seat")
    .execute();
  if (await isGivenBack(database, image.caseId, people)) return null;
  const drawn: LatestAnnotation[] = [];
  for (const { person } of people) {
    const annotation = await latestAnnotation(database, image.sha256, person);
    if (annotation === null) return null;
    drawn.push(annotation);
  }
  if (drawn.length === 0) return null;
  const [first, second = null] = drawn;
  if (second === null) return { first, second, agreement: [], agreed: true };
  const agreement = agreementOf(first.outlines, second.outlines, image.facts);
  // A fracture that only one of them can see is drawn by one only, and overlaps by 0.
  const agreed = agreement.every(({ iou }) => iou >= protocol.thresholds.annotationIou);
  return { first, second, agreement, agreed };
}

/** A senior has given a drawing back, and it has not been submitted again. */
async function isGivenBack(
  database: StudyDatabase | Transaction<StudyTables>,
  caseId: string,
  people: readonly { readonly person: string; readonly done: number }[],
): Promise<boolean> {
  const open = people.filter(({ done }) => done === 0).map(({ person }) => person);
  if (open.length === 0) return false;
  const returned = await database
    .selectFrom("returned_annotations")
    .select("id")
    .where("case_id", "=", caseId)
    .where("annotator", "in", open)
    .executeTakeFirst();
  return returned !== undefined;
}

async function latestAnnotation(
  database: StudyDatabase | Transaction<StudyTables>,
  sha256: string,
  author: string,
): Promise<LatestAnnotation | null> {
  const row = await database
    .selectFrom("annotations")
    .select(["id", "author", "visibility", "outlines"])
    .where("image_sha256", "=", sha256)
    .where("source", "=", "person")
    .where("author", "=", author)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { ...row, outlines: outlinesColumn.read(row.outlines, `annotation ${row.id}`) };
}

interface NewTruth extends AuditStamp {
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
  readonly how: TruthHow;
  readonly comparison: Comparison;
  readonly why: string;
}

/** Returns whether it was the last that the case lacked. */
async function writeTruth(
  transaction: Transaction<StudyTables>,
  { sha256, caseId }: FoundImage,
  { visibility, outlines, how, comparison, who, at, why }: NewTruth,
): Promise<boolean> {
  await transaction
    .insertInto("image_truths")
    .values({
      image_sha256: sha256,
      visibility,
      outlines: outlinesColumn.write(outlines),
      how,
      agreement: agreementColumn.write(comparison.agreement),
      first_annotation: comparison.first.id,
      second_annotation: comparison.second?.id ?? null,
      at,
      who,
      why,
    })
    .execute();
  const left = await transaction
    .selectFrom("images")
    .select("sha256")
    .where("case_id", "=", caseId)
    .where("sha256", "not in", ({ selectFrom }) =>
      selectFrom("image_truths").select("image_sha256"),
    )
    .executeTakeFirst();
  if (left !== undefined) return false;
  const { state } = await transaction
    .updateTable("cases")
    .set({ annotated_at: at })
    .where("id", "=", caseId)
    .returning("state")
    .executeTakeFirstOrThrow();
  // An assigned case keeps saying to what it is assigned.
  if (state === "agreed" || state === "adjudicated") {
    const reason = "every image has its truth";
    await transitionCase(transaction, { caseId, to: "annotated", who, at, why: reason });
  }
  return true;
}

/** `fibula 0.93, fracture 0.61` */
function agreementText(agreement: readonly StructureAgreement[]): string {
  const parts = agreement.map(({ structure, iou }) => `${structure} ${iou.toFixed(2)}`);
  return parts.length === 0 ? "nothing to compare" : `overlap: ${parts.join(", ")}`;
}
