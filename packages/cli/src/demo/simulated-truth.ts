/** The same patients and findings, with the simulated truth in place of people's classes and outlines. */

import { basename } from "node:path";
import type { TestImage, TestPatient, TruthObject } from "@malleolus/evaluation";
import { type Mask, maskArea, maskBounds, polygonSignedArea, traceMask } from "@malleolus/geometry";
import { storedMask } from "@malleolus/phantom";
import { FRACTURE, type Outline } from "@malleolus/schema";
import type { Reference } from "@malleolus/studies";
import type { KnownImage, KnownImages } from "./known-cases.ts";
import { classId } from "./simulated-readers.ts";

export function withSimulatedTruth(
  patients: readonly TestPatient[],
  known: KnownImages,
): TestPatient[] {
  return patients.map((patient) => ({
    ...patient,
    class: classOf(patient, known),
    images: patient.images.map((image) => ({
      ...image,
      truths: truthsOf(knownImage(image, known)),
    })),
  }));
}

function classOf({ images }: TestPatient, known: KnownImages): string {
  return classId(knownImage(images[0], known).record.fracture?.weberClass ?? null);
}

/** A file of the study is named for its hash. */
function knownImage({ id }: TestImage, known: KnownImages): KnownImage {
  const found = known.get(basename(id, ".dcm"));
  if (found === undefined) throw new Error(`internal: ${id} is not from the archive`);
  return found;
}

/** A fracture that cannot be seen on an image is no object of it, as for annotators. */
function truthsOf({ record, image }: KnownImage): TruthObject[] {
  if (record.fracture === null) {
    return image.noFracture === null ? [] : objects("no_fracture", storedMask(image.noFracture));
  }
  if (image.fracture === null || image.conspicuity === "impossible") return [];
  return objects(classId(record.fracture.weberClass), storedMask(image.fracture));
}

function objects(name: string, mask: Mask): TruthObject[] {
  if (maskArea(mask) === 0) return [];
  return [{ class: name, box: maskBounds(mask), polygons: outerRings(mask) }];
}

/** Bones and what can be seen of the fracture, as they were simulated; null of an image of elsewhere. */
export function simulatedOutlines(known: KnownImages): Reference {
  return (sha256) => {
    const found = known.get(sha256);
    if (found === undefined) return null;
    const { fibula, tibia, fracture, conspicuity } = found.image;
    const seen = conspicuity === "impossible" ? null : fracture;
    return [
      ...outline("fibula", storedMask(fibula)),
      ...outline("tibia", storedMask(tibia)),
      ...(seen === null ? [] : outline(FRACTURE, storedMask(seen))),
    ];
  };
}

function outline(structure: string, mask: Mask): Outline[] {
  if (maskArea(mask) === 0) return [];
  return [{ structure, polygons: outerRings(mask) }];
}

function outerRings(mask: Mask): number[][] {
  return traceMask(mask)
    .filter((ring) => polygonSignedArea(ring) > 0)
    .map((ring) => [...ring]);
}
