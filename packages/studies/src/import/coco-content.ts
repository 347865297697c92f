/** The content of a COCO file for one image, in the words of a study. */
import type { CocoDataset, CocoImage } from "@malleolus/data";
import { FRACTURE, type Outline, readVisibility, type Visibility } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import type { CategoryMeaning } from "./coco-classes.ts";

export interface CocoImageContent {
  readonly file: string;
  readonly sha256: string;
  /** Of its annotations; more than one only where the file contradicts itself. */
  readonly classes: readonly string[];
  readonly outlines: readonly Outline[];
  /** Where the file says it, as our own export does. */
  readonly visibility: Visibility | null;
}

export function cocoImageContent(
  { annotationsByImage }: CocoDataset,
  image: CocoImage,
  meanings: ReadonlyMap<number, CategoryMeaning>,
  stored: Pick<CocoImageContent, "file" | "sha256">,
): CocoImageContent {
  const outlines = new Map<string, number[][]>();
  const classes = new Set<string>();
  for (const { categoryId, polygons } of annotationsByImage.get(image.id) ?? []) {
    const meaning = meanings.get(categoryId);
    if (meaning === undefined) throw new Error(`internal: category ${categoryId} has no meaning`);
    if (meaning.class !== null) classes.add(meaning.class);
    const { structure } = meaning;
    outlines.set(structure, [...(outlines.get(structure) ?? []), ...polygons.map((p) => [...p])]);
  }
  const { visibility } = image.extra;
  return {
    ...stored,
    classes: [...classes],
    outlines: [...outlines].map(([structure, polygons]) => ({ structure, polygons })),
    visibility: typeof visibility === "string" ? readVisibility(visibility) : null,
  };
}

/**
 * The class of a case by all its images; null where none of them says it.
 *
 * @throws StudyError `source`.
 */
export function classOf(images: readonly CocoImageContent[]): string | null {
  const classes = [...new Set(images.flatMap((image) => image.classes))];
  if (classes.length <= 1) return classes[0] ?? null;
  throw new StudyError(
    "source",
    `expected one class for all images of a case, got ${classes.join(" and ")}; ` +
      "leave one of the annotations out, or make cases of their own of the images",
  );
}

/**
 * An image of a fractured case without an outline of the fracture is one on which it cannot be seen:
 * a COCO file outlines every object.
 */
export function annotationOf(
  { outlines, visibility }: CocoImageContent,
  caseClass: string,
  noFractureClass: string,
): { readonly visibility: Visibility | null; readonly outlines: Outline[] } {
  if (caseClass === noFractureClass) return { visibility: null, outlines: [...outlines] };
  const isOutlined = outlines.some(({ structure }) => structure === FRACTURE);
  const told = isOutlined && visibility !== "impossible" ? visibility : null;
  return { visibility: told ?? (isOutlined ? "easy" : "impossible"), outlines: [...outlines] };
}
