/**
 * Remarks on a set of annotations before it is used: parts that are left out, cut or contradictory.
 * What cannot be meant at all is refused before (`read-coco.ts`, `units.ts`).
 */
import { type Box, boxHeight, boxWidth, clipBox, polygonBounds } from "@malleolus/geometry";
import { type CocoAnnotation, type CocoDataset, type CocoImage, idInFile } from "./read-coco.ts";

/** A box may differ so far from its outline, in pixels, or by this share of the outline's side. */
const SAME_BOX_PIXELS = 2;
const SAME_BOX_SHARE = 0.1;
/** How far an outline reaches beyond its image before it is worth a word. */
const BEYOND_PIXELS = 1;

/** Sentences without a full stop, each with its count; of the first `images` of the file alone. */
export function annotationRemarks(
  { categories, annotationsByImage }: CocoDataset,
  images: readonly CocoImage[],
): string[] {
  const drawn = images.flatMap((image) =>
    (annotationsByImage.get(image.id) ?? []).map((annotation) => ({ annotation, image })),
  );
  const objects = drawn.filter(({ annotation }) => !annotation.isCrowd);
  const used = new Set(drawn.map(({ annotation }) => annotation.categoryId));
  const unused = drawn.length === 0 ? [] : categories.filter(({ id }) => !used.has(id));
  return [
    describeCrowds(drawn),
    counted(objects.filter(hasOtherBox), objects.length, (are) => [
      `${are} a bbox that is not its outline's`,
      "boxes are taken from the one and masks from the other",
    ]),
    counted(objects.filter(isBelowPixel), objects.length, (are) => [
      `${are} a side below a pixel`,
      "there is next to nothing to learn or to find of it",
    ]),
    counted(objects.filter(reachesBeyond), objects.length, (are) => [
      `${are} an outline that reaches beyond its image`,
      "it is cut at the border",
    ]),
    unused.length === 0
      ? null
      : `no annotation is of ${listed(unused.map(({ name }) => name))}: still a class`,
  ].filter((remark) => remark !== null);
}

interface Drawn {
  readonly annotation: CocoAnnotation;
  readonly image: CocoImage;
}

function describeCrowds(drawn: readonly Drawn[]): string | null {
  const crowds = drawn.filter(({ annotation }) => annotation.isCrowd);
  if (crowds.length === 0) return null;
  const images = new Set(crowds.map(({ image }) => image.id)).size;
  return (
    `${crowds.length} of ${drawn.length} annotations, on ${images} ${images === 1 ? "image" : "images"}, ` +
    `${crowds.length === 1 ? "is a crowd" : "are crowds"} (iscrowd 1, as CVAT writes brush masks; ` +
    `${named(crowds)}): no objects; training leaves them out and shows them as background, evaluation ` +
    "passes over what is found there, import refuses them: set iscrowd to 0 where one is an object"
  );
}

function counted(
  found: readonly Drawn[],
  all: number,
  say: (are: string) => readonly [what: string, effect: string],
): string | null {
  if (found.length === 0) return null;
  const [what, effect] = say(
    `${found.length} of ${all} objects ${found.length === 1 ? "has" : "have"}`,
  );
  return `${what} (${named(found)}): ${effect}`;
}

function named(found: readonly Drawn[]): string {
  const ids = found
    .slice(0, 3)
    .map(({ annotation, image }) => idInFile(annotation, ` of ${image.fileName}`));
  return `annotation${found.length === 1 ? "" : "s"} ${ids.join(", ")}${found.length > 3 ? ", …" : ""}`;
}

/** The first names of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - 3;
  return `${names.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function hasOtherBox({ annotation: { box, polygons }, image }: Drawn): boolean {
  if (polygons.length === 0) return false;
  const outline = clipBox(polygonBounds(...polygons), image.width, image.height);
  const allowed = (side: number) => Math.max(SAME_BOX_PIXELS, SAME_BOX_SHARE * side);
  const [across, down] = [allowed(boxWidth(outline)), allowed(boxHeight(outline))];
  return box.some((value, i) => Math.abs(value - outline[i]) > (i % 2 === 0 ? across : down));
}

function isBelowPixel({ annotation: { box } }: Drawn): boolean {
  return boxWidth(box) < 1 || boxHeight(box) < 1;
}

function reachesBeyond({ annotation: { polygons }, image }: Drawn): boolean {
  if (polygons.length === 0) return false;
  const [x1, y1, x2, y2]: Box = polygonBounds(...polygons);
  const { width, height } = image;
  return Math.max(-x1, -y1, x2 - width, y2 - height) > BEYOND_PIXELS;
}
