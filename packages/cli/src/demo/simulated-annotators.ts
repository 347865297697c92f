/**
 * Simulated annotators at work on a study: both outline every radiograph, beginning with a model's
 * proposals where they are offered some, and a senior resolves the rest.
 */

import { type Mask, maskArea, type Polygon } from "@malleolus/geometry";
import { annotate, storedMask } from "@malleolus/phantom";
import { FRACTURE, type Outline, readVisibility, type Visibility } from "@malleolus/schema";
import {
  adjudicateAnnotation,
  assignAnnotators,
  proposalsVisibleTo,
  readWorklist,
  resolveAnnotations,
  type Study,
  submitAnnotation,
} from "@malleolus/studies";
import type { KnownImage, KnownImages } from "./known-cases.ts";
import { mendProposals, secondsAlone } from "./simulated-mending.ts";
import { peopleOf } from "./simulated-readers.ts";

export interface Annotators {
  readonly study: Study;
  readonly known: KnownImages;
  /** The class that the study gives a case: its annotators draw what that class asks for. */
  readonly classOf: ReadonlyMap<string, string>;
  readonly onAnnotation: (done: number, total: number) => void;
}

export async function annotateAll({
  study,
  known,
  classOf,
  onAnnotation,
}: Annotators): Promise<void> {
  await assignAnnotators(study);
  const isSound = (caseId: string) => classOf.get(caseId) === study.protocol.noFractureClass;
  const annotators = peopleOf(study, "annotator");
  const lists = await Promise.all(
    annotators.map((person) =>
      readWorklist(study, { queue: "annotation", person, limit: EVERYTHING }),
    ),
  );
  const left = lists.flatMap(({ entries }, i) =>
    entries.flatMap(({ caseId, images }) =>
      images.map(({ image }) => ({ caseId, image, annotator: annotators[i] })),
    ),
  );
  for (const [done, { caseId, image, annotator }] of left.entries()) {
    const found = imageOf(known, image);
    const own = draw(found, annotator, isSound(caseId));
    const offered = await proposalsVisibleTo(study, { image, viewer: annotator });
    if (offered === null) {
      const alone = { proposals: "never", seconds: secondsAlone(own) } as const;
      await submitAnnotation(study, { image, annotator, ...own, ...alone });
    } else {
      const { width, height } = storedMask(found.image.fibula);
      const mended = mendProposals(own, {
        offered,
        class: classOf.get(caseId) ?? "",
        noFractureClass: study.protocol.noFractureClass,
        size: { width, height },
        seed: `${annotator} ${image}`,
      });
      await submitAnnotation(study, { image, annotator, proposals: "at once", ...mended });
    }
    onAnnotation(done + 1, left.length);
  }
  const [senior] = peopleOf(study, "senior");
  const { disagreements } = await resolveAnnotations(study, "demo");
  const caseOf = new Map(
    (await annotatedBy(study, annotators[0])).flatMap(({ caseId, images }) =>
      images.map(({ image }) => [image, caseId] as const),
    ),
  );
  for (const image of disagreements) {
    const drawn = draw(imageOf(known, image), senior, isSound(caseOf.get(image) ?? ""));
    const why = "simulated: drawn again, with both drawings at hand";
    await adjudicateAnnotation(study, { image, who: senior, why, ...drawn });
  }
}

const EVERYTHING = 1_000_000;

async function annotatedBy(study: Study, person: string) {
  const question = { queue: "annotation", person, done: true, limit: EVERYTHING } as const;
  return (await readWorklist(study, question)).entries;
}

function imageOf(known: KnownImages, sha256: string): KnownImage {
  const found = known.get(sha256);
  if (found === undefined) throw new Error(`internal: ${sha256} is not from the archive`);
  return found;
}

/**
 * What one person draws: the bones, and the fracture where the case has one and it shows. Of a sound
 * ankle that was read as broken, or the other way round, nobody can outline what is not there.
 */
function draw(
  { record, image }: KnownImage,
  annotator: string,
  isSound: boolean,
): { visibility: Visibility | null; outlines: Outline[] } {
  const seed = `${record.patientSeed}/${image.view}`;
  const outline = (structure: string, mask: Mask | null): Outline[] => {
    if (mask === null || maskArea(mask) === 0) return [];
    const polygons: Polygon[] = annotate(mask, image.spacingMm, seed, annotator, structure);
    return polygons.length === 0
      ? []
      : [{ structure, polygons: polygons.map((polygon) => polygon.map(hundredths)) }];
  };
  const fibula = storedMask(image.fibula);
  const bones = [...outline("fibula", fibula), ...outline("tibia", storedMask(image.tibia))];
  if (isSound) {
    const upTo60Mm = image.noFracture === null ? fibula : storedMask(image.noFracture);
    return { visibility: null, outlines: [...bones, ...outline("no_fracture", upTo60Mm)] };
  }
  const gap = image.fracture === null ? null : storedMask(image.fracture);
  const { conspicuity } = image;
  const seen = (conspicuity === null ? null : readVisibility(conspicuity)) ?? "impossible";
  const fracture = seen === "impossible" ? [] : outline(FRACTURE, gap);
  return {
    visibility: fracture.length === 0 ? "impossible" : seen,
    outlines: [...bones, ...fracture],
  };
}

/** Of a pixel: finer than a hand, and shorter in the database. */
function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
