/** The patients behind an audit of assistance: whose drawings were made with proposals, and what became of these. */
import type {
  AssistanceArm,
  AuditedAgreement,
  AuditedDrawing,
  AuditedShape,
} from "@malleolus/schema";

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
  /** Of whom it is known how long a drawing took. */
  readonly timed: PatientsByArm;
  /** Whom two annotators have drawn, so that their outlines can be compared. */
  readonly drawnTwice: PatientsByArm;
  /** Of whose proposals, shown or not, one is wrong. */
  readonly wrongShapes: PatientsByArm;
}

export type PatientsByArm = Readonly<Record<AssistanceArm, readonly string[]>>;

export function auditedPatients(
  drawings: readonly AuditedDrawing[],
  agreements: readonly AuditedAgreement[],
): AuditedPatients {
  const whose = (is: (drawing: AuditedDrawing) => boolean) => patientsOf(drawings.filter(is));
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
    timed: byArm(drawings.filter(({ seconds }) => seconds !== null)),
    drawnTwice: byArm(agreements.filter(({ agreement }) => agreement.length > 0)),
    wrongShapes: byArm(
      drawings.filter(({ shapes }) => shapes.some(({ isRight }) => isRight === false)),
    ),
  };
}

function byArm(
  items: readonly { readonly patient: string; readonly arm: AssistanceArm }[],
): PatientsByArm {
  const of = (wanted: AssistanceArm) => patientsOf(items.filter(({ arm }) => arm === wanted));
  return { assisted: of("assisted"), unassisted: of("unassisted") };
}

function patientsOf(items: readonly { readonly patient: string }[]): string[] {
  return [...new Set(items.map(({ patient }) => patient))];
}
