/** The patients behind an audit of assistance: whose drawings were made with proposals, and what became of these. */
import type { AuditedDrawing, AuditedShape } from "@malleolus/schema";

/** Each once, in the order of the drawings. */
export interface AuditedPatients {
  readonly assisted: readonly string[];
  readonly unassisted: readonly string[];
  /** Of the proposals that were shown. */
  readonly accepted: readonly string[];
  readonly mended: readonly string[];
  readonly rejected: readonly string[];
  readonly wrongShapesAccepted: readonly string[];
  readonly wrongClassesAccepted: readonly string[];
  /** Of whose proposals, shown or not, one is wrong. */
  readonly wrongShapes: readonly string[];
}

export function auditedPatients(drawings: readonly AuditedDrawing[]): AuditedPatients {
  const whose = (is: (drawing: AuditedDrawing) => boolean) => [
    ...new Set(drawings.filter(is).map(({ patient }) => patient)),
  ];
  const shown = (is: (shape: AuditedShape) => boolean) =>
    whose(({ arm, shapes }) => arm === "assisted" && shapes.some(is));
  return {
    assisted: whose(({ arm }) => arm === "assisted"),
    unassisted: whose(({ arm }) => arm === "unassisted"),
    accepted: shown(({ decision }) => decision === "accepted"),
    mended: shown(({ decision }) => decision === "mended"),
    rejected: shown(({ decision }) => decision === "rejected"),
    wrongShapesAccepted: shown(
      ({ decision, isRight }) => decision === "accepted" && isRight === false,
    ),
    wrongClassesAccepted: whose(
      ({ class: said }) => said !== null && said.decision === "accepted" && !said.isRight,
    ),
    wrongShapes: whose(({ shapes }) => shapes.some(({ isRight }) => isRight === false)),
  };
}
