/**
 * From what a network sees in an image to what is said of a radiograph: findings in its pixels, and the
 * evidence for a patient's class. All engines say it from here, so that they cannot differ.
 */
import { scaleBox } from "@malleolus/geometry";
import type { Finding, RadiographAnalysis } from "@malleolus/schema";
import type { Detection } from "./detection.ts";
import { type Spacing, toFinding } from "./findings.ts";
import { fuseDetections, mirrorDetection } from "./fuse-detections.ts";
import { onePerPlace } from "./one-per-place.ts";
import { type ImageSize, toRadiograph } from "./paste.ts";
import type { PreparedImage } from "./prepare-image.ts";

/** What a network sees in an image, in the image's pixels. */
export interface Examined {
  /** By falling score. */
  readonly detections: Detection[];
  /** The probability that the image shows each class [K]; null without an image head. */
  readonly shown: Float32Array | null;
}

/** Pixels of the examined image per pixel of the radiograph. */
export type PreparedScale = Pick<PreparedImage, "scaleX" | "scaleY">;

/** The classes of a network, by name; `soundClass` is no fracture, null where there is none. */
export interface DetectorClasses {
  readonly classes: readonly string[];
  readonly soundClass: string | null;
}

/** The radiograph that was examined: its size, and its millimetres where they are known. */
export type ExaminedRadiograph = ImageSize & Partial<Spacing>;

/**
 * Scores and probabilities of every detection times the probability that the image shows their class, so
 * that what the whole of an image speaks against counts less. Those that no longer exceed the threshold go.
 */
export function weighedByImage(seen: Examined, scoreThreshold: number): Examined {
  const { detections, shown } = seen;
  if (shown === null) return seen;
  return {
    detections: detections
      .map((detection) => ({
        ...detection,
        score: detection.score * shown[detection.class],
        probabilities: detection.probabilities.map((p, c) => p * shown[c]),
      }))
      .filter(({ score }) => score > scoreThreshold)
      .toSorted((a, b) => b.score - a.score),
    shown,
  };
}

/**
 * What several networks or views see in one image, fused, in that image's pixels: of all or of none an image head says
 * what it shows. Detections that all together hold below the threshold go.
 */
export function fuseExamined(views: readonly Examined[], scoreThreshold: number): Examined {
  const fused = fuseDetections(views.map(({ detections }) => detections));
  const [first] = views;
  return {
    detections: fused.filter(({ score }) => score > scoreThreshold),
    shown:
      first.shown?.map(
        (_, c) => views.reduce((sum, { shown }) => sum + (shown?.[c] ?? 0), 0) / views.length,
      ) ?? null,
  };
}

/**
 * What is seen in an image and in its mirror image, fused. Detections that both together hold below the
 * threshold go.
 */
export function fuseMirrored(
  seen: Examined,
  mirrored: Examined,
  width: number,
  scoreThreshold: number,
): Examined {
  const back = mirrored.detections.map((detection) => mirrorDetection(detection, width));
  return fuseExamined([seen, { ...mirrored, detections: back }], scoreThreshold);
}

/** What is seen in a prepared image, in pixels of the radiograph. */
export function inRadiograph(
  { detections, shown }: Examined,
  { scaleX, scaleY }: PreparedScale,
): Examined {
  return {
    detections: detections.map((detection) => ({
      ...detection,
      box: scaleBox(detection.box, 1 / scaleX, 1 / scaleY),
    })),
    shown,
  };
}

/**
 * Objects of every class, each class on its own, by falling score, in pixels of the radiograph: what
 * average precision measures.
 */
export function findingsOf(
  detections: Parameters<typeof toRadiograph>[0],
  radiograph: ExaminedRadiograph,
  { scaleX, scaleY }: PreparedScale,
  classes: readonly string[],
): Finding[] {
  const { pixelSpacingMm = null, spacingSource = "none" } = radiograph;
  return toRadiograph(detections, radiograph, scaleX, scaleY).map((instance) =>
    toFinding(instance, classes, { pixelSpacingMm, spacingSource }),
  );
}

/** What an image head says [K], by the names of classes. */
export function shownByName(
  shown: Float32Array,
  classes: readonly string[],
): Record<string, number> {
  return Object.fromEntries(classes.map((name, index) => [name, shown[index]]));
}

/**
 * Fractures, one a place, and the evidence for a patient's class. With several classes and no sound one
 * each class's findings instead.
 */
export function analysisOf(
  { detections, shown }: Examined,
  radiograph: ExaminedRadiograph,
  prepared: PreparedScale,
  { classes, soundClass }: DetectorClasses,
): RadiographAnalysis {
  const sound = soundClass === null ? -1 : classes.indexOf(soundClass);
  const named = (values: readonly number[]) =>
    Object.fromEntries(values.map((value, index) => [classes[index], value]));
  // Classes without a sound one among them may be bones beside fractures: each stays as it is.
  const places = sound < 0 && classes.length > 1 ? null : onePerPlace(detections, sound);
  const fractures = places?.map((one) => ({
    ...one,
    // Sums of float32 may exceed 1 by a last bit.
    score: Math.min(1, one.fractureScore),
  }));
  const best = classes.map((_, index) =>
    detections.reduce((most, one) => (one.class === index ? Math.max(most, one.score) : most), 0),
  );
  return {
    findings: findingsOf(fractures ?? detections, radiograph, prepared, classes),
    classScores: named(best),
    imageProbabilities: shown === null ? null : shownByName(shown, classes),
  };
}
