/**
 * How far the outlines of found fractures agree with the annotators', by more than their overlap, and how
 * far two annotators agree with each other: a line of a few pixels loses half of its overlap by a shift
 * that no surgeon would see.
 *
 * Distances are in millimetres, so that radiographs without a pixel spacing have no part in it. The
 * tolerance is how far two annotators' borders are apart: who is as near to one as the other annotator
 * is cannot be told to be wrong.
 */
import {
  type OverlaidMasks,
  outlineMasks,
  type Polygon,
  polygonBounds,
  rasterizeWindow,
} from "@malleolus/geometry";
import type { Estimate } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "../bootstrap.ts";
import { type EvaluationOptions, shownPatients } from "../evaluate.ts";
import { pairFractures } from "../matching.ts";
import type { TestImage, TestPatient } from "../patient.ts";
import type { PixelSpacing } from "../segmentation/distance-transform.ts";
import { type MaskAgreement, maskAgreement } from "../segmentation/mask-agreement.ts";
import { medianOf } from "../summary.ts";
import { clusteredValues, weightedMean } from "../weighted-statistics.ts";

export const OUTLINE_MEASURES = [
  "dice",
  "centerLineDice",
  "normalizedSurfaceDistance",
  "boundaryIou",
] as const;
export type OutlineMeasure = (typeof OUTLINE_MEASURES)[number];

/** Means, with intervals of the bootstrap over patients. */
export interface OutlineMeans extends Readonly<Record<OutlineMeasure, Estimate>> {
  readonly fractures: number;
}

export interface OutlineMeasures {
  readonly toleranceMm: number;
  /** Whether the tolerance is the annotators' own; without two of them it is a millimetre. */
  readonly toleranceOfAnnotators: boolean;
  readonly bandMm: number;
  readonly found: OutlineMeans;
  readonly missedAsZero: OutlineMeans;
  /** Null where no fracture was drawn by two. */
  readonly annotators: OutlineMeans | null;
}

/** Two annotators' outlines of one fracture. */
export interface TwoOutlines {
  readonly patient: string;
  readonly width: number;
  readonly height: number;
  readonly spacingMm: PixelSpacing | null;
  readonly drawings: readonly [readonly Polygon[], readonly Polygon[]];
}

const DEFAULT_TOLERANCE_MM = 1;
/** Of the boundary IoU: about a pixel of a coarse radiograph. */
const BAND_MM = 0.5;

/** `spacings` are by the image's id. Null where no fracture lies on a radiograph with one. */
export function outlineMeasures(
  patients: readonly TestPatient[],
  spacings: ReadonlyMap<string, PixelSpacing>,
  drawn: readonly TwoOutlines[],
  options: EvaluationOptions,
): OutlineMeasures | null {
  const twice = drawn.flatMap((one) =>
    one.spacingMm === null ? [] : [{ ...one, spacing: one.spacingMm }],
  );
  const distances = twice.flatMap((one) => {
    const masks = drawnMasks(one.drawings, one);
    return agreementOf(masks, one.spacing, DEFAULT_TOLERANCE_MM).meanSurfaceDistance ?? [];
  });
  const ownTolerance = medianOf(distances);
  const tolerance = ownTolerance ?? DEFAULT_TOLERANCE_MM;
  const compared = comparedFractures(patients, spacings, tolerance, options);
  if (compared.length === 0) return null;
  const pairs = twice.map((one) => ({
    patient: one.patient,
    isFound: true,
    agreement: agreementOf(drawnMasks(one.drawings, one), one.spacing, tolerance),
  }));
  return {
    toleranceMm: tolerance,
    toleranceOfAnnotators: ownTolerance !== null,
    bandMm: BAND_MM,
    found: meansOf(
      compared.filter(({ isFound }) => isFound),
      options,
    ),
    missedAsZero: meansOf(compared, options),
    annotators: pairs.length === 0 ? null : meansOf(pairs, options),
  };
}

interface ComparedFracture {
  readonly patient: string;
  readonly isFound: boolean;
  /** Null for a fracture that was missed, and for a finding without an outline. */
  readonly agreement: MaskAgreement | null;
}

function comparedFractures(
  patients: readonly TestPatient[],
  spacings: ReadonlyMap<string, PixelSpacing>,
  tolerance: number,
  options: EvaluationOptions,
): ComparedFracture[] {
  const { classes, noFractureClass, decision, foundIou } = options;
  const fractureClasses = classes.filter((name) => name !== noFractureClass);
  const threshold = decision === null ? options.findingThreshold : 0;
  return shownPatients(patients, options).flatMap(({ id: patient, images }) =>
    images.flatMap((image) => {
      const spacing = spacings.get(image.id);
      if (spacing === undefined) return [];
      return pairFractures(image, fractureClasses, threshold, foundIou).map(
        ({ truth, finding }) => {
          // A finding's holes are holes.
          const masks = finding && outlineMasks(truth.polygons, finding.polygons, image);
          const agreement = masks && agreementOf(masks, spacing, tolerance);
          return { patient, isFound: finding !== null, agreement };
        },
      );
    }),
  );
}

function agreementOf(
  { drawn, found }: OverlaidMasks,
  spacing: PixelSpacing,
  tolerance: number,
): MaskAgreement {
  return maskAgreement(drawn, found, { spacing, tolerance, band: BAND_MM });
}

/** Of two annotators, each of whose polygons are a union. */
function drawnMasks(
  [one, other]: readonly [readonly Polygon[], readonly Polygon[]],
  { width, height }: Pick<TestImage, "width" | "height">,
): OverlaidMasks {
  // What lies around both is empty in both, and changes no measure.
  const [x1, y1, x2, y2] = polygonBounds(...one, ...other);
  const [x, y] = [Math.max(0, Math.floor(x1) - 1), Math.max(0, Math.floor(y1) - 1)];
  const window = {
    x,
    y,
    width: Math.max(1, Math.min(width, Math.ceil(x2) + 1) - x),
    height: Math.max(1, Math.min(height, Math.ceil(y2) + 1) - y),
  };
  return { drawn: rasterizeWindow(one, window), found: rasterizeWindow(other, window) };
}

function meansOf(fractures: readonly ComparedFracture[], options: BootstrapOptions): OutlineMeans {
  const patients = [...new Set(fractures.map(({ patient }) => patient))];
  const placeOf = new Map(patients.map((patient, place) => [patient, place]));
  const clusters = fractures.map(({ patient }) => placeOf.get(patient) ?? 0);
  const measured = OUTLINE_MEASURES.map((measure) =>
    clusteredValues(
      fractures.map(({ agreement }) => agreement?.[measure] ?? 0),
      clusters,
    ),
  );
  const [dice, centerLineDice, normalizedSurfaceDistance, boundaryIou] = weightedBootstrap(
    patients.length,
    (weights) => measured.map((values) => weightedMean(values, weights)),
    { seed: options.seed, resamples: options.resamples },
  );
  return {
    fractures: fractures.length,
    dice,
    centerLineDice,
    normalizedSurfaceDistance,
    boundaryIou,
  };
}
