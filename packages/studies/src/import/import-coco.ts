/**
 * Radiographs with outlines from a COCO file into a study: the images first, as `import-dicom.ts` does
 * it and as safe to kill, then what the file says of each case.
 *
 * The file speaks as one annotator, "coco", whose word on the class is the case's verdict; so the
 * case goes on to `agreed`, and resolving makes the outlines its truth. Without an outline and without
 * `unannotated`, a case stays imported, for people to read. What is there already stays as it is.
 */
import { statSync } from "node:fs";
import {
  type CheckedImage,
  type CocoDataset,
  checkImages,
  connected,
  originOfImage,
  readCocoFile,
  throwFaults,
} from "@malleolus/data";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { findClass, mapCategories } from "./coco-classes.ts";
import { annotationOf, type CocoImageContent, classOf, cocoImageContent } from "./coco-content.ts";
import { ANNOTATOR, annotatedImages, classifyCase, findCaseOf } from "./coco-records.ts";
import { decideImport, discardDecided, type ImageOrigin } from "./decide-import.ts";
import type { DicomImport, ImportCounts } from "./import-dicom.ts";
import { type ImportLock, lockImport } from "./import-lock.ts";
import { inOrder } from "./in-order.ts";
import { type ImportOutcome, recordImport } from "./record-import.ts";
import { sweepStore } from "./sweep-store.ts";
import { startFileWorkers } from "./worker/pool.ts";

export interface CocoImport extends Omit<DicomImport, "paths"> {
  /** The annotation file. */
  readonly path: string;
  /** The folder that the file's names are relative to. */
  readonly images: string;
  /** A category's name or id to a class or structure of the protocol. */
  readonly categories: ReadonlyMap<string, string>;
  /** Class of cases without any outline; null where the file does not know it. */
  readonly unannotated: string | null;
  /** Called before the first file with remarks on the annotations and images. */
  readonly onRemarks?: (remarks: readonly string[]) => void;
}

export interface CocoCounts extends ImportCounts {
  /** Cases that got their class from the file. */
  readonly classified: number;
  /** Images that got their outlines, or the grade impossible. */
  readonly annotated: number;
}

/**
 * @throws as `importDicom`, DataError for a bad annotation file, StudyError `source` for its
 *   classes.
 */
export async function importCoco(study: Study, given: CocoImport): Promise<CocoCounts> {
  const dataset = await readCocoFile(given.path);
  const meanings = mapCategories(study.protocol, dataset, given.categories, given.path);
  const unannotated =
    given.unannotated === null ? null : findClass(study.protocol, given.unannotated);
  if (statSync(given.images, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StudyError(
      "source",
      `${given.images}: expected the folder with the images of ${given.path}, got none; check the path`,
    );
  }
  const checked = await checkImages(dataset, given.images);
  given.onRemarks?.(checked.remarks);
  requireOutlines(dataset, given.path);
  // An image that cannot be used is refused in its turn; a file that says two things of one is not clear.
  throwFaults(checked.contradictions, given.path);

  await using lock = await lockImport(study);
  const orphansRemoved = await sweepStore(study, lock);
  const counts = { imported: 0, known: 0, refused: 0, classified: 0, annotated: 0 };
  const total = dataset.images.length;
  const tell = (file: string, outcome: ImportOutcome, done: number) => {
    counts[outcome.outcome]++;
    given.onEvent?.({ ...outcome, file, done, total });
  };
  const cases = new Map<string, CocoImageContent[]>();
  const stopped = () => given.stop?.aborted === true;
  for await (const { image, file, outcome, done } of importImages(
    study,
    lock,
    given,
    checked.images,
  )) {
    tell(file, outcome, done);
    if (outcome.outcome === "refused") continue;
    const { sha256 } = outcome;
    const told = cocoImageContent(dataset, image, meanings, { file, sha256 });
    const caseId = await findCaseOf(study, sha256);
    cases.set(caseId, [...(cases.get(caseId) ?? []), told]);
  }
  // What was stopped before every image was there says nothing of the cases yet.
  for (const [caseId, images] of stopped() ? [] : cases) {
    try {
      const recorded = await recordCase(study, given.who, { caseId, images, unannotated });
      counts.classified += recorded.classified ? 1 : 0;
      counts.annotated += recorded.annotated;
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
      const { file } = images[0];
      const reason = `${file}: ${error.message}`;
      tell(file, { outcome: "refused", code: error.code, reason }, total);
    }
  }
  return { ...counts, orphansRemoved, stopped: stopped() };
}

/** Boxes alone are no outlines, and crowds no objects: to leave them out would change the truth. */
function requireOutlines({ annotations, images }: CocoDataset, path: string): void {
  const bad = annotations.filter(({ polygons, isCrowd }) => polygons.length === 0 || isCrowd);
  if (bad.length === 0) return;
  const file = images.find(({ id }) => id === bad[0].imageId)?.fileName;
  throw new StudyError(
    "source",
    `${path}: expected an outline for every annotation, got ${bad.length} with a box alone or of a ` +
      `crowd, the first of them ${bad[0].id} of ${file}; draw these or take them out`,
  );
}

async function* importImages(
  study: Study,
  lock: ImportLock,
  given: CocoImport,
  images: readonly CheckedImage[],
) {
  await using workers = startFileWorkers();
  const patients = patientsOf(images);
  const decided = inOrder(
    numbered(images),
    async ({ checked, done }) => {
      const { image, path: file } = checked;
      const source = { name: file, contents: file };
      const origin = originOf(checked, patients);
      const ready = await workers.lend((one) => decideImport(study, given, source, one, origin));
      return { image, file, done, ready };
    },
    { limit: 2 * workers.threads, drop: ({ ready }) => discardDecided(ready) },
  );
  for await (const { ready, ...told } of decided) {
    if (given.stop?.aborted === true) {
      discardDecided(ready);
      return;
    }
    const outcome = await recordImport(study, lock, given.who, told.file, ready).catch((error) => {
      discardDecided(ready);
      throw error;
    });
    yield { ...told, outcome };
  }
}

async function* numbered(images: readonly CheckedImage[]) {
  for (const [index, checked] of images.entries()) yield { checked, done: index + 1 };
}

/**
 * The patients of images that name none and yet belong to others, as near-duplicates do: that of the first
 * which names one, else one for all of them.
 */
function patientsOf(images: readonly CheckedImage[]): Map<CheckedImage, string> {
  const found = new Map<CheckedImage, string>();
  for (const together of connected(images, ({ keys }) => keys)) {
    const named = together
      .map(({ image }) => originOfImage(image).patient)
      .find((one) => one !== null);
    const [key] = together.flatMap(({ keys }) => keys.filter((one) => one.startsWith("group ")));
    const patient = named ?? (together.length > 1 ? key : undefined);
    if (patient === undefined) continue;
    for (const one of together)
      if (originOfImage(one.image).patient === null) found.set(one, patient);
  }
  return found;
}

function originOf(checked: CheckedImage, patients: ReadonlyMap<CheckedImage, string>): ImageOrigin {
  const { image } = checked;
  const { patient, case: caseId } = originOfImage(image);
  return {
    patient: patient ?? patients.get(checked) ?? null,
    case: caseId,
    width: image.width,
    height: image.height,
  };
}

interface CocoCaseContent {
  readonly caseId: string;
  readonly images: readonly CocoImageContent[];
  readonly unannotated: string | null;
}

/** @throws StudyError where the file contradicts itself, the protocol, or what the study knows. */
async function recordCase(
  study: Study,
  who: string,
  { caseId, images, unannotated }: CocoCaseContent,
): Promise<{ readonly classified: boolean; readonly annotated: number }> {
  const found = classOf(images) ?? unannotated;
  if (found === null) return { classified: false, annotated: 0 };
  const classified = await classifyCase(study, { caseId, class: found, who });
  const drawn = await annotatedImages(study, caseId);
  // The annotator of the file is nobody of the study's people.
  const person = { id: ANNOTATOR, name: "COCO", roles: ["annotator" as const] };
  const { configuration } = study;
  const observers = [...configuration.observers.filter(({ id }) => id !== ANNOTATOR), person];
  const withAnnotator: Study = { ...study, configuration: { ...configuration, observers } };
  let annotated = 0;
  for (const image of images) {
    if (drawn.has(image.sha256)) continue;
    const annotation = annotationOf(image, found, study.protocol.noFractureClass);
    await submitAnnotation(withAnnotator, {
      image: image.sha256,
      annotator: ANNOTATOR,
      ...annotation,
    });
    annotated++;
  }
  return { classified, annotated };
}
