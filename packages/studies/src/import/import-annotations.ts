/**
 * Outlines that were drawn elsewhere into a study: by the same functions as in the reading room, and one
 * transaction a file. An annotator draws what is given to them; a senior decides where both have drawn
 * and differ. The same annotation again changes nothing.
 *
 * Other than `import-coco.ts` it brings no images and no classes: both are there, and the outlines are
 * held against them.
 */
import type { ImageAnnotation, OutlinedImage, OutlinedShape, OutlinesFile } from "@malleolus/data";
import { type Outline, outlinesColumn, readVisibility, visibilitySchema } from "@malleolus/schema";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { type FoundImage, findImage } from "../annotation/find-image.ts";
import { adjudicateAnnotation, resolveAnnotations } from "../annotation/resolve-annotations.ts";
import type { AnnotationContent } from "../annotation/structures.ts";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { findPerson } from "../people.ts";
import type { Study } from "../study.ts";
import { type CategoryMeaning, mapNames } from "./coco-classes.ts";
import { annotationOf } from "./coco-content.ts";
import { type FaultyImage, refuse, requireSameSize, UNMATCHED } from "./faulty-image.ts";
import { type ImageNames, matchImage } from "./match-image.ts";

export interface AnnotationsImport extends ImageNames {
  /** For messages. */
  readonly path: string;
  readonly file: OutlinesFile;
  /** What a category means in the protocol, where its name does not say. */
  readonly categories: ReadonlyMap<string, string>;
  /** Who an author of the file is in the study; "" is everybody who is not named. */
  readonly people: ReadonlyMap<string, string>;
  readonly as: "annotator" | "senior";
  /** The senior's reason. */
  readonly why: string;
  readonly who: string;
  /** Pass over images that are not in the study, instead of importing nothing. */
  readonly skipUnmatched: boolean;
  /** Whether an image without an outline is one that nobody has drawn on yet: a job half done. */
  readonly onlyOutlined: boolean;
  readonly onImage?: (done: number, total: number) => void;
}

export interface AnnotationsCounts {
  readonly imported: number;
  readonly known: number;
  /** Images that got their truth: both annotators agree, or a senior decided. */
  readonly resolved: number;
  readonly casesAnnotated: number;
  /** Images on which the annotators differ, for a senior. */
  readonly disagreements: readonly string[];
  /** Images that nobody has drawn on yet. */
  readonly untouched: readonly string[];
  readonly unmatched: readonly string[];
  /** Why nothing was imported; empty where all was. */
  readonly refused: readonly FaultyImage[];
}

/** Undoes the transaction; never leaves this file. */
class NothingImported extends Error {}

const NONE = { imported: 0, known: 0, resolved: 0, casesAnnotated: 0 };

/** Whether some of the file's images can only be found with the key file, if at all. */
export async function annotationsNeedKeys(
  study: Study,
  given: ImageNames & Pick<AnnotationsImport, "file">,
): Promise<boolean> {
  for (const image of given.file.images) {
    if ((await matchImage(study, image, given)) === null) return true;
  }
  return false;
}

/** @throws StudyError `source` for a category that the protocol does not know. */
export async function importAnnotations(
  study: Study,
  given: AnnotationsImport,
): Promise<AnnotationsCounts> {
  const { file, path } = given;
  const meanings = mapNames(study.protocol, file.categories, given.categories, path);
  const counts = { ...NONE };
  const disagreements: string[] = [];
  const untouched: string[] = [];
  const unmatched: string[] = [];
  const refused: FaultyImage[] = [];
  try {
    await inTransaction(study.database, async (transaction) => {
      Object.assign(counts, NONE);
      for (const places of [disagreements, untouched, unmatched, refused]) places.length = 0;
      const within: Study = { ...study, database: transaction };
      const found: FoundAnnotation[] = [];
      const seen = new Map<string, string>();
      for (const image of file.images) {
        const sha256 = await matchImage(within, image, given);
        const twin = sha256 === null ? undefined : seen.get(sha256);
        if (sha256 !== null) seen.set(sha256, image.place);
        if (sha256 === null) unmatched.push(image.place);
        else if (twin !== undefined) {
          const why = `it is the same radiograph as ${twin}; leave one of the two out`;
          refused.push({ place: image.place, why });
        } else if (!isOutlined(image, given.onlyOutlined)) untouched.push(image.place);
        else found.push({ image, known: await findImage(transaction, sha256) });
      }
      const cases = new Set(
        found.filter(({ known }) => known.class !== null).map(({ known }) => known.caseId),
      );
      if (given.as === "annotator") await assignAnnotators(within, [...cases]);
      for (const [done, one] of found.entries()) {
        try {
          for (const outcome of await recordImage(within, one, meanings, given)) counts[outcome]++;
        } catch (error) {
          if (!(error instanceof StudyError)) throw error;
          refused.push({ place: one.image.place, why: error.message });
        }
        given.onImage?.(done + 1, found.length);
      }
      if (refused.length > 0) throw new NothingImported();
      if (unmatched.length > 0 && !given.skipUnmatched) throw new NothingImported();
      const resolved = await resolveAnnotations(within, given.who);
      counts.resolved += resolved.resolved;
      counts.casesAnnotated += resolved.casesAnnotated;
      disagreements.push(...resolved.disagreements);
    });
  } catch (error) {
    if (!(error instanceof NothingImported)) throw error;
    const missing = given.skipUnmatched
      ? []
      : unmatched.map((place) => ({ place, why: UNMATCHED }));
    return { ...NONE, disagreements, untouched, unmatched, refused: [...refused, ...missing] };
  }
  return { ...counts, disagreements, untouched, unmatched, refused };
}

interface FoundAnnotation {
  readonly image: OutlinedImage;
  readonly known: FoundImage;
}

function isOutlined({ annotations }: OutlinedImage, onlyOutlined: boolean): boolean {
  return onlyOutlined
    ? annotations.some(({ shapes }) => shapes.length > 0)
    : annotations.length > 0;
}

/**
 * What became of each annotation.
 *
 * @throws StudyError where one cannot be taken.
 */
async function recordImage(
  study: Study,
  { image, known }: FoundAnnotation,
  meanings: ReadonlyMap<string, CategoryMeaning>,
  given: AnnotationsImport,
): Promise<("imported" | "known" | "resolved" | "casesAnnotated")[]> {
  requireSameSize(image, known);
  const caseClass = known.class;
  if (caseClass === null) {
    throw refuse(`case ${known.caseId} has no class yet; import its readings first`);
  }
  const outcomes: ("imported" | "known" | "resolved" | "casesAnnotated")[] = [];
  const people = image.annotations.map((annotation) => personOf(study, annotation, given));
  if (new Set(people).size < people.length) {
    throw refuse(
      `expected one annotation a person, got ${people.join(", ")}; say who is who with --annotator NAME=ID`,
    );
  }
  for (const [i, annotation] of image.annotations.entries()) {
    const drawn = toStudy(study, annotation, meanings, caseClass);
    if (await isKnown(study, known, people[i], drawn, given.as)) {
      outcomes.push("known");
      continue;
    }
    const record = { ...drawn, image: known.sha256, outlines: [...drawn.outlines] };
    outcomes.push("imported");
    if (given.as === "annotator") {
      await submitAnnotation(study, { ...record, annotator: people[i] });
      continue;
    }
    const annotated = await adjudicateAnnotation(study, {
      ...record,
      who: people[i],
      why: given.why,
    });
    outcomes.push("resolved");
    if (annotated) outcomes.push("casesAnnotated");
  }
  return outcomes;
}

function personOf(
  study: Study,
  { author }: ImageAnnotation,
  { people }: AnnotationsImport,
): string {
  const written = people.get(author ?? "") ?? people.get("") ?? author ?? "";
  const found = findPerson(study, written);
  if (found !== undefined) return found.id;
  const known = study.configuration.observers.map(({ id }) => id).join(", ");
  throw refuse(
    author === null
      ? `expected one of the study's people (${known}), got "${written}"; say who drew it with --annotator ID`
      : `expected one of the study's people (${known}), got "${written}"; say who that is with --annotator ${author}=ID`,
  );
}

function toStudy(
  { protocol }: Study,
  { shapes, visibility }: ImageAnnotation,
  meanings: ReadonlyMap<string, CategoryMeaning>,
  caseClass: string,
): AnnotationContent {
  const grade = visibility === null ? null : readVisibility(visibility);
  if (visibility !== null && grade === null) {
    throw refuse(
      `expected a visibility (${visibilitySchema.options.join(", ")}), got "${visibility}"`,
    );
  }
  const byStructure = new Map<string, OutlinedShape[]>();
  for (const shape of shapes) {
    const meaning = meanings.get(shape.category);
    if (meaning === undefined) throw new Error(`internal: ${shape.category} has no meaning`);
    if (meaning.class !== null && meaning.class !== caseClass) {
      throw refuse(
        `expected nothing that says another class than its case's, ${caseClass}, got ${shape.category}; ` +
          "the class is the readers': outline it as fracture, or see that it is the right case",
      );
    }
    byStructure.set(meaning.structure, [...(byStructure.get(meaning.structure) ?? []), shape]);
  }
  const widthMm = protocol.zonesMm.fractureLine;
  const outlines = [...byStructure].map(([structure, own]): Outline => {
    const lines = own.flatMap(({ line }) =>
      line === null ? [] : [{ points: [...line], widthMm }],
    );
    const polygons = own.flatMap((shape) => shape.polygons.map((ring) => [...ring]));
    return { structure, polygons, ...(lines.length === 0 ? {} : { lines }) };
  });
  const told = { file: "", sha256: "", classes: [], outlines, visibility: grade };
  return annotationOf(told, caseClass, protocol.noFractureClass);
}

/** Whether the person's last annotation, or the senior's decision, is this one. */
async function isKnown(
  { database }: Study,
  { sha256 }: FoundImage,
  person: string,
  { outlines, visibility }: AnnotationContent,
  as: "annotator" | "senior",
): Promise<boolean> {
  const row =
    as === "senior"
      ? await database
          .selectFrom("image_truths")
          .select(["outlines", "visibility"])
          .where("image_sha256", "=", sha256)
          .where("how", "=", "adjudicated")
          .where("who", "=", person)
          .executeTakeFirst()
      : await database
          .selectFrom("annotations")
          .select(["outlines", "visibility"])
          .where("image_sha256", "=", sha256)
          .where("source", "=", "person")
          .where("author", "=", person)
          .orderBy("revision", "desc")
          .limit(1)
          .executeTakeFirst();
  if (row === undefined || row.visibility !== visibility) return false;
  const drawn = outlinesColumn.read(row.outlines, `the annotation of ${person} on ${sha256}`);
  return JSON.stringify(drawn) === JSON.stringify(outlines);
}
