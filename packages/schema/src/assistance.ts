/**
 * What proposals did to drawings: the record of each drawing that an audit of assistance compares, and what
 * it finds.
 */
import { z } from "zod";
import { structureAgreementSchema } from "./annotation.ts";
import { estimateSchema, proportionSchema } from "./proportion.ts";

const shareSchema = z.number().min(0).max(1);

/** Whether the annotators of a case see a model's proposals. */
export const assistanceArmSchema = z.enum(["assisted", "unassisted"]);
export type AssistanceArm = z.infer<typeof assistanceArmSchema>;

/** A proposed structure beside what was drawn at last; of a case without proposals, what was not shown. */
export const auditedShapeSchema = z.strictObject({
  structure: z.string().min(1),
  /** Null where it was not shown, or not decided on. */
  decision: z.enum(["accepted", "mended", "rejected"]).nullable(),
  /** IoU of the proposal and the drawing; 0 where nothing was drawn. */
  overlap: shareSchema,
  /** The mean distance of their borders; null where nothing was drawn, or the spacing is unknown. */
  distanceMm: z.number().nonnegative().nullable(),
  /** Whether the proposal overlaps the reference as two annotators must; null without a reference. */
  isRight: z.boolean().nullable(),
});
export type AuditedShape = z.infer<typeof auditedShapeSchema>;

export const auditedDrawingSchema = z.strictObject({
  image: z.string().min(1),
  patient: z.string().min(1),
  annotator: z.string().min(1),
  arm: assistanceArmSchema,
  /** Null where it was not measured. */
  seconds: z.number().nonnegative().nullable(),
  shapes: z.array(auditedShapeSchema).readonly(),
  /** Null where no class was shown, or it was not decided on. */
  class: z
    .strictObject({
      decision: z.enum(["accepted", "mended", "rejected"]),
      /** By the case's readers, who saw no proposal. */
      isRight: z.boolean(),
    })
    .nullable(),
});
export type AuditedDrawing = z.infer<typeof auditedDrawingSchema>;

/** How two annotators agreed on an image before anything was decided. */
export const auditedAgreementSchema = z.strictObject({
  image: z.string().min(1),
  patient: z.string().min(1),
  arm: assistanceArmSchema,
  agreement: z.array(structureAgreementSchema).readonly(),
});
export type AuditedAgreement = z.infer<typeof auditedAgreementSchema>;

/** A figure in both arms, and the assisted less the unassisted one. */
const comparisonSchema = z.strictObject({
  assisted: estimateSchema,
  unassisted: estimateSchema,
  difference: estimateSchema,
});
export type ArmComparison = z.infer<typeof comparisonSchema>;

export const assistanceAuditSchema = z.strictObject({
  /** Patients and drawings of each arm. */
  patients: z.record(assistanceArmSchema, z.int().nonnegative()).readonly(),
  drawings: z.record(assistanceArmSchema, z.int().nonnegative()).readonly(),
  /** Mean time of a drawing. */
  seconds: comparisonSchema,
  /** Mean overlap of the two annotators, over structures that either drew. */
  agreement: comparisonSchema,
  /** Of the proposals that were shown. */
  decisions: z.strictObject({
    accepted: proportionSchema,
    mended: proportionSchema,
    rejected: proportionSchema,
  }),
  /** Mean distance of border that a mended proposal was moved, in millimetres. */
  editDistanceMm: estimateSchema,
  anchoring: z.strictObject({
    /** Wrong outlines that were accepted as they were, of those that were shown. */
    wrongShapesAccepted: proportionSchema,
    /** Wrong classes that were accepted, of those that were shown. */
    wrongClassesAccepted: proportionSchema,
    /**
     * Mean overlap of wrong proposals with what was drawn, shown and not shown. Where annotators are not
     * drawn towards them, both are alike.
     */
    pull: comparisonSchema,
  }),
});
export type AssistanceAudit = z.infer<typeof assistanceAuditSchema>;
