/**
 * Radiographs with outlines from a COCO file into a study: the images first, as `import-dicom.ts` does
 * it and as safe to kill, then what the file says of each case.
 *
 * The file speaks as one annotator, "coco", whose word on the class is the case's verdict; so the
 * case goes on to `agreed`, and settling makes the outlines its truth. Without an outline and without
 * `unannotated`, a case stays imported, for people to read. What is there already stays as it is.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type CocoDataset, type CocoImage, readCocoFile } from "@malleolus/data";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { findClass, mapCategories } from "./coco-classes.ts";
import { ANNOTATOR, classifyCase, drawnImages, findCaseOf } from "./coco-records.ts";
import { classOf, drawingOf, type ToldImage, tellImage } from "./coco-told.ts";
import type { DicomImport, ImportCounts } from "./import-dicom.ts";
import { lockImport } from "./import-lock.ts";
import { inOrder } from "./in-order.ts";
import { dropPrepared, type ImageOrigin, prepareFile } from "./prepared-file.ts";
import { startPreparers } from "./preparers.ts";
import { type ImportOutcome, recordPrepared } from "./record-prepared.ts";
import { sweepStore } from "./sweep-store.ts";

export interface CocoImport extends Omit<DicomImport, "paths"> {
  /** The annotation file. */
  readonly path: string;
  /** The folder that the file's names are relative to. */
  readonly images: string;
  /** A category's name or id to a class or structure of the protocol. */
  readonly categories: ReadonlyMap<string, string>;
  /** Class of cases without any outline; null where the file does not know it. */
  readonly unannotated: string | null;
}

export interface CocoCounts extends ImportCounts {
  /** Cases that got their class from the file. */
  readonly classified: number;
  /** Images that got their outlines, or the word that there is none to see. */
  readonly annotated: number;
}

/** Throws as `importDicom`, DataError for a bad annotation file, StudyError `source` for its classes. */
export async function importCoco(study: Study, given: CocoImport): Promise<CocoCounts> {
  const dataset = await readCocoFile(given.path);
  const meanings = mapCategories(study.protocol, dataset, given.categories, given.path);
  const unannotated =
    given.unannotated === null ? null : findClass(study.protocol, given.unannotated);
  requireOutlines(dataset, given.path);
  if (statSync(given.images, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StudyError(
      "source",
      `${given.images}: expected the folder with the images of ${given.path}, got none; check the path`,
    );
  }

  using _ = lockImport(`${study.images}.lock`);
  const orphansRemoved = await sweepStore(study);
  const counts = { imported: 0, known: 0, refused: 0, classified: 0, annotated: 0 };
  const total = dataset.images.length;
  const tell = (file: string, outcome: ImportOutcome, done: number) => {
    counts[outcome.outcome]++;
    given.onEvent?.({ ...outcome, file, done, total });
  };
  const cases = new Map<string, ToldImage[]>();
  const stopped = () => given.stop?.aborted === true;
  for await (const { image, file, outcome, done } of importImages(study, given, dataset.images)) {
    tell(file, outcome, done);
    if (outcome.outcome === "refused") continue;
    const { sha256 } = outcome;
    const told = tellImage(dataset, image, meanings, { file, sha256 });
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

async function* importImages(study: Study, given: CocoImport, images: readonly CocoImage[]) {
  await using preparers = startPreparers();
  const prepared = inOrder(
    numbered(images),
    async ({ image, done }) => {
      const file = join(given.images, image.fileName);
      const source = { name: file, contents: file };
      const origin = originOf(image);
      const ready = await preparers.lend((one) => prepareFile(study, given, source, one, origin));
      return { image, file, done, ready };
    },
    { limit: 2 * preparers.threads, drop: ({ ready }) => dropPrepared(ready) },
  );
  for await (const { ready, ...told } of prepared) {
    if (given.stop?.aborted === true) {
      dropPrepared(ready);
      return;
    }
    yield { ...told, outcome: await recordPrepared(study, given.who, told.file, ready) };
  }
}

async function* numbered(images: readonly CocoImage[]) {
  for (const [index, image] of images.entries()) yield { image, done: index + 1 };
}

/** Whose an image is, under the names that are usual and those of our own export. */
function originOf({ extra, width, height }: CocoImage): ImageOrigin {
  const first = (...keys: string[]) => {
    const found = keys.map((key) => extra[key]).find((value) => value !== undefined);
    return typeof found === "string" || typeof found === "number" ? String(found) : null;
  };
  return {
    patient: first("patient_id", "patient"),
    case: first("case_id", "study_id", "case"),
    width,
    height,
  };
}

interface ToldCase {
  readonly caseId: string;
  readonly images: readonly ToldImage[];
  readonly unannotated: string | null;
}

/** Throws StudyError where the file contradicts itself, the protocol, or what the study knows. */
async function recordCase(
  study: Study,
  who: string,
  { caseId, images, unannotated }: ToldCase,
): Promise<{ readonly classified: boolean; readonly annotated: number }> {
  const found = classOf(images) ?? unannotated;
  if (found === null) return { classified: false, annotated: 0 };
  const classified = await classifyCase(study, { caseId, class: found, who });
  const drawn = await drawnImages(study, caseId);
  // The annotator of the file is nobody of the study's people.
  const person = { id: ANNOTATOR, name: "COCO", roles: ["annotator" as const] };
  const { configuration } = study;
  const observers = [...configuration.observers.filter(({ id }) => id !== ANNOTATOR), person];
  const withAnnotator: Study = { ...study, configuration: { ...configuration, observers } };
  let annotated = 0;
  for (const image of images) {
    if (drawn.has(image.sha256)) continue;
    const drawing = drawingOf(image, found, study.protocol.noFractureClass);
    await submitAnnotation(withAnnotator, {
      image: image.sha256,
      annotator: ANNOTATOR,
      ...drawing,
    });
    annotated++;
  }
  return { classified, annotated };
}
