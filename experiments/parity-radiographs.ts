/**
 * The radiographs on which engines are compared: simulated, of all classes and of both hospitals, at odd sizes; one
 * in five is cut to a strip without an ankle, where there is little or nothing to find. And the lines of results by
 * which such an experiment goes on where it was cut.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { DisplayImage } from "@malleolus/imaging";
import {
  externalHospital,
  internalHospital,
  type PatientSpec,
  simulateStudy,
  withPitch,
} from "@malleolus/phantom";
import { z } from "zod";

const CLASSES: readonly PatientSpec["weberClass"][] = ["A", "B", "C", null];
/** Millimetres a pixel: coarse, since detectors work at a few hundred pixels anyway. */
const PITCHES = [0.4, 0.37, 0.52] as const;
const STRIP_EVERY = 5;

/** Of one patient, whole. */
export function patientRadiographs(patient: number): DisplayImage[] {
  const hospital = patient % 2 === 0 ? externalHospital : internalHospital;
  const spec = { weberClass: CLASSES[patient % CLASSES.length], exclusion: null };
  const unit = withPitch(hospital.xrayUnit, PITCHES[patient % PITCHES.length]);
  const { images } = simulateStudy(hospital, "onnx-parity", patient, spec, unit);
  return images.map(({ radiograph: { width, height, pixels } }) => ({ width, height, pixels }));
}

/** What is shown of the `number`th of all radiographs, from 1: of some a strip of the top, leg or air beside it. */
export function shownPart(image: DisplayImage, number: number): DisplayImage {
  if (number % STRIP_EVERY !== 0) return image;
  const { width } = image;
  const height = Math.floor(image.height / STRIP_EVERY);
  return { width, height, pixels: image.pixels.slice(0, width * height) };
}

/** Which radiograph of how many of its patient. */
export const placeShape = { patient: z.number(), image: z.number(), images: z.number() };
interface Place {
  readonly patient: number;
  readonly image: number;
  readonly images: number;
}

/** The first `count` radiographs but for those that are done; patients who are done are not simulated again. */
export function* remainingRadiographs(
  count: number,
  done: readonly Place[],
): Generator<{ readonly place: Place; readonly radiograph: DisplayImage }> {
  let made = 0;
  for (let patient = 1; made < count; patient++) {
    const own = done.filter((line) => line.patient === patient);
    if (own.length > 0 && own.length === own[0].images) {
      made += own.length;
      continue;
    }
    const whole = patientRadiographs(patient);
    for (const [image, radiograph] of whole.entries()) {
      if (made === count) return;
      made++;
      if (own.some((line) => line.image === image)) continue;
      const place = { patient, image, images: whole.length };
      yield { place, radiograph: shownPart(radiograph, made) };
    }
  }
}

/**
 * The lines of an experiment's earlier start with the same checkpoint, a last one that was cut dropped; the file
 * is begun where there are none.
 *
 * @throws Error where they are another checkpoint's.
 */
export function readDoneLines<Line>(
  path: string,
  format: string,
  checkpoint: Uint8Array,
  schema: z.ZodType<Line>,
): Line[] {
  const sha256 = createHash("sha256").update(checkpoint).digest("hex");
  const texts = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  if (texts.length < 2) {
    writeFileSync(path, `${JSON.stringify({ format, sha256 })}\n`);
    return [];
  }
  const head = z.object({ format: z.literal(format), sha256: z.string() });
  const found = head.parse(JSON.parse(texts[0]));
  if (found.sha256 !== sha256) {
    throw new Error(
      `${path}: expected results of the checkpoint ${sha256}, got those of ${found.sha256}; name another file`,
    );
  }
  const whole = texts.slice(0, -1);
  writeFileSync(path, `${whole.join("\n")}\n`);
  return whole.slice(1).map((text) => schema.parse(JSON.parse(text)));
}
