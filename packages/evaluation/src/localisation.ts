/** How well fractures are found on the images of a test set, and how often one is found in vain. */
import { type Proportion, proportionOf, type View } from "@malleolus/schema";
import { type BootstrapOptions, bootstrap, type Estimate } from "./bootstrap.ts";
import { fractureFindings, matchFractures } from "./matching.ts";
import type { TestPatient } from "./patient.ts";
import { meanOf, medianOf, type Summary, summaryOf } from "./summary.ts";

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

export interface Localisation {
  /** Fractures found, of those that can be seen on an annotated image. */
  readonly recall: Proportion;
  readonly boxIou: Overlap;
  readonly maskIou: Overlap;
}

/** One entry a fracture on an annotated image, in the order of patients and images. */
export function fractureOutcomes(
  patients: readonly TestPatient[],
  fractureClasses: readonly string[],
  minimumScore: number,
): FractureOutcome[] {
  return patients.flatMap((patient) =>
    patient.images.flatMap((image) =>
      matchFractures(image, fractureClasses, minimumScore).map(({ truth, found }) => ({
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

export function summariseLocalisation(
  outcomes: readonly FractureOutcome[],
  options: BootstrapOptions,
): Localisation {
  const found = outcomes.flatMap((one) => (one.found === null ? [] : [one.found])).length;
  return {
    recall: proportionOf(found, outcomes.length),
    boxIou: overlapOf(outcomes, "boxIou", options),
    maskIou: overlapOf(outcomes, "maskIou", options),
  };
}

/** Images of patients without a fracture on which one is found, of all such images. */
export function falseAlarms(
  patients: readonly TestPatient[],
  noFractureClass: string,
  fractureClasses: readonly string[],
  minimumScore: number,
): Proportion {
  const images = patients.flatMap((one) => (one.class === noFractureClass ? one.images : []));
  const alarmed = images.filter(
    ({ findings }) => fractureFindings(findings, fractureClasses, minimumScore).length > 0,
  );
  return proportionOf(alarmed.length, images.length);
}

function overlapOf(
  outcomes: readonly FractureOutcome[],
  key: "boxIou" | "maskIou",
  options: BootstrapOptions,
): Overlap {
  const values = (some: readonly FractureOutcome[]) =>
    some.flatMap(({ found }) => (found === null ? [] : [found[key]]));
  const withMissed = (some: readonly FractureOutcome[]) =>
    some.map(({ found }) => found?.[key] ?? 0);
  const patients = [...Map.groupBy(outcomes, ({ patient }) => patient).values()].map((own) => ({
    matched: values(own),
    missedAsZero: withMissed(own),
  }));
  const [mean, median, meanWithMissed, medianWithMissed] = bootstrap(
    patients,
    (sample) => {
      const matched = sample.flatMap((one) => one.matched);
      const missedAsZero = sample.flatMap((one) => one.missedAsZero);
      return [meanOf(matched), medianOf(matched), meanOf(missedAsZero), medianOf(missedAsZero)];
    },
    options,
  );
  return {
    matched: {
      ...summaryOf(values(outcomes)),
      meanInterval: mean.interval,
      medianInterval: median.interval,
    },
    missedAsZero: {
      ...summaryOf(withMissed(outcomes)),
      meanInterval: meanWithMissed.interval,
      medianInterval: medianWithMissed.interval,
    },
  };
}
