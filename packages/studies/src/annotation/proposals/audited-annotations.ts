/**
 * Each annotator's last annotation of a radiograph beside what a model had proposed for it, whether or not it
 * was shown: what an audit of assistance compares. For those who run the study.
 *
 * Cases that were given out before there were arms, and radiographs without a proposal, are left out.
 */
import { polygonsIou } from "@malleolus/geometry";
import {
  type AuditedAgreement,
  type AuditedDrawing,
  type AuditedShape,
  agreementColumn,
  type ImageRecord,
  imageColumn,
  likeliestClass,
  type Outline,
  outlinesColumn,
} from "@malleolus/schema";
import type { Study } from "../../study.ts";
import { distanceMm, polygonsOf } from "./proposal-distance.ts";
import { prelabelsOf, type StoredPrelabel } from "./proposal-visibility.ts";

export interface AuditedAnnotations {
  readonly annotations: readonly AuditedDrawing[];
  readonly agreements: readonly AuditedAgreement[];
}

/** What is true of an image: of a simulation, what was simulated; else the study's truth is asked. */
export type Reference = (image: string) => readonly Outline[] | null;

export async function auditedAnnotations(
  study: Study,
  reference?: Reference,
): Promise<AuditedAnnotations> {
  const rows = await study.database
    .selectFrom("annotations")
    .innerJoin("images", "images.sha256", "annotations.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("case_classes", "case_classes.case_id", "cases.id")
    .innerJoin("annotation_arms", "annotation_arms.case_id", "cases.id")
    .leftJoin("image_truths", "image_truths.image_sha256", "images.sha256")
    .where("annotations.source", "=", "person")
    .select([
      "annotations.id",
      "annotations.author",
      "annotations.outlines",
      "annotations.seconds",
      "images.sha256",
      "images.facts",
      "cases.patient_id",
      "case_classes.class",
      "annotation_arms.arm",
      "image_truths.outlines as truth",
    ])
    .orderBy("images.sha256")
    .orderBy("annotations.id")
    .execute();
  // Of every revision the last; its time is the sum of all, since each is work on the same annotation.
  const byDrawing = Map.groupBy(rows, ({ sha256, author }) => `${sha256} ${author}`);
  const annotations: AuditedDrawing[] = [];
  for (const revisions of byDrawing.values()) {
    const last = revisions[revisions.length - 1];
    const { sha256, author, arm, patient_id } = last;
    const ids = revisions.map(({ id }) => id);
    const prelabels = await prelabelsOf(study.database, sha256);
    const before = prelabels.filter(({ id }) => id < ids[0]);
    if (before.length === 0) continue;
    const truth =
      reference === undefined
        ? last.truth === null
          ? null
          : outlinesColumn.read(last.truth, `truth of ${sha256}`)
        : reference(sha256);
    const facts = imageColumn.read(last.facts, `image ${sha256}`);
    const decisions = await decisionsWith(study, ids);
    const drawn = outlinesColumn.read(last.outlines, `annotation ${last.id}`);
    const times = revisions.flatMap(({ seconds }) => seconds ?? []);
    const classDecision = decisions.find(({ structure }) => structure === null);
    const asked = prelabels.find(({ id }) => id === classDecision?.prelabel_id);
    const probabilities = asked?.record.probabilities ?? null;
    annotations.push({
      image: sha256,
      patient: patient_id,
      annotator: author,
      arm,
      seconds: times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0),
      shapes: auditedShapes(study, { prelabels, before, decisions, drawn, truth, facts }),
      class:
        classDecision === undefined || probabilities === null
          ? null
          : {
              decision: classDecision.decision,
              isRight: likeliestClass(probabilities).class === last.class,
            },
    });
  }
  return { annotations, agreements: await auditedAgreements(study) };
}

async function decisionsWith({ database }: Study, annotationIds: readonly number[]) {
  const rows = await database
    .selectFrom("proposal_decisions")
    .select(["prelabel_id", "structure", "decision"])
    .where("annotation_id", "in", annotationIds)
    .orderBy("id")
    .execute();
  return [...new Map(rows.map((row) => [row.structure, row])).values()];
}

interface Compared {
  readonly prelabels: readonly StoredPrelabel[];
  /** Those that were there when the annotator began. */
  readonly before: readonly StoredPrelabel[];
  readonly decisions: Awaited<ReturnType<typeof decisionsWith>>;
  readonly drawn: readonly Outline[];
  readonly truth: readonly Outline[] | null;
  readonly facts: ImageRecord;
}

/** Of every structure the proposal that was decided on, else the latest that was there. */
function auditedShapes(study: Study, compared: Compared): AuditedShape[] {
  const { prelabels, before, decisions, drawn, truth, facts } = compared;
  const latest = before[before.length - 1];
  const structures = new Set([
    ...latest.record.shapes.map(({ structure }) => structure),
    ...decisions.flatMap(({ structure }) => structure ?? []),
  ]);
  const { annotationIou } = study.protocol.thresholds;
  return [...structures].flatMap((structure) => {
    const decided = decisions.find((one) => one.structure === structure);
    const from = prelabels.find(({ id }) => id === decided?.prelabel_id) ?? latest;
    const proposed = from.record.shapes.find((shape) => shape.structure === structure);
    if (proposed === undefined) return [];
    const own = polygonsOf(drawn, structure, facts);
    const right = truth === null ? null : polygonsOf(truth, structure, facts);
    return [
      {
        structure,
        decision: decided?.decision ?? null,
        overlap: polygonsIou(proposed.polygons, own, facts),
        distanceMm: distanceMm(proposed.polygons, own, facts),
        isRight:
          right === null ? null : polygonsIou(proposed.polygons, right, facts) >= annotationIou,
      },
    ];
  });
}

async function auditedAgreements({ database }: Study): Promise<AuditedAgreement[]> {
  const rows = await database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("annotation_arms", "annotation_arms.case_id", "cases.id")
    .where("image_truths.second_annotation", "is not", null)
    .select(["images.sha256", "cases.patient_id", "annotation_arms.arm", "image_truths.agreement"])
    .orderBy("images.sha256")
    .execute();
  return rows.map(({ sha256, patient_id, arm, agreement }) => ({
    image: sha256,
    patient: patient_id,
    arm,
    agreement: agreementColumn.read(agreement, `truth of ${sha256}`),
  }));
}
