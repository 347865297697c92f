/**
 * How far two annotators outline the same structure alike, and from that the tolerance of the
 * normalised surface distance: a model that is as near to one annotator as the other annotator is
 * cannot be told to be wrong.
 */
import type { Estimate } from "@malleolus/schema";
import { type BootstrapOptions, bootstrap } from "../bootstrap.ts";
import { meanOf, medianOf } from "../summary.ts";
import type { MaskAgreement } from "./mask-agreement.ts";

/** One structure on one radiograph, outlined by two. */
export interface OutlinedTwice {
  readonly patient: string;
  readonly boxIou: number;
  readonly masks: MaskAgreement;
}

export interface AnnotatorOverlap {
  readonly outlined: number;
  readonly patients: number;
  /** Means, with intervals of the bootstrap over patients. */
  readonly boxIou: Estimate;
  readonly maskIou: Estimate;
  readonly dice: Estimate;
  readonly centerLineDice: Estimate;
  /**
   * The median over radiographs of the mean distance of the borders, in the unit of the spacing: what
   * `normalizedSurfaceDistance` takes as its tolerance unless something else is asked for.
   */
  readonly surfaceDistance: Estimate;
}

export function annotatorOverlap(
  outlined: readonly OutlinedTwice[],
  options: BootstrapOptions,
): AnnotatorOverlap {
  const patients = [...Map.groupBy(outlined, ({ patient }) => patient).values()];
  const [boxIou, maskIou, dice, centerLineDice, surfaceDistance] = bootstrap(
    patients,
    (sample) => {
      const all = sample.flat();
      const mean = (of: (one: OutlinedTwice) => number) => meanOf(all.map(of));
      return [
        mean((one) => one.boxIou),
        mean(({ masks }) => masks.iou),
        mean(({ masks }) => masks.dice),
        mean(({ masks }) => masks.centerLineDice),
        medianOf(all.flatMap(({ masks }) => masks.meanSurfaceDistance ?? [])),
      ];
    },
    options,
  );
  return {
    outlined: outlined.length,
    patients: patients.length,
    boxIou,
    maskIou,
    dice,
    centerLineDice,
    surfaceDistance,
  };
}
