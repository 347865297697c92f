/**
 * Do proposals help, and do they lead astray? Cases drawn with a model's proposals against a seeded share
 * drawn without: time, what was changed, how two annotators agree, and anchoring.
 *
 * Anchoring is told twice. The share of wrong proposals that were accepted needs a reference of its own:
 * where both annotators accepted a wrong outline, the study's truth is that outline, and it counts as
 * right. The pull does not: proposals of cases drawn without are known, too, though nobody saw them, and
 * drawings come as close to these as a drawing does without being led.
 *
 * Intervals are of the bootstrap over patients, since views of one are alike; arms are of cases, so that a
 * resample may hold more or less of either.
 */
import type {
  ArmComparison,
  AssistanceArm,
  AssistanceAudit,
  AuditedAgreement,
  AuditedDrawing,
  AuditedShape,
  Estimate,
  Proportion,
} from "@malleolus/schema";
import { type BootstrapOptions, bootstrap } from "../bootstrap.ts";
import { clusterCounts, clusteredProportionOf } from "../clustered-proportion.ts";
import { meanOf } from "../summary.ts";

/** @throws EvaluationError `input` for options that the bootstrap does not take. */
export function auditAssistance(
  drawings: readonly AuditedDrawing[],
  agreements: readonly AuditedAgreement[],
  options: BootstrapOptions,
): AssistanceAudit {
  const shapes = drawings.flatMap(({ shapes: all, patient, arm }) =>
    all.map((shape) => ({ ...shape, patient, arm })),
  );
  const shown = shapes.filter(({ arm, decision }) => arm === "assisted" && decision !== null);
  const wrong = shapes.filter(({ isRight }) => isRight === false);
  const classes = drawings.flatMap(({ class: said, patient }) =>
    said === null ? [] : [{ ...said, patient }],
  );
  const decided = (items: readonly Decided[], decision: AuditedShape["decision"]): Proportion =>
    clusteredProportionOf(
      clusterCounts(
        items,
        ({ patient }) => patient,
        (item) => item.decision === decision,
      ),
    );
  return {
    patients: countArms(drawings, (own) => new Set(own.map(({ patient }) => patient)).size),
    drawings: countArms(drawings, (own) => own.length),
    seconds: compareArms(drawings, ({ seconds }) => seconds, options),
    agreement: compareArms(
      agreements.flatMap(({ agreement, patient, arm }) =>
        agreement.map(({ iou }) => ({ iou, patient, arm })),
      ),
      ({ iou }) => iou,
      options,
    ),
    decisions: {
      accepted: decided(shown, "accepted"),
      mended: decided(shown, "mended"),
      rejected: decided(shown, "rejected"),
    },
    editDistanceMm: meanOverPatients(
      shown.filter(({ decision }) => decision === "mended"),
      ({ distanceMm }) => distanceMm,
      options,
    ),
    anchoring: {
      wrongShapesAccepted: decided(
        shown.filter(({ isRight }) => isRight === false),
        "accepted",
      ),
      wrongClassesAccepted: decided(
        classes.filter(({ isRight }) => !isRight),
        "accepted",
      ),
      pull: compareArms(wrong, ({ overlap }) => overlap, options),
    },
  };
}

interface Decided {
  readonly patient: string;
  readonly decision: AuditedShape["decision"];
}

interface InArm {
  readonly patient: string;
  readonly arm: AssistanceArm;
}

function countArms<T extends InArm>(
  items: readonly T[],
  count: (own: readonly T[]) => number,
): Record<AssistanceArm, number> {
  const of = (arm: AssistanceArm) => count(items.filter((item) => item.arm === arm));
  return { assisted: of("assisted"), unassisted: of("unassisted") };
}

/** Means over the items with a value; the interval's resamples draw patients. */
function compareArms<T extends InArm>(
  items: readonly T[],
  figureOf: (item: T) => number | null,
  options: BootstrapOptions,
): ArmComparison {
  const clusters = [...Map.groupBy(items, ({ patient }) => patient).values()];
  const [assisted, unassisted, difference] = bootstrap(
    clusters,
    (sample) => {
      const all = sample.flat();
      const mean = (arm: AssistanceArm) =>
        meanOf(all.filter((item) => item.arm === arm).flatMap((item) => figureOf(item) ?? []));
      const [withThem, without] = [mean("assisted"), mean("unassisted")];
      const apart = withThem === null || without === null ? null : withThem - without;
      return [withThem, without, apart];
    },
    options,
  );
  return { assisted, unassisted, difference };
}

function meanOverPatients<T extends { readonly patient: string }>(
  items: readonly T[],
  figureOf: (item: T) => number | null,
  options: BootstrapOptions,
): Estimate {
  const clusters = [...Map.groupBy(items, ({ patient }) => patient).values()];
  const [estimate] = bootstrap(
    clusters,
    (sample) => [meanOf(sample.flat().flatMap((item) => figureOf(item) ?? []))],
    options,
  );
  return estimate;
}
