/**
 * How well found fractures are outlined, by everything that Metrics Reloaded asks of a thin structure:
 * overlap, centre line and border. Each figure twice, of the found fractures alone and with every missed
 * one as 0; distances have no value for what was missed and are of the found ones.
 *
 * Distances are in millimetres, on radiographs that have any; the others have no part in them.
 */
import type { Estimate } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "../bootstrap.ts";
import { matchFractures, outlineMasks } from "../matching.ts";
import type { TestImage, TestPatient } from "../patient.ts";
import {
  type ClusteredValues,
  clusteredValues,
  weightedMean,
  weightedMedian,
} from "../weighted-statistics.ts";
import type { PixelSpacing } from "./distance-transform.ts";
import { type MaskAgreement, maskAgreement } from "./mask-agreement.ts";

export interface FractureMasksOptions extends BootstrapOptions {
  readonly fractureClasses: readonly string[];
  /** From which a finding says where a fracture is, and the overlap of boxes from which it is right. */
  readonly minimumScore: number;
  readonly leastIou: number;
  /** Null where nothing is known in millimetres. */
  readonly spacingMm: (image: TestImage) => PixelSpacing | null;
  /** Of the normalised surface distance: the annotators' own distance, `annotatorOverlap` say. */
  readonly toleranceMm: number;
  /** Of the boundary IoU. */
  readonly bandMm: number;
}

export interface FractureMask {
  readonly patient: string;
  readonly image: string;
  readonly class: string;
  /** Whether the image's millimetres are known, without which distances and tolerances say nothing. */
  readonly inMm: boolean;
  /** Null for a fracture that was missed. */
  readonly masks: MaskAgreement | null;
}

/** A mean with its interval of the bootstrap over patients, and how many fractures it is of. */
export interface MeanOf extends Estimate {
  readonly fractures: number;
}

export interface FractureMasks {
  readonly fractures: readonly FractureMask[];
  readonly dice: MatchedAndAll;
  readonly centerLineDice: MatchedAndAll;
  readonly normalizedSurfaceDistance: MatchedAndAll;
  readonly boundaryIou: MatchedAndAll;
  /** Medians: one outline that goes astray would move a mean. */
  readonly surfaceDistance95Mm: MeanOf;
  readonly meanSurfaceDistanceMm: MeanOf;
}

export interface MatchedAndAll {
  readonly matched: MeanOf;
  readonly missedAsZero: MeanOf;
}

/**
 * Of the fractures on annotated images.
 *
 * @throws EvaluationError `input` as `maskAgreement` does.
 */
export function fractureMasks(
  patients: readonly TestPatient[],
  options: FractureMasksOptions,
): FractureMasks {
  const fractures = patients.flatMap((patient) =>
    patient.images.flatMap((image) => masksOn(image, patient.id, options)),
  );
  const names = [...new Set(fractures.map(({ patient }) => patient))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const summary = (
    some: readonly FractureMask[],
    of: (masks: MaskAgreement) => number | null,
    statistic: (values: ClusteredValues, weights: Uint32Array) => number | null,
  ): MeanOf => {
    const known = some.flatMap(({ patient, masks }) => {
      const value = masks === null ? 0 : of(masks);
      return value === null ? [] : [{ value, cluster: placeOf.get(patient) ?? 0 }];
    });
    const values = clusteredValues(
      known.map(({ value }) => value),
      known.map(({ cluster }) => cluster),
    );
    const [estimate] = weightedBootstrap(
      names.length,
      (weights) => [statistic(values, weights)],
      options,
    );
    return { ...estimate, fractures: known.length };
  };
  const both = (some: readonly FractureMask[], of: (masks: MaskAgreement) => number) => ({
    matched: summary(
      some.filter(({ masks }) => masks !== null),
      of,
      weightedMean,
    ),
    missedAsZero: summary(some, of, weightedMean),
  });
  const inMm = fractures.filter((one) => one.inMm);
  const found = inMm.filter(({ masks }) => masks !== null);
  return {
    fractures,
    dice: both(fractures, ({ dice }) => dice),
    centerLineDice: both(fractures, ({ centerLineDice }) => centerLineDice),
    normalizedSurfaceDistance: both(inMm, (masks) => masks.normalizedSurfaceDistance),
    boundaryIou: both(inMm, ({ boundaryIou }) => boundaryIou),
    surfaceDistance95Mm: summary(found, (masks) => masks.surfaceDistance95, weightedMedian),
    meanSurfaceDistanceMm: summary(found, (masks) => masks.meanSurfaceDistance, weightedMedian),
  };
}

function masksOn(image: TestImage, patient: string, options: FractureMasksOptions): FractureMask[] {
  const spacing = options.spacingMm(image);
  const { fractureClasses, minimumScore, leastIou, toleranceMm, bandMm } = options;
  return matchFractures(image, fractureClasses, minimumScore, leastIou).map(({ truth, found }) => {
    const masks = found && outlineMasks(truth.polygons, found.finding.polygons, image);
    const one = { patient, image: image.id, class: truth.class, inMm: spacing !== null };
    if (found === null) return { ...one, masks: null };
    // A finding without an outline is found, and agrees with nothing.
    if (masks === null) return { ...one, masks: NOTHING };
    return {
      ...one,
      masks: maskAgreement(masks.drawn, masks.found, {
        spacing: spacing ?? [1, 1],
        tolerance: toleranceMm,
        band: bandMm,
      }),
    };
  });
}

const NOTHING: MaskAgreement = {
  iou: 0,
  dice: 0,
  centerLineDice: 0,
  normalizedSurfaceDistance: 0,
  boundaryIou: 0,
  surfaceDistance95: null,
  meanSurfaceDistance: null,
};
