/** Localisation on a test set: the overlaps of found fractures, and the false positives. */
import type { Estimate, FrocPoint, Proportion, View } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "./bootstrap.ts";
import { clusterCounts, clusteredProportionOf } from "./clustered-proportion.ts";
import { FALSE_POSITIVE_RATES, foundAt, frocOf } from "./froc.ts";
import { fractureFindings, markedImage, matchFractures } from "./matching.ts";
import type { TestPatient } from "./patient.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { clusteredValues, weightedMean, weightedMedian } from "./weighted-statistics.ts";

/** One fracture on one image, and what stands for it. */
export interface FractureOutcome {
  readonly patient: string;
  readonly image: string;
  readonly view: View | null;
  readonly class: string;
  /** Null for a fracture that was missed. */
  readonly found: {
    readonly class: string;
    readonly score: number;
    readonly boxIou: number;
    readonly maskIou: number;
  } | null;
}

/** Intervals are of the bootstrap over patients. */
export interface OverlapSummary extends Summary {
  readonly meanInterval: Estimate["interval"];
  readonly medianInterval: Estimate["interval"];
}

/** Of the found fractures alone, and with each missed one as 0. */
export interface Overlap {
  readonly matched: OverlapSummary;
  readonly missedAsZero: OverlapSummary;
}

/** False positives, and the sensitivity at limited rates of them. */
export interface FalsePositives {
  /** Of all annotated images, at the operating score. */
  readonly perImage: Estimate;
  /** Sensitivity at given rates of false positives per image. */
  readonly froc: readonly FrocPoint[];
}

export interface Localization {
  /**
   * Fractures found at the operating score, of those that can be seen on an annotated image; the
   * interval knows that the views of a patient are alike.
   */
  readonly recall: Proportion;
  readonly boxIou: Overlap;
  readonly maskIou: Overlap;
}

/** One entry a fracture on an annotated image, in the order of patients and images. */
export function fractureOutcomes(
  patients: readonly TestPatient[],
  fractureClasses: readonly string[],
  minimumScore: number,
  leastIou: number,
): FractureOutcome[] {
  return patients.flatMap((patient) =>
    patient.images.flatMap((image) =>
      matchFractures(image, fractureClasses, minimumScore, leastIou).map(({ truth, found }) => ({
        patient: patient.id,
        image: image.id,
        view: image.view,
        class: truth.class,
        found:
          found === null
            ? null
            : {
                class: found.finding.class,
                score: found.finding.score,
                boxIou: found.boxIou,
                maskIou: found.maskIou,
              },
      })),
    ),
  );
}

export function summarizeLocalization(
  outcomes: readonly FractureOutcome[],
  options: BootstrapOptions,
): Localization {
  const patients = clusterCounts(
    outcomes,
    ({ patient }) => patient,
    ({ found }) => found !== null,
  );
  return {
    recall: clusteredProportionOf(patients),
    ...overlapsOf(outcomes, options),
  };
}

/** Images of patients without a fracture on which one is found, of all such images. */
export function falsePositiveRadiographs(
  patients: readonly TestPatient[],
  noFractureClass: string,
  fractureClasses: readonly string[],
  minimumScore: number,
): Proportion {
  const sound = patients.filter((one) => one.class === noFractureClass);
  return clusteredProportionOf(
    sound.map(({ images }) => ({
      count: images.filter(
        ({ findings }) => fractureFindings(findings, fractureClasses, minimumScore).length > 0,
      ).length,
      total: images.length,
    })),
  );
}

/**
 * Of the annotated images of all patients: how many false positives are shown, and, of all `findings` by
 * themselves, how they would do at any score, whoever is shown them.
 */
export function falsePositives(
  { shown, findings }: Readonly<Record<"shown" | "findings", readonly TestPatient[]>>,
  fractureClasses: readonly string[],
  minimumScore: number,
  leastIou: number,
  options: BootstrapOptions,
): FalsePositives {
  const marked = (patients: readonly TestPatient[]) =>
    patients.flatMap((patient) =>
      patient.images
        .filter(({ truths }) => truths !== null)
        .map((image) => markedImage(image, patient.id, fractureClasses, leastIou)),
    );
  return {
    perImage: foundAt(marked(shown), minimumScore, options).falsePositivesPerImage,
    froc: frocOf(marked(findings), FALSE_POSITIVE_RATES, options),
  };
}

/** Of boxes and of masks, by the same resamples. */
function overlapsOf(
  outcomes: readonly FractureOutcome[],
  options: BootstrapOptions,
): Pick<Localization, "boxIou" | "maskIou"> {
  const found = outcomes.filter((one) => one.found !== null);
  const names = [...new Set(outcomes.map(({ patient }) => patient))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const overlaps = (some: readonly FractureOutcome[], key: "boxIou" | "maskIou") => {
    const values = some.map((one) => one.found?.[key] ?? 0);
    const clusters = some.map(({ patient }) => placeOf.get(patient) ?? 0);
    return { values, clustered: clusteredValues(values, clusters) };
  };
  const each = [
    overlaps(found, "boxIou"),
    overlaps(outcomes, "boxIou"),
    overlaps(found, "maskIou"),
    overlaps(outcomes, "maskIou"),
  ];
  const estimates = weightedBootstrap(
    names.length,
    (weights) =>
      each.flatMap(({ clustered }) => [
        weightedMean(clustered, weights),
        weightedMedian(clustered, weights),
      ]),
    options,
  );
  const summary = (place: number): OverlapSummary => ({
    ...summaryOf(each[place].values),
    meanInterval: estimates[2 * place].interval,
    medianInterval: estimates[2 * place + 1].interval,
  });
  return {
    boxIou: { matched: summary(0), missedAsZero: summary(1) },
    maskIou: { matched: summary(2), missedAsZero: summary(3) },
  };
}
