/**
 * Who may see which annotation: an annotator the own ones and the models', the other annotator's once
 * the image has its truth; a senior those that differ, without names.
 */

import { seededOrder } from "@malleolus/random";
import {
  agreementColumn,
  type Outline,
  outlinesColumn,
  type StructureAgreement,
  type TruthHow,
  type Visibility,
} from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { findImage } from "./find-image.ts";
import { mayBeOffered } from "./proposals/proposal-visibility.ts";
import { compareAnnotations } from "./resolve-annotations.ts";

export interface VisibleAnnotation {
  readonly id: number;
  /** The annotator, or the model by its hash. */
  readonly author: string;
  readonly revision: number;
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
  /** The number of the prelabel that it began with. */
  readonly startedFrom: number | null;
  readonly at: string;
}

export interface VisibleAnnotations {
  /** Every revision of the viewer's own, oldest first. */
  readonly own: readonly VisibleAnnotation[];
  /** Of every model the latest; none where the case is drawn without, or is still to be read blind. */
  readonly prelabels: readonly VisibleAnnotation[];
  /** What the other annotator drew at last; null until the image has its truth. */
  readonly others: readonly VisibleAnnotation[] | null;
}

interface Question {
  readonly image: string;
  readonly viewer: string;
}

export async function annotationsVisibleTo(
  study: Study,
  { image, viewer }: Question,
): Promise<VisibleAnnotations> {
  requireRole(study, viewer, "annotator");
  const rows = await study.database
    .selectFrom("annotations")
    .select(["id", "source", "author", "revision", "visibility", "outlines", "started_from", "at"])
    .where("image_sha256", "=", image)
    .orderBy("author")
    .orderBy("revision")
    .execute();
  const truth = await study.database
    .selectFrom("image_truths")
    .select("how")
    .where("image_sha256", "=", image)
    .executeTakeFirst();
  const drawn = rows.map(({ source, started_from, outlines, ...row }) => ({
    source,
    seen: {
      ...row,
      startedFrom: started_from,
      outlines: outlinesColumn.read(outlines, `annotation ${row.id}`),
    },
  }));
  const people = drawn.filter(({ source }) => source === "person").map(({ seen }) => seen);
  const models = drawn.filter(({ source }) => source === "model").map(({ seen }) => seen);
  const { caseId } = await findImage(study.database, image);
  const mayBegin = await mayBeOffered(study.database, caseId, viewer);
  const others = people.filter(({ author }) => author !== viewer);
  return {
    own: people.filter(({ author }) => author === viewer),
    prelabels: mayBegin ? latestOf(models) : [],
    others: truth === undefined ? null : latestOf(others),
  };
}

export interface AnnotationDisagreement {
  /** The two annotations in any order, without names. */
  readonly annotations: readonly {
    readonly visibility: Visibility | null;
    readonly outlines: readonly Outline[];
  }[];
  /** Worst first. */
  readonly agreement: readonly StructureAgreement[];
}

/**
 * @throws StudyError `person` for someone who is no senior or drew it, `transition` where they
 *   agree.
 */
export async function annotationDisagreementVisibleTo(
  study: Study,
  { image: sha256, viewer }: Question,
): Promise<AnnotationDisagreement> {
  requireRole(study, viewer, "senior");
  const image = await findImage(study.database, sha256);
  const comparison = await compareAnnotations(study.database, study, image);
  if (comparison === null || comparison.second === null || comparison.agreed) {
    throw new StudyError(
      "transition",
      `image ${sha256}: its two annotations do not differ, or one is missing; there is nothing to decide`,
    );
  }
  const both = [comparison.first, comparison.second];
  if (both.some(({ author }) => author === viewer)) {
    throw new StudyError(
      "person",
      `image ${sha256}: expected a senior who did not draw it, got ${viewer}`,
    );
  }
  const { seed } = study.protocol.splits;
  const shuffled = seededOrder(both, ({ author }) => author, seed, `shuffled for ${sha256}`);
  return {
    annotations: shuffled.map(({ visibility, outlines }) => ({ visibility, outlines })),
    agreement: comparison.agreement.toSorted((a, b) => a.iou - b.iou),
  };
}

export interface ImageAgreement {
  readonly image: string;
  readonly caseId: string;
  readonly how: TruthHow;
  /** Before anything was decided. */
  readonly agreement: readonly StructureAgreement[];
}

/** How the annotators agreed on every image that has its truth. */
export async function annotationAgreement({ database }: Study): Promise<ImageAgreement[]> {
  const rows = await database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .select([
      "image_truths.image_sha256",
      "images.case_id",
      "image_truths.how",
      "image_truths.agreement",
    ])
    .orderBy("image_truths.image_sha256")
    .execute();
  return rows.map(({ image_sha256, case_id, how, agreement }) => ({
    image: image_sha256,
    caseId: case_id,
    how,
    agreement: agreementColumn.read(agreement, `truth of ${image_sha256}`),
  }));
}

function latestOf(rows: readonly VisibleAnnotation[]): VisibleAnnotation[] {
  return [...new Map(rows.map((row) => [row.author, row])).values()];
}
